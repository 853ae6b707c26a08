"""Before login: a probe that measures a line and touches nothing, and calls for help without a session."""

import os
import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select
from typer.testing import CliRunner

from center import staff
from center.tables.interview import Audit, TimelineRow
from domain.errors import BadInput
from domain.stage import MINUTE_MS
from domain.wire.beforelogin import PROBE_PATH
from domain.wire.center import API
from domain.wire.tus import OFFSET_TYPE, UPLOADS_PATH, VERSION
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, Laptop, actor, add_sample, stamp
from tests.support.center import Device
from tests.support.trust import TRUST
from tests.support.waiting import wait_until
from zhishi.cli import app
from zhishi.sample import FIRST_NUMBER

KIB = 1024


@pytest.fixture
def http(running: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url, timeout=30, verify=TRUST) as client:
        yield client


def leave(http: httpx.Client) -> str:
    answer = http.post(f"{API}/probes")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


def headers(token: str, length: int) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Tus-Resumable": VERSION,
        "Upload-Length": str(length),
        "Content-Type": OFFSET_TYPE,
    }


def probe(http: httpx.Client, token: str, size: int, **changes: str) -> httpx.Response:
    return http.post(PROBE_PATH, content=os.urandom(size), headers={**headers(token, size), **changes})


def files(running: Running) -> set[Path]:
    return {path for path in running.config.evidence.rglob("*") if path.is_file()}


def test_what_is_sent_is_counted_and_thrown_away(running: Running, http: httpx.Client) -> None:
    before = files(running)
    token = leave(http)
    answer = probe(http, token, 700 * KIB)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(700 * KIB))
    assert probe(http, token, KIB).headers["Upload-Offset"] == str(KIB)
    assert files(running) == before
    assert running.center.door.inside == 0


def test_a_few_megabytes_and_no_more(running: Running, http: httpx.Client) -> None:
    token, most = leave(http), running.config.probe_bytes
    assert probe(http, token, most + 1).status_code == 413
    assert probe(http, token, most - KIB).status_code == 204
    assert probe(http, token, 2 * KIB).json()["code"] == "too_large"
    assert probe(http, token, KIB).status_code == 204
    told = probe(http, leave(http), 4 * KIB, **{"Upload-Length": "10"})
    assert told.status_code == 413


