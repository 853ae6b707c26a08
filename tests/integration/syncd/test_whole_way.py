"""From sealed files to a checked receipt, against the real center."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from center.admin import opened
from center.config import CenterConfig
from domain.identity import Track
from domain.manifest import Ended, EndedBy
from domain.receipt import Receipt
from domain.signature import RECEIPT_TYP, CenterKeys
from domain.status import LocalSessionState
from domain.window import Assessment, assess
from host.clock import SystemClock
from host.locks import sealing_lock
from host.spool import Spool
from syncd.keyring import Keyring
from syncd.papers import Papers
from tests.support.center import new_session
from tests.support.publishing import publish
from tests.support.syncing import Laptop
from tests.support.waiting import wait_until
from zhishi.faultproxy import FaultProxy, Mode


def test_live_upload_end_manifest_and_receipt(laptop: Laptop) -> None:
    camera, screen = laptop.recorder(), laptop.recorder(Track.SCREEN)
    for _ in range(3):
        camera.segment()
        screen.segment(300)
    screen.gap()
    camera.segment(3_000_000)  # larger than what goes in the creating request
    live = laptop.verified(10)
    assert live.state == "open"
    assert live.remaining_bytes == 0
    assert live.tracks["screen"].gaps == 1
    camera.end()
    done = laptop.confirmed()
    assert done.assessment == "confirmed"
    assert done.receipt is not None
    assert done.center_key is not None
    keys = CenterKeys.from_dict(json.loads(Path(done.center_key).read_text()))
    receipt = Receipt.from_dict(keys.check(Path(done.receipt).read_text(), RECEIPT_TYP))
    assert receipt.session == laptop.session
    assert {entry.track: entry.summary.links for entry in receipt.tracks} == {
        Track.CAMERA: camera.chain.links,
        Track.SCREEN: screen.chain.links,
    }


def test_a_receipt_that_comes_while_the_status_is_read_is_named_with_its_state(
    laptop: Laptop, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never confirmed without the receipt that says so."""
    camera = laptop.recorder()
    camera.segment()
    laptop.verified(2)
    proxy.switch(Mode.REFUSE)
    camera.end()
    wait_until(lambda: laptop.here().state == "closed", what="closed without any network")
    assert laptop.daemon is not None
    (case,) = laptop.daemon._cases.all()
    reader = threading.current_thread()

    def late(*given: Any, **more: Any) -> Assessment:
        if threading.current_thread() is reader:
            proxy.switch(Mode.PASS)
            wait_until(lambda: case.state is LocalSessionState.CONFIRMED, 30, "confirmed meanwhile")
        return assess(*given, **more)

    monkeypatch.setattr("syncd.status.assess", late)
    seen = laptop.here()
    assert (seen.state, seen.receipt) == ("closed", None)
    seen = laptop.here()
    assert seen.state == "confirmed"
    assert seen.receipt is not None


def test_everything_recorded_before_syncd_ran_is_sent(laptop: Laptop) -> None:
    laptop.stop()
    camera = laptop.recorder()
    for _ in range(4):
        camera.segment()
    camera.end()
    laptop.start()
    assert laptop.confirmed().tracks["camera"].verified_segments == 4


