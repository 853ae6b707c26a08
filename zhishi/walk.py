"""What a person presses next, from devices to the end: for the demo, where nobody has to be there.

``next_orders`` is pure: a PageState in, the orders a patient candidate would give out. ``Walker`` gives them once
nobody else did for a while. No rule of the interview is here: whatever may be pressed, the page says.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from domain.errors import ZhishiError
from zhishi.pageclient import State

Order = tuple[str, dict[str, Any]]  # action and fields, as ``ui.pageorders``
_OWN_S = 4.0  # a change so soon after an order of ours is its effect
_AGAIN_S = 2.0  # an order that changed nothing is given again
_TOUCHED_S = 60.0


@dataclass(frozen=True, slots=True)
class Person:
    """Who is on the roster."""

    project: str
    number: str
    id_number: str


def next_orders(state: State, who: Person) -> list[Order]:
    """What to press now; empty: wait. Never ends the interview: that is for whoever walks to decide."""
    page = state["page"]
    found = _PAGES.get(page["kind"])
    seen: list[Order] = [("seen", {"id": notice["id"]}) for notice in state["notices"] if _asks(notice["id"])]
    return [*seen, *(found(page, who) if found is not None else [])]


def _asks(notice: str) -> bool:
    """What staff announce, and what a practice says, is put away by a click; the rest goes by itself."""
    return notice.startswith(("center-", "practice-")) and notice != "practice-cut"


def _devices(page: State, _who: Person) -> list[Order]:
    ticks: list[Order] = [("tick", {"id": rule["id"], "ticked": True}) for rule in page["rules"] if not rule["ticked"]]
    if ticks:
        return ticks
    return [("checks_done", {})] if page["can_go_on"] else []


def _login(page: State, who: Person) -> list[Order]:
    """Without a face: the registered photo is nobody's who walks here, so support is asked."""
    step = page["step"]
    if step == "project":
        return [("project", {"project": who.project})]
    if step == "consent":
        version = page["consent"]["version"]
        return [("consent", {"version": version, "accepted": False})] if version else []
    if step == "form":
        return [("login", {"number": who.number, "id_number": who.id_number})] if not page["gate_zh"] else []
    if step in ("face", "retry", "help") and not page["asked_support"]:
        return [("support", {})]
    return []


def _attachments(page: State, _who: Person) -> list[Order]:
    for item in page["items"]:
        if not item["read"]:
            if item["url"] is None:
                return []
            return [("read" if item["opened"] else "open", {"id": item["id"]})]
    return [] if page["pledge"]["accepted"] else [("pledge", {"version": page["pledge"]["version"]})]


def _enter(page: State, _who: Person) -> list[Order]:
    return [("enter", {})] if page["can_enter"] and not page["entering"] else []


def _confirm(_page: State, _who: Person) -> list[Order]:
    return [("confirm", {})]


def _answering(page: State, _who: Person) -> list[Order]:
    if page["phase"] == "a4":
        return [("a4_shown", {})]
    unseen = page["phase"] == "questions" and page["ends_at_ms"] is None
    return [("questions_shown", {})] if unseen else []


_PAGES: dict[str, Callable[[State, Person], list[Order]]] = {
    "devices": _devices,
    "login": _login,
    "attachments": _attachments,
    "enter": _enter,
    "confirm": _confirm,
    "answering": _answering,
}


class Pages(Protocol):
    """What a walker needs of ``zhishi.pageclient.PageClient``."""

    @property
    def state(self) -> dict[str, Any]:
        """The newest PageState."""
        ...

    def must(self, action: str, **fields: Any) -> None:
        """Order something; raises what the program says to it."""
        ...


class Walker:
    """Goes on when nobody does: at once with ``patience_s`` 0; once a person pressed something, after a minute."""

    def __init__(
        self, pages: Pages, who: Person, patience_s: float = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pages = pages
        self.who = who
        self._patience_s = patience_s
        self._clock = clock
        self._page: object = None
        self._marks = ""
        self._since = clock()
        self._acted = self._since - _OWN_S
        self._acted_on: object = None
        self.touched = False  # a person pressed something

    def step(self) -> list[str]:
        """Press what is due; what was pressed. What the program refuses is tried again at a later step."""
        state, now = self._pages.state, self._clock()
        if not state:
            return []
        self._notice(state, now)
        patience_s = _TOUCHED_S if self.touched and self._patience_s else self._patience_s
        waiting = state["page"] == self._acted_on and now - self._acted < _AGAIN_S
        if now - self._since < patience_s or waiting:
            return []
        pressed = []
        for action, fields in next_orders(state, self.who):
            self._acted, self._acted_on = now, state["page"]
            try:
                self._pages.must(action, **fields)
            except ZhishiError:  # the page has moved on, or the center is away: a later step sees
                break
            pressed.append(action)
        return pressed

    def _notice(self, state: State, now: float) -> None:
        """Begin to wait anew where a page or something on it is new; see whether a person did that."""
        marks = _marks(state)
        if state["page"]["kind"] == self._page and marks == self._marks:
            return
        if marks != self._marks and self._marks and now - self._acted > _OWN_S:
            self.touched = True
        self._page, self._marks, self._since = state["page"]["kind"], marks, now


def _marks(state: State) -> str:
    """What only a person changes: where time or the center moves a page on, nobody pressed anything."""
    page = state["page"]
    told = {
        "ticked": sum(rule["ticked"] for rule in page.get("rules", ())),
        "opened": sum(item["opened"] + item["read"] for item in page.get("items", ())),
    }
    step = page.get("step") if page.get("step") in ("consent", "form") else None
    return json.dumps([step, *told.values()]) if page["kind"] in ("devices", "login", "attachments") else ""
