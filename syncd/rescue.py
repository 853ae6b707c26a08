"""Rescue bundles: what the center does not hold yet, written to a folder that somebody carries there.

Owns the choice of evidence, the signed statements and the one thread that writes. Reads the spool and changes nothing
in it; what was carried away stays queued and goes on being sent. Files and their form: ``host.bundle``.
"""

import hashlib
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from domain.bundle import PART_BYTES, Statement, bundle_name, seal_lines, split
from domain.errors import AlreadyRunning, BadInput, SegmentDamaged, SpoolUnreadable, StorageError, ZhishiError
from domain.seal import Seal
from domain.signature import RESCUE_TYP
from domain.status import LocalSessionState
from domain.wire.failure import to_body
from domain.wire.syncd import RescueFile, RescueOrder, RescueStatus, Trouble
from host.bundle import Broken, Part, PartSecrets, check_room, needed, write_part
from host.centertime import CenterTime
from host.durable import hash_file, private_folder, read_json, translate, write_json
from host.paths import Home
from host.spool import SEAL_SUFFIX, Spool
from syncd.cases import Case, Cases
from syncd.keyring import Keyring
from syncd.papers import Papers
from syncd.store import Store

CLOSING_S = 20.0  # how long a session that has just ended is waited for: its manifest belongs into the bundle


@dataclass(slots=True)
class _Work:
    """One order and how far it is; written by its thread, read by everybody."""

    order: RescueOrder
    state: str = "preparing"
    done_bytes: int = 0
    total_bytes: int = 0
    links: int = 0
    files: list[RescueFile] = field(default_factory=list)
    open_sessions: list[str] = field(default_factory=list)
    left_out: dict[str, ZhishiError] = field(default_factory=dict)
    error: ZhishiError | None = None


