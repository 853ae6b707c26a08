"""How a refusal travels: every error of ours as ErrorBody with the status that belongs to it.

Owns the table of statuses and the exception handlers. Decides nothing.
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from domain.errors import (
    ActOver,
    AttachmentUnknown,
    BadInput,
    BindingRefused,
    CenterBusy,
    CenterError,
    ConsentMissing,
    ConsentOutdated,
    DiskFull,
    DoorClosed,
    EnrolmentRefused,
    EnterTooEarly,
    EvidenceError,
    EvidenceKept,
    HashMismatch,
    IdentityConflict,
    LoginActive,
    LoginOver,
    LoginRefused,
    LoginTooEarly,
    LoginUnfinished,
    NotAllowed,
    OffsetConflict,
    PhoneUnapproved,
    PhoneUnknown,
    ProjectUnknown,
    ProposalVoid,
    QuestionsMissing,
    QuestionsSealed,
    RehearsalClosed,
    SamePerson,
    SignedOut,
    SignInRefused,
    StageClosed,
    StatusUnknown,
    StorageError,
    TokenRefused,
    TooLarge,
    UploadGone,
    UploadLocked,
    ZhishiError,
)
from domain.wire.failure import to_body

RETRY_AFTER = "Retry-After"
_STATUS: tuple[tuple[type[ZhishiError], int], ...] = (
    (TokenRefused, 401),
    (ActOver, 401),
    (SignedOut, 401),
    (SignInRefused, 403),
    (NotAllowed, 403),
    (SamePerson, 403),
    (StatusUnknown, 403),
    (ProposalVoid, 409),
    (EvidenceKept, 409),
    (EnrolmentRefused, 403),
    (BindingRefused, 403),
    (PhoneUnapproved, 403),
    (LoginRefused, 403),
    (LoginTooEarly, 403),
    (EnterTooEarly, 403),
    (DoorClosed, 403),
    (QuestionsSealed, 403),
    (ConsentMissing, 403),
    (PhoneUnknown, 404),
    (ProjectUnknown, 404),
    (RehearsalClosed, 404),
    (AttachmentUnknown, 404),
    (QuestionsMissing, 404),
    (LoginOver, 404),
    (LoginActive, 409),
    (LoginUnfinished, 409),
    (ConsentOutdated, 409),
    (StageClosed, 409),
    (UploadGone, 404),
    (OffsetConflict, 409),
    (IdentityConflict, 409),
    (TooLarge, 413),
    (UploadLocked, 423),
    (HashMismatch, 460),
    (CenterBusy, 503),
    (DiskFull, 507),
    (StorageError, 503),
    (CenterError, 503),
    (EvidenceError, 409),
    (BadInput, 400),
    (ZhishiError, 500),
)


class Refused(Exception):
    """An error with a status or headers other than its usual ones."""

    def __init__(self, error: ZhishiError, status: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.status = status or status_of(error)
        self.headers = dict(headers or {})


def status_of(error: ZhishiError) -> int:
    """The usual HTTP status of ``error``."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def answer(error: ZhishiError, status: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP answer for ``error``.

    The center's own disk trouble is told as a center error: the words for a full disk speak of the reader's
    machine.
    """
    status = status or status_of(error)
    headers = dict(headers or {})
    if isinstance(error, StorageError):
        error = CenterError("the center's storage is full" if isinstance(error, DiskFull) else "the center's storage")
    if status in (429, 503, 507):
        headers.setdefault(RETRY_AFTER, "30" if status == 507 else "5")
    if status == 401:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return JSONResponse(to_body(error).model_dump(), status_code=status, headers=headers)


def install(app: FastAPI) -> None:
    """Let every error leave ``app`` as ErrorBody."""

    async def ours(_request: Request, why: Exception) -> Response:
        assert isinstance(why, ZhishiError)  # noqa: S101 -- registered for this class only
        return answer(why)

    async def refused(_request: Request, why: Exception) -> Response:
        assert isinstance(why, Refused)  # noqa: S101
        return answer(why.error, why.status, why.headers)

    async def invalid(_request: Request, why: Exception) -> Response:
        assert isinstance(why, RequestValidationError)  # noqa: S101
        return answer(BadInput("; ".join(_place(error) for error in why.errors()[:3])))

    async def http(_request: Request, why: Exception) -> Response:
        assert isinstance(why, HTTPException)  # noqa: S101
        return answer(BadInput(str(why.detail)), why.status_code, why.headers)

    async def unexpected(_request: Request, why: Exception) -> Response:
        return answer(ZhishiError(type(why).__name__), 500)

    app.add_exception_handler(ZhishiError, ours)
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, unexpected)


def _place(error: Mapping[str, Any]) -> str:
    return f"{'.'.join(str(part) for part in error.get('loc', ()))}: {error.get('msg', '')}"
