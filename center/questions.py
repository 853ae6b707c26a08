"""The release of questions. Owns the one rule: nothing of them leaves before the start, by center time.

Questions, a pack's key and a release code all pass ``require_released``; nothing else reads a question set, but for
sealing it into a pack, and for staff once every batch that answers it has begun (``shown_to_staff``).
"""

import json
import secrets

from sqlmodel import Session

from center import chronicle
from center.situations import pack_name
from center.store import interviews, projects
from center.store.candidates import CandidateCase
from center.tables import Batch
from center.tables.interview import Pack, QuestionSet
from domain import pack, readout
from domain.errors import QuestionsMissing, QuestionsSealed, StageClosed
from domain.pack import PackSecrets
from domain.wire.interview import KeyAnswer, PackBody, Question, QuestionsAnswer


def require_released(found: CandidateCase, now_ms: int) -> None:
    """Raises QuestionsSealed before the start, StageClosed for who has not entered or whose session is over."""
    start_ms = found.case.batch.start_ms
    if now_ms < start_ms:
        raise QuestionsSealed(f"opens_at_ms={start_ms}")
    if found.progress.entered_ms is None:
        raise StageClosed("尚未进入考试 / not entered")
    if found.case.ended_ms(now_ms) is not None:
        raise StageClosed("面试已结束 / the session is over")


def questions(db: Session, found: CandidateCase, now_ms: int) -> QuestionsAnswer:
    """The questions in plain; raises what ``require_released`` raises, and QuestionsMissing."""
    require_released(found, now_ms)
    row = interviews.question_set(db, found.case.project.id, found.case.batch.question_set)
    if row is None:
        raise QuestionsMissing(f"set {found.case.batch.question_set}")
    return QuestionsAnswer(questions=_read(row.questions), start_ms=found.case.batch.start_ms)


def sealed_pack(db: Session, found: CandidateCase, now_ms: int) -> PackBody:
    """This candidate's pack of the newest questions, made at the first asking; raises QuestionsMissing.

    Inside a write. A pack tells nothing without its key, so it is given from login on, before entering: the sooner it
    is on the laptop, the less the network matters.
    """
    row = interviews.question_set(db, found.case.project.id, found.case.batch.question_set)
    if row is None:
        raise QuestionsMissing(f"set {found.case.batch.question_set}")
    known = interviews.pack_of(db, found.session, row.sha256)
    if known is not None:
        return PackBody.model_validate_json(known.body)
    name = pack_name(found, row.sha256)
    kept = PackSecrets(secrets.token_bytes(pack.KEY_BYTES), found.progress.release)
    body = pack.seal(name, found.session, _read(row.questions), kept, secrets.token_bytes(pack.RANDOM_BYTES))
    new = Pack(
        id=name,
        session=found.session,
        questions=row.sha256,
        key=kept.key,
        body=body.model_dump_json(),
        made_ms=now_ms,
    )
    projects.keep(db, new)
    return body


def pack_key(db: Session, found: CandidateCase, name: str, now_ms: int) -> KeyAnswer:
    """The key of a pack; raises what ``require_released`` raises, and QuestionsMissing for an unknown pack."""
    require_released(found, now_ms)
    row = interviews.pack(db, name)
    if row is None or row.session != found.session:
        raise QuestionsMissing("pack: unknown for this candidate")
    return KeyAnswer(pack=row.id, key=pack.to_text(row.key))


def release_code(db: Session, found: CandidateCase, by: str, reason: str, now_ms: int) -> str:
    """The code that support reads out; inside a write, every release is logged. Raises as ``require_released``."""
    require_released(found, now_ms)
    chronicle.audit(db, by, "release_code", found.case.project.id, now_ms, session=found.session, reason=reason)
    return readout.write(found.progress.release)


def opens_to_staff_ms(batches: list[Batch]) -> int:
    """From when on a set may be read by staff: nobody waits for it any longer. Pure."""
    return max((batch.start_ms for batch in batches), default=0)


def shown_to_staff(db: Session, project: str, name: str, by: str, now_ms: int) -> list[Question]:
    """A set as staff may read it, written down; raises QuestionsSealed before the start, QuestionsMissing."""
    used = [batch for batch in projects.batches_of(db, project) if batch.question_set == name]
    opens_ms = opens_to_staff_ms(used)
    if now_ms < opens_ms:
        raise QuestionsSealed(f"opens_at_ms={opens_ms}")
    row = interviews.question_set(db, project, name)
    if row is None or not used:
        raise QuestionsMissing(f"set {name}")
    chronicle.audit(db, by, "view_questions", project, now_ms, set=name)
    return _read(row.questions)


def count(row: QuestionSet) -> int:
    """How many questions a set has."""
    return len(json.loads(row.questions))


def _read(text: str) -> list[Question]:
    return [Question.model_validate(entry) for entry in json.loads(text)]
