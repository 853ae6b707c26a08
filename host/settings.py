"""``settings.toml``: what a person or an administrator may set by hand. Read at the start of a program.

::

    [center]
    address = "https://exam.example"             # the center that the window opens

    [network]
    proxy = "http://proxy.school.example:8080"   # instead of the environment's and the system's
    no_proxy = "10.0.0.0/8, .school.example"
    ca_file = "/etc/ssl/school-ca.pem"           # trusted besides the usual authorities

    [recording]                                  # for a machine too weak for the usual; whole numbers
    camera_width = 320                           # pixels, 320 to 1920
    camera_fps = 5                               # 5 to 30
    screen_width = 960                           # 640 to 1920
    screen_fps = 3                               # 1 to 15

It lies in the home; one in the packed folder holds where the home's says nothing, so that an exam authority can hand
out a folder that knows its center. ``ca_file`` may be relative to the file that names it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.errors import BadInput
from host.durable import read_bytes
from host.ownprogram import folder
from host.paths import Home

NAME = "settings.toml"
_TEXTS: Mapping[str, tuple[str, ...]] = {"center": ("address",), "network": ("proxy", "no_proxy", "ca_file")}
_ADDRESSES = ("address", "proxy")
_RECORDING = {
    "camera_width": range(320, 1921),
    "camera_fps": range(5, 31),
    "screen_width": range(640, 1921),
    "screen_fps": range(1, 16),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Empty: not set. ``recording``: what is set of the recorder's rates and sizes, by name."""

    proxy: str = ""
    no_proxy: str = ""
    ca_file: Path | None = None
    recording: Mapping[str, int] = field(default_factory=dict)
    center: str = ""


def settings_path(home: Home) -> Path:
    """Where a home's lie."""
    return home.root / NAME


def read_settings(home: Home, packed: Path | None = None) -> Settings:
    """The home's before those of ``packed``, the packed folder (None: where this program lies, if it is packed).

    Raises BadInput naming file and key, StorageError.
    """
    packed = packed or folder()
    texts: dict[str, str] = {}
    recording: dict[str, int] = {}
    for path in (*([packed / NAME] if packed is not None else []), settings_path(home)):
        if path.exists():
            told = _read(path)
            texts |= _network_and_center(path, told)
            recording |= _recording(path, told.get("recording", {}))
    return Settings(
        texts.get("proxy", ""),
        texts.get("no_proxy", ""),
        Path(texts["ca_file"]) if "ca_file" in texts else None,
        recording,
        texts.get("address", ""),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as why:
        raise BadInput(f"{path}: {why}") from why


def _network_and_center(path: Path, told: Mapping[str, Any]) -> dict[str, str]:
    """Every text that is set, by its key; ``ca_file`` absolute."""
    found: dict[str, str] = {}
    for part, keys in _TEXTS.items():
        table = told.get(part, {})
        if not isinstance(table, dict) or set(table) - set(keys):
            raise BadInput(f"{path}: [{part}] may hold {', '.join(keys)}")
        for key, value in table.items():
            if not isinstance(value, str):
                raise BadInput(f"{path}: {part}.{key} must be a text in quotes")
            if key in _ADDRESSES and value and not value.startswith(("http://", "https://")):
                raise BadInput(f"{path}: {part}.{key} must begin with http:// or https://")
        found |= {key: value for key, value in table.items() if value}
    if "ca_file" in found:
        ca_file = path.parent / Path(found["ca_file"]).expanduser()
        if not ca_file.is_file():
            raise BadInput(f"{path}: network.ca_file: {ca_file} is not there")
        found["ca_file"] = str(ca_file)
    return found


def _recording(path: Path, given: Any) -> dict[str, int]:
    if not isinstance(given, dict) or set(given) - set(_RECORDING):
        raise BadInput(f"{path}: [recording] may hold {', '.join(_RECORDING)}")
    for key, value in given.items():
        allowed = _RECORDING[key]
        if type(value) is not int or value not in allowed or (key.endswith("width") and value % 2):
            even = "an even number" if key.endswith("width") else "a whole number"
            raise BadInput(f"{path}: recording.{key} must be {even} from {allowed.start} to {allowed.stop - 1}")
    return dict(given)
