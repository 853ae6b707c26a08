"""Fetching a seal that is damaged here from the center: ``Upload-Metadata`` of its upload holds it whole.

tus demands that HEAD answers the metadata given at creation, so no call of its own is needed.
"""

from pathlib import Path

from domain.errors import ZhishiError
from domain.identity import LinkKind
from domain.wire.center import LinkState
from domain.wire.tus import read_seal
from host.spool import INIT_NAME, Spool, segment_index
from syncd.config import SyncConfig
from syncd.keyring import Keyring
from syncd.sites import Sites
from syncd.store import Store
from syncd.transport import Wire
from syncd.tusclient import ask, same_origin


class SealCopies:
    """Callable as ``syncd.scanner.SealCopy``."""

    def __init__(self, spool: Spool, store: Store, sites: Sites, keyring: Keyring, config: SyncConfig) -> None:
        self._spool = spool
        self._store = store
        self._sites = sites
        self._keyring = keyring
        self._config = config

    def __call__(self, session: str, path: str) -> bytes | None:
        """Canonical JSON of the seal of the file at ``path`` below the spool; None when it cannot be had now."""
        try:
            return self._fetch(session, path)
        except ZhishiError:
            return None  # the sidecar stays named; the next scan asks again

    def _fetch(self, session: str, path: str) -> bytes | None:
        record = self._spool.session(session)
        site = self._sites.of(record)
        if site.resting():
            return None
        token = site.token(self._keyring.device(record.device))
        place = self._store.place_at(path)
        if place is None:
            links = site.client.seals(session, record.device, token).links
            place = next((link.upload for link in links if _is(link, path)), None)
        if place is None:
            return None
        wire = Wire(self._config, stall_s=self._config.api_timeout_s)
        try:
            metadata = ask(wire, same_origin(site.url + "/", place), {"Authorization": f"Bearer {token}"})
        finally:
            wire.close()
        return None if metadata is None else read_seal(metadata).canonical()


def _is(link: LinkState, path: str) -> bool:
    """``link`` is the upload of the file at ``path`` (``sessions/<session>/tracks/<track>/<run>/<name>``)."""
    place = Path(path)
    if (place.parts[-3:-1]) != (link.track, link.run):
        return False
    if place.name == INIT_NAME:
        return link.kind == LinkKind.INIT
    if place.name.startswith("gap-"):
        return link.kind == LinkKind.GAP and place.name == f"gap-{link.index:06d}"
    return link.kind == LinkKind.SEGMENT and segment_index(place) == link.index
