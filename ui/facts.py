"""What has happened in the interview on this machine, kept durably: ``state/interview.json``.

Owns the facts, the outbox of what the center has not been told yet, and their file. A fact and the message about it
are written in one step. The stage is never stored: ``situation`` gives what ``domain.stage`` works it out from.
"""

import threading
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from domain.companion import is_bound
from domain.errors import SpoolUnreadable
from domain.stage import Situation
from domain.wire import Wire
from domain.wire.interview import InterviewView, Stamp
from domain.wire.login import Granted, ProjectBody
from host.durable import read_json, replace, write_json

RULES = ("alone", "desk", "power", "phone")  # the rules of the room; their words are in ``ui.words``


class Outgoing(Wire):
    """Something the center is to be told, in order. ``id`` makes telling it twice harmless."""

    id: str
    kind: Literal["read", "pledge", "help", "event", "end"]
    at: Stamp
    fields: dict[str, Any] = Field(default_factory=dict)


class HelpSaid(Wire):
    """A call for help made here.

    ``early``: before login, so it goes out by itself instead of through the outbox, with what was typed; ``code`` is
    set once the center has it, ``answer`` once support has answered.
    """

    id: str
    text: str
    at_ms: int
    early: bool = False
    stage: str = ""
    project: str = ""
    number: str = ""
    code: str = ""
    answer: str = ""


class Picked(Wire):
    """The devices the person chose; None: whatever is first."""

    camera: str | None = None
    microphone: str | None = None
    screen: str | None = None


class Practice(Wire):
    """This is a practice interview: what to log in with, and whether the program cuts its own line for a while."""

    project: str
    number: str
    id_number: str
    cut: bool = False


class Facts(Wire):
    """Everything that happened; ``*_ms`` is center time. Frozen: ``FactStore.put`` makes the next one."""

    lang: Literal["zh", "en"] = "zh"
    ticked: tuple[str, ...] = ()
    heard: bool | None = None
    checks_done_ms: int | None = None
    picked: Picked = Picked()
    project: ProjectBody | None = None
    hotline: str = ""  # of the last project heard of: shown before login and without network too
    consent_version: str | None = None
    consent_accepted: bool = False
    number: str = ""
    practice: Practice | None = None
    typed_project: str = ""  # what the login form was given last, right or wrong: for support
    typed_number: str = ""
    granted: Granted | None = None  # the active login; its code is used up once ``enrolled``
    enrolled: bool = False
    view: InterviewView | None = None
    opened: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    pledge_ms: int | None = None
    entering_ms: int | None = None  # 进入考试 was pressed; the center is asked until it answers
    entered_ms: int | None = None
    entered_by: Literal["center", "code"] | None = None
    devices_confirmed_ms: int | None = None
    a4_shown_ms: int | None = None
    questions_shown_ms: int | None = None
    ended_ms: int | None = None
    ended_by: Literal["candidate", "time", "center"] | None = None
    wiped: bool = False  # the questions are gone from this machine
    help: tuple[HelpSaid, ...] = ()
    seen: tuple[str, ...] = ()
    outbox: tuple[Outgoing, ...] = ()

    @property
    def session(self) -> str | None:
        """The session this machine is a device of; None before that."""
        return self.granted.session if self.granted is not None and self.enrolled else None

    @property
    def attachments_read(self) -> frozenset[str]:
        """Ids of this interview's attachments that were read, here or on another machine."""
        if self.view is None:
            return frozenset()
        told = set(self.read) | set(self.view.state.facts.attachments_read)
        return frozenset(entry.id for entry in self.view.attachments if entry.id in told)

    def situation(self) -> Situation:
        """What ``domain.stage`` decides by. Here or at the center: a fact known to either is a fact."""
        view = self.view
        if view is None or self.session is None:
            return Situation(checks_passed=self.checks_done_ms is not None, rules_ticked=set(self.ticked) >= set(RULES))
        told = view.state.facts
        return Situation(
            schedule=view.state.schedule.schedule(),
            checks_passed=self.checks_done_ms is not None,
            rules_ticked=set(self.ticked) >= set(RULES),
            logged_in=True,
            companion_required=view.state.binding.required,
            companion_bound=is_bound(view.state.binding.state),
            binding_waived=view.state.binding.waived,
            attachments=len(view.attachments),
            attachments_read=len(self.attachments_read),
            pledge_accepted=self.pledge_ms is not None or told.pledge_ms is not None,
            entered=self.entered_ms is not None or told.entered_ms is not None,
            may_enter_late=told.may_enter_late,
            devices_confirmed=self.devices_confirmed_ms is not None,
            questions_shown_ms=_first(self.questions_shown_ms, told.questions_shown_ms),
            ended=self.ended_ms is not None or told.ended_ms is not None,
        )


def _first(here: int | None, there: int | None) -> int | None:
    """The earlier of two moments either of which may be unknown."""
    known = [moment for moment in (here, there) if moment is not None]
    return min(known) if known else None


class FactStore:
    """The facts of the current interview on the disk. Safe to share between threads.

    Raises SpoolUnreadable at construction when the file is there but damaged: nobody may begin anew over it unseen.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._facts = self._load()

    @property
    def now(self) -> Facts:
        """The facts as they are; a frozen copy."""
        return self._facts

    def put(self, *, tell: Outgoing | None = None, **changes: Any) -> Facts:
        """Change facts and, in the same step, queue a message. On the disk first. Raises StorageError."""
        with self._lock:
            outbox = self._facts.outbox if tell is None else (*self._facts.outbox, tell)
            made = self._facts.model_copy(update={**changes, "outbox": outbox})
            if made != self._facts:
                write_json(self._path, made.model_dump(mode="json"))
                self._facts = made
            return made

    def amend_help(self, call: str, made: HelpSaid | None) -> None:
        """Put ``made`` in the place of a call for help, or take it back. Raises StorageError."""
        with self._lock:
            calls = tuple(made if said.id == call else said for said in self._facts.help)
            changed = self._facts.model_copy(update={"help": tuple(said for said in calls if said is not None)})
            write_json(self._path, changed.model_dump(mode="json"))
            self._facts = changed

    def told(self, ids: frozenset[str]) -> None:
        """The center knows these messages. Raises StorageError."""
        with self._lock:
            left = tuple(message for message in self._facts.outbox if message.id not in ids)
            made = self._facts.model_copy(update={"outbox": left})
            write_json(self._path, made.model_dump(mode="json"))
            self._facts = made

    def put_away(self) -> None:
        """Keep this interview's facts under its session's name and begin anew (language, devices, hotline stay)."""
        with self._lock:
            old = self._facts
            if self._path.exists():
                replace(self._path, self._path.with_name(f"interview-{old.session or 'none'}.json"))
            self._facts = Facts(lang=old.lang, picked=old.picked, hotline=old.hotline)

    def _load(self) -> Facts:
        if not self._path.exists():
            return Facts()
        try:
            return Facts.model_validate(read_json(self._path))
        except ValidationError as why:
            raise SpoolUnreadable(f"{self._path}: {why.errors()[0]['loc']}: {why.errors()[0]['msg']}") from why
