"""The steps of one login, each inside a database transaction: begin, look, try again, ask support, grant.

Owns the moves of ``Step``. The rules are elsewhere (``domain.stage``: when; ``center.faces``: who). ::

    FACE ──passed──▶ PASSED ──grant──▶ (act token)
     │ retry ▲ another try                ▲
     ▼       │                            │ support logs in by hand
    RETRY ───┘ no tries left, refused, no consent ──▶ HELP
"""

import hashlib
import json
import random
import secrets
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from center import chronicle
from center.enrolment import add_code
from center.faces.attempt import LoginAttempt, Verdict
from center.faces.challenge import draw_challenge
from center.faces.observation import Observation
from center.faces.settings import FaceSettings
from center.projecttexts import is_rehearsal, texts_of
from center.situations import situation
from center.store import candidates, projects
from center.store.candidates import CandidateCase, PermissionKind
from center.tables.interview import Consent, Login
from domain.errors import (
    ConsentMissing,
    ConsentOutdated,
    DoorClosed,
    LoginActive,
    LoginOver,
    LoginTooEarly,
    LoginUnfinished,
    Words,
)
from domain.stage import login_gate
from domain.wire.fields import Bilingual
from domain.wire.login import Granted, LoginOrder, LoginState

_CODE_VALID_MS = 30 * 60_000
_PASSED = Words("登录成功", "You are logged in")
_HELP = Words("请点击求助，由技术服务人员为您登录", "Ask support: they can log you in")
_ASKED = Words("已通知技术服务人员，请稍候", "Support has been told; please wait")


@dataclass(frozen=True, slots=True)
class LoginRules:
    """Settings of a login: of faces, how many attempts, and how long it may take."""

    faces: FaceSettings
    tries: int
    lasts_ms: int


class Step(StrEnum):
    """Where a login is; see the module."""

    FACE = "face"
    RETRY = "retry"
    HELP = "help"
    PASSED = "passed"


def require_open(db: Session, found: CandidateCase, takeover: bool, login_id: str, now_ms: int) -> None:
    """Raises LoginTooEarly, DoorClosed, or LoginActive when another login holds the session and may not be replaced."""
    gate = login_gate(situation(db, found, now_ms), now_ms)
    if not gate.open:
        if gate.opens_at_ms is not None:
            raise LoginTooEarly(f"opens_at_ms={gate.opens_at_ms}")
        raise DoorClosed(found.case.batch.name)
    holder = found.progress.act_sha256
    if holder is not None and found.progress.act_login != login_id:
        allowed = PermissionKind.TAKEOVER in candidates.permissions(db, found.session)
        if not (takeover and allowed):
            raise LoginActive("a takeover is allowed: ask for it" if allowed else "")


def begin(db: Session, session: str, order: LoginOrder, template: bytes, rules: LoginRules, now_ms: int) -> Login:
    """A new login of the right person; stores the consent. Raises as ``require_open``, and ConsentOutdated."""
    found = _candidate(db, session)
    consent = texts_of(found.case.project).consent
    if order.consent.version != consent.version:
        raise ConsentOutdated(f"version {consent.version}")
    require_open(db, found, order.takeover, "", now_ms)
    candidates.drop_old_logins(db, now_ms)
    accepted = order.consent.accepted
    projects.keep(db, Consent(session=session, kind="face", version=consent.version, accepted=accepted, at_ms=now_ms))
    row = Login(
        id=secrets.token_urlsafe(24),
        session=session,
        step=Step.FACE if accepted else Step.HELP,
        consent=accepted,
        takeover=order.takeover,
        template=template if accepted else b"",
        began_ms=now_ms,
        expires_ms=now_ms + rules.lasts_ms,
    )
    if accepted:
        _new_attempt(row, rules, now_ms)
    projects.keep(db, row)
    return row


def get(db: Session, login_id: str, now_ms: int) -> Login:
    """The login, moved on when support has logged this person in; raises LoginOver."""
    row = candidates.login(db, login_id)
    if row is None or now_ms > row.expires_ms:
        raise LoginOver("unknown or expired")
    if row.step != Step.PASSED and PermissionKind.LOGIN in candidates.permissions(db, row.session):
        _pass(db, row, now_ms, by_support=True)
    return row


def look(db: Session, login_id: str, seen: Observation, rules: LoginRules, now_ms: int) -> Login:
    """One frame more was judged. A login that is not at the face any more stays as it is."""
    row = get(db, login_id, now_ms)
    if row.step != Step.FACE:
        return row
    attempt = _attempt(row).step(seen, now_ms, rules.faces)
    row.attempt = json.dumps(attempt.to_dict())
    if attempt.verdict is Verdict.PASSED:
        _pass(db, row, now_ms, by_support=False)
    elif attempt.verdict is not Verdict.RUNNING:
        again = attempt.verdict is Verdict.RETRY and row.tries < rules.tries
        row.step = Step.RETRY if again else Step.HELP
        chronicle.note(db, row.session, "center", "face_failed", now_ms, **attempt.summary())
    projects.keep(db, row)
    return row