def test_a_restart_at_any_state_goes_on(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = laptop.recorder()
    camera.segment()
    laptop.verified(2)
    proxy.switch(Mode.REFUSE)
    camera.segment()
    camera.end()
    wait_until(lambda: laptop.here().state == "closed", what="closed without any network")
    laptop.stop()
    laptop.start()
    assert laptop.here().state == "closed"
    proxy.switch(Mode.PASS)
    laptop.confirmed()
    laptop.stop()
    laptop.start()
    assert laptop.here().state == "confirmed"


def test_the_center_ends_a_silent_session(tmp_path: Path, config: CenterConfig, proxy: FaultProxy) -> None:
    with Laptop(tmp_path / "short") as laptop:
        laptop.enrol(proxy.url, new_session(config, end_in_ms=3_000).code)
        camera = laptop.recorder()
        camera.segment()
        done = laptop.confirmed()
        ended = camera.spool.ended(laptop.session)
        assert ended is not None
        assert ended.by is EndedBy.CENTER
        assert done.ended_ms == ended.center_ms


def test_without_any_word_the_schedule_ends_it(tmp_path: Path, config: CenterConfig, proxy: FaultProxy) -> None:
    with Laptop(tmp_path / "alone", grace_s=0.5) as laptop:
        laptop.enrol(proxy.url, new_session(config, end_in_ms=4_000).code)
        camera = laptop.recorder()
        camera.segment()
        laptop.verified(2)
        proxy.switch(Mode.REFUSE)
        wait_until(lambda: laptop.here().state == "closed", what="closed by the schedule")
        ended = camera.spool.ended(laptop.session)
        assert ended is not None
        assert ended.by is EndedBy.SCHEDULE
        proxy.switch(Mode.PASS)
        laptop.confirmed()


def test_a_living_recorder_is_not_closed_under_its_hands(laptop: Laptop) -> None:
    camera = laptop.recorder()
    camera.segment()
    with sealing_lock(camera.spool, laptop.session, Track.CAMERA) as lock:
        assert lock.take()
        camera.end()
        laptop.verified(2)
        assert laptop.daemon is not None
        laptop.daemon._keeper.wake()
        wait_until(lambda: laptop.here().state == "ended", what="the end is seen")
        camera.segment()  # the last one, sealed after the order
    assert laptop.confirmed().tracks["camera"].verified_segments == 2


def test_re_entry_makes_a_new_revision(laptop: Laptop, proxy: FaultProxy) -> None:
    camera = laptop.recorder()
    camera.segment()
    laptop.verified(2)
    proxy.switch(Mode.REFUSE)
    camera.end()
    wait_until(lambda: laptop.here().state == "closed", what="first end")
    Spool(laptop.home.spool).reopen(laptop.session)
    again = laptop.recorder(seed=8)
    again.segment()
    wait_until(lambda: laptop.here().state == "open", what="open again")
    now = again.time.now()
    again.spool.save_ended(laptop.session, Ended(EndedBy.ORDER, now.center_ms, now.center_est))
    wait_until(lambda: laptop.here().state == "closed", what="second end")
    manifests = sorted(path.name for path in again.spool.session_dir(laptop.session).glob("manifest-*.jws"))
    assert manifests == ["manifest-000001.jws", "manifest-000002.jws"]
    proxy.switch(Mode.PASS)
    laptop.confirmed()


def test_entered_again_after_the_receipt_is_no_longer_confirmed_until_the_next(laptop: Laptop) -> None:
    camera = laptop.recorder()
    camera.segment()
    camera.end()
    laptop.confirmed()
    first = Path(laptop.here().receipt or "").read_bytes()
    spool = Spool(laptop.home.spool)
    with sealing_lock(spool, laptop.session, Track.CAMERA) as lock:  # as a recorder holds it
        assert lock.take()
        spool.reopen(laptop.session)
        wait_until(lambda: laptop.here().state == "open", what="open again")
        assert laptop.here().assessment not in ("confirmed", "confirmed_late")
        again = laptop.recorder(seed=9)
        again.segment()
        now = again.time.now()
        again.spool.save_ended(laptop.session, Ended(EndedBy.ORDER, now.center_ms, now.center_est))
    laptop.confirmed()
    second = Path(laptop.here().receipt or "")
    assert second.read_bytes() != first
    kept = [path for path in second.parent.glob("*.superseded-*.jws") if path.read_bytes() == first]
    assert len(kept) == 1


def test_nothing_is_deleted_before_the_leave_and_everything_after(laptop: Laptop, config: CenterConfig) -> None:
    camera = laptop.recorder()
    seal = camera.segment()
    camera.end()
    laptop.confirmed()
    tracks = camera.spool.session_dir(laptop.session) / "tracks"
    assert camera.path(seal).exists()
    before = laptop.here()
    assert (before.keep_until, before.deleted_ms) == ("published", None)
    assert before.kept_bytes == sum(track.bytes for track in before.tracks.values()) > 0
    with opened(config) as database:
        publish(database, "rehearsal", SystemClock().wall_ms())
    wait_until(lambda: not tracks.exists() and not tracks.with_name("tracks.deleting").exists(), what="deleted")
    here = laptop.here()
    assert here.state == "confirmed"
    assert here.receipt is not None
    assert Path(here.receipt).exists()
    assert (here.kept_bytes, here.keep_until) == (0, None)
    assert here.deleted_ms is not None
    laptop.stop()
    laptop.start()  # and it stays confirmed, although no chain can be followed here any more
    assert laptop.here().state == "confirmed"
    assert laptop.here().troubles == []


def test_a_deletion_that_was_cut_off_is_finished_after_the_next_start(
    tmp_path: Path, config: CenterConfig, proxy: FaultProxy
) -> None:
    with Laptop(tmp_path / "cut", delete_when_allowed=False) as laptop:
        laptop.enrol(proxy.url, new_session(config).code)
        camera = laptop.recorder()
        camera.segment()
        camera.end()
        laptop.confirmed()
        laptop.stop()
        with opened(config) as database:
            publish(database, "rehearsal", SystemClock().wall_ms())
        tracks = camera.spool.session_dir(laptop.session) / "tracks"
        papers = Papers(laptop.home, camera.spool, Keyring(laptop.home))
        papers.keep_deleted(laptop.session, laptop.device, 1)
        tracks.rename(tracks.with_name("tracks.deleting"))  # killed here
        laptop.settings["delete_when_allowed"] = True
        laptop.start()
        assert laptop.here().state == "confirmed"
        wait_until(lambda: not tracks.with_name("tracks.deleting").exists(), what="deleted")


def test_written_down_but_not_yet_deleted_counts_as_here(
    tmp_path: Path, config: CenterConfig, proxy: FaultProxy
) -> None:
    """Killed between the note and the renaming: the evidence is here, so it is what receipts are held against."""
    with Laptop(tmp_path / "kept", delete_when_allowed=False) as laptop:
        laptop.enrol(proxy.url, new_session(config).code)
        camera = laptop.recorder()
        camera.segment()
        camera.end()
        laptop.confirmed()
        papers = Papers(laptop.home, camera.spool, Keyring(laptop.home))
        papers.keep_deleted(laptop.session, laptop.device, 1)
        assert papers.deleted(laptop.session) is None
        camera.segment()
        assert papers.summaries(laptop.session, laptop.device)[Track.CAMERA].segments == 2
        assert laptop.here().deleted_ms is None


def test_the_disk_forecast_names_what_is_needed_and_warns(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = laptop.status().disk
    assert disk is not None
    assert disk.needed > 100_000_000  # an hour is still to be recorded
    monkeypatch.setattr("syncd.status.disk_free", lambda root: disk.needed // 2)
    assert str(laptop.home.spool) in laptop.trouble("disk_nearly_full")
    camera = laptop.recorder()
    camera.segment()
    camera.end()
    laptop.confirmed()
    status = laptop.status()
    after = status.disk
    assert after is not None
    assert (after.needed, after.enough) == (0, True)
    assert after.kept == sum(session.kept_bytes for session in status.sessions)
