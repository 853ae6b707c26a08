"""Everybody of one project, kept from round to round: only what is new is taken apart, and only what differs is told.

Blocking; one caller at a time. Knows nothing of who watches.
"""

from collections.abc import Callable

from sqlmodel import Session

from center.dashboard.rows import Facts, call_of, facts_of, row_of
from center.dashboard.tally import Tally
from center.store import projects, watching
from center.store.projects import SessionCase
from center.store.watching import Person, Word
from center.tables import SessionRow
from domain.errors import ProjectUnknown
from domain.risk import ORDER, Risk
from domain.wire.interview import Progress
from domain.wire.staff import Changes, EarlyCall, Overview, Row

Phones = Callable[[Session, str, int], dict[str, str]]


class Board:
    """One project. ``phones`` tells the phone's state of each of its sessions."""

    def __init__(self, project: str, tally: Tally, phones: Phones) -> None:
        self._project = project
        self._tally = tally
        self._phones = phones
        self._kept: dict[str, _Kept] = {}
        self._title = ""
        self._calls: list[EarlyCall] = []
        self._center_ms = 0

    def update(self, db: Session, now_ms: int) -> Changes:
        """Look at everybody; what changed. Raises ProjectUnknown."""
        judged = self._look(db, now_ms, None)
        changed = []
        for facts in judged:
            kept = self._kept[facts.person.session]
            if kept.facts != facts:
                kept.facts, kept.row = facts, row_of(facts)
                changed.append(kept.row)
        if len(judged) < len(self._kept):
            here = {facts.person.session for facts in judged}
            self._kept = {session: kept for session, kept in self._kept.items() if session in here}
        self._calls = [call_of(row) for row in watching.early_calls(db, self._project)]
        self._center_ms = now_ms
        return Changes(center_ms=now_ms, rows=changed, calls=self._calls)

    def overview(self) -> Overview:
        """Everybody as of the last ``update``, most urgent first."""
        rows = [kept.row for kept in self._kept.values() if kept.row is not None]
        rows.sort(key=lambda row: (ORDER[Risk(row.risk)], row.deadline_ms or 1 << 62, row.number))
        return Overview(
            project=self._project, title=self._title, center_ms=self._center_ms, rows=rows, calls=self._calls
        )

    def one(self, db: Session, now_ms: int, session: str) -> Row | None:
        """One candidate now; those who watch are told of it by the next ``update``."""
        judged = self._look(db, now_ms, session)
        return row_of(judged[0]) if judged else None

    def _look(self, db: Session, now_ms: int, session: str | None) -> list[Facts]:
        project = projects.project(db, self._project)
        if project is None:
            raise ProjectUnknown(self._project)
        self._title = project.title
        self._tally.update(db, now_ms)
        asked, done = watching.waiting_help(db), watching.confirmed(db, project.id)
        phones = self._phones(db, project.id, now_ms)
        batches = {batch.id: batch for batch in projects.batches_of(db, project.id)}
        judged = []
        for person, word in watching.people(db, project.id, session):
            name = person.session
            kept = self._kept.setdefault(name, _Kept())
            kept.learn(person, word)
            case = SessionCase(project, batches[person.batch], kept.session)
            arrivals, phone = self._tally.of(name), phones.get(name, "none")
            judged.append(
                facts_of(person, word, kept.told, case, arrivals, done.get(name), asked.get(name), phone, now_ms)
            )
        return judged


class _Kept:
    """One candidate between two rounds."""

    __slots__ = ("_person", "_word", "facts", "row", "session", "told")

    session: SessionRow

    def __init__(self) -> None:
        self._person: Person | None = None
        self._word: Word | None = None
        self.told = Progress()
        self.facts: Facts | None = None
        self.row: Row | None = None

    def learn(self, person: Person, word: Word | None) -> None:
        """Take apart what is new."""
        if person != self._person:
            self._person, self.session = person, person.row()
        if word != self._word:
            if word is not None and (self._word is None or word.progress != self._word.progress):
                self.told = Progress.model_validate_json(word.progress)
            self._word = word
