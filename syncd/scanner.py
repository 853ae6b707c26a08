"""Finding what is sealed: reads the spool, fills the queue, names what is damaged.

The spool is the truth; every scan could rebuild the queue. Folders that have not changed since two looks are
skipped. Never changes evidence; the one thing it writes is a damaged sidecar's exact copy from the queue, with the
damaged one kept beside it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import EvidenceError, IdentityConflict, SealDamaged, StorageError, ZhishiError
from domain.identity import LinkKind, Track
from domain.seal import Seal, parse_seal
from host.durable import hash_file, read_bytes, replace, sync_folder, translate, write_bytes
from host.spool import SEAL_SUFFIX, Spool, read_seal
from syncd.store import Store

_BATCH = 200
DAMAGED_SUFFIX = ".damaged"
_DEPTH = 6  # sessions/<session>/tracks/<track>/<run>/<name>
SealCopy = Callable[[str, str], bytes | None]


@dataclass(slots=True)
class _Folder:
    """What is known of one run folder: its mtime at the last looks, and the sidecars queued already."""

    mtime_ns: int = -1
    quiet: bool = False  # the mtime was the same at two looks: a file written within one tick cannot hide
    known: set[str] = field(default_factory=set)


class Scanner:
    """Safe to call from several threads; scans take turns.

    ``copy(session, path)`` may fetch a seal's canonical JSON from the center when the queue has none (None: not
    there either). Damaged things are in ``troubles``: path → error.
    """

    def __init__(self, spool: Spool, store: Store, copy: SealCopy) -> None:
        self._spool = spool
        self._store = store
        self._copy = copy
        self._turn = threading.Lock()
        self._folders: dict[Path, _Folder] = {}
        self.troubles: dict[str, ZhishiError] = {}

    def forget(self, session: str | None = None) -> None:
        """Look at everything again, as after a restart."""
        with self._turn:
            root = self._spool.root if session is None else self._spool.session_dir(session)
            self._folders = {path: facts for path, facts in self._folders.items() if not path.is_relative_to(root)}

    def scan(self, session: str | None = None) -> int:
        """Queue every sealed link that is not known yet; answers how many were new."""
        new = 0
        with self._turn:
            for one in [session] if session else self._spool.sessions():
                where = str(self._spool.session_dir(one))
                try:
                    new += self._scan_session(one)
                    self.troubles.pop(where, None)
                except StorageError as why:  # one unreadable folder must not hide the others
                    self.troubles[where] = why
        return new

    def take(self, sidecar: Path) -> int:
        """Queue the one link whose sidecar has just appeared. What appears elsewhere than a run's folder is no link of
        ours: a session that is being deleted is moved aside with all its sidecars.
        """
        below = sidecar.relative_to(self._spool.root).parts
        if len(below) != _DEPTH or below[2] != "tracks":
            return 0
        with self._turn:
            folder = self._folders.setdefault(sidecar.parent, _Folder())
            if sidecar.name in folder.known:
                return 0
            return self._queue(folder, [sidecar.name], sidecar.parent)

    def _scan_session(self, session: str) -> int:
        new = 0
        for track in self._spool.tracks(session):
            for run in self._spool.runs(session, track):
                new += self._scan_run(session, track, run)
        return new

    def _scan_run(self, session: str, track: Track, run: str) -> int:
        path = self._spool.run_dir(session, track, run)
        folder = self._folders.setdefault(path, _Folder())
        with translate(path):
            mtime_ns = path.stat().st_mtime_ns
        if folder.quiet and mtime_ns == folder.mtime_ns:
            return 0
        with translate(path):
            names = sorted(entry.name for entry in path.iterdir() if entry.name.endswith(SEAL_SUFFIX))
        new = self._queue(folder, [name for name in names if name not in folder.known], path)
        whole = folder.known.issuperset(names)  # what could not be read is looked at again
        folder.quiet, folder.mtime_ns = whole and mtime_ns == folder.mtime_ns, mtime_ns
        return new

    def _queue(self, folder: _Folder, names: list[str], path: Path) -> int:
        new = 0
        for start in range(0, len(names), _BATCH):
            found: dict[str, Seal] = {}
            for name in names[start : start + _BATCH]:
                seal = self._read(path / name)
                if seal is not None:
                    found[name] = seal
            self._flush(path)
            links = [(seal, self._below(path / name.removesuffix(SEAL_SUFFIX))) for name, seal in found.items()]
            added, differing = self._store.add(links)
            new += added
            for name, seal in found.items():
                if seal.identity in differing and not self._restore_changed(path / name, seal):
                    self.troubles[str(path)] = IdentityConflict(f"{path}: {seal.identity} is sealed twice, differently")
            folder.known |= found.keys()
        return new

    def _flush(self, folder: Path) -> None:
        """A name is seen before it is flushed: what is sent must not be forgotten here by a power cut. What a failing
        disk cannot flush is sent all the same, all the more so.
        """
        try:
            sync_folder(folder)
            self.troubles.pop(f"{folder}/", None)
        except StorageError as why:
            self.troubles[f"{folder}/"] = why

    def _read(self, sidecar: Path) -> Seal | None:
        """The seal; a damaged one is restored when a copy is known, else named."""
        try:
            seal = read_seal(sidecar)
        except SealDamaged as why:
            restored = self._restore(sidecar)
            if restored is None:
                self.troubles[str(sidecar)] = why
            return restored
        except StorageError as why:
            self.troubles[str(sidecar)] = why
            return None
        self.troubles.pop(str(sidecar), None)
        return seal

    def _restore(self, sidecar: Path) -> Seal | None:
        path = self._below(sidecar.with_name(sidecar.name.removesuffix(SEAL_SUFFIX)))
        session = sidecar.relative_to(self._spool.root / "sessions").parts[0]
        raw = self._store.seal_at(path) or self._copy(session, path)
        if raw is None:
            return None
        try:
            seal = parse_seal(raw)
        except EvidenceError:
            return None  # the copy is no better: the sidecar itself is named
        self._put_back(sidecar, raw)
        return seal

    def _restore_changed(self, sidecar: Path, now: Seal) -> bool:
        """A sealed sidecar never changes: one that still reads, but not as it was queued, was damaged when the file it
        seals is still the one queued. Restored then, and True.
        """
        evidence = sidecar.with_name(sidecar.name.removesuffix(SEAL_SUFFIX))
        raw = self._store.seal_at(self._below(evidence))
        if raw is None:
            return False
        queued = parse_seal(raw)
        if queued.identity != now.identity:
            return False
        if queued.kind is not LinkKind.GAP and hash_file(evidence) != (queued.sha256, queued.size):
            return False
        self._put_back(sidecar, raw)
        return True

    def _put_back(self, sidecar: Path, raw: bytes) -> None:
        """Write the copy; the damaged one is kept beside it."""
        damaged = sidecar.with_name(sidecar.name.removesuffix(SEAL_SUFFIX) + DAMAGED_SUFFIX)
        if not damaged.exists():
            write_bytes(damaged, read_bytes(sidecar))
        write_bytes(sidecar, raw)
        self.troubles.pop(str(sidecar), None)

    def check_sidecars(self, session: str) -> None:
        """Read every sidecar of ``session`` again: before a manifest is written each must be whole."""
        self.forget(session)
        self.scan(session)

    def _below(self, path: Path) -> str:
        return path.relative_to(self._spool.root).as_posix()


def set_aside(sidecar: Path) -> Path:
    """Take a damaged sidecar that nobody has a copy of out of the way (kept), so that its file is sealed again."""
    damaged = sidecar.with_name(sidecar.name.removesuffix(SEAL_SUFFIX) + DAMAGED_SUFFIX)
    number = 1
    while damaged.exists():
        number += 1
        damaged = damaged.with_name(f"{sidecar.name.removesuffix(SEAL_SUFFIX)}{DAMAGED_SUFFIX}-{number}")
    replace(sidecar, damaged)
    return damaged
