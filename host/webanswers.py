"""The border to the network that every program of this machine shares: what ``requests`` raises, and what an answer is
before anybody asks what it says.

A line that stalls in the middle of an answer is told apart from one that was never there; a captive portal shows itself
by a redirect, or by a page where there should be none. What a status means is each protocol's own business.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import requests
from pydantic import ValidationError

from domain.errors import BadInput, CaptivePortal, CenterSilent, CenterUnknown, CenterUnreachable, ProxyFailed
from domain.wire.failure import ErrorBody

_MOST_WAIT_S = 3600.0
_BAD_ADDRESS = (
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
)


@contextmanager
def translated(url: str) -> Iterator[None]:
    """What ``requests`` raises as CenterUnreachable, CenterSilent, ProxyFailed, CenterUnknown (TLS) or BadInput."""
    try:
        yield
    except _BAD_ADDRESS as why:
        raise BadInput(f"{url}: {why}") from why
    except requests.exceptions.ProxyError as why:
        raise ProxyFailed(f"{url}: {_cause(why)}") from why
    except requests.exceptions.SSLError as why:
        raise CenterUnknown(f"{url}: {_cause(why)}") from why
    except requests.exceptions.ConnectTimeout as why:
        raise CenterUnreachable(f"{url}: no connection in time") from why
    except requests.exceptions.Timeout as why:
        raise CenterSilent(f"{url}: no answer in time") from why
    except requests.exceptions.RequestException as why:
        if _has(why, TimeoutError):
            raise CenterSilent(f"{url}: the line stalled") from why
        raise CenterUnreachable(f"{url}: {_cause(why)}") from why


def refuse_redirect(answer: requests.Response) -> None:
    """Raises CaptivePortal: the center redirects nobody; ProxyFailed: 407 is a proxy's word alone."""
    if answer.status_code == 407:
        raise ProxyFailed(named(answer, "the proxy wants a password"))
    if 300 <= answer.status_code < 400:
        raise CaptivePortal(named(answer, f"redirected to {answer.headers.get('Location', 'nowhere')[:200]}"))


def refuse_page(answer: requests.Response) -> None:
    """Raises CaptivePortal where a page came instead of an answer; a server's own trouble may be a page."""
    if is_page(answer) and answer.status_code < 500:
        raise CaptivePortal(named(answer, "a page instead of an answer"))


def is_page(answer: requests.Response) -> bool:
    """It is HTML."""
    return "html" in answer.headers.get("Content-Type", "").lower()


def error_body(answer: requests.Response) -> ErrorBody | None:
    """The error of ours in its body; None when there is none."""
    try:
        return ErrorBody.model_validate_json(answer.content)
    except ValidationError:
        return None  # not an answer of ours: its status speaks


def retry_after(value: str | None) -> float | None:
    """Seconds (RFC 9110 section 10.2.3); a date is read against nothing of ours, so it counts as a minute."""
    if value is None:
        return None
    if value.strip().isdigit():
        return min(float(value), _MOST_WAIT_S)
    try:
        parsedate_to_datetime(value)
    except ValueError:
        return None
    return 60.0


def named(answer: requests.Response, detail: str) -> str:
    """Which answer, in words for a detail."""
    method = answer.request.method if answer.request is not None else ""
    return f"{method} {answer.url} → {answer.status_code}{': ' if detail else ''}{detail}"


def _has(error: BaseException, kind: type[BaseException]) -> bool:
    """``kind`` is somewhere among the causes and arguments of ``error``."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, kind):
            return True
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            waiting += [*one.args, one.__cause__, one.__context__]
    return False


def _cause(error: BaseException) -> str:
    """The innermost reason, in a few words."""
    while error.args and isinstance(error.args[-1], BaseException):
        error = error.args[-1]
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return _cause(reason)
    return str(error)[:200]
