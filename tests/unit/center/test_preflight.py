"""What should be right before the day: when it is fine, when to watch, when it is wrong; always with a remedy."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from center.administration.preflight import (
    BACKUP_MS,
    DAY_MS,
    FILES_LEAST,
    GB,
    RENEW_MS,
    Certificate,
    FactId,
    Seen,
    judge,
)
from domain.errors import Words
from domain.findings import Verdict

NOW = 1_800_000_000_000
FINE = Seen(
    now_ms=NOW,
    free=100 * GB,
    needed=10 * GB,
    sessions=40,
    https=True,
    phones_demanded=True,
    certificate=Certificate(NOW - DAY_MS, NOW + 100 * DAY_MS, "CN=center"),
    certificate_why="",
    synchronised=True,
    clock_error_ms=20.0,
    backup_ms=NOW - 3_600_000,
    holds_evidence=True,
    faces=None,
    roles={"support": 3, "reviewer": 1, "administrator": 2},
    open_files=65_536,
)
WRONG: list[tuple[FactId, dict[str, object], Verdict]] = [
    (FactId.DISK, {"free": 9 * GB}, Verdict.FAIL),
    (FactId.DISK, {"free": 11 * GB}, Verdict.WARN),
    (FactId.CERTIFICATE, {"certificate": Certificate(NOW - DAY_MS, NOW, "CN=x")}, Verdict.FAIL),
    (FactId.CERTIFICATE, {"certificate": Certificate(NOW + 1, NOW + DAY_MS, "CN=x")}, Verdict.FAIL),
    (FactId.CERTIFICATE, {"certificate": Certificate(NOW, NOW + RENEW_MS - 1, "CN=x")}, Verdict.WARN),
    (FactId.CERTIFICATE, {"certificate": None, "certificate_why": "refused"}, Verdict.UNKNOWN),
    (FactId.CERTIFICATE, {"certificate": None, "https": False}, Verdict.FAIL),
    (FactId.CERTIFICATE, {"certificate": None, "https": False, "phones_demanded": False}, Verdict.WARN),
    (FactId.CLOCK, {"synchronised": False}, Verdict.FAIL),
    (FactId.CLOCK, {"synchronised": None}, Verdict.UNKNOWN),
    (FactId.CLOCK, {"clock_error_ms": 501.0}, Verdict.WARN),
    (FactId.BACKUP, {"backup_ms": NOW - BACKUP_MS - 1}, Verdict.WARN),
    (FactId.BACKUP, {"backup_ms": None}, Verdict.FAIL),
    (FactId.BACKUP, {"backup_ms": None, "holds_evidence": False}, Verdict.WARN),
    (FactId.FACES, {"faces": Words("缺少模型", "models are missing")}, Verdict.FAIL),
    (FactId.QUESTIONS, {"missing_questions": [("P", "a", NOW + DAY_MS - 1)]}, Verdict.FAIL),
    (FactId.QUESTIONS, {"missing_questions": [("P", "a", NOW + DAY_MS)]}, Verdict.WARN),
    (FactId.ACCOUNTS, {"roles": {"administrator": 2, "reviewer": 1}}, Verdict.FAIL),
    (FactId.ACCOUNTS, {"roles": {"support": 1, "administrator": 1, "reviewer": 1}}, Verdict.WARN),
    (FactId.ACCOUNTS, {"roles": {"support": 1, "administrator": 2}}, Verdict.WARN),
    (FactId.FILES, {"open_files": FILES_LEAST - 1}, Verdict.WARN),
    (FactId.FILES, {"open_files": None}, Verdict.UNKNOWN),
]


def test_all_is_fine_and_says_so() -> None:
    facts = judge(FINE)
    assert [fact.id for fact in facts] == list(FactId)
    assert {fact.verdict for fact in facts} == {Verdict.PASS}
    assert all(fact.remedy.zh == "" and fact.told.zh and fact.told.en for fact in facts)


@pytest.mark.parametrize(("which", "changes", "verdict"), WRONG)
def test_what_is_wrong_is_told_alone_and_with_a_remedy(
    which: FactId, changes: dict[str, object], verdict: Verdict
) -> None:
    facts = {fact.id: fact for fact in judge(replace(FINE, **changes))}  # type: ignore[arg-type]
    assert facts[which].verdict is verdict
    assert facts[which].told.zh != facts[which].told.en
    if verdict in (Verdict.WARN, Verdict.FAIL):
        assert facts[which].remedy.zh
        assert facts[which].remedy.en
    assert {fact.verdict for key, fact in facts.items() if key is not which} == {Verdict.PASS}


@given(free=st.integers(0, 10**14), needed=st.integers(0, 10**14))
def test_more_room_is_never_judged_worse(free: int, needed: int) -> None:
    order = [Verdict.FAIL, Verdict.WARN, Verdict.PASS]
    verdicts = [judge(replace(FINE, free=room, needed=needed))[0].verdict for room in (free, free * 2)]
    assert order.index(verdicts[0]) <= order.index(verdicts[1])
    assert (verdicts[0] is Verdict.FAIL) == (free < needed)
