"""Roles, passwords and one-time codes of staff."""

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from hypothesis import given
from hypothesis import strategies as st

from center.accounts import factors
from center.accounts.factors import STEP_S, Passwords
from center.accounts.roles import RIGHTS, Right, Role, demand, read_roles, rights_of, write_roles
from domain.errors import BadInput, NotAllowed

SECRET = b"12345678901234567890"  # of the test vectors in RFC 6238, appendix B
ROLES = st.frozensets(st.sampled_from(Role), min_size=1)


@given(ROLES)
def test_roles_are_kept_as_they_were(roles: frozenset[Role]) -> None:
    assert read_roles(write_roles(roles)) == roles


@pytest.mark.parametrize("text", ["", " , ", "boss", "support,boss"])
def test_unknown_roles_are_named(text: str) -> None:
    with pytest.raises(BadInput):
        read_roles(text)


@given(ROLES, st.sampled_from(Right))
def test_a_right_comes_from_a_role_and_nowhere_else(roles: frozenset[Role], right: Right) -> None:
    if any(right in RIGHTS[role] for role in roles):
        demand(roles, right)
    else:
        with pytest.raises(NotAllowed):
            demand(roles, right)


def test_support_sees_no_evidence_and_reviewers_no_names() -> None:
    assert Right.EVIDENCE not in rights_of(frozenset({Role.SUPPORT}))
    assert Right.WATCH not in rights_of(frozenset({Role.REVIEWER}))


def test_passwords() -> None:
    passwords = Passwords(1024)
    made = factors.new_password()
    kept = passwords.hash(made)
    assert kept.startswith("$argon2id$")
    assert passwords.fits(made, kept)
    assert not passwords.fits(made + "x", kept)
    assert not passwords.fits(made, None)
    with pytest.raises(BadInput):
        passwords.hash("short")


@pytest.mark.parametrize(("second", "code"), [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")])
def test_codes_are_those_of_the_rfc(second: int, code: str) -> None:
    assert factors.step_of(SECRET, code, second * 1000, 0) == second // STEP_S


@given(st.integers(3, 10_000_000), st.integers(-3, 3))
def test_a_code_is_good_once_and_for_a_step_either_way(step: int, off: int) -> None:
    now_ms = step * STEP_S * 1000
    code = TOTP(SECRET, factors.DIGITS, SHA1(), STEP_S).generate((step + off) * STEP_S).decode()  # noqa: S303
    found = factors.step_of(SECRET, code, now_ms, 0)
    if abs(off) <= 1:
        assert found is not None
        assert factors.step_of(SECRET, code, now_ms, step + 1) is None
    else:  # a code of long ago fits only by the one chance in a million
        assert found is None or found != step + off


def test_nonsense_is_no_code() -> None:
    for text in ("", "12345", "abcdef", "一二三四五六", "1" * 400):
        assert factors.step_of(SECRET, text, 59_000, 0) is None
