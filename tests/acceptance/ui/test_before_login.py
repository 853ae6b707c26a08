"""Before login: a call for help waits for the network, is answered, and survives the program; the line is measured."""

import re
from pathlib import Path
from typing import Any

import pytest

from center import staff
from center.staff import OpenHelp
from tests.support.desktop import desktop
from tests.support.interviewing import CODE, Candidate, Office, candidate, office
from tests.support.waiting import wait_until
from zhishi.faultproxy import FaultProxy, Mode
from zhishi.sample import FIRST_NUMBER

NOTHING = {"DISPLAY": "", "PULSE_SERVER": "unix:/nowhere"}  # no screen, no microphone: help must work all the same


def _call(state: dict[str, Any], text: str) -> dict[str, Any]:
    return next((dict(entry) for entry in state["help"] if entry["text"] == text), {})


def _wait_call(person: Candidate, text: str, how: str) -> dict[str, Any]:
    person.wait(lambda state: _call(state, text).get("state") == how, 40, f"the call is {how}")
    return _call(person.state, text)


def _waiting(center: Office, text: str) -> OpenHelp | None:
    from center import admin

    with admin.opened(center.config) as database:
        return next((row for row in staff.open_help(database) if row.text == text), None)


@pytest.mark.timeout(300)
def test_a_call_waits_for_the_network_and_is_answered(tmp_path: Path) -> None:
    with (
        office(tmp_path) as center,
        FaultProxy(("127.0.0.1", center.server.port)) as network,
        candidate(network.url, NOTHING) as person,
    ):
        center.hold(start_in_s=3600)
        network.switch(Mode.REFUSE)
        person.start()
        person.at("devices")
        person.must("help", text="摄像头是黑的")
        assert _wait_call(person, "摄像头是黑的", "queued")["code"] == ""
        person.kill()
        person.start()
        _wait_call(person, "摄像头是黑的", "queued")
        network.switch(Mode.PASS)
        sent = _wait_call(person, "摄像头是黑的", "sent")
        assert re.fullmatch(r"\d{8}", sent["code"])
        seen = wait_until(lambda: _waiting(center, "摄像头是黑的"), what="support sees it")
        assert seen is not None
        assert (seen.support_code, seen.logged_in, seen.stage) == (sent["code"], False, "devices")
        center.do(staff.answer, sent["id"], "请打开镜头盖")
        assert _wait_call(person, "摄像头是黑的", "answered")["answer"] == "请打开镜头盖"
        person.kill()
        person.start()
        _wait_call(person, "摄像头是黑的", "answered")


@pytest.mark.timeout(300)
def test_the_line_is_measured_and_what_was_typed_goes_with_a_call(tmp_path: Path) -> None:
    with (
        desktop() as stage,
        office(tmp_path) as center,
        FaultProxy(("127.0.0.1", center.server.port)) as network,
        candidate(network.url, stage.environ) as person,
    ):
        center.hold(start_in_s=600)
        network.throttle(60_000)
        person.start()
        slow = person.wait(lambda state: _network(state, "warn"), 60, "the slow line is told")
        assert "面试后最多约需" in slow["zh"]
        assert "Mbit/s" in slow["zh"]
        assert not slow["blocks"]
        network.switch(Mode.PORTAL_PAGE)
        person.must("recheck")
        person.wait(lambda state: "网页上登录" in _network(state, "warn").get("zh", ""), 60, "the log-in page is told")
        network.switch(Mode.PASS)
        network.throttle(None)
        person.must("recheck")
        good = person.wait(lambda state: _network(state, "pass"), 60, "the good line is told")
        person.wait(lambda state: "足够边录边传" in _network(state, "pass").get("zh", ""), 60, good["zh"])
        person.check_devices()
        person.at("login")
        assert person.do("project", project="NOPE").status_code == 409
        person.must("help", text="项目代码不对")
        _wait_call(person, "项目代码不对", "sent")
        person.must("project", project=CODE)
        consent = person.wait(lambda state: state["page"]["consent"]["version"], 20, "the consent text")
        person.must("consent", version=consent, accepted=False)
        assert person.do("login", number=FIRST_NUMBER, id_number="wrong").status_code == 409
        person.must("help", text="证件号不对")
        _wait_call(person, "证件号不对", "sent")
        typed = {row.text: (row.project, row.number) for row in _all(center)}
        assert typed == {"项目代码不对": ("NOPE", ""), "证件号不对": (CODE, FIRST_NUMBER)}


def _network(state: dict[str, Any], verdict: str) -> dict[str, Any]:
    """The network check when it has this verdict and says a rate or a reason."""
    checks = state["page"].get("checks", [])
    found: dict[str, Any] = next((one for one in checks if one["id"] == "network" and one["verdict"] == verdict), {})
    return dict(found)


def _all(center: Office) -> list[OpenHelp]:
    from center import admin

    with admin.opened(center.config) as database:
        return staff.open_help(database)
