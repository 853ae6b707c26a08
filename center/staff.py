"""What support and administrators do to an interview: allow, release, answer, move a batch. Every act is in the audit.

Owns nothing but these acts, each in one transaction, safe beside a running center. Who ``by`` is, is asked on the
command line until staff log in. Prints nothing.
"""

from dataclasses import dataclass

from sqlmodel import Session

from center import chronicle, questions
from center.folder.roster import plain
from center.projecttexts import texts_of
from center.store import accounts, candidates, interviews, projects
from center.store.candidates import CandidateCase, PermissionKind
from center.store.database import Database
from center.tables import Batch, Project
from center.tables.interview import HelpRow, NoticeRow, Permission
from domain import readout
from domain.errors import BadInput, StageClosed

_TEXT_MOST = 2000
_REASON_MOST = 500


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, why, and when (center time)."""

    by: str
    reason: str
    now_ms: int

    def __post_init__(self) -> None:
        """Raises BadInput when nobody is named."""
        if not 1 <= len(self.by.strip()) <= 120 or len(self.reason) > _REASON_MOST:
            raise BadInput(f"by: who acts, 1 to 120 characters; reason: at most {_REASON_MOST}")


@dataclass(frozen=True, slots=True)
class OpenHelp:
    """A request for help that nobody answered yet.

    ``logged_in`` False: made before login, so ``project`` and ``number`` are as typed, unchecked, and there is no name.
    """

    id: str
    project: str
    number: str
    name: str
    support_code: str
    stage: str
    text: str
    asked_ms: int
    logged_in: bool


def require_reason(actor: Actor) -> None:
    """Raises BadInput without one."""
    if not actor.reason.strip():
        raise BadInput("reason: why, in a few words")


def admit(database: Database, project: str, number: str, kinds: set[PermissionKind], actor: Actor) -> None:
    """Allow ``kinds`` to a candidate; raises BadInput without a reason or for an unknown number."""
    if not actor.reason.strip() or not kinds:
        raise BadInput("reason: why, in a few words")

    def change(db: Session) -> None:
        found = _candidate(db, project, number)
        known = candidates.permissions(db, found.session)
        for kind in sorted(kinds - known):
            row = Permission(
                session=found.session, kind=kind.value, by=actor.by, reason=actor.reason, at_ms=actor.now_ms
            )
            projects.keep(db, row)
            _audit(db, actor, f"admit_{kind.value}", found)

    database.write(change)


def entry_code(database: Database, project: str, number: str, actor: Actor) -> str:
    """The code by which a laptop without network enters; the center counts it as entered from now on.

    Raises BadInput, and StageClosed before the door opens or after it closed (unless late entry was allowed).
    """

    def change(db: Session) -> str:
        found = _candidate(db, project, number)
        schedule = found.case.schedule
        late = PermissionKind.ENTER_LATE in candidates.permissions(db, found.session)
        if actor.now_ms < schedule.enter_opens_ms or (actor.now_ms >= schedule.start_ms and not late):
            raise StageClosed("不在可进入的时间内 / the door is not open now")
        if found.progress.entered_ms is None:
            found.progress.entered_ms = actor.now_ms
            projects.keep(db, found.progress)
        _audit(db, actor, "entry_code", found)
        return readout.write(found.progress.entry)

    return database.write(change)


def release(database: Database, project: str, number: str, actor: Actor) -> str:
    """The release code (放题码), to be read out; raises QuestionsSealed before the start, StageClosed, BadInput."""

    def change(db: Session) -> str:
        found = _candidate(db, project, number)
        return questions.release_code(db, found, actor.by, actor.reason, actor.now_ms)

    return database.write(change)


def end_login(database: Database, project: str, number: str, actor: Actor) -> None:
    """End the active login: its act token is void, uploads go on; raises BadInput."""

    def change(db: Session) -> None:
        found = _candidate(db, project, number)
        found.progress.act_sha256, found.progress.act_login = None, ""
        projects.keep(db, found.progress)
        _audit(db, actor, "end_login", found)

    database.write(change)


def open_help(database: Database) -> list[OpenHelp]:
    """Requests that wait for an answer, oldest first."""

    def query(db: Session) -> list[OpenHelp]:
        found = []
        for row in interviews.open_help(db):
            case = None if row.session is None else candidates.by_session(db, row.session)
            if case is not None:
                who = case.candidate
                said = (who.project, who.number, who.name, who.support_code)
                found.append(OpenHelp(row.id, *said, row.stage, row.text, row.asked_ms, logged_in=True))
            elif row.session is None:
                said = (row.project, row.number, "", row.code or "")
                found.append(OpenHelp(row.id, *said, row.stage, row.text, row.asked_ms, logged_in=False))
        return found

    return database.read(query)


def answer(database: Database, request: str, text: str, actor: Actor) -> None:
    """Answer a request for help; raises BadInput for an unknown or answered one.

    While its candidate answers questions only a set phrase may be sent; so too to whoever calls before login under the
    number of somebody who answers.
    """

    def change(db: Session) -> None:
        row = interviews.help_request(db, request)
        if row is None:
            raise BadInput(f"help {request}: unknown")
        if row.answer is not None:
            raise BadInput(f"help {request}: answered already")
        found = _caller(db, row)
        project = found.case.project if found is not None else projects.project(db, row.project)
        words, _ = _words(project, None if found is None else found.case.batch, text, actor.now_ms)
        row.answer, row.answered_by, row.answered_ms = words, actor.by, actor.now_ms
        projects.keep(db, row)
        session = row.session  # nothing typed before login gets onto anybody's timeline
        name = "" if project is None else project.id
        chronicle.audit(db, actor.by, "answer", name, actor.now_ms, session=session, request=request)

    database.write(change)


def claim(database: Database, request: str, to: str, actor: Actor) -> None:
    """``to`` takes a request (empty: it is given back); raises BadInput for an unknown or answered one."""

    def change(db: Session) -> None:
        row = interviews.help_request(db, request)
        if row is None or row.answer is not None:
            raise BadInput(f"help {request}: unknown or answered")
        if to and accounts.account(db, to) is None:
            raise BadInput(f"staff {to}: unknown")
        found = None if row.session is None else candidates.by_session(db, row.session)
        project = row.project if found is None else found.case.project.id
        before, row.claimed_by = row.claimed_by, to
        projects.keep(db, row)
        told = {"request": request, "before": before, "after": to}
        chronicle.audit(db, actor.by, "claim", project, actor.now_ms, session=row.session, **told)

    database.write(change)


def extra_time(database: Database, project: str, number: str, extra_ms: int, actor: Actor) -> None:
    """More time to answer for one candidate; raises BadInput when the session is over or nothing is given."""

    def change(db: Session) -> None:
        found = _candidate(db, project, number)
        row = found.case.session
        if extra_ms <= 0 or found.case.ended_ms(actor.now_ms) is not None:
            raise BadInput("give more than nothing, before the session is over")
        row.extra_ms += extra_ms
        projects.keep(db, row)
        minutes = f"{extra_ms / 60_000:g}"
        words = f"您的答题时间延长 {minutes} 分钟", f"You have {minutes} more minutes to answer"
        _tell(db, found.case.batch, "schedule", *words, actor, found.session)
        _audit(db, actor, "extra_time", found, extra_ms=str(extra_ms))

    database.write(change)


def extend_window(database: Database, project: str, number: str, extra_ms: int, actor: Actor) -> None:
    """A later end of the upload window for one candidate; raises BadInput without a reason or when nothing is given.

    What is late already is late no longer when the new end lies ahead: receipts are issued against it.
    """
    if not actor.reason.strip() or extra_ms <= 0:
        raise BadInput("reason: why, in a few words; and more than nothing")

    def change(db: Session) -> None:
        found = _candidate(db, project, number)
        found.case.session.window_extra_ms += extra_ms
        projects.keep(db, found.case.session)
        minutes = f"{extra_ms / 60_000:g}"
        words = f"您的上传时限延长 {minutes} 分钟", f"You have {minutes} more minutes to upload"
        _tell(db, found.case.batch, "schedule", *words, actor, found.session)
        _audit(db, actor, "extend_window", found, extra_ms=str(extra_ms))

    database.write(change)


def send_now(database: Database, project: str, number: str, actor: Actor) -> None:
    """The laptop's sync daemon tries everything again at its next contact, whatever it paused or put off.

    Raises BadInput without a reason.
    """
    if not actor.reason.strip():
        raise BadInput("reason: why, in a few words")

    def change(db: Session) -> None:
        found = _candidate(db, project, number)
        found.case.session.send_now_ms = actor.now_ms
        projects.keep(db, found.case.session)
        _audit(db, actor, "send_now", found)

    database.write(change)


def broadcast(database: Database, project: str, batch: str, text: str, actor: Actor, number: str = "") -> None:
    """Tell a batch, or one candidate of it; ``text`` may name a set phrase. While it answers, only set phrases."""

    def change(db: Session) -> None:
        row = _batch(db, project, batch)
        owner = projects.project(db, row.project)
        if owner is None:
            raise BadInput(f"project {project}: unknown")
        zh, en = _words(owner, row, text, actor.now_ms)
        session = None
        if number:
            found = _candidate(db, project, number)
            if found.case.batch.id != row.id:
                raise BadInput(f"number {number}: not in batch {batch}")
            session = found.session
        phrase = text in texts_of(owner).phrases
        _tell(db, row, "phrase" if phrase else "broadcast", zh, en, actor, session)
        chronicle.audit(
            db, actor.by, "broadcast", row.project, actor.now_ms, session=session, reason=actor.reason, text=zh
        )

    database.write(change)


def postpone(database: Database, project: str, batch: str, start_ms: int, actor: Actor) -> None:
    """Move a batch's start; raises BadInput once it has begun, or for a start in the past."""

    def change(db: Session) -> None:
        row = _batch(db, project, batch)
        if actor.now_ms >= row.start_ms:
            raise BadInput(f"batch {batch}: has begun, its questions are released")
        if start_ms <= actor.now_ms:
            raise BadInput("the new start lies in the past")
        before, row.start_ms = row.start_ms, start_ms
        projects.keep(db, row)
        _tell(db, row, "schedule", "开考时间有调整，请以页面显示为准", "The start has moved; see the time shown", actor)
        chronicle.audit(
            db,
            actor.by,
            "postpone",
            row.project,
            actor.now_ms,
            reason=actor.reason,
            batch=batch,
            before=before,
            after=start_ms,
        )

    database.write(change)


