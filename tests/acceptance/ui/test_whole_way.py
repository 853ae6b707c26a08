"""The whole interview, with a real center, real recording and the pages' own server, up to the receipt."""

from pathlib import Path

import pytest

from domain.identity import Track
from host.spool import Spool
from host.timeline import read_events
from tests.support.desktop import desktop
from tests.support.interviewing import CODE, candidate, final_receipt, office
from zhishi.sample import FIRST_ID_NUMBER, FIRST_NUMBER


@pytest.mark.drill  # make test walks this way with the demo
@pytest.mark.timeout(600)
def test_all_eight_stages_to_a_receipt(tmp_path: Path) -> None:
    with desktop() as stage, office(tmp_path) as center, candidate(center.url, stage.environ) as person:
        center.hold(start_in_s=45)
        person.start()
        person.check_devices()
        person.log_in(center)
        person.read_all()
        person.enter()
        page = person.at("confirm")
        assert {device["kind"] for device in page["devices"]} == {"camera", "microphone", "screen"}
        person.must("close")
        person.wait(lambda state: state["closing"], 10, "closing is asked about while evidence is unsent")
        person.must("stay")
        person.wait(lambda state: not state["closing"], 10)
        person.must("confirm")
        person.wait(lambda state: state["page"].get("phase") == "questions", 90, "the questions appear by themselves")
        assert person.state["top"]["center_ms"] >= center.start_ms
        person.must("questions_shown")
        ends = person.wait(lambda state: state["page"]["ends_at_ms"], 20, "the countdown")
        assert ends > center.start_ms
        person.must("help", text="听不清")
        person.wait(lambda state: state["help"] and state["help"][0]["state"] == "sent", 30, "the request is sent")
        person.must("end")
        person.at("end")
        receipt = person.wait(final_receipt, 120, "the receipt")
        assert receipt["segments"] > 2
        lanes = {lane["track"]: lane["cells"] for lane in person.wait(lambda state: state["strip"], 20)["lanes"]}
        assert {cell["state"] for cells in lanes.values() for cell in cells} <= {"verified", "gap"}
        assert set(lanes) == {"camera", "screen"}
        assert person.do("save_receipt").status_code == 200
        assert Path(person.wait(lambda state: state["page"]["saved"], 10, "a copy is saved")).read_bytes()
        kinds = _timeline(person.home.spool)
        assert {"checks_done", "logged_in", "attachment_read", "pledge_accepted", "entered", "questions_shown"} <= kinds
        assert not (person.home.state / "questions.json").exists()


def _timeline(root: Path) -> set[str]:
    spool = Spool(root)
    found = set()
    for file in spool.read_seals(spool.sessions()[0], Track.TIMELINE).files:
        assert file.evidence is not None
        found |= {event.kind for event in read_events(file.evidence.read_bytes())}
    return found


@pytest.mark.timeout(600)
def test_the_face_is_looked_at_by_the_center_and_a_stranger_is_not_let_in(tmp_path: Path) -> None:
    with desktop() as stage, office(tmp_path) as center, candidate(center.url, stage.environ) as person:
        center.hold(start_in_s=600)
        person.start()
        person.check_devices()
        person.at("login")
        person.must("project", project=CODE)
        consent = person.wait(lambda state: state["page"]["consent"]["version"], 20, "the consent text")
        person.must("consent", version=consent, accepted=True)
        wrong = person.do("login", number=FIRST_NUMBER, id_number="somebody else's")
        assert wrong.json()["code"] == "login_refused"
        person.must("login", number=FIRST_NUMBER, id_number=FIRST_ID_NUMBER)
        person.wait(lambda state: state["page"].get("cue"), 30, "the center guides")
        page = person.wait(lambda state: state["page"]["step"] in ("retry", "help") and state["page"], 90, "a verdict")
        assert page["guide_zh"]
        assert person.state["stage"] == "login"
