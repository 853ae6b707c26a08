"""Bringing each session to its end on this machine: salvage, declared gaps, the signed manifest.

Owns the keeper thread. Works without any network: the center's wishes are read from session.json, which the
liaison keeps. Seals only with the session's lock in hand, and then first ends what a dead recorder left running.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from domain.ending import end_due
from domain.errors import AlreadyRunning, BadInput, ChainBroken, SpoolUnreadable, ZhishiError
from domain.identity import Track
from domain.manifest import Ended, EndedBy, Manifest
from domain.seal import GapReason
from domain.signature import MANIFEST_TYP
from domain.status import LocalSessionState
from host.centertime import CenterTime
from host.clock import Moment
from host.durable import translate
from host.locks import OsLock, sealing_lock
from host.salvage import VIDEO_TRACKS, salvage_track
from host.spool import SEAL_SUFFIX, Spool, segment_index
from host.timeline import salvage_timeline
from syncd.cases import Case, Cases
from syncd.config import SyncConfig
from syncd.keyring import Keyring
from syncd.papers import Papers
from syncd.scanner import Scanner, set_aside

LIVE_S = 1.0
QUIET_S = 10.0
_WAITING = 4  # more segments without a seal than two tracks usually have
_CHECK_NS = 15_000_000_000
TIMELINE_PATIENCE_S = 120.0  # a window that hangs must not keep a session from being confirmed
UNREADABLE_PATIENCE_S = 120.0  # a scanner lets go of a file, a stick is put back; a dead sector never comes back


class Keeper:
    """``wake`` it when a file of a session changed; ``moved`` is told a session whose state changed."""

    def __init__(
        self,
        spool: Spool,
        cases: Cases,
        papers: Papers,
        scanner: Scanner,
        keyring: Keyring,
        center_time: CenterTime,
        config: SyncConfig,
        moved: Callable[[Case], None],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._spool = spool
        self._cases = cases
        self._papers = papers
        self._scanner = scanner
        self._keyring = keyring
        self._time = center_time
        self._config = config
        self._moved = moved
        self._failed = failed
        self._wake = threading.Event()
        self._stopping = False
        # folder → (its mtime, looks at that mtime, segments without a seal): a name made within one tick cannot hide
        self._looks: dict[Path, tuple[int, int, tuple[Path, ...]]] = {}
        self._leftovers: dict[str, frozenset[tuple[str, int]]] = {}
        self._checked: dict[str, int] = {}  # session → boot_ns of the last look at all its sidecars for the recorder
        self._timeline_since: dict[str, int] = {}  # session → boot_ns of the first time its timeline was held
        self._unreadable_since: dict[str, int] = {}  # session → boot_ns of the first look at its end that failed so
        self._thread = threading.Thread(target=self._serve, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at every session now."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread."""
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def close(self, session: str) -> None:
        """A person or program says that no more footage will come. Raises BadInput, AlreadyRunning (recorder)."""
        case = self._cases.get(session)
        if case is None:
            raise BadInput(f"session {session} is not on this machine")
        if self._spool.ended(session) is None:
            with sealing_lock(self._spool, session, Track.CAMERA) as lock:
                if not lock.take():
                    raise AlreadyRunning(f"the recorder is recording session {session}")
                now = self._time.now()
                self._spool.save_ended(session, Ended(EndedBy.ORDER, now.center_ms, now.center_est))
        self.wake()

    def step(self, case: Case) -> None:
        """Do what is due for one session. Raises what stands in the way; it is tried again."""
        before = case.state
        if case.state is LocalSessionState.CONFIRMED and self._spool.ended(case.session) == case.ended:
            return  # and nobody has entered again
        self._cases.reload(case)
        case.advance()
        if case.state is LocalSessionState.OPEN:
            self._keep_open(case)
        if case.state is LocalSessionState.ENDED:
            self._close(case)
        if case.state is not before:
            self._moved(case)

    def _serve(self) -> None:
        while not self._stopping:
            live = False
            for case in self._cases.refresh():
                try:
                    with case.turn:
                        self.step(case)
                    case.troubles.pop("session", None)
                except ZhishiError as why:
                    case.troubles["session"] = why
                except Exception as why:  # noqa: BLE001 -- the keeper's one; recorded and shown
                    self._failed("keeper", why)
                live = live or case.state in (LocalSessionState.OPEN, LocalSessionState.ENDED)
            self._wake.wait(LIVE_S if live else QUIET_S)
            self._wake.clear()

    def _keep_open(self, case: Case) -> None:
        now = self._time.now()
        due = end_due(case.facts, now.center_ms, now.center_est, int(self._config.grace_s * 1000))
        if due is None:
            self._keep_timeline(case)
        unsealed = self._unsealed(case, VIDEO_TRACKS)
        if due is None and (not unsealed or unsealed == self._leftovers.get(case.session)):
            return
        with sealing_lock(self._spool, case.session, Track.CAMERA) as lock:
            if not lock.take():  # the recorder lives and does all this itself
                self._mend_for_recorder(case, unsealed)
                return
            if due is not None:
                self._spool.save_ended(case.session, due)
                case.ended = self._spool.ended(case.session)
                case.advance()
                return
            self._salvage(case, lock, None)
        self._leftovers[case.session] = self._unsealed(case, VIDEO_TRACKS)
        self._scanner.scan(case.session)
        self._moved(case)

    def _mend_for_recorder(self, case: Case, unsealed: frozenset[tuple[str, int]]) -> None:
        """A recorder seals nothing behind a damaged sidecar; when much waits for its seal there may be one."""
        now_ns = self._time.clock.boot_ns()
        if len(unsealed) > _WAITING and now_ns - self._checked.get(case.session, 0) > _CHECK_NS:
            self._checked[case.session] = now_ns
            self._scanner.check_sidecars(case.session)

    def _keep_timeline(self, case: Case) -> None:
        """Seal what a killed window left; a living one holds the lock and does so itself."""
        name = f"{case.session}/timeline"
        unsealed = self._unsealed(case, (Track.TIMELINE,))
        if not unsealed or unsealed == self._leftovers.get(name):
            return
        with sealing_lock(self._spool, case.session, Track.TIMELINE) as lock:
            if not lock.take():
                return
            salvage_timeline(self._spool, case.session, case.record.device, self._time)
        self._leftovers[name] = self._unsealed(case, (Track.TIMELINE,))
        self._scanner.scan(case.session)

    def _unsealed(self, case: Case, tracks: tuple[Track, ...]) -> frozenset[tuple[str, int]]:
        """(path, size) of every segment without a seal. Folders that have not changed are not read again."""
        found: set[tuple[str, int]] = set()
        for track in tracks:
            for run in self._spool.runs(case.session, track):
                folder = self._spool.run_dir(case.session, track, run)
                with translate(folder):
                    mtime_ns = folder.stat().st_mtime_ns
                    known = self._looks.get(folder)
                    if known is None or known[0] != mtime_ns or known[1] < 2:
                        known = (mtime_ns, known[1] + 1 if known and known[0] == mtime_ns else 0, _open_in(folder))
                        self._looks[folder] = known
                    found |= {(str(path), path.stat().st_size) for path in known[2]}
        return frozenset(found)

    def _close(self, case: Case) -> None:
        """Salvage, declare what is missing up to the end, write and sign the manifest."""
        ended = case.ended
        if ended is None:
            return
        with sealing_lock(self._spool, case.session, Track.CAMERA) as lock:
            if not lock.take():
                return  # the recorder is still finishing
            with sealing_lock(self._spool, case.session, Track.TIMELINE) as timeline:
                if not self._take_timeline(case, timeline):
                    return  # the window is still finishing
                if self._salvage(case, lock, None) and not self._waited_long(case):
                    return  # what is not in the manifest is never sent
                self._salvage(case, lock, ended)
                if timeline.held:
                    self._mend(case, Track.TIMELINE)
                    salvage_timeline(self._spool, case.session, case.record.device, self._time)
                self._scanner.check_sidecars(case.session)
                self._write_manifest(case, ended)
        self._cases.reload(case)
        case.advance()

    def _take_timeline(self, case: Case, lock: OsLock) -> bool:
        """True once the timeline is ours or has been waited for long enough: after the end nobody else seals it."""
        if lock.take():
            self._timeline_since.pop(case.session, None)
            return True
        return self._over(self._timeline_since, case, TIMELINE_PATIENCE_S)

    def _waited_long(self, case: Case) -> bool:
        """True once a file that cannot be read has been waited for long enough: the hour for sending runs."""
        return self._over(self._unreadable_since, case, UNREADABLE_PATIENCE_S)

    def _over(self, since: dict[str, int], case: Case, patience_s: float) -> bool:
        now_ns = self._time.clock.boot_ns()
        return now_ns - since.setdefault(case.session, now_ns) >= patience_s * 1e9

    def _salvage(self, case: Case, lock: OsLock, ended: Ended | None) -> bool:
        """Seal what was left; with ``ended`` declare what is missing up to there. True: a file cannot be read now."""
        if not lock.held:
            raise AlreadyRunning("the session's lock is not in our hands")
        until = None if ended is None else self._moment(ended)
        unreadable = False
        for old in [subject for subject in case.troubles if subject.startswith(str(self._spool.root))]:
            del case.troubles[old]  # named again below when it is still so
        for track in VIDEO_TRACKS:
            if not self._spool.runs(case.session, track):
                continue
            self._mend(case, track)
            salvaged = salvage_track(
                self._spool,
                case.session,
                case.record.device,
                track,
                self._time,
                until=until,
                end_reason=GapReason.STOPPED if ended and ended.by is EndedBy.ORDER else GapReason.RECORDER_DIED,
            )
            for path, why in salvaged.damaged:
                case.troubles[str(path)] = why
                # a file that is not there (init.mp4 after a power cut) never comes back
                unreadable = unreadable or (isinstance(why, SpoolUnreadable) and os.path.lexists(path))
        return unreadable

    def _mend(self, case: Case, track: Track) -> None:
        """Restore damaged sidecars. The last one of a chain, known to nobody, is taken aside and sealed anew."""
        self._scanner.check_sidecars(case.session)  # restores what the queue or the center has a copy of
        scan = self._spool.read_seals(case.session, track)
        unbroken = all(file.seal.seq == seq for seq, file in enumerate(scan.files))
        if len(scan.damaged) == 1 and unbroken:
            set_aside(scan.damaged[0][0])
        elif scan.damaged:
            path, why = scan.damaged[0]
            raise ChainBroken(f"{path}: {why.detail}")

    def _moment(self, ended: Ended) -> Moment:
        now = self._time.now()
        return now.later(ended.center_ms - now.center_ms)

    def _write_manifest(self, case: Case, ended: Ended) -> None:
        device = self._keyring.device(case.record.device)
        before = self._papers.manifests(case.session, device)
        newest = before[-1] if before else None
        if newest is not None and newest.manifest.ended == ended:
            return
        manifest = Manifest(
            session=case.session,
            device=case.record.device,
            revision=1 if newest is None else newest.manifest.revision + 1,
            supersedes=None if newest is None else newest.sha256,
            ended=ended,
            tracks=self._papers.summaries(case.session, case.record.device),
        )
        self._papers.keep_manifest(case.session, device.sign(manifest.to_dict(), MANIFEST_TYP), manifest.revision)


def _open_in(folder: Path) -> tuple[Path, ...]:
    """Segments in ``folder`` that have no seal beside them."""
    names = set(os.listdir(folder))  # noqa: PTH208 -- thousands of names: no Path for each
    bare = (name for name in names if not name.endswith(SEAL_SUFFIX) and name + SEAL_SUFFIX not in names)
    return tuple(path for name in bare if segment_index(path := folder / name) is not None)
