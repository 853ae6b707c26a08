"""The border to the network: what ``requests`` raised and what a server answered, as our errors.

A captive portal shows itself by a redirect, by HTML where there should be JSON, or by a 2xx without ``Tus-Resumable``.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TypeVar

import requests
from pydantic import BaseModel, ValidationError

from domain.errors import (
    BadInput,
    CaptivePortal,
    CenterBusy,
    CenterError,
    CenterSilent,
    CenterUnknown,
    CenterUnreachable,
    HashMismatch,
    OffsetConflict,
    TokenRefused,
    TooLarge,
    UploadGone,
    UploadLocked,
    ZhishiError,
)
from domain.wire.failure import ErrorBody, from_body

_MOST_WAIT_S = 3600.0
_BAD_ADDRESS = (
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
)
M = TypeVar("M", bound=BaseModel)

# What an answer to a tus request means; see also RFC 9110 and https://tus.io/protocols/resumable-upload.
_BY_STATUS: Mapping[int, type[ZhishiError]] = {
    401: TokenRefused,
    403: TokenRefused,
    404: UploadGone,
    409: OffsetConflict,
    410: UploadGone,
    413: TooLarge,
    423: UploadLocked,
    460: HashMismatch,
    511: CaptivePortal,
}


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Turn what ``requests`` raises into CenterUnreachable, CenterSilent, CenterUnknown (TLS) or BadInput."""
    try:
        yield
    except _BAD_ADDRESS as why:
        raise BadInput(f"{url}: {why}") from why
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


def check_tus(answer: requests.Response) -> requests.Response:
    """``answer`` itself when it is a tus server's 2xx; raises what it means otherwise."""
    if 300 <= answer.status_code < 400:
        raise CaptivePortal(_named(answer, f"redirected to {answer.headers.get('Location', 'nowhere')[:200]}"))
    if 200 <= answer.status_code < 300:
        if "Tus-Resumable" not in answer.headers:
            raise CaptivePortal(_named(answer, "success, but not from a tus server"))
        return answer
    if "Tus-Resumable" not in answer.headers and _is_html(answer) and answer.status_code in (401, 403, 404, 410):
        raise CaptivePortal(_named(answer, "a page instead of a tus answer"))
    # To a tus client 404 and 410 always mean that the upload is gone, whatever the body says.
    raise UploadGone(_named(answer, "")) if answer.status_code in (404, 410) else refusal(answer)


def read_json(answer: requests.Response, into: type[M]) -> M:
    """The answer's JSON as ``into``; raises what it means when it is none."""
    if 300 <= answer.status_code < 400:
        raise CaptivePortal(_named(answer, f"redirected to {answer.headers.get('Location', 'nowhere')[:200]}"))
    if _is_html(answer) and answer.status_code < 500:
        raise CaptivePortal(_named(answer, "a page instead of JSON"))
    if answer.status_code >= 400:
        error = refusal(answer)
        raise CenterUnknown(error.detail) if type(error) is UploadGone else error
    try:
        return into.model_validate_json(answer.content)
    except ValidationError as why:
        raise CenterUnknown(_named(answer, f"{why.error_count()} fields of {into.__name__} are not as agreed")) from why


def refusal(answer: requests.Response) -> ZhishiError:
    """The error that a 4xx or 5xx ``answer`` stands for: what its body says, else what its status says."""
    said = _body(answer)
    status = answer.status_code
    detail = _named(answer, said.detail if said and said.detail else answer.text[:200].strip())
    if status in (429, 503):
        return CenterBusy(detail, _retry_after(answer.headers.get("Retry-After")))
    if said is None and status in _BY_STATUS:
        return _BY_STATUS[status](detail)
    if said is not None:
        error = from_body(said.model_copy(update={"detail": detail}))
        # a server's own trouble is never a reason to give up here
        return error if status < 500 or error.retryable else CenterError(detail)
    return CenterError(detail) if status >= 500 else BadInput(detail)


def _body(answer: requests.Response) -> ErrorBody | None:
    try:
        return ErrorBody.model_validate_json(answer.content)
    except ValidationError:
        return None  # not an answer of ours: its status speaks


def _is_html(answer: requests.Response) -> bool:
    return "html" in answer.headers.get("Content-Type", "").lower()


def _retry_after(value: str | None) -> float | None:
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


def _named(answer: requests.Response, detail: str) -> str:
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
