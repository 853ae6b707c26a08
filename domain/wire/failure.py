"""How an error travels."""

from domain.errors import ZhishiError, all_errors
from domain.wire import Wire


class ErrorBody(Wire):
    """Body of every 4xx and 5xx answer of ours, and of errors inside a status."""

    code: str
    message_zh: str
    message_en: str
    hint_zh: str
    hint_en: str
    retryable: bool
    detail: str = ""


def to_body(error: ZhishiError) -> ErrorBody:
    """The wire form of ``error``."""
    return ErrorBody(
        code=error.code,
        message_zh=error.message.zh,
        message_en=error.message.en,
        hint_zh=error.hint.zh,
        hint_en=error.hint.en,
        retryable=error.retryable,
        detail=error.detail,
    )


def from_body(body: ErrorBody) -> ZhishiError:
    """The error that ``body`` names (the plain ZhishiError when its code is unknown here)."""
    return all_errors().get(body.code, ZhishiError)(body.detail)
