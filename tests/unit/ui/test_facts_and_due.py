"""Facts survive, the stage follows from them, and the recorder's duty follows from the stage."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import SpoolUnreadable
from domain.stage import Stage, current
from domain.status import RecorderMode
from domain.wire.center import SessionFacts
from domain.wire.fields import Bilingual
from domain.wire.interview import (
    AttachmentBody,
    Binding,
    EntryCheck,
    InterviewState,
    InterviewView,
    ScheduleBody,
    Stamp,
)
from domain.wire.interview import Facts as CenterFacts
from domain.wire.login import ConsentText, Granted, ProjectBody
from ui.facts import RULES, Facts, FactStore, Outgoing
from ui.recording import Due, due

SESSION = "0192f000-0000-7000-8000-000000000001"
START = 1_800_000_000_000
MINUTE = 60_000


def view(**facts: Any) -> InterviewView:
    text = ConsentText(version="1", text=Bilingual(zh="文"))
    return InterviewView(
        project=ProjectBody(
            project="P",
            title="项目",
            practice=False,
            hotline="400",
            companion_required=False,
            consent=text,
            center_ms=1,
        ),
        number="001",
        name="甲",
        show_name=False,
        support_code="12345",
        attachments=[AttachmentBody(id="a", title="须知", media_type="text/markdown", size=1, sha256="0" * 64)],
        pledge=text,
        entry_check=EntryCheck(salt="", check=""),
        state=InterviewState(
            center_ms=1,
            schedule=ScheduleBody(
                start_ms=START,
                answer_ms=20 * MINUTE,
                late_limit_ms=10 * MINUTE,
                showing_ms=0,
                extra_ms=0,
                login_lead_ms=30 * MINUTE,
                enter_lead_ms=15 * MINUTE,
            ),
            session=SessionFacts(
                session=SESSION, project="P", title="项目", batch="1", number="001", practice=False,
                scheduled_end_ms=START, window_ms=60 * MINUTE,
            ),
            facts=CenterFacts(**facts),
            binding=Binding(state="none", required=False),
            pack=None,
        ),
    )  # fmt: skip


def logged_in(**changes: Any) -> Facts:
    granted = Granted(act="x", session=SESSION, code="c", code_expires_ms=1)
    return Facts(ticked=RULES, checks_done_ms=1, granted=granted, enrolled=True, view=view()).model_copy(update=changes)


@pytest.mark.parametrize(
    ("facts", "now", "stage"),
    [
        (Facts(), START, Stage.DEVICES),
        (Facts(ticked=RULES), START, Stage.DEVICES),
        (Facts(ticked=RULES, checks_done_ms=1), START, Stage.LOGIN),
        (logged_in(enrolled=False), START - MINUTE, Stage.LOGIN),
        (logged_in(), START - MINUTE, Stage.ATTACHMENTS),
        (logged_in(read=("a",)), START - MINUTE, Stage.ATTACHMENTS),
        (logged_in(read=("b",), pledge_ms=1), START - MINUTE, Stage.ATTACHMENTS),
        (logged_in(read=("a",), pledge_ms=1), START - MINUTE, Stage.ENTER),
        (logged_in(read=("a",), pledge_ms=1, entered_ms=2), START - MINUTE, Stage.CONFIRM),
        (logged_in(read=("a",), pledge_ms=1, entered_ms=2), START, Stage.ANSWERING),
        (logged_in(read=("a",), pledge_ms=1, entered_ms=2, devices_confirmed_ms=3), START - MINUTE, Stage.ANSWERING),
        (logged_in(read=("a",), pledge_ms=1, entered_ms=2), START + 30 * MINUTE, Stage.END),
        (logged_in(read=("a",), pledge_ms=1, entered_ms=2, ended_ms=3), START, Stage.END),
    ],
)
def test_the_stage_follows_from_facts_and_time(facts: Facts, now: int, stage: Stage) -> None:
    assert current(facts.situation(), now) is stage


def test_what_the_center_knows_counts_too() -> None:
    told = logged_in(view=view(attachments_read=["a"], pledge_ms=5, entered_ms=6))
    assert current(told.situation(), START) is Stage.ANSWERING
    ended = logged_in(view=view(attachments_read=["a"], pledge_ms=5, entered_ms=6, ended_ms=7))
    assert current(ended.situation(), START) is Stage.END


@pytest.mark.parametrize(
    ("stage", "facts", "mode", "recording", "what"),
    [
        (Stage.DEVICES, Facts(), RecorderMode.IDLE, None, Due.MONITOR),
        (Stage.DEVICES, Facts(), RecorderMode.RECORD, "another", Due.REST),
        (Stage.ATTACHMENTS, logged_in(), RecorderMode.MONITOR, None, Due.REST),
        (Stage.CONFIRM, logged_in(entered_ms=1), None, None, Due.RECORD),
        (Stage.ANSWERING, logged_in(entered_ms=1), RecorderMode.RECORD, SESSION, Due.RECORD),
        (Stage.END, logged_in(entered_ms=1), RecorderMode.RECORD, SESSION, Due.STOP),
        (Stage.END, logged_in(entered_ms=1), RecorderMode.RECORD, "another", Due.REST),
        (Stage.END, logged_in(entered_ms=1, ended_ms=2), RecorderMode.IDLE, None, Due.REST),
    ],
)
def test_what_the_recorder_should_do(
    stage: Stage, facts: Facts, mode: RecorderMode | None, recording: str | None, what: Due
) -> None:
    assert due(stage, facts, mode, recording) is what


def test_facts_and_their_messages_survive_together(tmp_path: Path) -> None:
    path = tmp_path / "interview.json"
    store = FactStore(path)
    message = Outgoing(id="m1", kind="help", at=Stamp(center_ms=1), fields={"text": "求助 🙏"})
    store.put(number="考生甲", tell=message)
    again = FactStore(path)
    assert again.now == store.now
    assert again.now.outbox == (message,)
    again.told(frozenset({"m1"}))
    assert FactStore(path).now.outbox == ()


def test_damaged_facts_are_never_begun_over(tmp_path: Path) -> None:
    path = tmp_path / "interview.json"
    path.write_text('{"lang": "zh", "ticked": 5}')
    with pytest.raises(SpoolUnreadable):
        FactStore(path)
    path.write_text("{")
    with pytest.raises(SpoolUnreadable):
        FactStore(path)


def test_an_interview_put_away_is_kept_under_its_name(tmp_path: Path) -> None:
    store = FactStore(tmp_path / "interview.json")
    store.put(**{name: getattr(logged_in(), name) for name in ("granted", "enrolled")}, lang="en")
    store.put_away()
    assert store.now == Facts(lang="en")
    assert (tmp_path / f"interview-{SESSION}.json").exists()
