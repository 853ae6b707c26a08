"""Importing: first, again, with questions that come late, while a center runs beside it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from center import policies, staff
from center.folder.questions import MOST
from center.store import projects
from domain import pack
from domain.errors import ProjectInvalid
from domain.stage import MINUTE_MS
from domain.wire.administration import PoliciesOrder
from domain.wire.interview import PackBody
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, FIRST_BATCH, Laptop, actor, import_at, sample_at

QUESTION = '[[question]]\ntext = """第 {} 题：请谈谈你的看法。\n可以联系实际。"""\n'


@pytest.fixture
def folder(running: Running, tmp_path: Path) -> Path:
    start_ms = (running.clock.wall_ms() + 10 * MINUTE_MS) // 1000 * 1000
    return sample_at(tmp_path / "project", start_ms)


def start_of(laptop: Laptop) -> int:
    return int(laptop.get().json()["state"]["schedule"]["start_ms"])


def test_again_changes_nothing_and_new_lines_are_added(running: Running, folder: Path) -> None:
    first = import_at(running.center, folder)
    assert (first.added, first.updated, first.questions) == (5, 0, ["a", "b"])
    roster = folder / "roster.csv"
    roster.write_text(roster.read_text().replace("林晓", "林曉") + "20260006,新来,TEST-ID-0006,第一场,astronaut.jpg\n")
    again = import_at(running.center, folder)
    assert (again.added, again.updated, again.remarks) == (1, 5, [])
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    assert laptop.get().json()["name"] == "林曉"
    laptop.close()


def test_questions_that_come_late_lie_sealed_and_come_even_after_the_start(running: Running, folder: Path) -> None:
    questions = folder / "questions" / "a.toml"
    later = questions.read_text()
    questions.unlink()
    assert import_at(running.center, folder).missing_questions == ["a"]
    laptop = Laptop(running.url).log_in_by_hand(running.center).prepare()
    entered = laptop.enter().json()
    assert (entered["pack"], entered["state"]["pack"]) == (None, None)
    assert laptop.get("/questions/pack").json()["code"] == "questions_missing"
    running.clock.pass_ms(start_of(laptop) - running.clock.wall_ms())
    missing = laptop.get("/questions")
    assert (missing.status_code, missing.json()["code"], missing.json()["retryable"]) == (
        404,
        "questions_missing",
        True,
    )
    questions.write_text(later)
    assert import_at(running.center, folder).questions == ["a", "b"]
    assert len(laptop.get("/questions").json()["questions"]) == 3
    questions.write_text(later.replace("图书馆", "博物馆"))
    with pytest.raises(ProjectInvalid, match="released already"):
        import_at(running.center, folder)
    laptop.close()


def test_questions_changed_before_the_start_make_a_new_pack(running: Running, folder: Path) -> None:
    import_at(running.center, folder)
    laptop = Laptop(running.url).log_in_by_hand(running.center).prepare()
    first = PackBody.model_validate(laptop.enter().json()["pack"])
    questions = folder / "questions" / "a.toml"
    questions.write_text(questions.read_text().replace("图书馆", "博物馆"))
    import_at(running.center, folder)
    named = laptop.heartbeat().json()["state"]["pack"]
    assert named != first.id
    second = PackBody.model_validate(laptop.get("/questions/pack").json())
    assert second.id == named
    running.clock.pass_ms(start_of(laptop) - running.clock.wall_ms())
    code = staff.release(running.center.database, CODE, laptop.number, actor(running.center))
    for body, word in ((first, "图书馆"), (second, "博物馆")):
        # a laptop that heard of no change can still be helped: the release code opens every pack of its candidate
        assert word in pack.open_with_key(body, pack.key_from_release(body, code))[0].text
    laptop.close()


def test_a_postponed_batch_keeps_its_time_when_the_folder_is_imported_again(running: Running, folder: Path) -> None:
    import_at(running.center, folder)
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    moved = start_of(laptop) + 5 * MINUTE_MS
    staff.postpone(running.center.database, CODE, FIRST_BATCH, moved, actor(running.center))
    assert "keeps the schedule" in import_at(running.center, folder).remarks[0].en
    assert start_of(laptop) == moved
    laptop.close()


def test_what_was_changed_on_the_page_stays_when_the_folder_is_imported_again(running: Running, folder: Path) -> None:
    import_at(running.center, folder)
    order = PoliciesOrder(
        hotline="400-111-0000", window_minutes=90, companion_required=False, show_name=False, reason="网络条件差"
    )
    policies.change(running.center.database, CODE, order, actor(running.center))
    text = (folder / "project.toml").read_text()
    (folder / "project.toml").write_text(text.replace("companion_required = false", "companion_required = true"))
    said = [one.en for one in import_at(running.center, folder).remarks]
    assert said == [f"{what}: stays as it was changed on the page" for what in ("hotline", "window")]
    row = running.center.database.read(lambda db: projects.project(db, CODE))
    assert row is not None
    assert (row.hotline, row.window_ms, row.companion_required) == ("400-111-0000", 90 * MINUTE_MS, True)
    running.clock.pass_ms(10 * MINUTE_MS)  # the first batch has begun
    (folder / "project.toml").write_text(text)
    assert {one.en for one in import_at(running.center, folder).remarks} == {
        f"{what}: a batch has begun: they stay as they are" for what in ("hotline", "window", "second camera")
    }


def test_other_words_need_another_version(running: Running, folder: Path) -> None:
    import_at(running.center, folder)
    settings = folder / "project.toml"
    settings.write_text(settings.read_text().replace("诚信", "诚实").replace("独立作答", "自己作答"))
    with pytest.raises(ProjectInvalid, match="changed under the same version"):
        import_at(running.center, folder)


def test_ninety_minutes_with_twenty_questions_and_no_attachments(running: Running, folder: Path) -> None:
    settings = folder / "project.toml"
    text = settings.read_text().partition("[[attachment]]")[0]
    settings.write_text(re.sub("answer_minutes = .*", "answer_minutes = 90", text))
    (folder / "questions" / "a.toml").write_text("".join(QUESTION.format(number) for number in range(1, 21)))
    import_at(running.center, folder)
    laptop = Laptop(running.url).log_in_by_hand(running.center)
    view = laptop.get().json()
    assert view["attachments"] == []
    pledge = {"version": view["pledge"]["version"], "at": {"center_ms": 1}}
    assert laptop.post("/pledge", pledge).status_code == 200
    assert laptop.enter().status_code == 200
    running.clock.pass_ms(start_of(laptop) - running.clock.wall_ms())
    questions = laptop.get("/questions").json()["questions"]
    assert [question["id"] for question in questions] == [str(number) for number in range(1, 21)]
    assert laptop.get().json()["state"]["schedule"]["answer_ms"] == 90 * MINUTE_MS
    laptop.close()


def test_the_most_questions_there_may_be_fit_into_a_pack(running: Running, folder: Path) -> None:
    long = "".join(f'[[question]]\ntext = "{"题" * 4999}{number % 10}"\n' for number in range(MOST))
    (folder / "questions" / "a.toml").write_text(long)
    import_at(running.center, folder)
    laptop = Laptop(running.url).log_in_by_hand(running.center).prepare()
    body = PackBody.model_validate(laptop.enter().json()["pack"])
    running.clock.pass_ms(start_of(laptop) - running.clock.wall_ms())
    key = laptop.get(f"/questions/key?pack={body.id}").json()["key"]
    assert len(pack.open_with_key(body, key)) == MOST
    laptop.close()


def zhishi(*arguments: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / "zhishi")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_the_command_looks_at_photos_and_imports_all_or_nothing(folder: Path, tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    done = zhishi("center", "import", str(folder), "--data", data)
    assert done.returncode == 0, done.stderr
    assert "新增考生 5" in done.stdout
    roster = folder / "roster.csv"
    roster.write_text(roster.read_text() + "20260007,无脸,TEST-ID-0007,第一场,moon.jpg\n")
    import cv2
    from skimage import data as pictures

    cv2.imwrite(str(folder / "photos" / "moon.jpg"), pictures.moon())  # type: ignore[no-untyped-call]
    two = cv2.imread(str(folder / "photos" / "astronaut.jpg"))
    assert two is not None
    cv2.imwrite(str(folder / "photos" / "two.jpg"), cv2.hconcat([two, two]))
    roster.write_text(roster.read_text() + "20260008,两人,TEST-ID-0008,第一场,two.jpg\n")
    refused = zhishi("center", "import", str(folder), "--data", data)
    assert refused.returncode == 1
    assert "photos/moon.jpg: " in refused.stderr
    assert "roster.csv 第 7 行" in refused.stderr
    assert "photos/two.jpg: " in refused.stderr
    listed = zhishi("center", "sessions", "--data", data)
    assert "20260007" not in listed.stdout
    assert "20260005" in listed.stdout
