"""The replay of a write log: what was flushed stays, whatever else chance takes."""

import io
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.writelog import (
    HEADER,
    MAGIC,
    SUPER,
    VERSION,
    BadLog,
    Cut,
    Flag,
    at_the_end,
    dropped,
    read_log,
    somewhere,
    survivors,
    write_back,
)

SECTOR = 512
DISK_SECTORS = 16
Request = tuple[int, int, int]  # sector, sectors, flags


def written(requests: list[Request], *, counted: int | None = None, sector: int = SECTOR) -> bytes:
    """A log as dm-log-writes lays it out; the n-th request writes the byte n + 1."""
    body = b""
    for number, (at, sectors, flags) in enumerate(requests):
        body += HEADER.pack(at, sectors, flags, 0).ljust(sector, b"\0")
        if not flags & Flag.DISCARD:
            body += bytes([(number + 1) % 256]) * (sectors * sector)
    count = len(requests) if counted is None else counted
    return SUPER.pack(MAGIC, VERSION, count, sector).ljust(sector, b"\0") + body


def replayed(raw: bytes, cut: Cut, chance: Random) -> bytes:
    log, disk = io.BytesIO(raw), io.BytesIO(bytes(DISK_SECTORS * SECTOR))
    write_back(log, survivors(read_log(log), cut, chance), disk)
    return disk.getvalue()


writes = st.tuples(st.integers(0, DISK_SECTORS - 4), st.integers(1, 4), st.sampled_from([0, int(Flag.FUA)]))
flush = st.just((0, 0, int(Flag.FLUSH)))
discard = st.tuples(st.integers(0, DISK_SECTORS - 4), st.integers(1, 4), st.just(int(Flag.DISCARD)))
histories = st.lists(st.one_of(writes, writes, flush, discard), max_size=30)


def owner(history: list[Request], upto: int, *, only: set[int] | None = None) -> dict[int, int]:
    """Which request each sector's content comes from."""
    held: dict[int, int] = {}
    for number, (at, sectors, flags) in enumerate(history[:upto]):
        if sectors and not flags & Flag.DISCARD and (only is None or number in only):
            held.update(dict.fromkeys(range(at, at + sectors), number + 1))
    return held


def test_a_log_is_read_with_every_kind_of_entry() -> None:
    log = read_log(io.BytesIO(written([(3, 2, 0), (0, 0, 1), (5, 4, int(Flag.DISCARD)), (9, 1, int(Flag.FUA))])))
    assert [(e.sector, e.sectors, e.flags) for e in log.entries] == [
        (3, 2, Flag(0)), (0, 0, Flag.FLUSH), (5, 4, Flag.DISCARD), (9, 1, Flag.FUA),
    ]  # fmt: skip
    assert [entry.writes for entry in log.entries] == [True, False, False, True]
    assert log.flushes() == [1]
    assert at_the_end(log) == Cut(4, 1)


def test_larger_sectors_and_marks() -> None:
    head = SUPER.pack(MAGIC, VERSION, 2, 4096).ljust(4096, b"\0")
    mark = HEADER.pack(0, 0, int(Flag.MARK), 5).ljust(4096, b"\0") + b"hello".ljust(4096, b"\0")
    one = HEADER.pack(1, 1, 0, 0).ljust(4096, b"\0") + b"x" * 4096
    log = read_log(io.BytesIO(head + mark + one))
    assert [(entry.sector, entry.flags) for entry in log.entries] == [(0, Flag.MARK), (1, Flag(0))]
    assert not log.entries[0].writes


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0" * 4096,
        SUPER.pack(MAGIC, 2, 0, SECTOR),
        SUPER.pack(MAGIC, VERSION, 0, 500),
        written([(0, 1, 0)], counted=2),
        written([(0, 8, 0)])[:-1],
    ],
)
def test_what_is_no_log_is_refused(raw: bytes) -> None:
    with pytest.raises(BadLog):
        read_log(io.BytesIO(raw))


@given(histories, st.integers(0, 5000))
def test_a_torn_end_of_the_log_is_left_out(history: list[Request], torn: int) -> None:
    """The machine was killed while it wrote its log: what the super block does not count may be missing."""
    raw = written(history, counted=0)
    whole = read_log(io.BytesIO(raw))
    cut = read_log(io.BytesIO(raw[: max(SECTOR, len(raw) - torn)]))
    assert cut.entries == whole.entries[: len(cut.entries)]
    assert read_log(io.BytesIO(raw + bytes(torn))).entries == whole.entries


@given(histories, st.randoms(use_true_random=False), st.integers(0, 30))
def test_what_was_flushed_or_written_through_stays(history: list[Request], chance: Random, since: int) -> None:
    raw = written(history)
    log = read_log(io.BytesIO(raw))
    for cut in (somewhere(log, since, chance), at_the_end(log)):
        disk = replayed(raw, cut, chance)
        safe = owner(history, cut.flush + 1)
        later: dict[int, set[int]] = {}
        for number, (at, sectors, flags) in enumerate(history[: cut.issued]):
            if number > cut.flush and sectors and not flags & Flag.DISCARD:
                for sector in range(at, at + sectors):
                    # written through: nothing older may show any more
                    options = set() if flags & Flag.FUA else later.get(sector, {safe.get(sector, 0)})
                    later[sector] = options | {number + 1}
        for sector in range(DISK_SECTORS):
            content = set(disk[sector * SECTOR : (sector + 1) * SECTOR])
            assert len(content) == 1, "a sector is whole or not there"
            assert content <= later.get(sector, {safe.get(sector, 0)})


@given(histories, st.randoms(use_true_random=False), st.integers(0, 30))
def test_a_cut_is_a_flush_and_some_requests_before_the_next(history: list[Request], chance: Random, since: int) -> None:
    log = read_log(io.BytesIO(written(history)))
    cut = somewhere(log, since, chance)
    flushes = log.flushes()
    assert cut.flush in {-1, *flushes}
    assert cut.flush < cut.issued <= len(log.entries) or not log.entries
    between = [flush for flush in flushes if cut.flush < flush < cut.issued - 1]
    assert not between
    assert cut.flush >= since or cut == at_the_end(log)


@given(histories, st.integers(0, 2**32))
def test_the_same_chance_makes_the_same_disk(history: list[Request], seed: int) -> None:
    raw = written(history)
    log = read_log(io.BytesIO(raw))
    one, two = Random(seed), Random(seed)
    first, second = somewhere(log, 0, one), somewhere(log, 0, two)
    assert first == second
    assert replayed(raw, first, one) == replayed(raw, second, two)


def test_what_was_not_flushed_does_get_lost() -> None:
    """The replay is worth nothing if it never takes anything."""
    raw = written([(0, 1, 0), (0, 0, 1), (1, 4, 0), (5, 4, 0), (9, 4, 0)])
    log = read_log(io.BytesIO(raw))
    taken = [dropped(log, at_the_end(log), survivors(log, at_the_end(log), Random(seed))) for seed in range(40)]
    assert max(taken) == 12 * SECTOR
    assert min(taken) == 0
    assert len(set(taken)) > 5
    assert all(replayed(raw, at_the_end(log), Random(seed))[:SECTOR] == b"\x01" * SECTOR for seed in range(40))
