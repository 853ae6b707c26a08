"""Every page of the phone, on two phones, in both languages: no axe finding, nothing sticks out, keyboard suffices."""

from typing import Any

import pytest
from playwright.sync_api import Page

from center import staff
from tests.support.candidates import CODE, actor
from tests.support.phonepage import World
from tests.support.waiting import wait_until
from web.build import WEB, install_modules
from zhishi.sample import FIRST_NUMBER

_AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_WECHAT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0.50"
_NO_CAMERA = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });"
_OVERHANG = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_START_IN_MS = 11 * 60_000


@pytest.fixture(autouse=True)
def axe() -> str:
    """axe-core as a script."""
    install_modules()
    return (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def _look(page: Page, name: str) -> None:
    """What is shown now, and the same in English, is as it should be."""
    for lang in ("zh-CN", "en"):
        page.wait_for_function("(lang) => document.documentElement.lang === lang", arg=lang)
        found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", _AXE)
        wrong = [
            f"{one['id']}: {node['html']} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]
        assert wrong == [], f"{name} {lang}"
        assert page.evaluate(_OVERHANG) <= 0, f"{name} {lang} sticks out"
        page.locator("header .btn").last.click()
    page.wait_for_function("() => document.documentElement.lang === 'zh-CN'")


def _reach(page: Page, selector: str) -> bool:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return True
    return False


@pytest.mark.drill
def test_from_binding_to_receipt(any_scene: World, axe: str) -> None:
    scene = any_scene
    page = scene.phone.start(init=axe).page
    page.goto(f"{scene.base}/companion")
    page.wait_for_selector("main.bind")
    _look(page, "bind")
    page.get_by_label("绑定码").fill("wrong cod")
    page.keyboard.press("Enter")
    page.wait_for_selector(".say.bad:has-text('binding_refused')")
    _look(page, "bind-refused")
    page.get_by_label("绑定码").fill(scene.code().lower().replace("-", " "))
    page.keyboard.press("Enter")
    page.wait_for_selector("main.asking")
    _look(page, "asking")
    scene.approve()
    page.wait_for_selector("main.ready")
    _look(page, "ready")
    assert _reach(page, "main.ready .btn.act")
    page.keyboard.press("Enter")
    page.wait_for_selector("main.pan")
    _look(page, "pan")
    scene.phone.turn_round()
    page.locator("main.pan .btn.act:not([aria-disabled])").click()
    page.wait_for_selector("main.placing")
    _look(page, "placing")
    page.locator("main.placing .btn.act").click()
    page.wait_for_selector("main.filming .state.good")
    wait_until(lambda: scene.verified() >= 1, 30, "a segment arrives")
    _look(page, "filming")

    page.locator("header .btn").first.click()
    page.get_by_label("遇到了什么问题").fill("电脑黑屏了")
    page.get_by_role("button", name="发送求助").click()
    page.wait_for_selector("dialog:has-text('已发出，请等待回复')", timeout=15_000)
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", _AXE)
    assert [one["id"] for one in found["violations"]] == []
    request = staff.open_help(scene.center.database)[0]
    staff.answer(scene.center.database, request.id, "请重新启动电脑", actor(scene.center))
    page.wait_for_selector("dialog .answer:has-text('请重新启动电脑')", timeout=15_000)
    page.keyboard.press("Escape")
    staff.broadcast(scene.center.database, CODE, "第一场", "wait", actor(scene.center), FIRST_NUMBER)
    page.wait_for_selector(".notice:has-text('正在处理')", timeout=15_000)
    _look(page, "notice")
    page.get_by_role("button", name="知道了").click()

    scene.laptop.prepare()
    assert scene.laptop.enter().status_code == 200
    scene.clock.ahead_ms = _START_IN_MS  # the interview has begun, and the laptop is silent
    page.wait_for_selector(".release", timeout=20_000)
    _look(page, "release")
    assert len(page.inner_text(".code-big").replace("\n", "")) == 16

    page.locator("main.filming .foot .btn").click()
    page.wait_for_selector("dialog")
    assert page.locator("dialog .btn").last.get_attribute("aria-disabled") == "true"
    page.locator("dialog input").check()
    page.locator("dialog .btn").last.click()
    page.wait_for_selector("h1:has-text('已全部送达')", timeout=60_000)
    _look(page, "delivered")
    scene.end()
    page.wait_for_selector("h1:has-text('上传成功')", timeout=60_000)
    _look(page, "sent")


@pytest.mark.parametrize(
    ("hurdle", "started", "host", "words"),
    [
        ("insecure", {"names": "center.test"}, "center.test", "这个地址不能使用摄像头"),
        ("in_app", {"agent": _WECHAT, "init": _NO_CAMERA}, "127.0.0.1", "请用手机浏览器打开"),
        ("no_camera", {"init": _NO_CAMERA}, "127.0.0.1", "没有找到摄像头"),
        ("no_recorder", {"init": "delete window.MediaRecorder;"}, "127.0.0.1", "这个浏览器不能录像"),
    ],
    ids=["insecure", "in_app", "no_camera", "no_recorder"],
)
def test_what_stands_in_the_way_has_its_page(
    scene: World, axe: str, hurdle: str, started: dict[str, str], host: str, words: str
) -> None:
    page = scene.phone.start(**{**started, "init": f"{started.get('init', '')}\n{axe}"}).page  # type: ignore[arg-type]
    page.goto(scene.link().replace("127.0.0.1", host))
    page.wait_for_selector(f"main.hurdle h1:has-text('{words}')")
    _look(page, hurdle)


def test_a_camera_that_nobody_allows(scene: World, axe: str) -> None:
    page = scene.phone.start(asks=True, init=axe).page
    page.goto(scene.link())
    scene.approve()
    page.wait_for_selector("main.hurdle h1:has-text('没有摄像头或麦克风权限')")
    _look(page, "denied")


def test_one_page_films(scene: World, axe: str) -> None:
    scene.phone.start(init=axe)
    scene.bind()
    other = scene.phone.context.new_page()
    other.goto(f"{scene.base}/companion")
    other.wait_for_selector("main.hurdle h1:has-text('已在另一个页面打开')")
    _look(other, "elsewhere")
