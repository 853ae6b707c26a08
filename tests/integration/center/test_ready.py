"""The day before: who was seen and who rehearsed, and whether the center itself is ready."""

import json
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from center import localca
from center.accounts.roles import Role
from center.administration.look import look
from center.config import CenterConfig
from center.store import rehearsals
from domain.stage import MINUTE_MS
from domain.wire.center import API
from host.clock import discipline
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, Laptop, add_sample, import_at
from tests.support.center import Device
from tests.support.staffing import Browser, new_account
from zhishi.interviews import interviews
from zhishi.sample import write_practice

READINESS = f"/administration/projects/{CODE}/readiness"
PREFLIGHT = "/administration/preflight"


@contextmanager
def signed_in(running: Running, name: str, role: Role) -> Iterator[Browser]:
    one = Browser(running.url)
    assert one.sign_in(new_account(running.center, name, role), running.clock.wall_ms()).status_code == 200
    yield one
    one.close()


@pytest.fixture
def browser(running: Running, tmp_path: Path) -> Iterator[Browser]:
    """An administrator; the sample starts tomorrow, and rehearsals are open."""
    add_sample(running.center, tmp_path / "project", start_in_ms=24 * 60 * MINUTE_MS)
    import_at(running.center, write_practice(tmp_path / "practice"))
    with signed_in(running, "周婷", Role.ADMINISTRATOR) as one:
        yield one


def states(browser: Browser) -> dict[str, str]:
    rows = browser.get(READINESS).raise_for_status().json()["rows"]
    return {row["number"]: row["state"] for row in rows}


def opens_the_program(
    running: Running, installation: str, number: str = "20260001", known: str = "TEST-ID-0001"
) -> str:
    """Types the numbers the day before; what was answered."""
    laptop = Laptop(running.url, number, known)
    code = str(laptop.begin(installation=installation).json()["code"])
    laptop.close()
    return code


def rehearses(running: Running, installation: str) -> Laptop:
    told = httpx.post(f"{running.url}{API}/rehearsals", json={"installation": installation}).json()
    laptop = Laptop(running.url, told["number"], told["id_number"])
    begun = laptop.begin(project=told["project"], installation=installation).json()
    laptop.http.post(f"{API}/login/{begun['login']}/help", json={}).raise_for_status()
    laptop.granted = laptop.grant(begun["login"]).json()["granted"]
    laptop.act = laptop.granted["act"]
    return laptop


def confirmed(laptop: Laptop, running: Running) -> str:
    """The rehearsal's session, its receipt signed."""
    device = Device(running.url, laptop.granted["code"])
    laptop.prepare().enter().raise_for_status()
    running.clock.pass_ms(2 * MINUTE_MS)
    laptop.post("/end", {"center_ms": 1, "center_est": False, "boot_id": "b", "boot_ns": "1"}).raise_for_status()
    answer = device.submit(device.manifest({})).raise_for_status().json()
    assert answer["session_receipt"], answer
    device.close()
    return device.session


def test_installed_then_tried_then_rehearsed(running: Running, browser: Browser) -> None:
    mine, other = str(uuid.uuid4()), str(uuid.uuid4())
    assert set(states(browser).values()) == {"not_seen"}
    assert opens_the_program(running, mine, known="WRONG") == "login_refused"
    assert states(browser)["20260001"] == "not_seen", "nobody is seen by a number alone"
    assert opens_the_program(running, mine) == "login_too_early"
    assert states(browser)["20260001"] == "seen"
    laptop = rehearses(running, other)
    assert states(browser)["20260001"] == "seen", "another computer's rehearsal says nothing of this one"
    laptop.close()
    laptop = rehearses(running, mine)
    assert states(browser)["20260001"] == "tried"
    session = confirmed(laptop, running)
    row = browser.get(READINESS).json()["rows"][0]
    assert (row["state"], row["rehearsed_ms"]) == ("rehearsed", running.clock.wall_ms())
    laptop.close()
    rehearses(running, mine).close()  # another one that is not finished takes nothing away
    running.center.database.write(lambda db: rehearsals.forget(db, session))
    assert states(browser) == {
        number: "rehearsed" if number == "20260001" else "not_seen" for number in states(browser)
    }


