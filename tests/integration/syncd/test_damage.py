"""Damaged, unreadable or contradicting files: named exactly, nothing lost, everything else goes on."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from domain.seal import parse_seal
from host.locks import sealing_lock
from host.spool import seal_path
from tests.support.center import center_config, new_session
from tests.support.seals import make_seal
from tests.support.servers import AsgiProcess
from tests.support.syncing import HandRecorder, Laptop
from tests.support.waiting import wait_until
from zhishi.faultproxy import FaultProxy, Mode


def _offline(laptop: Laptop, proxy: FaultProxy) -> HandRecorder:
    camera = laptop.recorder()
    laptop.verified(1)
    proxy.switch(Mode.REFUSE)
    return camera


def test_a_segment_changed_after_sealing_is_named_and_not_sent(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = _offline(laptop, proxy)
    for size in (5_000, 5_000_000):  # hashed before it is sent; hashed once the center finds it wrong
        path = camera.path(camera.segment(size))
        raw = bytearray(path.read_bytes())
        raw[1234] ^= 1
        path.write_bytes(raw)
    good = camera.segment()
    proxy.switch(Mode.PASS)
    laptop.verified(2)
    found = wait_until(
        lambda: [t.error.detail for t in laptop.here().troubles if t.error.code == "segment_damaged"][1:2], what="both"
    )
    assert str(camera.folder) in found[0]
    assert laptop.here().tracks["camera"].verified_links == 2
    assert camera.path(good).exists()


def test_a_damaged_segment_is_sent_once_it_is_whole_again(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = _offline(laptop, proxy)
    path = camera.path(camera.segment())
    whole = path.read_bytes()
    path.write_bytes(whole[:-100])
    proxy.switch(Mode.PASS)
    assert str(path) in laptop.trouble("segment_damaged")
    path.write_bytes(whole)
    assert laptop.daemon is not None
    laptop.daemon.scan()
    laptop.verified(2)
    wait_until(lambda: not laptop.here().troubles, what="no trouble left")


def test_an_unreadable_file_is_named_and_waited_for(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = _offline(laptop, proxy)
    path = camera.path(camera.segment())
    away = path.with_name("elsewhere")
    path.rename(away)
    path.symlink_to("/dev/disk-that-is-gone")  # root reads whatever has a mode
    proxy.switch(Mode.PASS)
    assert str(path) in laptop.trouble("spool_unreadable")
    path.unlink()
    away.rename(path)
    laptop.verified(2, 60)


@pytest.mark.parametrize("keep", [0, 1, 200])
def test_a_sidecar_cut_short_comes_back_from_the_queue(laptop: Laptop, keep: int) -> None:
    camera = laptop.recorder()
    seal = camera.segment()
    laptop.verified(2)
    sidecar = seal_path(camera.path(seal))
    sidecar.write_bytes(sidecar.read_bytes()[:keep])
    camera.end()
    laptop.confirmed()
    assert parse_seal(sidecar.read_bytes()) == seal
    assert (camera.folder / "000000.m4s.damaged").stat().st_size == keep


def test_a_sidecar_comes_back_from_the_center_when_the_queue_is_gone(laptop: Laptop) -> None:
    camera = laptop.recorder()
    seal, after = camera.segment(), camera.segment()
    laptop.verified(3)
    laptop.stop()
    laptop.home.queue_db.unlink()
    sidecar = seal_path(camera.path(seal))
    sidecar.write_bytes(b"{")
    laptop.start()
    camera.end()
    laptop.confirmed()
    assert parse_seal(sidecar.read_bytes()) == seal
    assert laptop.here().tracks["camera"].links == after.seq + 1


def test_the_last_sidecar_known_to_nobody_is_made_anew(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = _offline(laptop, proxy)
    laptop.stop()
    seal = camera.segment()
    sidecar = seal_path(camera.path(seal))
    sidecar.write_bytes(b"{")
    laptop.start()
    assert str(sidecar) in laptop.trouble("seal_damaged")
    assert sidecar.exists()


def test_an_upload_the_center_forgot_is_created_anew_however_often_it_failed_before(
    laptop: Laptop, proxy: FaultProxy
) -> None:
    camera = _offline(laptop, proxy)
    camera.segment()
    wait_until(lambda: laptop.here().tracks["camera"].links == 2, what="queued")
    assert laptop.daemon is not None
    database = laptop.daemon._database
    forgotten = "UPDATE upload SET place = '/api/v1/uploads/gone-0', failures = 12 WHERE state = 'queued'"
    database.run(lambda db: db.exec_driver_sql(forgotten))
    proxy.switch(Mode.PASS)
    left = "SELECT count(*) FROM upload WHERE place = '/api/v1/uploads/gone-0'"
    wait_until(lambda: database.run(lambda db: db.exec_driver_sql(left).scalar()) == 0, what="no longer asked for")
    database.run(lambda db: db.exec_driver_sql("UPDATE upload SET due_boot = ''"))
    laptop.daemon.scan()
    laptop.verified(2)


def test_a_sidecar_that_still_reads_but_was_changed_comes_back_from_the_queue(laptop: Laptop) -> None:
    camera = laptop.recorder()
    seals = [camera.segment(), camera.gap(), camera.segment()]
    laptop.verified(4)
    for seal, path in ((seals[0], camera.path(seals[0])), (seals[1], camera.folder / "gap-000000")):
        sidecar = seal_path(path)
        changed = sidecar.read_bytes().replace(b'"duration_ms":1', b'"duration_ms":9')  # one bit
        assert parse_seal(changed) != seal
        sidecar.write_bytes(changed)
    camera.end()
    laptop.confirmed()
    assert list(camera.spool.read_seals(laptop.session, camera.track).seals[1:]) == seals


def test_a_damaged_sidecar_is_mended_for_a_recorder_that_waits_for_it(laptop: Laptop) -> None:
    camera = laptop.recorder()
    seal = camera.segment()
    laptop.verified(2)
    with sealing_lock(camera.spool, laptop.session, camera.track) as lock:
        assert lock.take()
        sidecar = seal_path(camera.path(seal))
        sidecar.write_bytes(b"{")  # in place: the folder does not change, so no scan looks at it
        for index in range(1, 6):
            (camera.folder / f"{index:06d}.m4s").write_bytes(b"footage")
        wait_until(lambda: sidecar.read_bytes() == seal.canonical(), what="mended")


def test_an_upload_whose_end_could_not_be_written_down_goes_on_once_the_disk_takes_it(
    laptop: Laptop, proxy: FaultProxy
) -> None:
    camera = laptop.recorder()
    laptop.verified(1)
    proxy.switch(Mode.STALL)
    camera.segment()
    wait_until(lambda: laptop.status().active_uploads == 1, what="on its way")
    assert laptop.daemon is not None
    queue = laptop.daemon._database._engine.raw_connection()  # the one connection there is
    queue.execute("PRAGMA query_only = ON")
    proxy.switch(Mode.PASS)
    troubles = laptop.daemon.troubles
    wait_until(lambda: any(why.code == "storage" for why in troubles.values()), what="the disk's refusal is named")
    queue.execute("PRAGMA query_only = OFF")
    laptop.verified(2)


@pytest.mark.parametrize("damage", ["deleted", "corrupt", "newer"])
def test_the_queue_is_rebuilt_and_nothing_is_sent_twice(laptop: Laptop, proxy: FaultProxy, damage: str) -> None:
    camera = laptop.recorder()
    for _ in range(3):
        camera.segment(200_000)
    laptop.verified(4)
    laptop.stop()
    queue = laptop.home.queue_db
    if damage == "deleted":
        for part in queue.parent.glob("queue.db*"):
            part.unlink()
    elif damage == "corrupt":
        queue.write_bytes(os.urandom(40_000))
    else:
        with closing(sqlite3.connect(queue)) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
    before = proxy.traffic.up
    laptop.start()
    laptop.verified(4)
    assert proxy.traffic.up - before < 100_000
    if damage != "deleted":
        laptop.trouble(f"queue_{damage}")
        assert list(queue.parent.glob(f"queue.db.{damage}-1"))
    camera.segment()
    camera.end()
    laptop.confirmed()


def test_one_identity_with_two_contents_is_kept_and_named(laptop: Laptop, center: AsgiProcess) -> None:
    camera = laptop.recorder()
    camera.segment()
    laptop.verified(2)
    laptop.stop()
    # As after a spool restored from an old image: the same place in the chain, sealed over other bytes.
    path = camera.folder / "000000.m4s"
    path.write_bytes(b"other bytes")
    old = parse_seal(seal_path(path).read_bytes())
    other = make_seal(
        seq=old.seq, prev=old.prev, index=old.index, run=old.run, session=old.session, device=old.device,
        content=b"other bytes",
    )  # fmt: skip
    seal_path(path).write_bytes(other.canonical())
    for part in laptop.home.queue_db.parent.glob("queue.db*"):
        part.unlink()
    laptop.start()
    laptop.trouble("identity_conflict")
    assert path.read_bytes() == b"other bytes"
    camera.segment()
    laptop.verified(2)


def test_a_foreign_device_key_is_refused_and_named(laptop: Laptop) -> None:
    camera = laptop.recorder()
    laptop.verified(1)
    laptop.stop()
    (key,) = laptop.home.keys.glob("device-*.json")
    mine = key.read_text()
    stranger = OKPKey.generate_key("Ed25519", private=True).as_dict(private=True)
    key.write_text(json.dumps({"device": laptop.device, "key": stranger}))
    laptop.start()
    camera.segment()
    laptop.trouble("token_refused")
    laptop.stop()
    key.write_text(mine)
    laptop.start()
    laptop.verified(2)


def test_an_expired_token_is_renewed_without_a_word(tmp_path: Path) -> None:
    config = center_config(tmp_path / "center")
    settings = {"data": str(config.data), "token_s": 1}
    with (
        AsgiProcess("tests.support.center:center_app", settings) as center,
        Laptop(tmp_path / "home") as laptop,
    ):
        laptop.enrol(center.url, new_session(config).code)
        camera = laptop.recorder()
        for links in range(2, 6):
            camera.segment()
            laptop.verified(links)
        assert not laptop.here().troubles


def test_keys_and_queue_are_private(laptop: Laptop) -> None:
    for path in (*laptop.home.keys.iterdir(), laptop.home.queue_db):
        assert path.stat().st_mode & 0o077 == 0, path
