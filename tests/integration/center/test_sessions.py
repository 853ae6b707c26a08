"""From links to receipts: what the center signs, when, and what it says when something does not fit."""

from collections.abc import Iterator

import pytest

from center import admin
from domain.identity import LinkKind, Track
from domain.manifest import EndedBy, manifest_sha256
from domain.receipt import CompanionState, Receipt, ReceiptKind
from domain.seal import Seal
from domain.signature import RECEIPT_TYP
from domain.window import Assessment
from domain.wire.tus import STATE_HEADER
from tests.integration.center.conftest import Running, serving
from tests.support.center import HOUR_MS, Device, add_session
from tests.support.publishing import publish
from tests.support.seals import make_seal

CAMERA: list[bytes | None] = [b"init", b"one" * 1000, None, b"two" * 1000]
SCREEN: list[bytes | None] = [b"init of screen", b"picture"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One center for all tests here; each has a session of its own in it."""
    with serving(tmp_path_factory.mktemp("center")) as started:
        yield started


def chains(device: Device) -> dict[Track, list[Seal]]:
    return {Track.CAMERA: device.chain(CAMERA), Track.SCREEN: device.chain(SCREEN, track=Track.SCREEN)}


def send(device: Device, track: list[Seal], contents: list[bytes | None]) -> None:
    for seal, content in zip(track, contents, strict=True):
        answer = device.create(seal, content)
        assert answer.headers[STATE_HEADER] == "verified", answer.text


def send_all(device: Device) -> dict[Track, list[Seal]]:
    made = chains(device)
    send(device, made[Track.CAMERA], CAMERA)
    send(device, made[Track.SCREEN], SCREEN)
    return made


def read(device: Device, token: str) -> Receipt:
    return Receipt.from_dict(device.keys.check(token, RECEIPT_TYP))


def test_manifest_first_then_the_last_link_brings_the_receipts(running: Running, device: Device) -> None:
    made = chains(device)
    send(device, made[Track.CAMERA], CAMERA)
    assert device.end().json()["facts"]["ended_ms"] == running.clock.wall_ms()
    manifest = device.manifest(made)
    waiting = device.submit(manifest).json()
    assert (waiting["revision"], waiting["missing"]) == (1, 2)
    assert (waiting["device_receipt"], waiting["session_receipt"]) == (None, None)
    send(device, made[Track.SCREEN], SCREEN)
    # issued when the last link was verified, not when somebody asks
    summary = admin.session_summary(running.center.database, device.session, running.clock.wall_ms())
    assert summary.receipt is not None
    assert (summary.assessment, summary.devices[0].receipt, summary.devices[0].verified_links) == ("confirmed", True, 6)
    view = device.get("").json()
    assert view["session_receipt"] == summary.receipt
    assert (view["assessment"], view["verified_links"]) == ("confirmed", 6)
    receipt = read(device, view["session_receipt"])
    assert (receipt.kind, receipt.device, receipt.companion) == (
        ReceiptKind.SESSION,
        None,
        CompanionState.NOT_REQUIRED,
    )
    assert [ref.sha256 for ref in receipt.manifests] == [manifest_sha256(manifest)]
    assert {entry.track: entry.summary.head for entry in receipt.tracks} == {
        track: seals[-1].hash() for track, seals in made.items()
    }
    assert receipt.deadline_ms == receipt.ended_ms + device.facts["window_ms"]
    assert receipt.assessment is Assessment.CONFIRMED
    own = read(device, view["device_receipt"])
    assert (own.kind, own.device) == (ReceiptKind.DEVICE, device.id)


def test_asked_again_the_receipt_is_the_same_bytes(running: Running, device: Device) -> None:
    made = send_all(device)
    device.end()
    manifest = device.manifest(made)
    first = device.submit(manifest).json()
    assert first["missing"] == 0
    running.clock.pass_ms(5000)
    assert device.submit(manifest).json() == first
    view = device.get("").json()
    assert (view["device_receipt"], view["session_receipt"]) == (first["device_receipt"], first["session_receipt"])


def test_no_receipt_before_the_end_and_a_silent_session_ends_by_schedule(running: Running, device: Device) -> None:
    made = send_all(device)
    answer = device.submit(device.manifest(made)).json()
    assert (answer["missing"], answer["device_receipt"]) == (0, None)
    running.clock.pass_ms(HOUR_MS)
    device.token = device.new_token()
    view = device.get("").json()
    assert view["facts"]["ended_ms"] == device.facts["scheduled_end_ms"]
    assert read(device, view["session_receipt"]).assessment is Assessment.CONFIRMED


def test_late_is_late_never_invalid(running: Running, device: Device) -> None:
    made = chains(device)
    device.end()
    running.clock.pass_ms(device.facts["window_ms"] + 1)
    device.token = device.new_token()
    assert device.get("").json()["assessment"] == "late"
    send_all(device)
    receipt = read(device, device.submit(device.manifest(made)).json()["session_receipt"])
    assert receipt.assessment is Assessment.CONFIRMED_LATE


def test_an_end_is_accepted_once_and_never_after_the_scheduled_one(running: Running, device: Device) -> None:
    first = device.end().json()["facts"]
    running.clock.pass_ms(1000)
    assert device.end().json()["facts"]["ended_ms"] == first["ended_ms"]
    other = running.device()
    running.clock.pass_ms(2 * HOUR_MS)
    other.token = other.new_token()
    assert other.end().json()["facts"]["ended_ms"] == other.facts["scheduled_end_ms"]
    other.close()


def test_extra_time_moves_the_scheduled_end(running: Running, device: Device) -> None:
    admin.grant_extra_time(running.center.database, device.session, 60_000)
    running.clock.pass_ms(HOUR_MS + 30_000)
    device.token = device.new_token()
    assert device.get("").json()["facts"]["ended_ms"] is None
    running.clock.pass_ms(30_001)
    assert device.get("").json()["facts"]["ended_ms"] == device.facts["scheduled_end_ms"] + 60_000


def test_a_manifest_by_order_ends_the_session_when_the_order_was_lost(running: Running, device: Device) -> None:
    made = send_all(device)
    answer = device.submit(device.manifest(made, by=EndedBy.ORDER)).json()
    assert read(device, answer["session_receipt"]).ended_ms == running.clock.wall_ms()


def test_the_first_thing_that_does_not_fit_is_named(device: Device) -> None:
    made = chains(device)
    other = [
        *made[Track.CAMERA][:3],
        make_seal(
            seq=3,
            prev=made[Track.CAMERA][2].hash(),
            index=1,
            content=b"another last",
            session=device.session,
            device=device.id,
        ),
    ]
    send(device, made[Track.CAMERA], CAMERA)
    device.end()
    answer = device.submit(device.manifest({Track.CAMERA: other}))
    assert (answer.status_code, answer.json()["code"]) == (409, "chain_broken")
    assert "camera bytes: manifest says" in answer.json()["detail"]
    assert device.get("").json()["device_receipt"] is None


def test_a_chain_that_does_not_follow_is_named(device: Device) -> None:
    good = device.chain([b"init", b"one", b"two"])
    stray = make_seal(
        seq=2, prev=good[0].hash(), index=1, content=b"two", session=device.session, device=device.id, start_ms=10_000
    )
    for seal, content in ((good[0], b"init"), (good[1], b"one"), (stray, b"two")):
        assert device.create(seal, content).headers[STATE_HEADER] == "verified"
    answer = device.submit(device.manifest({Track.CAMERA: good}))
    assert (answer.status_code, answer.json()["code"]) == (409, "chain_broken")
    assert "camera link 2: prev is" in answer.json()["detail"]


def test_revisions_follow_each_other(running: Running, device: Device) -> None:
    made = send_all(device)
    device.end()
    first = device.manifest(made)
    early = read(device, device.submit(first).json()["session_receipt"])
    contents: list[bytes | None] = [*CAMERA, b"after re-entry"]
    longer = device.chain(contents)
    assert longer[:4] == made[Track.CAMERA]
    device.create(longer[4], b"after re-entry")
    assert device.get("").json()["session_receipt"] is not None  # what it covers stands
    wrong = device.submit(device.manifest({**made, Track.CAMERA: longer}, revision=2, supersedes="0" * 64))
    assert (wrong.status_code, wrong.json()["code"]) == (409, "identity_conflict")
    second = device.manifest({**made, Track.CAMERA: longer}, revision=2, supersedes=manifest_sha256(first))
    answer = device.submit(second).json()
    assert (answer["revision"], answer["missing"]) == (2, 0)
    later = read(device, answer["session_receipt"])
    assert later.manifests[0].revision == 2
    assert early.manifests[0].revision == 1
    assert device.submit(first).json()["revision"] == 2


def test_a_session_of_two_devices_waits_for_both(running: Running) -> None:
    enrolment = add_session(running.center.database, running.clock)
    one = Device(running.url, enrolment.code)
    second = admin.create_code(running.center.database, enrolment.session, running.clock.wall_ms(), HOUR_MS)
    two = Device(running.url, second.code)
    one.end()
    answer = one.submit(one.manifest(send_all(one))).json()
    assert answer["device_receipt"] is not None
    assert answer["session_receipt"] is None
    answer = two.submit(two.manifest(send_all(two))).json()
    receipt = read(two, answer["session_receipt"])
    assert {ref.device for ref in receipt.manifests} == {one.id, two.id}
    assert len(receipt.tracks) == 4
    one.close()
    two.close()


def test_a_device_that_never_sent_anything_can_be_withdrawn(running: Running) -> None:
    enrolment = add_session(running.center.database, running.clock)
    one = Device(running.url, enrolment.code)
    second = admin.create_code(running.center.database, enrolment.session, running.clock.wall_ms(), HOUR_MS)
    two = Device(running.url, second.code)
    one.end()
    assert one.submit(one.manifest(send_all(one))).json()["session_receipt"] is None
    admin.withdraw_device(running.center.database, two.id, "never started", running.clock.wall_ms())
    with pytest.raises(Exception, match="has sent evidence"):
        admin.withdraw_device(running.center.database, one.id, "no", running.clock.wall_ms())
    assert one.get("").json()["session_receipt"] is not None
    one.close()
    two.close()


@pytest.mark.parametrize("token", ["", "a.b.c", "x" * 200])
def test_bad_manifests(device: Device, token: str) -> None:
    answer = device.submit(token)
    assert (answer.status_code, answer.json()["code"]) == (409, "signature_invalid")


def test_a_manifest_of_another_device_is_refused(running: Running, device: Device) -> None:
    other = running.device()
    made = send_all(device)
    foreign = other.manifest({Track.CAMERA: other.chain(CAMERA)})
    assert device.submit(foreign).json()["code"] == "signature_invalid"
    device.key, other.key = other.key, device.key
    assert device.submit(device.manifest(made)).json()["code"] == "signature_invalid"
    other.close()


def test_leave_to_delete_comes_with_the_results(running: Running, device: Device) -> None:
    assert device.get("").json()["facts"]["may_delete"] is False
    publish(running.center.database, "rehearsal", running.clock.wall_ms())
    assert device.get("").json()["facts"]["may_delete"] is True


def test_admin_is_idempotent_and_refuses_contradictions(running: Running) -> None:
    database = running.center.database
    for _ in range(2):
        admin.create_project(database, "2026", "省考", hotline="12345")
        admin.create_batch(database, "2026", "上午", 1000)
    with pytest.raises(Exception, match="other settings"):
        admin.create_project(database, "2026", "国考")
    with pytest.raises(Exception, match="another end"):
        admin.create_batch(database, "2026", "上午", 2000)
    with pytest.raises(Exception, match="unknown"):
        admin.create_session(database, "2026", "下午", "1", 0, 1)
    made = admin.create_session(database, "2026", "上午", "1", 0, 1)
    listed = admin.list_sessions(database, 500)
    assert made.session in {summary.facts.session for summary in listed}


# Identity and wrong bytes


def test_the_same_seal_again_answers_the_same(device: Device) -> None:
    seal = device.chain([b"content"])[0]
    first = device.create(seal, b"con")
    again = device.create(seal, b"content")
    assert (again.status_code, again.headers["Location"]) == (201, first.headers["Location"])
    assert again.headers["Upload-Offset"] == "3"
    device.patch(first.headers["Location"], 3, b"tent")
    done = device.create(seal, b"content")
    assert (done.headers["Location"], done.headers["Upload-Offset"], done.headers[STATE_HEADER]) == (
        first.headers["Location"],
        "7",
        "verified",
    )


def test_another_hash_for_the_identity_is_a_conflict_and_both_are_kept(running: Running, device: Device) -> None:
    first = device.chain([b"one truth"])[0]
    second = device.chain([b"another truth"])[0]
    device.create(first, b"one truth")
    for _ in range(2):
        answer = device.create(second, b"another truth")
        assert (answer.status_code, answer.json()["code"]) == (409, "identity_conflict")
        assert "Upload-Offset" not in answer.headers
    assert [link["sha256"] for link in device.seals()] == [first.sha256]
    assert admin.session_summary(running.center.database, device.session, running.clock.wall_ms()).conflicts == 1


def test_two_gaps_of_one_identity_differ_by_their_seal(device: Device) -> None:
    """Every gap has the hash of nothing: only the whole seal tells two of them apart."""
    long, short = (
        make_seal(kind=LinkKind.GAP, session=device.session, device=device.id, duration_ms=ms) for ms in (9000, 1)
    )
    gap = device.create(long)
    assert (gap.status_code, gap.headers[STATE_HEADER], gap.headers["Upload-Offset"]) == (201, "verified", "0")
    assert device.create(short).json()["code"] == "identity_conflict"
    assert device.head(gap.headers["Location"]).headers["Upload-Length"] == "0"


@pytest.mark.parametrize("size", [10_000, 5_000_000])
@pytest.mark.parametrize("how", ["creation", "patch"])
def test_wrong_bytes_are_quarantined_and_asked_for_again(running: Running, device: Device, size: int, how: str) -> None:
    right, wrong = b"r" * size, b"w" * size
    seal = device.chain([right])[0]
    if how == "creation":
        answer = device.create(seal, wrong)
    else:
        path = device.create(seal).headers["Location"]
        answer = device.patch(path, 0, wrong)
        assert device.head(path).status_code == 410
    assert (answer.status_code, answer.headers[STATE_HEADER]) == (460, "quarantined")
    assert (answer.json()["code"], answer.json()["retryable"]) == ("hash_mismatch", True)
    assert [(link["state"], link["offset"]) for link in device.seals()] == [("quarantined", 0)]
    kept = [path.read_bytes() for path in (running.config.evidence / "quarantine" / device.session).rglob("*.mp4.*")]
    assert kept == [wrong]
    assert device.get("").json()["verified_links"] == 0
    again = device.create(seal, right)
    assert (again.status_code, again.headers[STATE_HEADER]) == (201, "verified")
    assert [link["state"] for link in device.seals()] == ["verified"]


def test_bytes_damaged_on_the_disk_before_the_verdict_are_found(running: Running, device: Device) -> None:
    """The hash is of what reads back, not of what was received."""
    data = b"x" * 5_000_000
    path = device.create(device.chain([data])[0]).headers["Location"]
    device.patch(path, 0, data[:4_000_000])
    (file,) = (running.config.evidence / device.session).rglob("init.mp4")
    with file.open("r+b") as opened:
        opened.seek(3_999_999)
        opened.write(b"!")
    # the running hash of an unfinished upload is only a speed-up: another process would read from the start
    running.center.uploads.storage._hashes.clear()  # type: ignore[attr-defined]
    assert device.patch(path, 4_000_000, data[4_000_000:]).status_code == 460


def test_seals_rebuild_a_lost_queue(device: Device) -> None:
    made = device.chain(CAMERA)
    device.create(made[0], b"init")
    device.create(made[1], b"one" * 10)
    device.create(made[2])
    links = device.seals()
    assert [(link["kind"], link["index"], link["seq"], link["state"], link["offset"]) for link in links] == [
        ("init", 0, 0, "verified", 4),
        ("segment", 0, 1, "open", 30),
        ("gap", 0, 2, "verified", 0),
    ]
    for link, seal in zip(links, made, strict=False):
        assert link["sha256"] == seal.sha256
        assert device.head(link["upload"]).headers["Upload-Offset"] == str(link["offset"])
