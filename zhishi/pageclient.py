"""The candidate's pages spoken to as browsers do: one-use address, cookie, server-sent events, orders with an Origin.

Owns one connection to a page server. Knows no page and decides nothing: ``zhishi.walk`` does.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import requests
from pydantic import ValidationError

from domain.errors import ServiceError, ZhishiError
from domain.wire.failure import ErrorBody, from_body

T = TypeVar("T")
State = Mapping[str, Any]
_ANSWER_S = 60.0
_LOOK_S = 0.05
_BLOCK = 64 * 1024


class PageClient:
    """``url`` is good once. Raises ServiceError when the pages do not open. Safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.address = url.partition("/?")[0]
        self._http = _session(self.address)
        self._state: dict[str, Any] = {}
        self._came = threading.Condition()
        self._closed = False
        self._events: requests.Response | None = None
        try:
            answer = self._http.get(url, allow_redirects=False, timeout=_ANSWER_S)
        except requests.RequestException as why:
            raise ServiceError(f"{self.address}: {type(why).__name__}") from why
        if answer.status_code != 303:
            raise ServiceError(f"{self.address}: {answer.status_code}, the address was used before")
        threading.Thread(target=self._listen, name="page events", daemon=True).start()

    @property
    def cookie(self) -> str:
        """What opens the pages, so that a browser may show them beside this client."""
        return str(self._http.cookies.get("zhishi") or "")

    @property
    def state(self) -> dict[str, Any]:
        """The newest PageState as JSON; empty before the first."""
        return self._state

    def get(self, path: str) -> requests.Response:
        """Anything the pages may read. Raises ServiceError when the program is gone."""
        return self._ask("GET", path, None)

    def order(self, action: str, **fields: Any) -> requests.Response:
        """Order something; the answer as it is. Raises ServiceError when the program is gone."""
        return self._ask("POST", "/api/do", {"action": action, **fields})

    def must(self, action: str, **fields: Any) -> None:
        """Order something that has to be done. Raises what the program says to it."""
        answer = self.order(action, **fields)
        if answer.status_code != 200:
            raise _named(answer) or ServiceError(f"{action}: {answer.status_code} {answer.text[:200]}")

    def wait(self, look: Callable[[State], T], seconds: float) -> T | None:
        """What ``look`` finds in the newest state, as soon as it is something; None after ``seconds``."""
        deadline = time.monotonic() + seconds
        while True:
            found = look(self._state) if self._state else None
            left = deadline - time.monotonic()
            if found or left <= 0:
                return found or None
            with self._came:
                self._came.wait(min(_LOOK_S, left))

    def close(self) -> None:
        """Listen no longer."""
        self._closed = True
        if self._events is not None:
            with suppress(requests.RequestException, OSError):
                self._events.close()
        self._http.close()

    def _ask(self, method: str, path: str, body: object) -> requests.Response:
        try:
            return self._http.request(method, f"{self.address}{path}", json=body, timeout=_ANSWER_S)
        except requests.RequestException as why:
            raise ServiceError(f"{path}: {type(why).__name__}") from why

    def _listen(self) -> None:
        """Until the program or this client ends; a stream that breaks is opened again, as browsers do."""
        http = _session(self.address)
        http.cookies.update(self._http.cookies)
        while not self._closed:
            # AttributeError: urllib3's, when ``close`` takes the connection away under a read
            with suppress(requests.RequestException, OSError, AttributeError):
                answer = http.get(f"{self.address}/api/events", stream=True, timeout=(_ANSWER_S, _ANSWER_S))
                self._events = answer
                for line in answer.iter_lines(_BLOCK):
                    if line.startswith(b"data: "):
                        with self._came:
                            self._state = json.loads(line[6:])
                            self._came.notify_all()
            time.sleep(_LOOK_S)
        http.close()


def _session(address: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.headers["Origin"] = address
    return session


def _named(answer: requests.Response) -> ZhishiError | None:
    try:
        return from_body(ErrorBody.model_validate_json(answer.content))
    except ValidationError:
        return None
