"""What the whole session's receipt waits for: laptops, phones that recorded, a phone where one is demanded."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from center import admin, phoneacts
from center.store import interviews
from center.store.candidates import PermissionKind
from domain import readout
from domain.errors import BadInput, StageClosed
from domain.identity import Track
from domain.manifest import manifest_sha256
from domain.receipt import CompanionState, Receipt, Waiver
from domain.signature import RECEIPT_TYP
from domain.stage import MINUTE_MS
from tests.integration.center.conftest import Running
from tests.integration.center.test_companion import bind, demand_phone, link
from tests.support.candidates import CODE, Laptop, actor, add_sample, allow
from tests.support.center import Device
from tests.support.phones import Phone
from zhishi.sample import FIRST_NUMBER


class Sitting:
    """One candidate with laptop, its device and a phone, entered, after the start."""

    def __init__(self, running: Running, start_ms: int) -> None:
        self.running = running
        self.start_ms = start_ms
        self.laptop = Laptop(running.url).log_in_by_hand(running.center)
        self.device = Device(running.url, self.laptop.granted["code"])
        self.phone = Phone(running.url)

    def enter(self, *, with_phone: bool = True) -> "Sitting":
        self.laptop.prepare()
        if with_phone:
            bind(self.laptop, self.phone)
        self.to(self.start_ms - 5 * MINUTE_MS)
        assert self.laptop.enter().status_code == 200
        self.to(self.start_ms + MINUTE_MS)
        return self

    def to(self, center_ms: int) -> None:
        self.running.clock.pass_ms(center_ms - self.running.clock.wall_ms())
        self.device.token = self.device.new_token()
        if self.phone.token:
            self.phone.token = self.phone.new_token()

    def laptop_arrives(self) -> None:
        """The laptop's early end, evidence and manifest."""
        seals = self.device.chain([b"init", b"segment"])
        for seal, body in zip(seals, (b"init", b"segment"), strict=True):
            assert self.device.create(seal, body).status_code == 201
        assert self.device.end().status_code == 200
        assert self.device.submit(self.device.manifest({Track.CAMERA: seals})).status_code == 200

    def view(self) -> dict[str, Any]:
        told: dict[str, Any] = self.device.get("").json()
        return told

    def receipt(self) -> Receipt | None:
        token = self.view()["session_receipt"]
        return None if token is None else Receipt.from_dict(self.device.keys.check(token, RECEIPT_TYP))

    def binding(self) -> dict[str, Any]:
        told: dict[str, Any] = self.laptop.heartbeat().json()["state"]["binding"]
        return told

    def waive(self, reason: str = "手机损坏", device: str = "") -> list[str]:
        acts = actor(self.running.center, reason)
        return phoneacts.waive_phone(self.running.center.database, CODE, FIRST_NUMBER, acts, device)

    def close(self) -> None:
        self.laptop.close()
        self.device.close()
        self.phone.close()


@pytest.fixture
def sitting(running: Running, tmp_path: Path) -> Iterator[Sitting]:
    start_ms = add_sample(running.center, tmp_path / "project")
    demand_phone(running)
    made = Sitting(running, start_ms)
    yield made
    made.close()


def test_the_laptops_own_receipt_first_then_the_whole_one_with_the_phone(sitting: Sitting) -> None:
    sitting.enter()
    sitting.phone.film(b"one", b"two")
    sitting.phone.beat()
    sitting.laptop_arrives()
    view = sitting.view()
    assert view["device_receipt"] is not None
    assert view["session_receipt"] is None
    assert (sitting.binding()["left"], sitting.binding()["state"]) == (1, "recording")
    assert sitting.phone.beat("stopped")["device_receipt"] is None
    told = sitting.phone.submit(sitting.phone.manifest()).json()
    assert told["device_receipt"] is not None
    assert told["session_receipt"] is not None
    receipt = sitting.receipt()
    assert receipt is not None
    assert receipt.companion is CompanionState.VERIFIED
    assert {entry.device for entry in receipt.tracks} == {sitting.device.id, sitting.phone.id}
    assert (sitting.binding()["left"], sitting.binding()["state"]) == (0, "done")
    done = sitting.phone.beat("done")
    assert done["session_receipt"] == sitting.view()["session_receipt"]
    assert done["may_delete"] is False