def try_again(db: Session, login_id: str, rules: LoginRules, now_ms: int) -> Login:
    """A new attempt with a new challenge; raises LoginUnfinished when there is none left."""
    row = get(db, login_id, now_ms)
    if row.step == Step.FACE:  # a try that only ran out of time
        tick = _attempt(row).tick(now_ms, rules.faces)
        row.step = Step.RETRY if tick.verdict is Verdict.RETRY else row.step
    if row.step == Step.RETRY:
        row.step = Step.FACE
        _new_attempt(row, rules, now_ms)
        projects.keep(db, row)
    elif row.step == Step.HELP:
        raise LoginUnfinished("no attempts left")
    return row


def ask_support(db: Session, login_id: str, text: str, now_ms: int) -> Login:
    """The one button: support sees it on the timeline and among the open logins. Twice is once."""
    row = get(db, login_id, now_ms)
    if row.asked_ms is None and row.step != Step.PASSED:
        row.asked_ms = now_ms
        chronicle.note(db, row.session, "center", "login_help", now_ms, text=text)
        projects.keep(db, row)
        if is_rehearsal(_candidate(db, row.session).case.project):  # nobody sits there for it: it passes by itself
            _pass(db, row, now_ms, by_support=True)
    return row


def keep_template(db: Session, login_id: str, template: bytes, now_ms: int) -> Login:
    """The face that a rehearsal compares with, from its own first picture; only while there is none."""
    row = get(db, login_id, now_ms)
    if row.step == Step.FACE and not row.template:
        row.template = template
        projects.keep(db, row)
    return row


def grant(db: Session, login_id: str, now_ms: int) -> Granted:
    """A fresh act token and enrolment code; every older act token of the session is void.

    Raises LoginUnfinished, and as ``require_open``.
    """
    row = get(db, login_id, now_ms)
    if row.step != Step.PASSED:
        raise LoginUnfinished(row.step)
    found = _candidate(db, row.session, lock=True)
    require_open(db, found, row.takeover, row.id, now_ms)
    replaced = found.progress.act_sha256 is not None and found.progress.act_login != row.id
    if replaced:
        candidates.use_permission(db, row.session, PermissionKind.TAKEOVER, now_ms)
    if row.by_support:
        candidates.use_permission(db, row.session, PermissionKind.LOGIN, now_ms)
    act = secrets.token_urlsafe(32)
    if found.progress.act_login != row.id:
        kind = "takeover" if replaced else "login"
        chronicle.note(db, row.session, "center", kind, now_ms, by_support=row.by_support)
    found.progress.act_sha256, found.progress.act_login, found.progress.act_ms = act_hash(act), row.id, now_ms
    projects.keep(db, found.progress)
    code = add_code(db, row.session, now_ms + _CODE_VALID_MS)
    return Granted(
        act=act,
        session=row.session,
        code=code.text,
        code_expires_ms=code.row.expires_ms,
        by_support=row.by_support,
    )


def state(row: Login, rules: LoginRules, now_ms: int, granted: Granted | None = None) -> LoginState:
    """How a login stands, in words."""
    step, cue, done, of, words = Step(row.step), "", 0, 0, _HELP
    if step is Step.PASSED:
        words = _PASSED
    elif row.attempt:
        attempt = _attempt(row).tick(now_ms, rules.faces)
        step = Step.RETRY if step is Step.FACE and attempt.verdict is Verdict.RETRY else step
        cue, words, (done, of) = attempt.cue.value, attempt.guidance, attempt.progress
    if step is Step.HELP and row.asked_ms is not None:
        words = _ASKED
    return LoginState(
        login=row.id,
        step=step.value,
        cue=cue,
        guidance=Bilingual.of(words),
        done=done,
        of=of,
        attempts_left=max(0, rules.tries - row.tries) if row.consent else 0,
        asked_support=row.asked_ms is not None,
        expires_ms=row.expires_ms,
        center_ms=now_ms,
        granted=granted,
    )


def require_consent(row: Login) -> None:
    """Raises ConsentMissing: no picture is looked at without it."""
    if not row.consent:
        raise ConsentMissing(row.step)


def act_hash(act: str) -> str:
    """What is kept of an act token: it is 256 random bits, so a plain hash hides it."""
    return hashlib.sha256(act.encode()).hexdigest()


def _pass(db: Session, row: Login, now_ms: int, *, by_support: bool) -> None:
    """Passed: of the face nothing stays but the numbers on the timeline."""
    summary = _attempt(row).summary() if row.attempt and not by_support else {}
    row.step, row.by_support, row.template, row.attempt = Step.PASSED, by_support, b"", ""
    projects.keep(db, row)
    chronicle.note(
        db, row.session, "center", "face_passed" if not by_support else "logged_in_by_hand", now_ms, **summary
    )


def _new_attempt(row: Login, rules: LoginRules, now_ms: int) -> None:
    # SystemRandom: a sequence that can be foretold can be filmed beforehand
    attempt = LoginAttempt.begin(draw_challenge(random.SystemRandom(), rules.faces), now_ms)
    row.tries += 1
    row.attempt = json.dumps(attempt.to_dict())


def _attempt(row: Login) -> LoginAttempt:
    return LoginAttempt.from_dict(json.loads(row.attempt))


def _candidate(db: Session, session: str, *, lock: bool = False) -> CandidateCase:
    found = candidates.by_session(db, session, lock=lock)
    if found is None:
        raise LoginOver("the candidate is not on the roster any more")
    return found
