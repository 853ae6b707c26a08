"""The storage contract of ``center.tus.storage``, run against each storage there is."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from center.tus.filestore import FileStore
from center.tus.storage import Storage
from domain.errors import BadInput, UploadGone

STORES: dict[str, Callable[[Path], Storage]] = {"files": FileStore}
KEY = "session/device/camera/run/000001.m4s"


@pytest.fixture(params=sorted(STORES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_store(kind: str, tmp_path: Path) -> Callable[[], Storage]:
    """A storage over the same ground each time, as after a restart."""
    return lambda: STORES[kind](tmp_path / "ground")


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_offset_is_what_is_durable(open_store: Callable[[], Storage]) -> None:
    writer = open_store().create(KEY)
    writer.write([b"abc", b"", b"defg"])
    assert (writer.written, writer.durable) == (7, 0)
    assert writer.sync() == 7
    writer.close()
    assert open_store().size(KEY) == 7


def test_goes_on_after_a_restart_and_hashes_what_reads_back(open_store: Callable[[], Storage]) -> None:
    writer = open_store().create(KEY)
    writer.write([b"first"])
    writer.sync()
    writer.close()
    again = open_store().open(KEY)
    assert again.durable == 5
    again.write([b"second"])
    assert again.digest() == sha(b"firstsecond")
    again.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.binary(max_size=40), st.sampled_from(["sync", "reopen", "restart", "nothing"])), max_size=12
    )
)
def test_any_order_of_writes_syncs_and_reopens_gives_the_bytes(
    open_store: Callable[[], Storage], steps: list[tuple[bytes, str]]
) -> None:
    store = open_store()
    writer, whole = store.create(KEY), b""
    for piece, then in steps:
        writer.write([piece])
        whole += piece
        if then != "nothing":
            assert writer.sync() == len(whole)
        if then in ("reopen", "restart"):
            writer.close()
            store = store if then == "reopen" else open_store()
            writer = store.open(KEY)
            assert writer.durable == len(whole)
    assert writer.digest() == sha(whole)
    writer.close()
    assert store.size(KEY) == len(whole)


def test_put_is_all_in_one(open_store: Callable[[], Storage]) -> None:
    assert open_store().put(KEY, [b"ab", b"c"]) == (3, sha(b"abc"))
    assert open_store().size(KEY) == 3


def test_what_is_kept_can_be_read_in_parts(open_store: Callable[[], Storage]) -> None:
    store = open_store()
    store.put(KEY, [b"0123456789"])
    assert (store.read(KEY, 0, 4), store.read(KEY, 4, 100), store.read(KEY, 10, 1)) == (b"0123", b"456789", b"")
    with pytest.raises(UploadGone):
        store.read(KEY + "x", 0, 1)


def test_more_pieces_than_one_system_call_takes(open_store: Callable[[], Storage]) -> None:
    pieces = [b"%05d" % number for number in range(3000)]
    assert open_store().put(KEY, pieces) == (15000, sha(b"".join(pieces)))


def test_create_drops_what_an_unacknowledged_upload_left(open_store: Callable[[], Storage]) -> None:
    store = open_store()
    store.put(KEY, [b"leftover of a longer upload"])
    writer = store.create(KEY)
    writer.write([b"new"])
    assert writer.digest() == sha(b"new")
    writer.close()
    assert store.put(KEY, [b"x"]) == (1, sha(b"x"))


@pytest.mark.parametrize("end", ["reject", "close", "crash"])
def test_nothing_under_a_mark_counts(open_store: Callable[[], Storage], end: str) -> None:
    writer = open_store().create(KEY)
    writer.write([b"good"])
    writer.mark()
    writer.write([b"unchecked"])
    if end == "reject":
        writer.reject()
        assert writer.durable == writer.written == 4
        writer.write([b"+"])
        assert writer.digest() == sha(b"good+")
        writer.close()
        assert open_store().size(KEY) == 5
        return
    if end == "close":
        writer.close()
    assert open_store().peek(KEY) == 4
    assert open_store().size(KEY) == 4
    again = open_store().open(KEY)
    again.write([b"!"])
    assert again.digest() == sha(b"good!")
    again.close()


def test_accepted_bytes_count(open_store: Callable[[], Storage]) -> None:
    writer = open_store().create(KEY)
    writer.mark()
    writer.write([b"checked"])
    assert writer.accept() == 7
    writer.close()
    assert open_store().size(KEY) == 7


def test_quarantine_keeps_the_bytes_and_frees_the_key(
    open_store: Callable[[], Storage], kind: str, tmp_path: Path
) -> None:
    store = open_store()
    store.put(KEY, [b"wrong"])
    first = store.quarantine(KEY)
    with pytest.raises(UploadGone):
        store.size(KEY)
    store.put(KEY, [b"wrong again"])
    second = store.quarantine(KEY)
    assert first != second
    assert store.size(first) == 5
    assert store.size(second) == 11


def test_unknown_keys_are_gone_and_removing_is_idempotent(open_store: Callable[[], Storage]) -> None:
    store = open_store()
    for ask in (store.open, store.size, store.quarantine):
        with pytest.raises(UploadGone):
            ask(KEY)
    store.put(KEY, [b"x"])
    store.remove(KEY)
    store.remove(KEY)
    assert store.peek(KEY) == 0
    assert store.room() > 0


@pytest.mark.parametrize("key", ["", "/etc/passwd", "a/../b", "../x", "a//b", "a\\b", "C:x", "a/.hidden"])
def test_keys_never_leave_the_ground(open_store: Callable[[], Storage], key: str) -> None:
    with pytest.raises(BadInput):
        open_store().put(key, [b"x"])


def test_files_are_owner_only_and_lie_as_in_the_spool(tmp_path: Path) -> None:
    FileStore(tmp_path / "ground").put(KEY, [b"x"])
    path = tmp_path / "ground" / KEY
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_write_that_could_not_be_made_durable_never_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failed fsync the system may drop pages and call the file clean: the file is cut back instead."""
    store = FileStore(tmp_path / "ground")
    writer = store.create(KEY)
    writer.write([b"safe"])
    writer.sync()
    writer.write([b"doomed"])

    def refuse(_fd: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", refuse)
        with pytest.raises(Exception, match=r"spool_unreadable|storage"):
            writer.sync()
    writer.close()
    assert store.size(KEY) == 4