def test_without_any_phone_it_waits_until_support_waives(sitting: Sitting, running: Running) -> None:
    allow(running.center, FIRST_NUMBER, PermissionKind.NO_PHONE)
    sitting.enter(with_phone=False)
    sitting.laptop_arrives()
    assert sitting.receipt() is None
    assert sitting.binding()["left"] == 1
    with pytest.raises(BadInput):
        sitting.waive(" ")
    assert sitting.waive() == [""]
    receipt = sitting.receipt()
    assert receipt is not None
    assert (receipt.companion, receipt.waiver) == (CompanionState.WAIVED, Waiver("support", "手机损坏"))
    assert (sitting.binding()["left"], sitting.binding()["evidence_waived"]) == (0, True)
    rows = running.center.database.read(lambda db: interviews.audits(db, sitting.device.session))
    assert ("waive_phone", "手机损坏") in [(row.action, row.reason) for row in rows]
    with pytest.raises(BadInput):
        sitting.waive()  # nothing is waited for any more


def test_every_phone_that_recorded_counts_also_one_that_was_replaced(sitting: Sitting) -> None:
    sitting.enter()
    first, second = sitting.phone, Phone(sitting.running.url)
    first.seal(b"never sent")
    first.beat("recording")
    bind(sitting.laptop, second)
    second.film(b"all of it")
    second.beat("stopped")
    sitting.laptop_arrives()
    assert second.submit(second.manifest()).json()["device_receipt"] is not None
    assert sitting.receipt() is None
    assert sitting.binding()["left"] == 1
    with pytest.raises(BadInput):
        sitting.waive(device=sitting.device.id)
    assert sitting.waive("被摔坏", first.id) == [first.id]
    waived = sitting.receipt()
    assert waived is not None
    assert waived.companion is CompanionState.WAIVED
    assert first.beat("uploading")["waived"] is True
    # what arrives later all the same is verified, and the center's newest statement says so
    assert first.upload(first.chain[0], b"never sent").status_code == 201
    first.submit(first.manifest())
    whole = sitting.receipt()
    assert whole is not None
    assert whole.companion is CompanionState.VERIFIED
    assert {entry.device for entry in whole.tracks} == {sitting.device.id, first.id, second.id}
    second.close()


def test_a_phone_that_films_on_after_its_manifest_owes_another(sitting: Sitting) -> None:
    sitting.enter()
    sitting.phone.film(b"one")
    sitting.phone.beat("stopped")
    first = sitting.phone.manifest()
    sitting.phone.submit(first)
    sitting.running.clock.pass_ms(1000)
    sitting.phone.film(None, b"two")
    sitting.phone.beat("recording")
    sitting.laptop_arrives()
    assert sitting.receipt() is None
    sitting.phone.beat("stopped")
    assert sitting.receipt() is None  # its new links are in no manifest yet
    told = sitting.phone.submit(sitting.phone.manifest(2, manifest_sha256(first))).json()
    assert told["session_receipt"] is not None


def test_a_phone_that_only_scanned_holds_nothing_up(sitting: Sitting, running: Running) -> None:
    demand_phone(running, required=False)
    sitting.enter()
    sitting.phone.beat("preview")
    sitting.laptop_arrives()
    receipt = sitting.receipt()
    assert receipt is not None
    assert receipt.companion is CompanionState.NOT_REQUIRED


def test_a_phone_that_was_not_demanded_but_recorded_counts(sitting: Sitting, running: Running) -> None:
    demand_phone(running, required=False)
    sitting.enter()
    sitting.phone.film(b"one")
    sitting.laptop_arrives()
    assert sitting.receipt() is None
    sitting.phone.beat("stopped")
    sitting.phone.submit(sitting.phone.manifest())
    receipt = sitting.receipt()
    assert receipt is not None
    assert receipt.companion is CompanionState.VERIFIED


