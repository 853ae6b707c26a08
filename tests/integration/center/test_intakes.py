"""A project handed in on the page: checked as ``zhishi center import`` checks it, and imported only when told to."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from center.accounts.roles import Role
from center.folder.reading import read_folder
from center.store import candidates, interviews, projects, watching
from domain.errors import ProjectInvalid, Words
from domain.stage import MINUTE_MS
from domain.wire.administration import ARCHIVE_TYPE
from domain.wire.staff import CSRF_HEADER
from tests.integration.center.conftest import Running, Serve
from tests.support.candidates import CODE, import_at, photo, sample_at
from tests.support.people import astronaut
from tests.support.puppet import jpeg
from tests.support.staffing import Browser, new_account
from tests.support.waiting import wait_until
from tests.support.zipping import zipped
from zhishi.sample import FIRST_ID_NUMBER, FIRST_NUMBER

PATH = "/administration/intakes"


@pytest.fixture
def folder(running: Running, tmp_path: Path) -> Path:
    return sample_at(tmp_path / "project", (running.clock.wall_ms() + 10 * MINUTE_MS) // 1000 * 1000)


@pytest.fixture
def browser(running: Running) -> Iterator[Browser]:
    with signed_in(running, "周婷", Role.ADMINISTRATOR) as one:
        yield one


@contextmanager
def signed_in(running: Running, name: str, role: Role) -> Iterator[Browser]:
    one = Browser(running.url)
    assert one.sign_in(new_account(running.center, name, role), running.clock.wall_ms()).status_code == 200
    yield one
    one.close()


def hand_in(browser: Browser, content: bytes, kind: str = ARCHIVE_TYPE) -> httpx.Response:
    return browser.http.post(PATH, content=content, headers={CSRF_HEADER: browser.csrf, "Content-Type": kind})


def checked(browser: Browser, content: bytes) -> dict[str, Any]:
    """What was found, once it was looked through."""
    return ended(browser, hand_in(browser, content).raise_for_status().json()["intake"])


def ended(browser: Browser, intake: str) -> dict[str, Any]:
    def told() -> dict[str, Any]:
        body: dict[str, Any] = browser.get(f"{PATH}/{intake}").raise_for_status().json()
        return {} if body["step"] in ("checking", "importing") else body

    return wait_until(told, 60)


def as_zip(folder: Path, tmp_path: Path) -> bytes:
    return zipped(folder, tmp_path / "handed.zip").read_bytes()


def written(running: Running) -> tuple[int, int, int]:
    """Projects, audits of imports, papers."""
    known = running.center.database.read(watching.projects)
    audits = [row for row in running.center.database.read(interviews.audits) if row.action == "import"]
    papers = running.config.papers
    return len(known), len(audits), len(list(papers.iterdir())) if papers.is_dir() else 0


def test_it_is_checked_first_and_imported_when_told_to(
    running: Running, folder: Path, browser: Browser, tmp_path: Path
) -> None:
    body = checked(browser, as_zip(folder, tmp_path))
    assert (body["step"], body["mistakes"], body["error"]) == ("checked", [], None)
    assert (body["photos"], body["looked"]) == (1, 1)
    found = body["folder"]
    assert (found["project"], found["new"], found["added"], found["candidates"]) == (CODE, True, 5, 5)
    assert [(one["name"], one["questions"]) for one in found["batches"]] == [("第一场", 3), ("第二场", 3)]
    assert written(running) == (0, 0, 0)
    told = browser.post(f"{PATH}/{body['intake']}/import", {"reason": "第一次导入"})
    assert told.json()["step"] == "importing"
    body = ended(browser, body["intake"])
    assert (body["step"], body["folder"]["added"], body["folder"]["new"]) == ("imported", 5, True)
    assert written(running) == (1, 1, 3)  # one photo and two attachments
    (audit,) = running.center.database.read(interviews.audits)[-1:]
    assert (audit.by, audit.action, audit.reason) == ("周婷", "import", "第一次导入")
    kept = running.center.database.read(lambda db: candidates.by_number(db, CODE, FIRST_NUMBER))
    assert kept is not None
    assert running.center.ids.fits(FIRST_ID_NUMBER, kept.candidate.id_hash)
    assert running.center.papers.read(kept.candidate.photo) == photo()
    again = browser.post(f"{PATH}/{body['intake']}/import", {})
    assert (again.status_code, again.json()["code"]) == (400, "bad_input")
    assert list(running.config.intakes.iterdir()) == []


def test_every_mistake_is_told_as_the_command_line_tells_it(
    running: Running, folder: Path, browser: Browser, tmp_path: Path
) -> None:
    settings, roster = folder / "project.toml", folder / "roster.csv"
    settings.write_text(settings.read_text().replace('hotline = "400-000-0000"', 'hotline = ""'))
    roster.write_text(roster.read_text() + "20260001,重复,X,第一场,nobody.jpg\n")
    (folder / "photos" / "astronaut.jpg").write_bytes(jpeg(astronaut()[300:, :200].copy()))

    def look_at(content: bytes) -> Words | None:
        return running.center.looks.known(hashlib.sha256(content).hexdigest()).words  # type: ignore[union-attr]

    body = checked(browser, as_zip(folder, tmp_path))
    with pytest.raises(ProjectInvalid) as refused:
        read_folder(folder, look_at)
    assert body["step"] == "refused"
    assert body["error"]["code"] == "project_invalid"
    told = [(one["file"], one["line"], one["what"]["zh"], one["remedy"]["en"]) for one in body["mistakes"]]
    assert told == [(one.file, one.line, one.what.zh, one.remedy.en) for one in refused.value.mistakes]
    assert {"project.toml", "roster.csv", "photos/astronaut.jpg"} == {one[0] for one in told}
    assert written(running) == (0, 0, 0)
    assert browser.post(f"{PATH}/{body['intake']}/import", {}).json()["code"] == "bad_input"
    assert written(running) == (0, 0, 0)


def test_what_contradicts_an_earlier_import_is_refused_when_checked(
    running: Running, folder: Path, browser: Browser, tmp_path: Path
) -> None:
    import_at(running.center, folder)
    before = written(running)
    settings = folder / "project.toml"
    settings.write_text(settings.read_text().replace("诚信", "诚实").replace("独立作答", "自己作答"))
    body = checked(browser, as_zip(folder, tmp_path))
    assert body["step"] == "refused"
    assert "changed under the same version" in body["mistakes"][0]["what"]["en"]
    assert written(running) == before


def test_more_of_a_known_project_says_what_it_does(
    running: Running, folder: Path, browser: Browser, tmp_path: Path
) -> None:
    import_at(running.center, folder)
    roster = folder / "roster.csv"
    roster.write_text(roster.read_text() + "20260006,新来,TEST-ID-0006,第一场,astronaut.jpg\n")
    found = checked(browser, as_zip(folder, tmp_path))["folder"]
    assert (found["new"], found["added"], found["updated"]) == (False, 1, 5)
    assert running.center.database.read(lambda db: candidates.by_number(db, CODE, "20260006")) is None


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.REVIEWER])
def test_nobody_else_may(running: Running, folder: Path, browser: Browser, tmp_path: Path, role: Role) -> None:
    intake = checked(browser, as_zip(folder, tmp_path))["intake"]
    with signed_in(running, "张敏", role) as other:
        assert hand_in(other, b"").json()["code"] == "not_allowed"
        for answer in (other.get(PATH), other.get(f"{PATH}/{intake}"), other.post(f"{PATH}/{intake}/import")):
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    with signed_in(running, "陈晨", Role.ADMINISTRATOR) as colleague:  # whoever imports has seen what was found
        assert "somebody else" in colleague.post(f"{PATH}/{intake}/import").json()["detail"]
    csrf, browser.csrf = browser.csrf, "0" * 64
    assert browser.post(f"{PATH}/{intake}/import").json()["code"] == "not_allowed"
    assert hand_in(browser, b"").json()["code"] == "not_allowed"
    browser.csrf = csrf
    assert httpx.get(f"{browser.http.base_url}{PATH.removeprefix('/')}").status_code == 401
    assert written(running) == (0, 0, 0)


def test_what_is_no_zip_and_what_is_too_large(serve: Serve, tmp_path: Path) -> None:
    with serve(import_bytes=100_000) as running, signed_in(running, "周婷", Role.ADMINISTRATOR) as browser:
        assert hand_in(browser, b"x", "application/json").status_code == 415
        body = checked(browser, b"not a zip")
        assert [one["what"]["en"] for one in body["mistakes"]] == ["is no zip file, or holds too many files"]
        answer = hand_in(browser, bytes(100_001))
        assert answer.json()["code"] == "too_large"
        assert browser.get(PATH).json()["most_bytes"] == 100_000
        assert list(running.config.intakes.iterdir()) == []


def test_one_at_a_time_and_the_last_is_still_there(
    running: Running, folder: Path, browser: Browser, tmp_path: Path
) -> None:
    content = as_zip(folder, tmp_path)
    running.center.intakes._receiving = True  # somebody else's is on its way
    busy = hand_in(browser, content)
    assert (busy.status_code, busy.json()["code"]) == (503, "center_busy")
    running.center.intakes._receiving = False
    first, second = checked(browser, content), checked(browser, content)
    assert browser.get(f"{PATH}/{first['intake']}").json()["code"] == "bad_input"
    assert browser.get(PATH).json()["newest"]["intake"] == second["intake"]
    running.clock.pass_ms(60 * MINUTE_MS + 1)
    assert browser.get(f"{PATH}/{second['intake']}").status_code in (400, 401)


def test_a_center_that_stops_gives_up_the_check(serve: Serve, tmp_path: Path) -> None:
    with serve() as running:
        folder = sample_at(tmp_path / "project", running.clock.wall_ms() + 10 * MINUTE_MS)
        roster = (folder / "roster.csv").read_text().splitlines()[:1]
        for number in range(200):
            (folder / "photos" / f"{number}.jpg").write_bytes(photo() + bytes([number]))
            roster.append(f"2026{number:04},考生{number},ID-{number},第一场,{number}.jpg")
        (folder / "roster.csv").write_text("\n".join(roster))
        with signed_in(running, "周婷", Role.ADMINISTRATOR) as browser:
            intake = hand_in(browser, as_zip(folder, tmp_path)).json()["intake"]
            wait_until(lambda: browser.get(f"{PATH}/{intake}").json()["looked"] > 0, 60)
    kept = running.center.intakes.newest()
    assert kept is not None
    assert kept.looked < 200
    assert kept.step == "refused"


def test_a_zip_with_tricks_changes_nothing_outside(running: Running, browser: Browser, tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("../../keys/stolen", b"x")
    body = checked(browser, held.getvalue())
    assert (body["step"], body["mistakes"][0]["what"]["en"]) == ("refused", "lies outside the folder")
    assert list(running.config.data.rglob("stolen")) == []
    assert running.center.database.read(lambda db: projects.project(db, CODE)) is None