class Rescue:
    """One order at a time. ``carried`` is told each session of which a bundle was written: what the center holds of it
    may change without this machine. ``part_bytes``: how large one file may be.
    """

    def __init__(
        self,
        home: Home,
        spool: Spool,
        store: Store,
        cases: Cases,
        papers: Papers,
        keyring: Keyring,
        center_time: CenterTime,
        carried: Callable[[str], None],
        part_bytes: int = PART_BYTES,
    ) -> None:
        self._state = home.state / "rescue"
        self._spool = spool
        self._store = store
        self._cases = cases
        self._papers = papers
        self._keyring = keyring
        self._time = center_time
        self._carried = carried
        self._part_bytes = part_bytes
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._work: _Work | None = None
        self._thread: threading.Thread | None = None

    def order(self, order: RescueOrder) -> RescueStatus:
        """Begin; the same order while it is carried out is the same. Raises BadInput, AlreadyRunning."""
        folder = Path(order.folder)
        if not folder.is_absolute() or not folder.is_dir():
            raise BadInput(f"{order.folder[:200]}: 不是可用的文件夹 / not a folder")
        if order.session is not None and self._cases.get(order.session) is None:
            raise BadInput(f"session {order.session[:64]} is not on this machine")
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                if self._work is None or self._work.order != order:
                    raise AlreadyRunning("a rescue bundle is being written")
            else:
                self._work = _Work(order)
                self._thread = threading.Thread(target=self._serve, args=(self._work,), name="rescue", daemon=True)
                self._thread.start()
        return self.status()

    def status(self) -> RescueStatus:
        """How far the last order is."""
        work = self._work
        if work is None:
            return RescueStatus()
        return RescueStatus(
            state=work.state,
            folder=work.order.folder,
            done_bytes=min(work.done_bytes, work.total_bytes),
            total_bytes=work.total_bytes,
            links=work.links,
            files=list(work.files),
            open_sessions=list(work.open_sessions),
            left_out=[Trouble(subject=path, error=to_body(why)) for path, why in list(work.left_out.items())],
            error=None if work.error is None else to_body(work.error),
        )

    def stop(self) -> None:
        """End the thread; what is written stays, and the next order for the same folder goes on from there."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _serve(self, work: _Work) -> None:
        try:
            self._prune()
            chosen = [case for case in self._cases.refresh() if work.order.session in (None, case.session)]
            folder = Path(work.order.folder)
            parts = [part for case in chosen for part in self._plan(case, work)]
            work.links = sum(len(part.seals) for _, part in parts)
            work.total_bytes = 2 * sum(part.size() for _, part in parts)
            check_room(folder, sum(needed(folder, part) for _, part in parts))
            work.state = "writing"
            for session, part in parts:
                path = write_part(folder, part, lambda count: _moved(work, count), self._stop.is_set)
                work.files.append(RescueFile(session=session, path=str(path), bytes=part.size()))
                self._carried(session)
            work.state = "done"
        except Broken:
            work.state = "idle"
        except ZhishiError as why:
            work.error, work.state = why, "failed"
        except Exception as why:  # noqa: BLE001 -- this thread's one; recorded and shown
            work.error, work.state = StorageError(f"{type(why).__name__}: {why}"), "failed"

    def _plan(self, case: Case, work: _Work) -> list[tuple[str, Part]]:
        """The parts that one session needs: none when the center holds everything of it."""
        self._await_manifest(case)
        device = self._keyring.device(case.record.device)
        manifests = [signed.token for signed in self._papers.manifests(case.session, device)]
        found = self._unsent(case, work)
        if not found and (not manifests or (case.device_receipt is not None and not work.order.everything)):
            return []
        if case.state in (LocalSessionState.OPEN, LocalSessionState.ENDED):
            work.open_sessions.append(case.session)
        files = dict(found)
        bundle = bundle_name(list(files), manifests, self._part_bytes)
        runs = split(list(files), manifests, self._part_bytes)
        secrets, made_ms = self._secrets(case.session, bundle, len(runs))
        recipient = self._keyring.pinned(case.session).sealing_key()
        parts = []
        for number, (seals, own) in enumerate(zip(runs, secrets, strict=True), 1):
            statement = Statement(
                bundle=bundle,
                part=number,
                parts=len(runs),
                session=case.session,
                device=device.device,
                made_ms=made_ms,
                links=len(seals),
                bytes=sum(seal.size for seal in seals),
                seals_sha256=hashlib.sha256(seal_lines(seals)).hexdigest(),
                manifests=tuple(manifests),
            )
            token = device.sign(statement.to_dict(), RESCUE_TYP)  # Ed25519: the same again is the same bytes
            evidence = tuple(files[seal] for seal in seals)
            part = Part(bundle, number, len(runs), token, tuple(seals), evidence, recipient, own)
            parts.append((case.session, part))
        return parts

    def _await_manifest(self, case: Case) -> None:
        """The keeper is closing a session that has just ended: a moment, not for ever."""
        waited = 0.0
        while case.state is LocalSessionState.ENDED and waited < CLOSING_S and not self._stop.wait(0.1):
            waited += 0.1

    def _unsent(self, case: Case, work: _Work) -> list[tuple[Seal, Path | None]]:
        """Every sealed link the center has not verified, in the order it was made; damaged ones are named instead."""
        verified = set() if work.order.everything else self._store.verified_paths(case.session)
        found: list[tuple[Seal, Path | None]] = []
        for track in self._spool.tracks(case.session):
            scan = self._spool.read_seals(case.session, track)
            work.left_out |= {str(path): why for path, why in scan.damaged}
            for file in scan.files:
                place = file.path.with_name(file.path.name.removesuffix(SEAL_SUFFIX))
                if place.relative_to(self._spool.root).as_posix() in verified:
                    continue
                if self._stop.is_set():
                    raise Broken
                try:
                    _check(file.seal, file.evidence)
                except ZhishiError as why:
                    work.left_out[str(file.evidence)] = why
                    continue
                found.append((file.seal, file.evidence))
        return sorted(found, key=lambda one: (one[0].seq, one[0].track))

    def _secrets(self, session: str, bundle: str, parts: int) -> tuple[list[PartSecrets], int]:
        """The secrets of a bundle's parts and when it was first made: those of an earlier try, so that it goes on."""
        path = private_folder(self._state / session) / f"{bundle}.json"
        if path.exists():
            try:
                raw = read_json(path)
                held = [PartSecrets.from_dict(one) for one in raw["parts"]]
                made_ms = int(raw["made_ms"])
            except (SpoolUnreadable, KeyError, TypeError, ValueError):
                held = []  # written anew below: nothing is lost but the work of the earlier try
            if len(held) == parts:
                return held, made_ms
        fresh = [PartSecrets.fresh() for _ in range(parts)]
        made_ms = self._time.now().center_ms
        write_json(path, {"made_ms": made_ms, "parts": [one.to_dict() for one in fresh]})
        return fresh, made_ms

    def _prune(self) -> None:
        """Drop what is kept for sessions whose evidence is gone."""
        with translate(self._state):
            for folder in self._state.iterdir() if self._state.is_dir() else ():
                if not (self._spool.root / "sessions" / folder.name / "tracks").is_dir():
                    shutil.rmtree(folder)


def _moved(work: _Work, count: int) -> None:
    work.done_bytes += count


def _check(seal: Seal, evidence: Path | None) -> None:
    """Raises SegmentDamaged when the file is not what was sealed, SpoolUnreadable."""
    if evidence is None:
        return
    sha256, size = hash_file(evidence)
    if (sha256, size) != (seal.sha256, seal.size):
        raise SegmentDamaged(f"{evidence}: not what was sealed")