def test_a_laptop_enrolled_afterwards_does_not_take_the_receipt_back(sitting: Sitting, running: Running) -> None:
    demand_phone(running, required=False)
    sitting.enter(with_phone=False)
    sitting.laptop_arrives()
    before = sitting.view()["session_receipt"]
    assert before is not None
    now = running.center.now_ms()
    code = admin.create_code(running.center.database, sitting.device.session, now, 60_000).code
    late = Device(running.url, code)
    assert sitting.view()["session_receipt"] == before
    seals = late.chain([b"init", b"more"])
    for seal, body in zip(seals, (b"init", b"more"), strict=True):
        late.create(seal, body)
    late.submit(late.manifest({Track.CAMERA: seals}))
    whole = sitting.receipt()
    assert whole is not None
    assert {entry.device for entry in whole.tracks} == {sitting.device.id, late.id}
    late.close()


def test_a_forgotten_phone_is_finished_from_afar_after_the_end(sitting: Sitting, running: Running) -> None:
    sitting.enter()
    sitting.phone.film(b"one")
    assert sitting.phone.beat()["finish"] is False
    database = running.center.database
    with pytest.raises(StageClosed):
        phoneacts.finish_phone(database, CODE, FIRST_NUMBER, actor(running.center))
    sitting.laptop_arrives()
    assert sitting.phone.beat()["ended"] is True
    assert phoneacts.finish_phone(database, CODE, FIRST_NUMBER, actor(running.center, "忘记停止")) == sitting.phone.id
    assert sitting.phone.beat()["finish"] is True


def test_a_finished_phone_that_scans_again_films_only_if_the_session_goes_on(
    sitting: Sitting, running: Running
) -> None:
    database = running.center.database
    sitting.enter()
    sitting.phone.film(b"one")
    end_ms = int(sitting.view()["facts"]["scheduled_end_ms"])
    sitting.to(end_ms + 1000)
    phoneacts.finish_phone(database, CODE, FIRST_NUMBER, actor(running.center, "忘记停止"))
    assert sitting.phone.bind(link(sitting.laptop))["view"]["finish"] is True  # it is over: nothing to film
    admin.grant_extra_time(database, sitting.phone.session, 2 * MINUTE_MS)
    view = sitting.phone.bind(link(sitting.laptop))["view"]
    assert (view["ended"], view["finish"]) == (False, False)
    sitting.to(end_ms + 3 * MINUTE_MS)
    view = sitting.phone.beat()
    assert (view["ended"], view["finish"]) == (True, False)  # that word was about the end before


def test_the_release_code_travels_through_the_phone_of_a_silent_laptop(sitting: Sitting, running: Running) -> None:
    sitting.laptop.prepare()
    bind(sitting.laptop, sitting.phone)
    sitting.to(sitting.start_ms - 5 * MINUTE_MS)
    sitting.laptop.enter()
    sitting.laptop.heartbeat()
    sitting.to(sitting.start_ms - MINUTE_MS)
    assert sitting.phone.beat()["release_code"] is None  # silent, but before the start
    sitting.to(sitting.start_ms)
    sitting.laptop.heartbeat()
    told = sitting.phone.beat()
    assert (told["release_code"], told["answering"]) == (None, True)  # the laptop has a line
    sitting.to(sitting.start_ms + 26_000)
    code = sitting.phone.beat()["release_code"]
    assert len(readout.read(code)) == readout.SECRET_BYTES
    assert sitting.phone.beat()["release_code"] == code
    rows = running.center.database.read(lambda db: interviews.audits(db, sitting.device.session))
    released = [json.loads(row.detail) | {"reason": row.reason} for row in rows if row.action == "release_code"]
    assert len(released) == 1
    assert sitting.phone.id in released[0]["reason"]
    sitting.laptop.heartbeat(facts={"questions_shown": {"center_ms": sitting.start_ms, "center_est": False}})
    sitting.to(sitting.start_ms + 90_000)
    assert sitting.phone.beat()["release_code"] is None  # they were shown


def test_an_unapproved_or_replaced_phone_gets_no_code(sitting: Sitting) -> None:
    sitting.enter()
    other = Phone(sitting.running.url)
    other.bind(link(sitting.laptop))
    assert sitting.phone.beat()["release_code"] is not None
    assert other.beat("preview")["release_code"] is None
    other.close()
