"""The candidate's program with a phone: bound and approved, unwell in the middle, waited for at the end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from center import admin
from center.tables import Project
from tests.support.desktop import desktop
from tests.support.interviewing import CODE, Candidate, Office, candidate, final_receipt, office
from tests.support.phones import Phone, beating


def demand_phone(center: Office) -> None:
    """The project demands a phone."""

    def change(db: Session) -> None:
        row = db.get_one(Project, CODE)
        row.companion_required = True
        db.add(row)

    with admin.opened(center.config) as database:
        database.write(change)


def shown(state: dict[str, Any]) -> str:
    """The phone's state in whatever stage."""
    return str((state["phone"] or state["page"])["phone"])


def bind(person: Candidate, phone: Phone) -> None:
    """The code is there by itself; the phone types it in, the candidate approves."""
    code = person.wait(lambda state: state["page"].get("code"), 30, "a code by itself")
    phone.bind(code, "code")
    asking = person.wait(lambda state: state["page"].get("asking"), 20, "the phone that asks")
    assert (asking["device"], asking["name"], asking["tail"]) == (phone.id, "Pixel 7", phone.id[-4:].upper())
    person.must("approve", device=phone.id)


@pytest.mark.drill
@pytest.mark.timeout(600)
def test_a_phone_from_binding_to_the_receipt_that_waits_for_it(tmp_path: Path) -> None:
    with desktop() as stage, office(tmp_path) as center, candidate(center.url, stage.environ) as person:
        center.hold(start_in_s=45)
        demand_phone(center)
        phone = Phone(center.url)
        person.start()
        person.check_devices()
        person.log_in(center)
        page = person.at("binding")
        assert page["required"]
        trouble = person.wait(lambda state: state["page"].get("trouble"), 30, "what a phone would meet")
        assert trouble == "loopback"  # said before the code is shown
        bind(person, phone)
        person.at("attachments")
        with beating(phone) as say:
            _interview(person, phone, say)
        phone.close()


def _interview(person: Candidate, phone: Phone, say: Callable[[str], None]) -> None:
    phone.film(b"pan", b"placed")
    say("recording")
    person.wait(lambda state: shown(state) == "recording", 20, "the phone records")
    person.read_all()
    person.enter()
    say("frozen")
    person.wait(lambda state: shown(state) == "frozen", 20, "the alarm")
    assert person.state["stage"] == "confirm"  # nobody is sent back for it
    say("recording")
    person.must("confirm")
    person.wait(lambda state: state["page"].get("phase") == "questions", 120, "the questions")
    person.must("questions_shown")
    phone.film(b"answering")
    person.must("end")
    person.at("end")
    waiting = person.wait(
        lambda state: state["page"].get("state") == "submitted" and state["page"], 120, "its own part"
    )
    assert "等待手机佐证视频" in waiting["said_zh"]
    assert waiting["may_close"]
    assert "停止" in waiting["todo_zh"]
    assert waiting["phone"] == "recording"
    say("uploading")
    person.wait(lambda state: state["page"]["phone"] == "uploading", 20, "the phone uploads")
    phone.token = phone.new_token()
    answer = phone.submit(phone.manifest())
    assert answer.json()["missing"] == 0
    receipt = person.wait(final_receipt, 60, "the whole receipt")
    assert receipt["segments"] > 3
    say("done")
    person.wait(lambda state: state["page"]["phone"] == "done", 20, "the phone is done")