def test_a_chunked_body_cannot_be_longer_than_it_says(http: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(64):
            yield bytes(64 * KIB)

    token = leave(http)
    answer = http.post(PROBE_PATH, content=pieces(), headers=headers(token, 100 * KIB))
    assert answer.status_code == 413


def test_tokens_are_short_lived_and_for_nothing_else(running: Running, http: httpx.Client, device: Device) -> None:
    token = leave(http)
    seal = device.chain([b"evidence"])[0]
    theft = device.create(seal, b"evidence", {"Authorization": f"Bearer {token}"})
    assert theft.status_code == 401
    path = device.create(seal).headers["Location"]
    with_probe = {"Authorization": f"Bearer {token}"}
    assert device.patch(path, 0, b"evidence", with_probe).status_code == 401
    assert http.head(path, headers={**with_probe, "Tus-Resumable": VERSION}).status_code == 401
    assert http.get(f"{API}/sessions/{device.session}", headers=with_probe).status_code == 401
    assert http.get(f"{API}/interview", headers=with_probe).status_code == 401
    assert probe(http, device.token, KIB).status_code == 401
    assert http.post(PROBE_PATH, content=b"x", headers=headers(token, 1) | {"Authorization": ""}).status_code == 401
    running.clock.pass_ms(running.config.probe_s * 1000 + 1)
    assert probe(http, token, KIB).json()["code"] == "token_refused"
    assert device.patch(path, 0, b"evidence").status_code == 204


def test_an_address_gets_so_many_in_a_minute(serve: Serve) -> None:
    with serve(probes_per_minute=2) as running, httpx.Client(base_url=running.url, verify=TRUST) as http:
        assert [http.post(f"{API}/probes").status_code for _ in range(3)] == [200, 200, 429]
        assert int(http.post(f"{API}/probes").headers["Retry-After"]) > 0
        assert http.get(f"{API}/time").status_code == 200
        running.clock.pass_ms(60_000)
        assert http.post(f"{API}/probes").status_code == 200


def test_evidence_has_the_greater_half_of_the_door(serve: Serve) -> None:
    with serve(max_bodies=2) as running, httpx.Client(base_url=running.url, verify=TRUST) as http:
        device = running.device()
        token = leave(http)
        with running.center.door.enter():
            answer = probe(http, token, KIB)
            assert (answer.status_code, answer.json()["code"]) == (503, "center_busy")
            assert device.create(device.chain([b"evidence"])[0], b"evidence").status_code == 201
        assert probe(http, token, KIB).status_code == 204
        device.close()


def test_a_probe_that_stops_sending_is_ended(serve: Serve) -> None:
    going = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield bytes(KIB)
        going.wait(20)

    with serve(probe_body_s=0.3) as running, httpx.Client(base_url=running.url, timeout=20, verify=TRUST) as http:
        token = leave(http)
        sent: list[int] = []

        def send() -> None:
            try:
                sent.append(http.post(PROBE_PATH, content=pieces(), headers=headers(token, 9 * KIB)).status_code)
            except httpx.TransportError:
                sent.append(0)

        sender = threading.Thread(target=send)
        sender.start()
        wait_until(lambda: running.center.door.inside == 1, what="it is inside")
        wait_until(lambda: running.center.door.inside == 0, what="it was shown out")
        going.set()
        sender.join()
        assert sent[0] in (0, 408)


# -- help ------------------------------------------------------------------------------------------------------------


def call(**changes: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "text": "摄像头没有画面", "stage": "devices", "at": stamp(), **changes}


def ask(http: httpx.Client, order: dict[str, Any]) -> dict[str, Any]:
    answer = http.post(f"{API}/help", json=order)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_call_is_seen_by_staff_and_the_answer_comes_back(
    running: Running, http: httpx.Client, tmp_path: Path
) -> None:
    add_sample(running.center, tmp_path / "project", start_in_ms=60 * MINUTE_MS)
    order = call(project=" shili-2026 ", number=FIRST_NUMBER)
    told = ask(http, order)
    assert told["code"].isdigit()
    assert len(told["code"]) == 8
    assert told["help"]["answer"] is None
    assert ask(http, order) == told, "sent twice is sent once"
    (seen,) = staff.open_help(running.center.database)
    assert (seen.project, seen.number, seen.name, seen.logged_in) == (CODE, FIRST_NUMBER, "", False)
    assert (seen.support_code, seen.stage, seen.text) == (told["code"], "devices", "摄像头没有画面")
    staff.answer(running.center.database, order["id"], "请打开镜头盖", actor(running.center))
    assert ask(http, order)["help"]["answer"] == "请打开镜头盖"
    assert staff.open_help(running.center.database) == []
    with pytest.raises(BadInput, match="answered already"):
        staff.answer(running.center.database, order["id"], "again", actor(running.center))
    audited = running.center.database.read(lambda db: [(row.action, row.session) for row in db.exec(select(Audit))])
    assert ("answer", None) in audited
    assert not running.center.database.read(lambda db: list(db.exec(select(TimelineRow)))), "a number typed is no proof"


def test_nothing_need_be_known_to_call(running: Running, http: httpx.Client) -> None:
    order = call(project="", number="")
    ask(http, order)
    staff.answer(running.center.database, order["id"], "请拨打电话", actor(running.center))
    assert ask(http, order)["help"]["answer"] == "请拨打电话"


def test_under_the_number_of_somebody_who_answers_only_set_phrases(
    running: Running, http: httpx.Client, tmp_path: Path
) -> None:
    start_ms = add_sample(running.center, tmp_path / "project")
    order = call(project=CODE, number=FIRST_NUMBER)
    ask(http, order)
    running.clock.pass_ms(start_ms + MINUTE_MS - running.clock.wall_ms())
    with pytest.raises(BadInput, match="only set phrases"):
        staff.answer(running.center.database, order["id"], "第一题的答案是", actor(running.center))
    staff.answer(running.center.database, order["id"], "wait", actor(running.center))
    assert ask(http, order)["help"]["answer"]


def test_a_session_s_call_is_not_read_without_login(running: Running, http: httpx.Client, tmp_path: Path) -> None:
    add_sample(running.center, tmp_path / "project")
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    order = call()
    assert laptop.post("/help", order).status_code == 200
    assert http.post(f"{API}/help", json=order).json()["code"] == "bad_input"
    early = call()
    ask(http, early)
    assert laptop.post("/help", early).json()["code"] == "bad_input"
    laptop.close()


def test_an_address_calls_so_often_and_waiting_calls_are_bounded(serve: Serve) -> None:
    with serve(early_help_most=2) as running, httpx.Client(base_url=running.url, verify=TRUST) as http:
        first = call()
        ask(http, first)
        ask(http, call())
        refused = http.post(f"{API}/help", json=call())
        assert (refused.status_code, refused.json()["code"]) == (429, "center_busy")
        ask(http, first)
    with serve(early_help_open=1) as running, httpx.Client(base_url=running.url, verify=TRUST) as http:
        assert http.post(f"{API}/help", json=call()).status_code == 503


def test_staff_s_list_shows_it_as_typed_and_harmless(running: Running, http: httpx.Client) -> None:
    ask(http, call(number="2026[red]1", text="\x1b[2J画面是黑的"))
    shown = CliRunner().invoke(
        app, ["center", "help-requests", "--data", str(running.config.data)], env={"COLUMNS": "220"}
    )
    assert shown.exit_code == 0, shown.output
    assert "\x1b[2J" not in shown.output
    assert "画面是黑的" in shown.output
    assert "自述" in shown.output
    assert "2026[RED]1" in shown.output


def test_the_probe_s_path_is_no_upload(http: httpx.Client) -> None:
    assert PROBE_PATH.startswith(UPLOADS_PATH)
    assert http.head(PROBE_PATH, headers={"Tus-Resumable": VERSION}).status_code == 401
    assert http.get(PROBE_PATH).status_code == 405
