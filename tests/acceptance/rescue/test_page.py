"""The page on which a bundle is handed in: a real center, Chromium, real files; and no axe finding."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from domain.identity import Track
from domain.manifest import EndedBy
from domain.wire.center import RescueAnswer
from tests.acceptance.pages.browsing import chromium
from tests.integration.center.conftest import Running, serving
from tests.support.rescuing import sealed_part
from web.build import WEB, build_pages

_AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    build_pages()
    with chromium() as one:
        yield one


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    with serving(tmp_path / "center", code_failures=1000) as started:
        yield started


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    context = browser.new_context(reduced_motion="reduce")
    context.add_init_script((WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    one = context.new_page()
    said: list[str] = []
    one.on("pageerror", lambda error: said.append(str(error)))
    one.goto(f"{running.url}/rescue")
    yield one
    found: dict[str, Any] = one.evaluate("(options) => axe.run(document, options)", _AXE)
    assert [f"{hit['id']}: {node['html']}" for hit in found["violations"] for node in hit["nodes"]] == []
    context.close()
    assert not said


def test_a_bundle_ends_in_a_receipt_and_what_is_damaged_is_said(page: Page, running: Running, tmp_path: Path) -> None:
    device = running.device()
    contents = [bytes([at]) * 200_000 for at in range(1, 9)]
    seals = device.chain(list(contents))
    part = sealed_part(device, seals, b"".join(contents), [device.manifest({Track.CAMERA: seals}, by=EndedBy.ORDER)])
    device.close()
    files = {"cut.age": part[: len(part) // 2], "other.age": b"PK\x03\x04 something", "whole.age": part}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    chosen = [str(tmp_path / name) for name in files]
    page.get_by_label("选择文件").set_input_files(chosen)
    rows = page.locator("main > ul > li.card")
    expect(rows.nth(2)).to_contain_text("回执已签发", timeout=20_000)
    expect(rows.nth(2)).to_contain_text("0001")
    expect(rows.nth(0)).to_contain_text("文件不完整")
    expect(rows.nth(1)).to_contain_text("这不是本考务平台的离线数据包")
    rows.nth(0).get_by_text("拒收明细").click()
    expect(rows.nth(0)).to_contain_text("bundle_damaged")
    page.get_by_label("选择文件").set_input_files(chosen[2:])  # again: harmless
    expect(rows.nth(3)).to_contain_text("新收 0 段", timeout=20_000)


def test_its_types_have_the_names_the_center_tells() -> None:
    text = (WEB / "rescue" / "send.ts").read_text(encoding="utf-8")
    body = re.search(r"export interface Answer \{\n(.*?)\n\}", text, flags=re.DOTALL)
    assert body is not None
    assert set(re.findall(r"^  (\w+):", body[1], flags=re.MULTILINE)) == set(RescueAnswer.model_fields)
