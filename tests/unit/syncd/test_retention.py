"""The rule of deletion: receipt and leave and nothing unverified, or nothing goes."""

import itertools

import pytest

from domain.receipt import CompanionState, Receipt, ReceiptKind
from domain.status import LocalSessionState
from domain.window import Assessment
from domain.wire.center import SessionFacts
from syncd.retention import may_delete
from tests.support.seals import DEVICE, SESSION


def _facts(leave: bool) -> SessionFacts:
    return SessionFacts(
        session=SESSION, project="p", title="t", batch="1", number="1", practice=True, scheduled_end_ms=1,
        window_ms=1, may_delete=leave,
    )  # fmt: skip


def _receipt(kind: ReceiptKind, session: str = SESSION) -> Receipt:
    return Receipt(
        kind, "center", 1, True, "p", "1", session, "1", None, (), (), 1, 2, Assessment.CONFIRMED,
        CompanionState.NOT_REQUIRED,
    )  # fmt: skip


def test_the_rule_allows_with_everything_in_place() -> None:
    assert may_delete(LocalSessionState.CONFIRMED, _facts(True), _receipt(ReceiptKind.SESSION), 0)


@pytest.mark.parametrize(
    ("state", "leave", "receipt", "unverified"),
    [
        *((state, True, _receipt(ReceiptKind.SESSION), 0) for state in LocalSessionState if state != "confirmed"),
        (LocalSessionState.CONFIRMED, False, _receipt(ReceiptKind.SESSION), 0),
        (LocalSessionState.CONFIRMED, True, None, 0),
        (LocalSessionState.CONFIRMED, True, _receipt(ReceiptKind.DEVICE), 0),
        (LocalSessionState.CONFIRMED, True, _receipt(ReceiptKind.SESSION, DEVICE), 0),
        (LocalSessionState.CONFIRMED, True, _receipt(ReceiptKind.SESSION), 1),
    ],
)
def test_one_thing_missing_and_nothing_goes(
    state: LocalSessionState, leave: bool, receipt: Receipt | None, unverified: int
) -> None:
    assert not may_delete(state, _facts(leave), receipt, unverified)


def test_no_combination_without_a_session_receipt_deletes() -> None:
    for state, leave, count in itertools.product(LocalSessionState, (True, False), (0, 1)):
        assert not may_delete(state, _facts(leave), None, count)
