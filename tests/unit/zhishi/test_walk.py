"""Who presses next: what a page lets be pressed is pressed, and a person who clicks is left alone."""

from typing import Any

from domain.errors import StageClosed
from domain.stage import Stage
from ui.answerpages import Answering, End
from ui.entrypages import Attachment, Attachments, Confirm, Consent, Devices, Enter, Login, Pledge, Rule
from ui.pagestate import Page, PageState, Top
from zhishi.walk import Person, Walker, next_orders

WHO = Person("P", "1", "ID")


def said(page: Page) -> dict[str, Any]:
    """The state with ``page`` as the pages get it."""
    top = Top(center_ms=0, center_est=False, network="online")
    return PageState(lang="zh", stage=Stage(page.kind), stages=[], top=top, page=page).model_dump(mode="json")


def pressed(page: Page) -> list[str]:
    return [action for action, _ in next_orders(said(page), WHO)]


def rules(ticked: bool) -> list[Rule]:
    return [Rule(id=name, zh=name, en=name, ticked=ticked) for name in ("a", "b")]


def test_every_page_gets_what_it_waits_for() -> None:
    assert pressed(Devices(rules=rules(False))) == ["tick", "tick"]
    assert pressed(Devices(rules=rules(True), can_go_on=False)) == []
    assert pressed(Devices(rules=rules(True), can_go_on=True)) == ["checks_done"]
    assert pressed(Login(step="project")) == ["project"]
    assert pressed(Login(step="consent")) == [], "the text is not here yet"
    assert next_orders(said(Login(step="consent", consent=Consent(version="7"))), WHO) == [
        ("consent", {"version": "7", "accepted": False})
    ]
    assert pressed(Login(step="form", gate_zh="尚未开放")) == []
    assert next_orders(said(Login(step="form")), WHO) == [("login", {"number": "1", "id_number": "ID"})]
    assert pressed(Login(step="help")) == ["support"]
    assert pressed(Login(step="help", asked_support=True)) == []
    item = Attachment(id="x", title="x", media_type="text/markdown", url="/x")
    assert pressed(Attachments(items=[item.model_copy(update={"url": None})])) == []
    assert pressed(Attachments(items=[item])) == ["open"]
    assert pressed(Attachments(items=[item.model_copy(update={"opened": True})])) == ["read"]
    done = item.model_copy(update={"opened": True, "read": True})
    assert pressed(Attachments(items=[done])) == ["pledge"]
    assert pressed(Attachments(items=[done], pledge=Pledge(accepted=True))) == []
    assert pressed(Enter(can_enter=True)) == ["enter"]
    assert pressed(Enter(can_enter=True, entering=True)) == []
    assert pressed(Confirm()) == ["confirm"]
    assert pressed(Answering(phase="waiting")) == []
    assert pressed(Answering(phase="a4")) == ["a4_shown"]
    assert pressed(Answering(phase="questions")) == ["questions_shown"]
    assert pressed(Answering(phase="questions", ends_at_ms=1)) == []
    assert pressed(End()) == []


class Shown:
    """Pages whose state and answers are set by hand."""

    def __init__(self, page: Page) -> None:
        self.orders: list[str] = []
        self.refuse = False
        self.show(page)

    def show(self, page: Page) -> None:
        self.state = said(page)

    def must(self, action: str, **_fields: Any) -> None:
        if self.refuse:
            raise StageClosed
        self.orders.append(action)


def test_the_same_page_is_not_pressed_twice_at_once_and_again_when_nothing_came_of_it() -> None:
    now = [0.0]
    pages = Shown(Confirm())
    walker = Walker(pages, WHO, clock=lambda: now[0])
    pages.refuse = True
    assert walker.step() == []
    pages.refuse = False
    assert walker.step() == []
    now[0] += 3
    assert walker.step() == ["confirm"]
    assert walker.step() == []
    pages.show(Enter(can_enter=True))
    assert walker.step() == ["enter"]


def test_a_person_who_clicks_is_given_time() -> None:
    now = [0.0]
    pages = Shown(Devices(rules=rules(False)))
    walker = Walker(pages, WHO, 8, clock=lambda: now[0])
    walker.step()
    now[0] += 7
    assert walker.step() == []
    half = [rules(True)[0], rules(False)[1]]
    pages.show(Devices(rules=half))
    walker.step()
    assert walker.touched, "somebody ticked a rule"
    now[0] += 20
    assert walker.step() == []
    now[0] += 45
    assert walker.step() == ["tick"], "gone away: the walker goes on with what is left"


def test_what_the_walker_and_the_center_do_is_nobodys_click() -> None:
    now = [0.0]
    pages = Shown(Devices(rules=rules(False)))
    walker = Walker(pages, WHO, 8, clock=lambda: now[0])
    walker.step()
    now[0] += 9
    assert walker.step() == ["tick", "tick"]
    pages.show(Devices(rules=rules(True), can_go_on=False))
    now[0] += 1
    walker.step()
    now[0] += 30
    pages.show(Devices(rules=rules(True), can_go_on=True))
    assert walker.step() == ["checks_done"]
    pages.show(Login(step="help", asked_support=True))
    now[0] += 1
    walker.step()
    now[0] += 30
    pages.show(Attachments())
    walker.step()
    assert not walker.touched
