"""The centers this machine's sessions belong to: is each reachable, is it the one enrolled with, may it be asked now.

Owns one prober thread per center. Never uploads: ``syncd.pool`` asks here which sessions have to rest.
"""

import random
import threading
from collections.abc import Callable, Collection

from domain.errors import CenterUnknown, CenterUnreachable, SignatureInvalid, StorageError, TokenRefused, ZhishiError
from host.centertime import CenterTime
from host.spool import SessionRecord
from syncd.centerclient import CenterClient, TokenBook
from syncd.config import SyncConfig
from syncd.keyring import DeviceKey, Keyring
from syncd.retry import NETWORK, backoff_cap_s
from syncd.transport import Wire


class Site:
    """One center. All methods may be called from any thread.

    ``changed`` is told when it was lost or reached again, ``answered`` whenever a probe was answered.
    ``error`` is why it cannot be reached (None: as far as is known it can). ``strangers`` are sessions whose
    pinned root key is not the one this address shows now: nothing is sent for them.
    """

    def __init__(
        self,
        url: str,
        config: SyncConfig,
        keyring: Keyring,
        center_time: CenterTime,
        chance: random.Random,
        changed: Callable[["Site", bool], None],
        answered: Callable[[], None],
        heard: Callable[[float], None],
    ) -> None:
        self.url = url
        self.error: ZhishiError | None = None
        self.strangers: dict[str, CenterUnknown] = {}
        self._config = config
        self._keyring = keyring
        self._clock = center_time.clock
        self._chance = chance
        self._changed = changed
        self._answered = answered
        self._wire = Wire(config, stall_s=config.api_timeout_s)
        self._probe_wire = Wire(config, stall_s=config.api_timeout_s)
        self.client = CenterClient(url, self._wire, center_time, heard)
        self._prober = CenterClient(url, self._probe_wire, center_time)
        self.tokens = TokenBook(self.client, center_time, chance)
        self._sessions: dict[str, str] = {}  # session → device
        self._known: set[str] = set()
        self._held_until_ns = 0
        self._cut_until_ns = 0
        self._doubt = threading.Event()
        self._doubt.set()  # the first contact is a probe
        self._poked = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._watch, name=f"probe {url}", daemon=True)
        self._thread.start()

    @property
    def online(self) -> bool:
        """As far as is known the center can be reached."""
        return self.error is None

    @property
    def sessions(self) -> frozenset[str]:
        """Sessions of this center on this machine."""
        return frozenset(self._sessions)

    def serve(self, session: str, device: str) -> None:
        """``session`` belongs to this center, and this machine is ``device`` in it."""
        if session not in self._sessions:
            self._sessions[session] = device
            self._doubt.set()

    def token(self, device: DeviceKey, refused: str | None = None) -> str:
        """See ``TokenBook.get``. A center that no longer takes its own token is looked at first: it may be another one.

        Raises CenterUnknown when it is.
        """
        try:
            if refused is not None:
                self._recognise(device.device)
            return self.tokens.get(device, refused)
        except TokenRefused:
            self._known.clear()  # is it still the center we know?
            self._doubt.set()
            raise

    def resting(self) -> bool:
        """Nothing is to be sent there now."""
        return self.error is not None or self._clock.boot_ns() < self._held_until_ns

    def held_until_ns(self) -> int:
        """Until when the center asked for a pause, by the boot clock."""
        return self._held_until_ns

    def refused(self) -> dict[str, int]:
        """Sessions whose device the center refused a moment ago, and until when they rest, by the boot clock."""
        now = self._clock.boot_ns()
        untils = {session: self.tokens.refused_until_ns(device) for session, device in list(self._sessions.items())}
        return {session: until for session, until in untils.items() if until > now}

    def hold(self, seconds: float) -> None:
        """The center asked for a pause; a longer one that runs already stays."""
        self._held_until_ns = max(self._held_until_ns, self._clock.boot_ns() + int(seconds * 1e9))

    def doubt(self, error: ZhishiError) -> None:
        """Somebody met ``error``: find out whether the center can be reached."""
        if isinstance(error, NETWORK):
            self._doubt.set()

    def poke(self) -> None:
        """The local network changed, or a person asked: probe at once."""
        self.tokens.forgive()
        self._poked.set()
        self._doubt.set()

    def suspect(self) -> None:
        """Somebody who sends gets no answer: is the center there?"""
        self._doubt.set()

    def abort(self, lost: Collection[str] | None = None) -> None:
        """Break what is under way: its path is gone. ``lost``: only what goes from one of these addresses."""
        self._wire.abort(lost)
        self._probe_wire.abort(lost)

    def cut(self, seconds: float) -> None:
        """A rehearsal shows what it is like without network: nobody answers for so long."""
        self._cut_until_ns = self._clock.boot_ns() + int(seconds * 1e9)
        self.error = _cut(self.url)
        self.abort()
        self._poked.set()
        self._doubt.set()

    def close(self) -> None:
        """End the prober."""
        self._stopping = True
        self._doubt.set()
        self._poked.set()
        self.abort()
        self._thread.join()
        self._wire.close()
        self._probe_wire.close()

    def _watch(self) -> None:
        while not self._stopping:
            self._doubt.wait(self._config.probe_most_s if self.strangers else None)
            self._doubt.clear()
            failures = 0
            while not self._stopping:
                self._poked.clear()
                strangers = len(self.strangers)
                error = self._probe()
                was = self.error
                self.error = error
                if (was is None) != (error is None) or len(self.strangers) < strangers:
                    self._changed(self, error is None)
                if error is None:
                    self._wire.abort_stuck()
                    self._answered()
                    break
                failures += 1
                # Jittered, so that many laptops never come back in one second.
                most = min(self._config.probe_most_s, 2 * backoff_cap_s(failures))
                self._poked.wait(most * (0.2 + 0.8 * self._chance.random()))

    def _recognise(self, device: str) -> None:
        """Is it still the center that ``device`` was enrolled with? Raises CenterUnknown when it is not."""
        ours = {session for session, its in list(self._sessions.items()) if its == device}
        self._compare(ours, self.client)
        for session in ours:
            if (stranger := self.strangers.get(session)) is not None:
                self._doubt.set()  # from here on it is asked again and again who it is
                raise stranger

    def _probe(self) -> ZhishiError | None:
        if self._clock.boot_ns() < self._cut_until_ns:
            return _cut(self.url)
        try:
            self._prober.probe()
            fresh = self._sessions.keys() - self._known
            if fresh:
                self._compare(fresh, self._prober)
        except ZhishiError as why:
            self._known.clear()  # who is there when it comes back?
            return why
        except Exception as why:  # noqa: BLE001 -- the prober must not die; the error is shown as what it is
            return CenterUnreachable(f"{self.url}: {why!r}")
        return None

    def _compare(self, sessions: set[str], client: CenterClient) -> None:
        """Is this the center that ``sessions`` were enrolled with? A new key set of the same root is pinned."""
        keys = client.keys()
        for session in sessions:
            try:
                self._keyring.pin(session, keys)
                self.strangers.pop(session, None)
            except (CenterUnknown, SignatureInvalid, StorageError) as why:
                self.strangers[session] = CenterUnknown(f"{self.url}: {why.detail}")
                self._known.discard(session)
            else:
                self._known.add(session)


