"""考前模拟测试 from the button to the practice receipt, at a center and on this machine alone."""

from pathlib import Path
from typing import Any

import pytest

from domain.receipt import ReceiptKind
from domain.stage import Stage
from host.paths import Home
from tests.support.desktop import desktop
from tests.support.interviewing import Candidate, candidate, final_receipt, office
from tests.support.waiting import wait_until
from zhishi.desk import import_project
from zhishi.sample import write_practice
from zhishi.verify import read_receipt
from zhishi.walk import Person, Walker


def _cut(person: Candidate) -> bool:
    """syncd sends nothing now, and says why."""
    sync = person.sync()
    return sync is not None and sync.network_error is not None and "rehearsal" in sync.network_error.detail


def _notice(state: dict[str, object], name: str) -> bool:
    notices = state["notices"]
    assert isinstance(notices, list)
    return any(notice["id"] == name for notice in notices)


@pytest.mark.drill
@pytest.mark.timeout(300)
def test_the_button_leads_to_a_practice_receipt_the_line_cut_on_the_way(tmp_path: Path) -> None:
    with (
        desktop() as stage,
        office(tmp_path, rehearsal_lead_s=3) as center,
        candidate(center.url, stage.environ) as person,
    ):
        folder = write_practice(tmp_path / "practice")
        file = folder / "project.toml"
        file.write_text(file.read_text().replace("showing_seconds = 15", "showing_seconds = 0"))
        person.start()
        person.at("devices")
        assert person.page["can_rehearse"]
        refused = person.do("rehearse")
        assert refused.json()["code"] == "rehearsal_closed", "this center has none open yet"
        import_project(center.config.data, folder, "test")
        person.must("rehearse")
        person.wait(lambda state: state["top"]["rehearsal"] and _notice(state, "practice-devices"), 10)
        person.must("new")
        person.wait(lambda state: not state["top"]["practice"], 10, "left again")
        person.must("rehearse")
        person.check_devices()
        page = person.at("login")
        assert page["step"] == "consent", "the project need not be named"
        person.must("consent", version=page["consent"]["version"], accepted=False)
        page = person.wait(lambda state: state["page"]["step"] == "form" and state["page"], 10)
        person.must("login", number=page["number"], id_number=page["id_number"])
        person.must("support")
        person.at("attachments")
        person.read_all()
        person.enter()
        assert not person.state["top"]["rehearsal"], "now it is gone through to the end"
        assert person.do("new").status_code != 200
        person.must("confirm")
        person.wait(lambda state: state["page"].get("phase") == "questions", 40, "the questions")
        person.must("questions_shown")
        person.wait(lambda state: _notice(state, "practice-cut"), 30, "the line is cut, and the page says so")
        person.wait(lambda state: state["top"]["network"] == "offline", 20, "so it is")
        wait_until(lambda: _cut(person), 10, "syncd too")
        assert not _notice(person.state, "network"), "not told as if it were a fault"
        status = person.recorder()
        assert status is not None
        assert status.mode == "record", "recording goes on"
        person.must("end")
        person.at("end")
        person.wait(lambda state: state["top"]["network"] == "online", 60, "the line is back by itself")
        receipt = person.wait(final_receipt, 120, "the receipt")
        assert receipt["practice"] is True
        claims = read_receipt(Path(receipt["path"]), person.home.receipts / f"{person.session()}.center-key.json")
        assert (claims.kind, claims.practice) == (ReceiptKind.SESSION, True)
        person.must("new")
        person.at("devices")
        assert person.page["can_rehearse"], "again, or the real interview"


@pytest.mark.drill
@pytest.mark.timeout(400)
def test_without_a_center_it_is_rehearsed_on_this_machine_in_about_three_minutes(tmp_path: Path) -> None:
    with desktop() as stage, candidate("", stage.environ, command="rehearse") as person:
        person.start()
        title = person.wait(lambda state: state["top"]["title"], 30, "it begins by itself")
        assert "仅在本机" in title
        walker = Walker(person.http, Person("", "", ""))
        cut = False

        def gone_on() -> dict[str, Any] | None:
            nonlocal cut
            cut = cut or _notice(person.state, "practice-cut")
            page = person.page
            if page.get("kind") == "login" and page["step"] == "form":
                walker.who = Person(page["project"], page["number"], page["id_number"])
            walker.step()
            return final_receipt(person.state) if person.state["stage"] == Stage.END else None

        receipt = wait_until(gone_on, 300, "the practice receipt")
        assert receipt is not None
        assert receipt["practice"] is True
        assert cut, "the network was cut on the way"
        assert Home(person.home.root / "rehearsal" / "laptop").spool.is_dir()
