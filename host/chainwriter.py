"""Writing one track's chain on this device: the only code that creates seals.

Order of sealing a file (contract "Seal"): fsync file → fsync folder → hash → write seal temp → fsync → rename →
fsync folder. A kill between any two steps leaves either no seal (it is sealed again) or a whole one.
Whoever uses this holds the lock of its tracks (``host.locks``).
"""

from pathlib import Path

from domain.errors import ChainBroken, StorageError
from domain.identity import LinkKind, Track
from domain.seal import EMPTY_SHA256, GapReason, Seal, genesis
from host.clock import Moment
from host.durable import hash_file, sync_file, sync_folder, write_bytes
from host.spool import SealScan, Spool, gap_path, read_seal, seal_path


class ChainWriter:
    """Appends links to the chain of (device, track); knows its tail.

    Raises ChainBroken at construction when seals on disk are damaged or do not follow each other, so that nothing is
    ever appended to a chain whose tail is unknown.
    """

    def __init__(self, spool: Spool, session: str, device: str, track: Track) -> None:
        self.spool = spool
        self.session = session
        self.device = device
        self.track = track
        self._seq = 0
        self._head = genesis(session, device, track)
        self._covered_until: Moment | None = None
        self._boots: set[str] = set()  # that links were made in
        self._last_run: str | None = None
        self._gaps: dict[str, int] = {}
        self._take(spool.read_seals(session, track))

    def _take(self, scan: SealScan) -> None:
        if scan.damaged:
            path, why = scan.damaged[0]
            raise ChainBroken(f"{path}: {why.detail}")
        for file in scan.files:
            if file.seal.seq != self._seq or file.seal.prev != self._head:
                raise ChainBroken(f"{file.path}: does not follow link {self._seq - 1}")
            self._append(file.seal)

    def _append(self, seal: Seal) -> None:
        self._seq = seal.seq + 1
        self._head = seal.hash()
        self._last_run = seal.run
        if seal.kind is LinkKind.GAP:
            self._gaps[seal.run] = max(self._gaps.get(seal.run, 0), seal.index + 1)
        if seal.kind is not LinkKind.INIT:
            start = Moment(seal.boot_id, seal.boot_ns, seal.center_ms, seal.center_est, seal.wall_ms)
            self._cover(start.later(seal.duration_ms))

    def _cover(self, end: Moment) -> None:
        """The chain covers time up to ``end``. What is sealed late never takes back what is covered by then.

        A boot seen first here is the newest; between boots center time may be a wild estimate and decides nothing.
        """
        covered = self._covered_until
        further = covered is not None and covered.boot_id == end.boot_id and end.ms_since(covered) > 0
        if further or end.boot_id not in self._boots:
            self._covered_until = end
        self._boots.add(end.boot_id)

    @property
    def links(self) -> int:
        """Links so far."""
        return self._seq

    @property
    def covered_until(self) -> Moment | None:
        """Where the newest footage or declared gap ends; None before the first."""
        return self._covered_until

    @property
    def last_run(self) -> str | None:
        """The run of the last link; None before the first."""
        return self._last_run

    def seal_file(self, kind: LinkKind, run: str, index: int, path: Path, *, start: Moment, duration_ms: int) -> Seal:
        """Seal ``path``; the same file again answers its existing seal. Raises StorageError."""
        sidecar = seal_path(path)
        if sidecar.exists():
            return read_seal(sidecar)
        sync_file(path)
        sync_folder(path.parent)
        sha256, size = hash_file(path)
        return self._write(sidecar, kind, run, index, start, duration_ms, size, sha256, None)

    def seal_gap(self, run: str, *, start: Moment, duration_ms: int, reason: GapReason) -> Seal:
        """Declare that nothing was recorded from ``start`` for ``duration_ms``. Raises StorageError."""
        index = self._gaps.get(run, 0)
        sidecar = gap_path(self.spool.run_dir(self.session, self.track, run), index)
        return self._write(sidecar, LinkKind.GAP, run, index, start, duration_ms, 0, EMPTY_SHA256, reason)

    def _write(
        self,
        sidecar: Path,
        kind: LinkKind,
        run: str,
        index: int,
        start: Moment,
        duration_ms: int,
        size: int,
        sha256: str,
        reason: GapReason | None,
    ) -> Seal:
        seal = Seal(
            kind=kind,
            session=self.session,
            device=self.device,
            track=self.track,
            run=run,
            index=index,
            seq=self._seq,
            prev=self._head,
            boot_id=start.boot_id,
            boot_ns=start.boot_ns,
            center_ms=start.center_ms,
            center_est=start.center_est,
            wall_ms=start.wall_ms,
            duration_ms=duration_ms,
            size=size,
            sha256=sha256,
            reason=reason,
        )
        try:
            write_bytes(sidecar, seal.canonical())
        except StorageError:
            if sidecar.exists():  # only the flush of its name failed: its number is taken (syncd flushes it again)
                self._append(seal)
            raise
        self._append(seal)
        return seal
