"""Support codes: digits only, read out on the telephone. Owns how one is made; each exists once at this center."""

import secrets

from sqlmodel import Session

from center.store import candidates, interviews

DIGITS = 8


def new_support_code(db: Session) -> str:
    """A code that nobody has, neither a candidate nor a call for help before login; inside a write."""
    while True:
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        if not candidates.support_code_taken(db, code) and interviews.help_by_code(db, code) is None:
            return code
