"""Papers in the real window: a PDF attachment opens inside it; the receipt is saved and printed where people look."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.desktop import desktop
from tests.support.interviewing import Candidate, candidate, final_receipt, office
from tests.support.waiting import wait_until
from tests.support.windowing import AS_ROOT, free_port, looked_into

NAME = "notice.pdf"
_READ_PDF = """
import sys
from PySide6.QtPdf import QPdfDocument
paper = QPdfDocument()
paper.load(sys.argv[1])
print(paper.pageCount(), "".join(paper.getAllText(page).text() for page in range(paper.pageCount())))
"""


def _pdf(text: str) -> bytes:
    """A small PDF that shows ``text``."""
    show = f"BT /F1 24 Tf 40 200 Td ({text}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 300]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(show), show),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    objects = b"".join(b"%d 0 obj%s endobj\n" % (number, part) for number, part in enumerate(parts, 1))
    return b"%PDF-1.4\n" + objects + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def _text_of(pdf: Path) -> str:
    """Pages and text of a PDF, as Qt's PDF reader finds them (a process of its own: no Qt in the test's)."""
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", _READ_PDF, str(pdf)]
    return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout


@pytest.mark.drill
@pytest.mark.timeout(400)
def test_a_pdf_opens_in_the_window_and_the_receipt_is_saved_and_printed(tmp_path: Path) -> None:
    downloads, port = tmp_path / "下载", free_port()
    with (
        desktop("1366x768") as stage,
        office(tmp_path) as center,
        candidate(center.url, {**stage.environ, **AS_ROOT, "XDG_DOWNLOAD_DIR": str(downloads)}, window=True) as person,
    ):
        center.hold(start_in_s=75, papers={NAME: _pdf("Bring nothing")})
        person.start("--debug-port", str(port))
        with looked_into(port) as page:
            person.check_devices()
            person.log_in(center)
            person.at("attachments")
            page.evaluate("window.print()")  # nothing but a receipt is ever printed
            _read_the_pdf(person, page)
            person.read_all()
            person.enter()
            person.at("confirm")
            person.must("confirm")
            person.wait(lambda state: state["page"].get("phase") == "questions", 120, "the questions appear")
            person.must("questions_shown")
            person.must("end")
            receipt = person.wait(final_receipt, 120, "the receipt")
            _save_and_print(page, receipt, downloads)


def _read_the_pdf(person: Candidate, page: Page) -> None:
    page.get_by_role("button", name=NAME).click()
    page.wait_for_selector(f"iframe[title='{NAME}']", timeout=30_000)
    # the viewer is a page of its own: it is there only when the file was taken for a PDF and is being shown
    wait_until(lambda: "chrome-extension://" in " ".join(_targets(page)), 30, "the PDF viewer is in the window")
    page.get_by_role("button", name="已阅", exact=True).click()
    person.wait(lambda state: _read(state, "notice"), 20, "it is marked as read")


def _targets(page: Page) -> list[str]:
    session = page.context.browser.new_browser_cdp_session() if page.context.browser else None
    assert session is not None
    try:
        return [target["url"] for target in session.send("Target.getTargets")["targetInfos"]]
    finally:
        session.detach()


def _read(state: dict[str, object], name: str) -> bool:
    page = state["page"]
    assert isinstance(page, dict)
    return any(item["id"] == name and item["read"] for item in page.get("items", []))


def _save_and_print(page: Page, receipt: dict[str, str], downloads: Path) -> None:
    stem = f"zhishi-receipt-{receipt['fingerprint'][:8]}"
    save = page.get_by_role("button", name="保存回执")
    save.click()
    page.get_by_text(f"{downloads / stem}.jws", exact=True).wait_for(timeout=20_000)
    save.click()
    page.get_by_text(f"{downloads / stem} (2).jws", exact=True).wait_for(timeout=20_000)
    page.get_by_role("button", name="打印回执").click()
    page.get_by_text(f"{downloads / stem}.pdf", exact=True).wait_for(timeout=30_000)
    assert {path.name for path in downloads.iterdir()} == {f"{stem}.jws", f"{stem} (2).jws", f"{stem}.pdf"}
    for name in (f"{stem}.jws", f"{stem} (2).jws"):
        assert (downloads / name).read_bytes() == Path(receipt["path"]).read_bytes()
    printed = _text_of(downloads / f"{stem}.pdf")
    assert printed.startswith("1 "), "one sheet"
    assert receipt["number"] in printed
    assert "数据接收回执" in printed
    assert "保存回执" not in printed, "only the receipt is on the paper"
