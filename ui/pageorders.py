"""What a page may ask for: ``POST /api/do`` with ``{"action": …}`` and the fields of one order below.

Shapes only; what an order does and whether it is allowed is decided by ``ui.flow``.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from domain.errors import BadInput

Text = Annotated[str, Field(max_length=2000)]
Word = Annotated[str, Field(max_length=200)]


class Order(BaseModel):
    """Base of every order."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SetLang(Order):
    """Switch the language."""

    action: Literal["lang"]
    lang: Literal["zh", "en"]


class TickRule(Order):
    """Tick or untick a rule of the room."""

    action: Literal["tick"]
    id: Word
    ticked: bool


class Choose(Order):
    """Use other devices; what is None stays."""

    action: Literal["choose"]
    camera: Word | None = None
    microphone: Word | None = None
    screen: Word | None = None


class Heard(Order):
    """The person says whether the test recording was seen and heard well."""

    action: Literal["heard"]
    ok: bool


class GiveConsent(Order):
    """Agree (or not) to the text of this version."""

    action: Literal["consent"]
    version: Word
    accepted: bool


class NameProject(Order):
    """The project code, as typed."""

    action: Literal["project"]
    project: Annotated[str, Field(min_length=1, max_length=64)]


class LogIn(Order):
    """Who logs in. The id number is sent on and never kept. ``takeover``: replace a login on another machine."""

    action: Literal["login"]
    number: Annotated[str, Field(min_length=1, max_length=64)]
    id_number: Annotated[str, Field(min_length=1, max_length=64)]
    takeover: bool = False


class OfAttachment(Order):
    """``open`` an attachment, or mark it 已阅 (``read``)."""

    action: Literal["open", "read"]
    id: Word


class OfPhone(Order):
    """``approve`` the phone that asks, or ``unbind`` it or the bound one."""

    action: Literal["approve", "unbind"]
    device: Word


class AcceptPledge(Order):
    """Accept the integrity pledge of this version."""

    action: Literal["pledge"]
    version: Word


class Release(Order):
    """A release code, or a code by which support grants entry, as typed."""

    action: Literal["release"]
    code: Word


class Help(Order):
    """Call for help; ``text`` may be empty."""

    action: Literal["help"]
    text: Text = ""


class Note(Order):
    """What the page noticed: focus_lost | focus_back | screenshot_key | copy | print."""

    action: Literal["note"]
    kind: Literal["focus_lost", "focus_back", "screenshot_key", "copy", "print"]


class Turned(Order):
    """Another question is on the screen: its number, from 1."""

    action: Literal["question"]
    number: Annotated[int, Field(ge=1, le=1000)]


class Seen(Order):
    """A notice was read."""

    action: Literal["seen"]
    id: Word


class CarryTo(Order):
    """Write the rescue bundle into ``folder``, one of the places shown."""

    action: Literal["carry"]
    folder: Annotated[str, Field(min_length=1, max_length=4096)]


class Plain(Order):
    """Orders without fields.

    recheck: run the device checks again. refresh: list devices, ask the center again (刷新, 刷新设备).
    record_test: the five-second test recording. checks_done: 下一步 of the device page.
    login_again: a new face try. login_back: back to the project code. support: ask support to log in by hand.
    rebind: a new binding code. enter: 进入考试. confirm: 进入待考. a4_shown: both sides were shown.
    questions_shown: the questions are on the screen now. fetch: 获取题目.
    end: 结束考试 (confirmed in a dialog already). retry: upload again now.
    carry_offer: look for places for the rescue bundle; carry_away: put that away again.
    close, close_anyway, stay: the window's close button and the answers to what is asked then.
    save_receipt: a copy of the receipt into the person's own folder.
    new: put this interview away and begin another (before entering, or once its receipt is here).
    rehearse: 考前模拟测试, before login.
    """

    action: Literal[
        "recheck",
        "refresh",
        "record_test",
        "checks_done",
        "login_again",
        "login_back",
        "support",
        "rebind",
        "enter",
        "confirm",
        "a4_shown",
        "questions_shown",
        "fetch",
        "end",
        "retry",
        "carry_offer",
        "carry_away",
        "close",
        "close_anyway",
        "stay",
        "save_receipt",
        "new",
        "rehearse",
    ]


AnyOrder = Annotated[
    SetLang
    | TickRule
    | Choose
    | Heard
    | GiveConsent
    | NameProject
    | LogIn
    | OfAttachment
    | OfPhone
    | AcceptPledge
    | Release
    | Help
    | Note
    | Turned
    | Seen
    | CarryTo
    | Plain,
    Field(discriminator="action"),
]
_ADAPTER: TypeAdapter[AnyOrder] = TypeAdapter(AnyOrder)


def read_order(raw: bytes) -> AnyOrder:
    """The order in ``raw`` JSON; raises BadInput naming the field."""
    try:
        return _ADAPTER.validate_json(raw)
    except ValidationError as why:
        first = why.errors()[0]
        raise BadInput(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from why
