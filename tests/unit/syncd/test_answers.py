"""What answers and exceptions of the network mean."""

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import (
    BadInput,
    CaptivePortal,
    CenterBusy,
    CenterError,
    CenterSilent,
    CenterUnknown,
    CenterUnreachable,
    HashMismatch,
    IdentityConflict,
    OffsetConflict,
    TokenRefused,
    TooLarge,
    UploadGone,
    UploadLocked,
    ZhishiError,
)
from domain.wire.center import TokenAnswer
from domain.wire.failure import to_body
from host.webanswers import translated
from syncd.answers import check_tus, read_json

TUS = {"Tus-Resumable": "1.0.0"}


def _answer(status: int, headers: dict[str, str] | None = None, body: bytes = b"") -> requests.Response:
    answer = requests.Response()
    answer.status_code = status
    answer.headers.update(headers or {})
    answer._content = body
    answer.url = "http://center/api"
    return answer


def _said(error: ZhishiError) -> bytes:
    return json.dumps(to_body(error).model_dump()).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b"", BadInput),
        (401, b"", TokenRefused),
        (403, b"", TokenRefused),
        (404, b"", UploadGone),
        (404, _said(BadInput("no such route")), UploadGone),
        (410, b"", UploadGone),
        (409, b"", OffsetConflict),
        (409, _said(IdentityConflict("two")), IdentityConflict),
        (413, b"", TooLarge),
        (423, b"", UploadLocked),
        (429, b"", CenterBusy),
        (460, b"", HashMismatch),
        (500, b"", CenterError),
        (502, b"<html>bad gateway</html>", CenterError),
        (503, b"", CenterBusy),
        (507, _said(CenterError("full")), CenterError),
        (511, b"", CaptivePortal),
        (408, _said(CenterError("idle")), CenterError),
    ],
)
def test_tus_refusals(status: int, body: bytes, kind: type[ZhishiError]) -> None:
    with pytest.raises(ZhishiError) as caught:
        check_tus(_answer(status, TUS, body))
    assert type(caught.value) is kind
    assert str(status) in caught.value.detail


@pytest.mark.parametrize(
    "answer",
    [
        _answer(302, {"Location": "http://portal/login"}),
        _answer(200, {"Content-Type": "text/html"}, b"<html>log in</html>"),
        _answer(204),
        _answer(404, {"Content-Type": "text/html"}, b"<html>log in</html>"),
    ],
    ids=["302", "200 page", "204 without tus", "404 page"],
)
def test_portals_are_told_from_a_tus_server(answer: requests.Response) -> None:
    with pytest.raises(CaptivePortal):
        check_tus(answer)


def test_a_portal_is_told_from_the_api() -> None:
    for answer in (_answer(302, {"Location": "/login"}), _answer(200, {"Content-Type": "text/html"}, b"<html>")):
        with pytest.raises(CaptivePortal):
            read_json(answer, TokenAnswer)


def test_json_that_is_not_ours_is_not_the_center() -> None:
    with pytest.raises(CenterUnknown):
        read_json(_answer(200, {"Content-Type": "application/json"}, b'{"hello": 1}'), TokenAnswer)
    with pytest.raises(CenterUnknown):
        read_json(_answer(404, {"Content-Type": "application/json"}, b'{"detail":"Not Found"}'), TokenAnswer)


def test_the_error_a_center_names_is_the_error() -> None:
    with pytest.raises(BadInput, match="used already"):
        read_json(_answer(403, {}, _said(BadInput("enrolment code: used already"))), TokenAnswer)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("99999999", 3600.0), ("Wed, 21 Oct 2015 07:28:00 GMT", 60.0), ("soon", None), ("-1", None)],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    with pytest.raises(CenterBusy) as caught:
        check_tus(_answer(503, {**TUS, "Retry-After": value}))
    assert caught.value.retry_after_s == seconds


@given(st.integers(300, 599), st.binary(max_size=60), st.booleans())
def test_no_answer_is_ever_a_surprise(status: int, body: bytes, tus: bool) -> None:
    with pytest.raises(ZhishiError):
        check_tus(_answer(status, TUS if tus else {}, body))
    with pytest.raises(ZhishiError):
        read_json(_answer(status, {}, body), TokenAnswer)


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (requests.exceptions.MissingSchema("no scheme"), BadInput),
        (requests.exceptions.SSLError("certificate"), CenterUnknown),
        (requests.exceptions.ConnectTimeout("slow"), CenterUnreachable),
        (requests.exceptions.ReadTimeout("silent"), CenterSilent),
        (requests.exceptions.ConnectionError(("aborted", TimeoutError("write"))), CenterUnreachable),
        (requests.exceptions.ConnectionError(TimeoutError("write")), CenterSilent),
        (requests.exceptions.ChunkedEncodingError("cut"), CenterUnreachable),
    ],
)
def test_what_requests_raises(raised: Exception, kind: type[ZhishiError]) -> None:
    with pytest.raises(ZhishiError) as caught, translated("http://center"):
        raise raised
    assert type(caught.value) is kind