def extend(database: Database, project: str, batch: str, extra_ms: int, actor: Actor) -> None:
    """Give a whole batch more time to answer; raises BadInput when it is over or nothing is given."""

    def change(db: Session) -> None:
        row = _batch(db, project, batch)
        end_ms = row.start_ms + row.showing_ms + row.late_limit_ms + row.answer_ms
        if extra_ms <= 0 or actor.now_ms >= end_ms:
            raise BadInput("give more than nothing, before the batch is over")
        row.answer_ms += extra_ms
        projects.keep(db, row)
        minutes = f"{extra_ms / 60_000:g}"
        _tell(db, row, "schedule", f"答题时间延长 {minutes} 分钟", f"{minutes} more minutes to answer", actor)
        chronicle.audit(
            db, actor.by, "extend", row.project, actor.now_ms, reason=actor.reason, batch=batch, extra_ms=extra_ms
        )

    database.write(change)


def _caller(db: Session, row: HelpRow) -> CandidateCase | None:
    """Who asks, or says to be asking."""
    if row.session is not None:
        return candidates.by_session(db, row.session)
    return candidates.by_number(db, row.project, row.number)


def _words(project: Project | None, batch: Batch | None, text: str, now_ms: int) -> tuple[str, str]:
    """(zh, en) of a set phrase or of free text; free text is refused while the batch answers (requirement A7)."""
    phrases = texts_of(project).phrases if project is not None and project.texts else {}
    if text in phrases:
        return phrases[text].zh, phrases[text].en
    if (
        batch is not None
        and batch.start_ms <= now_ms < batch.start_ms + batch.showing_ms + batch.late_limit_ms + batch.answer_ms
    ):
        raise BadInput(f"while candidates answer, only set phrases: {', '.join(sorted(phrases)) or 'there are none'}")
    if not 1 <= len(text.strip()) <= _TEXT_MOST:
        raise BadInput(f"text: 1 to {_TEXT_MOST} characters")
    return text, ""


def _tell(db: Session, batch: Batch, kind: str, zh: str, en: str, actor: Actor, session: str | None = None) -> None:
    row = NoticeRow(batch=batch.id, session=session, kind=kind, zh=zh, en=en, by=actor.by, at_ms=actor.now_ms)
    projects.keep(db, row)


def _audit(db: Session, actor: Actor, action: str, found: CandidateCase, **detail: str) -> None:
    chronicle.audit(
        db,
        actor.by,
        action,
        found.case.project.id,
        actor.now_ms,
        session=found.session,
        reason=actor.reason,
        **detail,
    )


def _candidate(db: Session, project: str, number: str) -> CandidateCase:
    found = candidates.by_number(db, plain(project), plain(number))
    if found is None:
        raise BadInput(f"number {number} of project {project}: unknown")
    return found


def _batch(db: Session, project: str, name: str) -> Batch:
    row = projects.batch(db, plain(project), name)
    if row is None:
        raise BadInput(f"batch {name} of project {project}: unknown")
    return row