def _cut(url: str) -> CenterUnreachable:
    return CenterUnreachable(f"{url}: cut by a rehearsal")


class Sites:
    """Every center by address, and which sessions have to rest."""

    def __init__(
        self,
        config: SyncConfig,
        keyring: Keyring,
        center_time: CenterTime,
        chance: random.Random,
        changed: Callable[[Site, bool], None],
        answered: Callable[[], None],
        heard: Callable[[float], None],
    ) -> None:
        def make(url: str) -> Site:
            return Site(url, config, keyring, center_time, chance, changed, answered, heard)

        self._make = make
        self._sites: dict[str, Site] = {}
        self._lock = threading.Lock()
        self._unsettled: set[str] = set()

    def at(self, url: str) -> Site:
        """The center at ``url``."""
        url = url.rstrip("/")
        with self._lock:
            if url not in self._sites:
                self._sites[url] = self._make(url)
            return self._sites[url]

    def of(self, record: SessionRecord) -> Site:
        """The center of a session."""
        site = self.at(record.center)
        site.serve(record.session, record.device)
        return site

    def all(self) -> list[Site]:
        """Every center known so far."""
        with self._lock:
            return list(self._sites.values())

    def unsettle(self, session: str) -> None:
        """Nothing of ``session`` is sent before the center was asked what it holds already."""
        self._unsettled.add(session)

    def settle(self, session: str) -> None:
        """The center was asked, or cannot tell."""
        self._unsettled.discard(session)

    def settled(self, session: str) -> bool:
        """See ``unsettle``."""
        return session not in self._unsettled

    def resting(self) -> frozenset[str]:
        """Sessions for which nothing is to be sent now."""
        resting = set(self._unsettled)
        for site in self.all():
            resting |= site.sessions if site.resting() else {*site.strangers, *site.refused()}
        return frozenset(resting)

    def next_held_ns(self) -> int | None:
        """When the first pause asked for by a center ends, by the boot clock."""
        online = [site for site in self.all() if site.online]
        held = [site.held_until_ns() for site in online if site.resting()]
        held += [until for site in online for until in site.refused().values()]
        return min(held) if held else None

    def poke(self) -> None:
        """See ``Site.poke``."""
        for site in self.all():
            site.poke()

    def suspect(self) -> None:
        """See ``Site.suspect``."""
        for site in self.all():
            site.suspect()

    def abort(self, lost: Collection[str] | None = None) -> None:
        """See ``Site.abort``."""
        for site in self.all():
            site.abort(lost)

    def close(self) -> None:
        """End every prober."""
        for site in self.all():
            site.close()
