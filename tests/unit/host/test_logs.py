"""Logs: lines of JSON that rotate, belong to their owner, and hold no secret."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host import logs
from host.logs import facts, log_path, log_to, read_lines, without_secrets
from host.paths import Home

TOKEN = st.text("ABCDEFabcdef0123456789-_", min_size=20, max_size=40)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield Home(tmp_path).prepare()
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.captureWarnings(False)


@given(TOKEN)
def test_what_looks_like_a_secret_is_hidden(token: str) -> None:
    for text in (
        f"Authorization: Bearer {token}",
        f"https://user:{token}@proxy:8080/x",
        f"http://127.0.0.1:5000/start?nonce={token}&x=1",
        f"https://center/phone#{token}",
        f'{{"token": "{token}", "other": 1}}',
        f"password={token}",
        f"eyJ{token}.{token}.{token}",
    ):
        assert token not in without_secrets(text), text


@pytest.mark.parametrize(
    "text", ["session 0192 moved", "/srv/面试/tracks/camera: 3 of 7", "https://center:8700/files/7 → 503", "3=x"]
)
def test_ordinary_words_stay(text: str) -> None:
    assert without_secrets(text) == text


def test_a_line_says_when_who_and_what(home: Home) -> None:
    log_to(home, "syncd")
    logging.getLogger("syncd.pool").info("sent %d", 3, extra=facts(session="s", token="abc", size=5))
    (line,) = read_lines(home, "syncd", 10)
    assert line["event"] == "sent 3"
    assert line["from"] == "syncd.pool"
    assert line["facts"] == {"session": "s", "token": "***", "size": 5}
    assert line["at"].endswith("Z")


def test_a_trace_is_one_line_too(home: Home) -> None:
    log_to(home, "syncd")
    try:
        raise ValueError("Bearer abcdefghijk")
    except ValueError:
        logging.getLogger("x").exception("met")
    (line,) = read_lines(home, "syncd", 10)
    assert "ValueError" in line["trace"]
    assert "abcdefghijk" not in line["trace"]


def test_old_lines_go_when_there_are_too_many(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 2000)
    log_to(home, "syncd")
    for number in range(200):
        logging.getLogger("x").info("line %d", number)
    files = sorted(path.name for path in home.logs.iterdir())
    assert files == ["syncd.log", "syncd.log.1", "syncd.log.2", "syncd.log.3"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in home.logs.iterdir())
    assert [line["event"] for line in read_lines(home, "syncd", 30)] == [f"line {n}" for n in range(170, 200)]


def test_one_program_twice_writes_each_line_once(home: Home) -> None:
    log_to(home, "recorder")
    log_to(home, "recorder")
    logging.getLogger("x").info("once")
    assert len(log_path(home, "recorder").read_text().splitlines()) == 1


def test_a_line_that_is_no_json_is_told_as_it_is(home: Home) -> None:
    log_path(home, "ui").write_text('half a li\n{"event": "whole"}\n')
    assert [line["event"] for line in read_lines(home, "ui", 10)] == ["half a li", "whole"]
    assert json.dumps(list(read_lines(home, "ui", 0))) == "[]"
