"""One candidate's page as support uses it: charts, devices, timeline, every act, callers, error codes."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import Session

from center.accounts.desk import NewAccount
from center.accounts.roles import Role
from center.store import candidates, interviews
from center.tables.interview import Candidate
from tests.acceptance.staff.conftest import sign_in
from tests.acceptance.staff.test_dashboard import ask_help, violations
from tests.integration.center.conftest import Running
from tests.support.candidates import Laptop, photo, stamp
from tests.support.center import Device
from tests.support.phones import Phone
from tests.support.staffing import new_account
from zhishi.sample import FIRST_ID_NUMBER

TROUBLE = "disk_nearly_full"


@pytest.fixture
def laptop(running: Running) -> Iterator[Laptop]:
    """A candidate who speaks, with a trouble."""
    made = Laptop(running.url).log_in_by_hand(running.center)
    for remaining in (9_000_000, 4_000_000):
        progress = {"recorder": "record", "remaining_bytes": remaining, "bytes_per_second": 50_000.0}
        made.heartbeat(progress={**progress, "troubles": [TROUBLE], "free_bytes": 700_000_000})
        running.clock.pass_ms(31_000)
    yield made
    made.close()


def opened(page: Page, running: Running, account: NewAccount, number: str) -> Locator:
    sign_in(page, running, account)
    page.get_by_role("button", name=number, exact=True).click()
    return page.get_by_role("complementary", name="考生")


def done(running: Running, action: str) -> list[str]:
    return [
        row.reason for row in running.center.database.read(lambda db: interviews.audits(db)) if row.action == action
    ]


def login_session(db: Session, login: str) -> str:
    row = candidates.login(db, login)
    assert row is not None
    return row.session


def act(page: Page, name: str, reason: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_label("原因").fill(reason)
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_chart_devices_timeline_and_the_script_of_an_error_code(
    page: Page, running: Running, account: NewAccount, laptop: Laptop
) -> None:
    device = Device(running.url, laptop.granted["code"])
    event = {"id": str(uuid.uuid4()), "kind": "focus_lost", "data": {}, "at": stamp()}
    assert laptop.post("/events", {"events": [event]}).status_code == 200
    person = opened(page, running, account, laptop.number)
    expect(person.get_by_role("figure")).to_contain_text("未上传 4.0 MB（最多时 9.0 MB），速度 0.4 Mbit/s")
    expect(person.locator("canvas")).to_have_count(1)
    expect(person).to_contain_text("剩余空间 700.0 MB")
    expect(person).to_contain_text("准予人工登录一次")
    timeline = person.locator(".timeline li")
    everything = timeline.count()
    person.get_by_role("button", name="电脑", exact=True).click()
    expect(timeline).to_have_count(1)
    expect(timeline).to_contain_text("面试窗口失去焦点")
    person.get_by_role("button", name="全部", exact=True).click()
    expect(timeline).to_have_count(everything)
    script = person.locator(".script", has_text=TROUBLE)
    script.locator("summary").click()
    expect(script).to_contain_text("磁盘空间即将不足")
    expect(script).to_contain_text("请考生现在就腾出空间")
    assert violations(page) == []
    device.close()


def test_a_caller_reads_out_a_code_or_what_the_screen_says(page: Page, running: Running, account: NewAccount) -> None:
    sign_in(page, running, account)
    page.get_by_role("button", name="查错误代码").click()
    dialog = page.get_by_role("dialog")
    for said in ("captive", "网络需要登录认证"):
        dialog.get_by_role("searchbox").fill(said)
        expect(dialog.locator(".script")).to_have_count(1)
        dialog.locator("summary").click()
        expect(dialog).to_contain_text("完成校园网或酒店网络的认证")
        dialog.locator("summary").click()
    dialog.get_by_role("searchbox").fill("no such thing")
    expect(dialog).to_contain_text("手册里没有这个代码")
    assert violations(page) == []
    dialog.get_by_role("button", name="关闭").click()
    expect(dialog).to_have_count(0)


def test_a_caller_is_found_by_each_of_the_four_ways(
    page: Page, running: Running, account: NewAccount, laptop: Laptop
) -> None:
    session = laptop.granted["session"]

    def renumber(db: Session) -> None:  # an ID whose end is in no number
        row = db.get_one(Candidate, session)
        row.id_tail = running.center.ids.tail("TEST-987X")
        db.add(row)

    running.center.database.write(renumber)
    sign_in(page, running, account)
    lines = page.locator("tr.line")
    lines.nth(1).wait_for()
    everybody = lines.count()
    code = str(laptop.get().json()["support_code"])
    for said in (laptop.number, "林晓", code, f"{code[:4]} {code[4:]}", "987x"):
        page.get_by_label("搜索").fill(said)
        expect(lines).to_have_count(1)
        expect(lines).to_contain_text(laptop.number)
        page.get_by_label("搜索").fill("")
        expect(lines).to_have_count(everybody)
    page.get_by_label("搜索").fill("xxxx")
    expect(page.get_by_text("没有符合条件的考生")).to_be_visible()


def test_phone_and_upload_acts_are_done_with_a_reason(
    page: Page, running: Running, account: NewAccount, laptop: Laptop
) -> None:
    phone = Phone(running.url)
    phone.bind(laptop.post("/bindings").json()["link"])
    assert laptop.post("/companion/approve", {"device": phone.id}).status_code == 200
    person = opened(page, running, account, laptop.number)
    expect(person).to_contain_text("Pixel 7")
    act(page, "请电脑立即上传", "剩余太多")
    expect(person).to_contain_text("已请电脑立即上传")
    act(page, "换手机（解除绑定）", "手机坏了")
    expect(person.locator(".devices li", has_text="Pixel 7")).to_contain_text("已解除")
    act(page, "重新进入", "死机")
    expect(person).to_contain_text("已准予：准予迟到进入、换电脑登录")
    assert [done(running, one) for one in ("send_now", "unbind_phone", "admit_takeover")] == [
        ["剩余太多"],
        ["手机坏了"],
        ["死机"],
    ]
    page.get_by_role("button", name="结束手机录制", exact=True).click()
    page.get_by_label("原因").fill("忘在原处")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("前面的环节尚未完成")  # the session is not over
    with page.context.expect_page() as carried:
        person.get_by_role("link", name="接收离线数据包").click()
    assert carried.value.url == f"{running.url}/rescue"
    phone.close()


def test_support_compares_two_faces_before_logging_in_by_hand(
    page: Page, running: Running, account: NewAccount
) -> None:
    laptop = Laptop(running.url)
    begun = laptop.begin(consent={"version": "2026-1", "accepted": True}).json()
    session = running.center.database.read(lambda db: login_session(db, begun["login"]))
    now = running.clock.wall_ms()
    running.center.stills.keep(session, photo(), now, now + 60_000)
    opened(page, running, account, laptop.number)
    page.get_by_role("button", name="人工登录", exact=True).click()
    dialog = page.get_by_role("dialog")
    for name in ("登录时的画面", "报名照片"):
        picture = dialog.get_by_role("img", name=name)
        expect(picture).to_be_visible()
        page.wait_for_function("(shown) => shown.complete && shown.naturalWidth > 0", arg=picture.element_handle())
    assert violations(page) == []
    assert len(done(running, "view_face")) == 2
    page.get_by_label("原因").fill("与证件照片一致")
    page.get_by_role("button", name="确认", exact=True).click()
    expect(dialog).to_have_count(0)
    assert laptop.grant(begun["login"]).status_code == 200
    laptop.close()


def test_a_request_is_handed_over_and_given_back(
    page: Page, running: Running, account: NewAccount, laptop: Laptop
) -> None:
    new_account(running.center, "陈晨", Role.SUPPORT)
    ask_help(laptop, "没有声音")
    person = opened(page, running, account, laptop.number)
    person.get_by_role("button", name="认领").click()
    expect(person.locator(".helps")).to_contain_text("认领：张敏")
    person.get_by_label("转交").select_option("陈晨")
    expect(person.locator(".helps")).to_contain_text("认领：陈晨")
    person.get_by_role("button", name="接手").click()
    expect(person.locator(".helps")).to_contain_text("认领：张敏")
    person.get_by_label("转交").select_option("交回，等人认领")
    expect(person.get_by_role("button", name="认领")).to_be_visible()
    expect(page).to_have_title("(1) 考务平台")


def test_the_projector_theme_is_dark_readable_and_stays(page: Page, running: Running, account: NewAccount) -> None:
    sign_in(page, running, account)
    page.get_by_role("button", name="投影（深色）").click()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    assert violations(page) == []
    page.reload()
    expect(page.get_by_role("button", name="投影（深色）")).to_have_attribute("aria-pressed", "true")
    page.locator("tr.line button").first.click()
    expect(page.get_by_role("complementary", name="考生").get_by_role("heading", name="操作")).to_be_visible()
    assert violations(page) == []


def test_a_new_call_is_heard_unless_the_sound_is_off(
    page: Page, running: Running, account: NewAccount, laptop: Laptop
) -> None:
    page.evaluate("() => localStorage.removeItem('sound')")
    page.add_init_script(
        "window.heard = 0; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (...given) { window.heard += 1; return start.apply(this, given); };"
    )
    page.reload()
    sign_in(page, running, account)
    ask_help(laptop, "一")
    expect(page).to_have_title("(1) 考务平台")
    page.wait_for_function("() => window.heard === 1")
    page.get_by_role("button", name="求助提示音").click()
    other = Laptop(running.url, "20260002", "TEST-000002")
    order = {
        "id": str(uuid.uuid4()),
        "project": "SAMPLE",
        "number": "",
        "text": "二",
        "stage": "login",
        "at": stamp(),
    }
    assert other.http.post("/api/v1/help", json=order).status_code == 200
    expect(page).to_have_title("(2) 考务平台")
    assert page.evaluate("() => window.heard") == 1
    other.close()


def test_an_administrator_looks_on_and_has_no_button_that_would_be_refused(
    page: Page, running: Running, laptop: Laptop
) -> None:
    ask_help(laptop, "没有声音")
    person = opened(page, running, new_account(running.center, "赵静", Role.ADMINISTRATOR), laptop.number)
    expect(person).to_contain_text("没有声音")
    expect(person.get_by_role("heading", name="过程记录")).to_be_visible()
    buttons = set(person.get_by_role("button").all_inner_texts())
    assert buttons == {"关闭", "全部", "电脑", "手机", "平台", "人员"}
    page.get_by_label("搜索").fill(FIRST_ID_NUMBER[-4:])  # who may not help cannot ask whose id this is either
    expect(page.get_by_role("alert")).to_have_count(0)
