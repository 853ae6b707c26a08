"""The window killed at every stage comes back where it was; without network from entering on nothing changes."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from center import phoneacts
from center.store.candidates import PermissionKind
from domain.identity import Track
from host.spool import Spool
from tests.acceptance.pages.browsing import chromium
from tests.acceptance.ui.seat import seated
from tests.support.desktop import desktop
from tests.support.interviewing import CODE, Candidate, candidate, final_receipt, office
from tests.support.waiting import wait_until
from zhishi.faultproxy import FaultProxy, Mode
from zhishi.sample import FIRST_NUMBER


def _again(person: Candidate, browser: Browser, stage: str, title: str) -> None:
    """Kill the program and start it: the same stage, and its page stands in a browser."""
    person.kill()
    person.start()
    person.at(stage)
    with seated(browser, person) as seat:
        seat.at(title)


@pytest.mark.drill
@pytest.mark.timeout(600)
def test_killed_at_every_stage_it_comes_back_there(tmp_path: Path) -> None:
    with (
        desktop() as stage,
        office(tmp_path) as center,
        candidate(center.url, stage.environ) as person,
        chromium() as browser,
    ):
        center.hold(start_in_s=180, companion=True)
        person.start()
        _again(person, browser, "devices", "设备准备")
        person.check_devices()
        _again(person, browser, "login", "人脸登录")
        person.log_in(center)
        _again(person, browser, "binding", "佐证绑定")
        center.allow(PermissionKind.NO_PHONE)
        _again(person, browser, "attachments", "阅读考试附件")
        person.read_all()
        _again(person, browser, "enter", "进入考试")
        person.enter()
        recording = _run(person)
        _again(person, browser, "confirm", "设备确认")
        person.must("confirm")
        _again(person, browser, "answering", "等待面试开始")
        assert person.page["phase"] == "waiting"
        person.wait(lambda state: state["page"].get("phase") == "questions", 180)
        person.must("questions_shown")
        ends = person.wait(lambda state: state["page"]["ends_at_ms"], 20)
        _again(person, browser, "answering", "开始答题")
        person.wait(lambda state: state["page"].get("phase") == "questions", 30, "the questions are still here")
        assert person.page["ends_at_ms"] == ends, "the countdown is the same"
        assert _run(person) == recording, "the recording never noticed"
        person.must("end")
        person.wait(lambda state: state["page"].get("phone") is not None, 60, "the end waits for a phone, or a waiver")
        center.do(phoneacts.waive_phone, CODE, FIRST_NUMBER)
        person.wait(final_receipt, 120, "the receipt")
        _again(person, browser, "end", "上传成功")


@pytest.mark.drill
@pytest.mark.timeout(300)
def test_killed_while_a_phone_is_to_be_bound_it_comes_back_with_a_new_code(tmp_path: Path) -> None:
    with desktop() as stage, office(tmp_path) as center, candidate(center.url, stage.environ) as person:
        center.hold(start_in_s=600, companion=True)
        person.start()
        person.check_devices()
        person.kill()
        person.start()
        person.log_in(center)
        person.at("binding")
        person.must("rebind")
        first = person.wait(lambda state: state["page"]["code"], 30, "a binding code")
        person.kill()
        person.start()
        person.at("binding")
        person.must("rebind")
        second = person.wait(lambda state: state["page"]["code"], 30, "another code")
        assert second != first, "codes live in memory"
        assert person.page["address"].startswith(center.url)
        center.allow(PermissionKind.NO_PHONE)
        person.at("attachments")


def _run(person: Candidate) -> str:
    """The camera's run, once it gives footage."""

    def found() -> str | None:
        status = person.recorder()
        if status is None or status.mode != "record":
            return None
        camera = next((one for one in status.captures if one.track == "camera"), None)
        return camera.run if camera is not None and camera.health == "healthy" else None

    return wait_until(found, 60, "the camera is recorded") or ""


@pytest.mark.timeout(600)
def test_without_network_from_entering_on_nothing_changes(tmp_path: Path) -> None:
    with (
        desktop() as stage,
        office(tmp_path) as center,
        FaultProxy(("127.0.0.1", center.server.port)) as network,
        candidate(network.url, stage.environ) as person,
    ):
        center.hold(start_in_s=60)
        person.start()
        person.check_devices()
        person.log_in(center)
        person.read_all()
        person.enter()
        network.switch(Mode.REFUSE)
        person.wait(lambda state: state["top"]["network"] == "offline", 40, "the page says so")
        assert person.state["error"] is None
        person.must("confirm")
        person.must("help", text="没有网络")
        assert person.wait(lambda state: _help(state) == "queued", 10)
        person.wait(lambda state: state["page"].get("phase") == "missing", 90, "the pack is here, its key is not")
        assert person.page["pack"]
        assert person.do("release", code="AAAA-BBBB-CCCC-DDDD").status_code == 400
        person.must("release", code=_release_code(center.config.data))
        person.wait(lambda state: state["page"].get("phase") == "questions", 20)
        person.must("questions_shown")
        person.must("end")
        page = person.at("end")
        assert "本机" in page["said_zh"]
        network.switch(Mode.PASS)
        person.wait(final_receipt, 120, "the receipt")
        person.wait(lambda state: _help(state) == "sent", 60, "the queued request went out")
        spool = Spool(person.home.spool)
        assert spool.read_seals(spool.sessions()[0], Track.TIMELINE).files


def _help(state: dict[str, Any]) -> str:
    """How the first call for help stands; empty when there is none."""
    return str(state["help"][0]["state"]) if state["help"] else ""


def _release_code(data: Path) -> str:
    from center import admin, staff
    from center.staff import Actor
    from host.clock import SystemClock
    from tests.support.center import center_config

    with admin.opened(center_config(data)) as database:
        return staff.release(database, CODE, FIRST_NUMBER, Actor("support", "no network", SystemClock().wall_ms()))
