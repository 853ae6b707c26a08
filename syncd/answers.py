"""What a tus server or the center's API answered, as our errors (what no answer at all means: ``host.webanswers``).

A captive portal shows itself besides by a 2xx without ``Tus-Resumable``.
"""

from collections.abc import Mapping
from typing import TypeVar

import requests
from pydantic import BaseModel, ValidationError

from domain.errors import (
    BadInput,
    CaptivePortal,
    CenterBusy,
    CenterError,
    CenterUnknown,
    HashMismatch,
    OffsetConflict,
    TokenRefused,
    TooLarge,
    UploadGone,
    UploadLocked,
    ZhishiError,
)
from domain.wire.failure import from_body
from host.webanswers import error_body, is_page, named, refuse_page, refuse_redirect, retry_after

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


def check_tus(answer: requests.Response) -> requests.Response:
    """``answer`` itself when it is a tus server's 2xx; raises what it means otherwise."""
    refuse_redirect(answer)
    if 200 <= answer.status_code < 300:
        if "Tus-Resumable" not in answer.headers:
            raise CaptivePortal(named(answer, "success, but not from a tus server"))
        return answer
    if "Tus-Resumable" not in answer.headers and is_page(answer) and answer.status_code in (401, 403, 404, 410):
        raise CaptivePortal(named(answer, "a page instead of a tus answer"))
    # To a tus client 404 and 410 always mean that the upload is gone, whatever the body says.
    raise UploadGone(named(answer, "")) if answer.status_code in (404, 410) else refusal(answer)


def read_json(answer: requests.Response, into: type[M]) -> M:
    """The answer's JSON as ``into``; raises what it means when it is none."""
    refuse_redirect(answer)
    refuse_page(answer)
    if answer.status_code >= 400:
        error = refusal(answer)
        raise CenterUnknown(error.detail) if type(error) is UploadGone else error
    try:
        return into.model_validate_json(answer.content)
    except ValidationError as why:
        raise CenterUnknown(named(answer, f"{why.error_count()} fields of {into.__name__} are not as agreed")) from why


def refusal(answer: requests.Response) -> ZhishiError:
    """The error that a 4xx or 5xx ``answer`` stands for: what its body says, else what its status says."""
    said = error_body(answer)
    status = answer.status_code
    detail = named(answer, said.detail if said and said.detail else answer.text[:200].strip())
    if status in (429, 503):
        return CenterBusy(detail, retry_after(answer.headers.get("Retry-After")))
    if said is None and status in _BY_STATUS:
        return _BY_STATUS[status](detail)
    if said is not None:
        error = from_body(said.model_copy(update={"detail": detail}))
        # a server's own trouble is never a reason to give up here
        return error if status < 500 or error.retryable else CenterError(detail)
    return CenterError(detail) if status >= 500 else BadInput(detail)
