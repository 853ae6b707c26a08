"""What must be true after every run, whatever went wrong in it. Reads disks and books; asks no program.

| invariant | how it is seen |
|---|---|
| every sealed link is verified exactly once, or still queued | spool against the center's verified rows and the queue |
| nothing acknowledged is missing | queue's verified rows against the center's; the center's files against their seals |
| the chains are intact | both are followed from their genesis; their heads are the same |
| declared gaps are real losses | what the recorder wrote, fragment by fragment, lies in segments and in no gap |
| nothing is left undeclared | from the first footage to the end every moment is footage or a declared gap |
| the assessment is the truth | the receipt's time of issue against the end and the window by the center's own rows |
| no false confirmed | the receipt on the laptop stands ``zhishi verify`` against the spool |
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise

from domain.chain import follow
from domain.errors import ZhishiError
from domain.identity import Identity, LinkKind, Track
from domain.seal import Seal, parse_seal
from domain.window import Assessment
from domain.wire.syncd import SessionStatus
from host.durable import hash_file
from host.salvage import VIDEO_TRACKS
from host.sealing import GAP_MS
from host.spool import SealScan, Spool
from tests.faults.books import Held
from tests.faults.plan import Recorder
from tests.faults.world import World
from zhishi.verify import verify

_EDGE_NS = 80_000_000  # a frame before or after
_HOLE_NS = (GAP_MS + 60) * 1_000_000


def broken(world: World, said: SessionStatus | None) -> list[str]:
    """Every invariant that does not hold, in words; none is the only good answer."""
    spool = Spool(world.home.spool)
    scans = {track: spool.read_seals(world.session, track) for track in spool.tracks(world.session)}
    verified = world.books.verified(world.session)
    found: list[str] = []
    checks: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: _links(world, scans, verified),
        lambda: _held(verified),
        lambda: _chains(world, scans, verified),
        lambda: _footage(world, scans),
        lambda: _assessment(world, said),
        lambda: _receipt(world, said),
    )
    for check in checks:
        try:
            found += check()
        except ZhishiError as why:
            found.append(f"{why.code}: {why.detail}")
    return found


def _links(world: World, scans: dict[Track, SealScan], verified: list[Held]) -> Iterator[str]:
    sealed: dict[Identity, Seal] = {}
    for track, scan in scans.items():
        for path, why in scan.damaged:
            yield f"{track}: {path.name} is damaged: {why.detail}"
        sealed |= {file.seal.identity: file.seal for file in scan.files}
        for file in scan.files:
            if file.evidence is not None and hash_file(file.evidence) != (file.seal.sha256, file.seal.size):
                yield f"{file.evidence.name} is not what was sealed"
    held = Counter(one.identity for one in verified)
    queue = _queue(world)
    for identity, seal in sealed.items():
        if held[identity] > 1:
            yield f"duplicated: {identity} is verified {held[identity]} times"
        if held[identity] == 0 and queue.get(identity) in (None, "verified"):
            yield f"lost: {identity} (seq {seal.seq}) is neither verified nor queued"
    for identity in held.keys() - sealed.keys():
        yield f"{identity} is at the center and was never sealed"
    for identity, state in queue.items():
        if state == "verified" and not held[identity]:
            yield f"acknowledged and missing: {identity}"
    for one in verified:
        if one.identity in sealed and parse_seal(one.seal) != sealed[one.identity]:
            yield f"{one.identity}: the center holds another seal"


def _queue(world: World) -> dict[Identity, str]:
    with closing(sqlite3.connect(f"file:{world.home.queue_db}?mode=ro", uri=True, timeout=10)) as db:
        rows = db.execute(
            "select device, track, run, kind, link_index, state from upload where session = ?", (world.session,)
        ).fetchall()
    return {Identity(row[0], Track(row[1]), row[2], LinkKind(row[3]), row[4]): row[5] for row in rows}


def _held(verified: list[Held]) -> Iterator[str]:
    for one in verified:
        if one.path is not None and hash_file(one.path) != (one.sha256, one.size):
            yield f"the center's {one.identity} is not what it verified"


def _chains(world: World, scans: dict[Track, SealScan], verified: list[Held]) -> Iterator[str]:
    for track, scan in scans.items():
        here = follow(scan.seals, world.session, world.device, track)
        held = sorted((one for one in verified if one.identity.track is track), key=lambda one: one.seq)
        there = follow([parse_seal(one.seal) for one in held], world.session, world.device, track)
        if here != there:
            yield f"{track}: here {here}, at the center {there}"


def _footage(world: World, scans: dict[Track, SealScan]) -> Iterator[str]:
    """Nobody tells what the real recorder's ffmpeg wrote; its own tests do. That nothing is left undeclared holds."""
    for track in VIDEO_TRACKS:
        seals = [seal for seal in scans[track].seals if seal.kind is not LinkKind.INIT] if track in scans else []
        if world.plan.recorder is Recorder.TAPE:
            yield from _written(world, track, seals)
        for before, after in pairwise(seals):
            if before.boot_id != after.boot_id:
                continue
            hole = after.boot_ns - before.boot_ns - before.duration_ms * 1_000_000
            if not -_HOLE_NS <= hole <= _HOLE_NS:
                yield f"{track}: {hole / 1e6:.0f} ms undeclared before link {after.seq}"


def _written(world: World, track: Track, seals: list[Seal]) -> Iterator[str]:
    lines = [line.split() for line in world.told.read_text().splitlines()] if world.told.exists() else []
    for _, run, boot, start, lasts_ms in (line for line in lines if line[0] == track):
        begins, ends = int(start), int(start) + int(lasts_ms) * 1_000_000
        kept = sum(_overlap(seal, begins, ends) for seal in seals if seal.kind is LinkKind.SEGMENT and seal.run == run)
        if kept < ends - begins - _EDGE_NS:
            yield f"{track}: footage of {lasts_ms} ms at {begins} of run {run[-4:]} was written and is in no segment"
        false = sum(
            _overlap(seal, begins, ends) for seal in seals if seal.kind is LinkKind.GAP and seal.boot_id == boot
        )
        if false > _EDGE_NS:
            yield f"{track}: a gap is declared over {false / 1e6:.0f} ms of footage at {begins}"


def _overlap(seal: Seal, begins: int, ends: int) -> int:
    return max(0, min(ends, seal.boot_ns + seal.duration_ms * 1_000_000) - max(begins, seal.boot_ns))


def _assessment(world: World, said: SessionStatus | None) -> Iterator[str]:
    issued = [one for one in world.books.receipts(world.session) if one.kind == "session"]
    if said is None or not issued:
        yield "no session receipt"
        return
    early = world.books.ended_ms(world.session)
    ended_ms = min(world.end_ms, early) if early is not None else world.end_ms
    late = issued[-1].issued_ms > ended_ms + world.plan.window_ms
    truth = Assessment.CONFIRMED_LATE if late else Assessment.CONFIRMED
    if said.assessment != truth or issued[-1].assessment != truth:
        yield f"assessment: laptop {said.assessment}, center {issued[-1].assessment}, in truth {truth}"


def _receipt(world: World, said: SessionStatus | None) -> Iterator[str]:
    if said is None or said.receipt is None or said.center_key is None:
        yield "no receipt on the laptop"
        return
    home = world.home
    told = verify(
        home.receipts / f"{world.session}.jws",
        home.receipts / f"{world.session}.center-key.json",
        home.spool / "sessions" / world.session,
    )
    if told.absent:
        yield f"the receipt names evidence that is not here: {told.absent}"
