"""Somebody of the staff at a browser: signs in with a real one-time code and acts over real HTTP."""

import json
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlparse

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from center.accounts import desk
from center.accounts.desk import NewAccount
from center.accounts.factors import DIGITS, STEP_S, Passwords
from center.accounts.roles import Role
from center.center import Center
from domain.wire.center import API
from domain.wire.staff import CSRF_HEADER
from tests.support.trust import TRUST


def new_account(center: Center, name: str, *roles: Role) -> NewAccount:
    """An account as ``zhishi center staff add`` makes it."""
    passwords = Passwords(center.config.id_memory_kib)
    return desk.add(center.database, passwords, name, frozenset(roles), "administrator", "test", center.now_ms())


def code_at(account: NewAccount, now_ms: int) -> str:
    """What the authenticator shows."""
    secret = parse_qs(urlparse(account.uri).query)["secret"][0]
    padded = secret + "=" * (-len(secret) % 8)
    return TOTP(b32decode(padded), DIGITS, SHA1(), STEP_S).generate(now_ms // 1000).decode()  # noqa: S303


class Browser:
    """One signed-in browser."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=f"{url}{API}/staff", timeout=60, verify=TRUST)
        self.csrf = ""

    def close(self) -> None:
        self.http.close()

    def sign_in(self, account: NewAccount, now_ms: int, **changes: Any) -> httpx.Response:
        """POST /sign-in."""
        order = {"name": account.name, "password": account.password, "code": code_at(account, now_ms), **changes}
        answer = self.http.post("/sign-in", json=order)
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(self, path: str, order: object = None) -> httpx.Response:
        return self.http.post(path, json=order or {}, headers={CSRF_HEADER: self.csrf})

    @contextmanager
    def events(self, project: str) -> Iterator[Iterator[tuple[str, dict[str, Any]]]]:
        """The stream of a project: (event, body), as they come."""
        with self.http.stream("GET", f"/projects/{project}/events") as answer:
            answer.raise_for_status()
            yield _events(answer)


def _events(answer: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))
