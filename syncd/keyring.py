"""The keys of this machine: one Ed25519 device key per enrolment, and the center's keys as pinned then.

Owner-only files in ``Home.keys``; only syncd reads them. Never leaves a private half anywhere else.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from domain.errors import CenterUnknown, SignatureInvalid, SpoolUnreadable
from domain.identity import check_uuid
from domain.signature import CenterKeys, public_jwk, sign
from host.durable import read_json, translate, write_json
from host.identity import new_id
from host.paths import Home


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """A device and the key that speaks for it."""

    device: str
    key: OKPKey

    def public(self) -> dict[str, Any]:
        """The public half, as enrolled."""
        return public_jwk(self.key)

    def to_dict(self) -> dict[str, Any]:
        """Form on disk, private half included."""
        return {"device": self.device, "key": self.key.as_dict(private=True)}

    def sign(self, payload: dict[str, Any], typ: str) -> str:
        """A JWS by this device."""
        return sign(payload, self.key, self.device, typ)


class Keyring:
    """Reading and writing the key files of one home."""

    def __init__(self, home: Home) -> None:
        self._folder = home.keys
        self._devices: dict[str, DeviceKey] = {}
        self._pinned: dict[str, CenterKeys] = {}

    def enrolling(self, center: str, code: str) -> DeviceKey:
        """The device that uses ``code`` at ``center``: the same one again when the answer got lost last time."""
        path = self._enrolling_path(center, code)
        if not path.exists():
            made = OKPKey.generate_key("Ed25519", private=True)
            write_json(path, DeviceKey(new_id(), made).to_dict())
        return _read_device(path)

    def enrolled(self, center: str, code: str, session: str, keys: CenterKeys) -> DeviceKey:
        """The center took the device of ``enrolling``: keep its key under its name, pin the center's.

        The old name stays until ``forget_code``: a kill in between costs nothing.
        """
        device = _read_device(self._enrolling_path(center, code))
        self.pin(session, keys)
        write_json(self._device_path(device.device), device.to_dict())
        return device

    def forget_code(self, center: str, code: str) -> None:
        """The session is written down: the code is used up."""
        with translate(self._enrolling_path(center, code)):
            self._enrolling_path(center, code).unlink()

    def device(self, device: str) -> DeviceKey:
        """The key of ``device``; raises SpoolUnreadable when it is not on this machine."""
        if device not in self._devices:
            self._devices[device] = _read_device(self._device_path(device))
        return self._devices[device]

    def pin(self, session: str, keys: CenterKeys) -> None:
        """Keep the center's keys for ``session``; raises CenterUnknown when another root is pinned already."""
        path = self.pinned_path(session)
        if path.exists():
            if self.pinned(session).root != keys.root:
                raise CenterUnknown("the root key is not the one pinned at enrolment")
            if self.pinned(session) == keys:
                return
        write_json(path, keys.to_dict())
        self._pinned[session] = keys

    def pinned(self, session: str) -> CenterKeys:
        """The keys pinned for ``session``; raises SpoolUnreadable, SignatureInvalid."""
        if session not in self._pinned:
            raw = read_json(self.pinned_path(session))
            if not isinstance(raw, dict):
                raise SignatureInvalid(f"{self.pinned_path(session)}: not a center key file")
            self._pinned[session] = CenterKeys.from_dict(raw)
        return self._pinned[session]

    def pinned_path(self, session: str) -> Path:
        """Where the center's keys for ``session`` lie."""
        return self._folder / f"center-{check_uuid(session, 'session')}.json"

    def _device_path(self, device: str) -> Path:
        return self._folder / f"device-{check_uuid(device, 'device')}.json"

    def _enrolling_path(self, center: str, code: str) -> Path:
        # the name must not tell the code
        name = hashlib.sha256(f"{center} {code}".encode()).hexdigest()[:24]
        return self._folder / f"enrolling-{name}.json"


def _read_device(path: Path) -> DeviceKey:
    raw = read_json(path)
    try:
        return DeviceKey(check_uuid(str(raw["device"]), "device"), OKPKey.import_key(raw["key"]))
    except (KeyError, TypeError, ValueError, JoseError) as why:
        raise SpoolUnreadable(f"{path}: not a device key ({why})") from why
