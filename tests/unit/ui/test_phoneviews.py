"""What pages show of the phone: never more than is known."""

import pytest

from domain.companion import BindingState, is_bound
from domain.wire.interview import Binding, BindingAnswer, Phone
from host.clock import Moment
from tests.unit.ui.test_facts_and_due import START, logged_in, view
from ui.facts import Facts
from ui.known import Known
from ui.phoneviews import binding_page, phone_panel, phone_todo

ID = "018f0000-0000-7000-8000-00000000ab3f"


def known(state: str, *, online: bool = True, required: bool = True, link: str = "", **more: object) -> Known:
    told = Binding.model_validate({"state": state, "required": required, **more})
    seen = view()
    facts: Facts = logged_in(view=seen.model_copy(update={"state": seen.state.model_copy(update={"binding": told})}))
    made = BindingAnswer(code="ABCD-EFGH", link=link, expires_ms=START) if link else None
    return Known(facts=facts, now=Moment("b", 1, START, False, START), online=online, binding=made, binding_link=link)


@pytest.mark.parametrize("state", BindingState)
def test_without_a_line_nobody_says_how_a_bound_phone_is(state: BindingState) -> None:
    shown = binding_page(known(state, online=False)).phone
    if is_bound(state) and state is not BindingState.DONE:
        assert shown == "unknown"
    else:
        assert shown == {"none": "unbound"}.get(state.value, state.value)
    assert binding_page(known(state)).phone == {"none": "unbound"}.get(state.value, state.value)


def test_the_phone_that_asks_shows_the_same_four_digits() -> None:
    page = binding_page(known("asking", asking=Phone(device=ID, name="Pixel 7")))
    assert page.asking is not None
    assert (page.asking.name, page.asking.tail) == ("Pixel 7", "AB3F")


def test_low_battery_is_said_unless_it_charges() -> None:
    for charging, low in ((False, True), (None, True), (True, False)):
        page = binding_page(known("recording", phone=Phone(device=ID, name="x", battery=0.1, charging=charging)))
        assert page.bound is not None
        assert page.bound.low_battery is low


def test_the_address_is_judged_once_there_is_one_and_its_secret_is_not_shown() -> None:
    assert binding_page(known("none")).trouble == ""
    page = binding_page(known("waiting", link="http://192.168.1.2:8700/companion#secret"))
    assert (page.trouble, page.address) == ("insecure", "http://192.168.1.2:8700/companion")
    assert binding_page(known("waiting", link="https://center.example/companion#secret")).trouble == ""


def test_no_phone_panel_where_none_is_demanded_or_known() -> None:
    assert phone_panel(known("none", required=False)) is None
    assert phone_panel(known("waiting", required=False)) is None
    assert phone_panel(known("asking", required=False, asking=Phone(device=ID, name="x"))) is not None
    assert phone_panel(known("recording", required=False)) is not None
    assert phone_panel(known("none")) is not None


@pytest.mark.parametrize("state", [*BindingState, "unbound", "unknown", "a word of a newer center"])
def test_there_is_always_something_to_do(state: str) -> None:
    words = phone_todo(state)
    assert words.zh
    assert words.en
