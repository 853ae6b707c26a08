"""Importing a project on the page: mistakes with file and line, then the right folder, seen before it is imported."""

from pathlib import Path

from playwright.sync_api import Page, expect

from center.store import interviews, projects
from tests.acceptance.staff.test_dashboard import violations
from tests.integration.center.conftest import Running
from tests.support.candidates import sample_at
from tests.support.zipping import zipped

OTHER = "SHILI-2027"


def test_mistakes_are_told_then_the_right_folder_is_seen_and_imported(
    page: Page, running: Running, tmp_path: Path
) -> None:
    folder = sample_at(tmp_path / "other", running.clock.wall_ms() + 3_600_000, code=OTHER)
    roster = folder / "roster.csv"
    right = roster.read_text()
    roster.write_text(right + "20260009,无照,X,第一场,nobody.jpg\n")
    page.get_by_role("link", name="导入项目").press("Enter")
    expect(page.get_by_role("heading", name="导入项目", level=1)).to_be_focused()
    check = page.get_by_role("button", name="检查")
    check.press("Enter")  # nothing chosen, nothing sent
    page.get_by_label("项目文件夹").set_input_files(zipped(folder, tmp_path / "a.zip"))
    check.press("Enter")
    found = page.get_by_role("region", name="检查结果")
    expect(found).to_contain_text("有 1 处错误，没有写入任何内容", timeout=30_000)
    expect(found.locator("tbody tr")).to_contain_text("roster.csv")
    expect(found.locator("tbody tr td").first).to_have_text("7")
    assert violations(page) == []
    roster.write_text(right)
    page.get_by_label("项目文件夹").set_input_files(zipped(folder, tmp_path / "b.zip"))
    check.press("Enter")
    expect(found).to_contain_text("没有发现错误，尚未导入", timeout=30_000)
    expect(found).to_contain_text("将新建项目，共 5 名考生")
    assert violations(page) == []
    assert running.center.database.read(lambda db: projects.project(db, OTHER)) is None
    page.reload()  # what was found is still there
    page.get_by_label("备注").fill("第一次导入")
    page.get_by_label("备注").press("Enter")
    expect(page.get_by_role("region", name="导入结果")).to_contain_text("新增 5 名", timeout=30_000)
    page.get_by_role("button", name="选择此项目").press("Enter")
    expect(page.get_by_label("面试项目", exact=True)).to_have_value(OTHER)
    told = running.center.database.read(interviews.audits)[-1]
    assert (told.by, told.action, told.reason, told.project) == ("周婷", "import", "第一次导入", OTHER)