def test_a_rehearsal_that_is_deleted_stays_known_as_confirmed(running: Running, browser: Browser) -> None:
    mine = str(uuid.uuid4())
    laptop = rehearses(running, mine)
    session = confirmed(laptop, running)
    running.center.database.write(lambda db: rehearsals.forget(db, session))
    assert opens_the_program(running, mine) == "login_too_early"
    assert states(browser)["20260001"] == "rehearsed"
    laptop.close()


def test_a_program_that_names_no_installation_is_seen_all_the_same(running: Running, browser: Browser) -> None:
    assert opens_the_program(running, "") == "login_too_early"
    assert states(browser)["20260001"] == "seen"
    assert opens_the_program(running, "x' OR 1=1") == "bad_input"
    for _ in range(30):
        opens_the_program(running, str(uuid.uuid4()))
    assert states(browser)["20260001"] == "seen"


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.REVIEWER])
def test_nobody_else_sees_it(running: Running, browser: Browser, role: Role) -> None:
    with signed_in(running, "张敏", role) as other:
        answers = [other.get(READINESS), other.get(PREFLIGHT)]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "not_allowed")}
    assert browser.get("/administration/projects/NOBODY/readiness").json()["code"] == "project_unknown"


# The center itself --------------------------------------------------------------------------------------------------


def facts(browser: Browser) -> dict[str, Any]:
    found = browser.get(PREFLIGHT).raise_for_status().json()["facts"]
    return {fact["id"]: fact for fact in found}


def test_the_center_tells_what_is_so_and_what_to_do(running: Running, browser: Browser) -> None:
    told = facts(browser)
    assert told["certificate"]["verdict"] == "warn", "plain http, and no phone is demanded"
    assert told["backup"]["told"]["zh"] == "还没有备份"
    assert told["questions"]["verdict"] == "pass"
    assert told["accounts"]["verdict"] == "fail", "nobody of support yet"
    assert "5 场" in told["disk"]["told"]["zh"]
    assert told["faces"]["verdict"] == "pass"
    new_account(running.center, "张敏", Role.SUPPORT)
    assert facts(browser)["accounts"]["verdict"] == "warn"


def test_missing_questions_are_named(running: Running, browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    text = (folder / "project.toml").read_text().replace('code = "SHILI-2026"', 'code = "SHILI-2027"')
    (folder / "project.toml").write_text(text)
    (folder / "questions" / "b.md").unlink()
    import_at(running.center, folder)
    told = facts(browser)["questions"]
    assert (told["verdict"], "SHILI-2027/b" in told["told"]["en"]) == ("warn", True)


def test_the_certificate_is_read_from_the_file_and_from_the_public_address(serve: Serve, tmp_path: Path) -> None:
    with serve() as running:
        now = running.clock.wall_ms()
        tls = localca.local_tls(tmp_path / "tls", ["127.0.0.1"], now)
        by_file = CenterConfig(data=running.config.data, certificate=tls.certificate)
        seen = look(by_file, running.center.database, now)
        assert seen.certificate is not None
        assert seen.certificate.begins_ms < now < seen.certificate.ends_ms
        with https(tls) as address:
            by_address = CenterConfig(data=running.config.data, public_url=address)
            assert look(by_address, running.center.database, now).certificate == seen.certificate
        gone = look(by_address, running.center.database, now)
        assert (gone.certificate, gone.https) == (None, True)
        assert gone.certificate_why
        tls.certificate.write_bytes(b"no certificate")
        assert look(by_file, running.center.database, now).certificate_why


@contextmanager
def https(tls: localca.LocalTls) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_kernel_is_asked_for_its_clock() -> None:
    told = discipline()
    assert told is not None
    assert told.error_ms >= 0


def test_the_command_tells_the_same_and_a_backup_is_seen(running: Running, browser: Browser, tmp_path: Path) -> None:
    data, copy = str(running.config.data), tmp_path / "copy"
    shell = CliRunner()
    before = shell.invoke(interviews, ["preflight", "--data", data])
    assert before.exit_code == 1, before.output  # nobody of support
    assert "还没有备份" in before.output
    made = shell.invoke(interviews, ["backup", str(copy), "--data", data])
    assert made.exit_code == 0, made.output
    assert "0 小时前" in facts(browser)["backup"]["told"]["zh"]
    assert json.loads((copy / "backup.json").read_text())["at_ms"] is not None
