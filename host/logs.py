"""Logs of our own programs: one JSON object a line, rotated, owner-only, without secrets.

A line has ``at`` (UTC, milliseconds), ``level``, ``from`` (the logger), ``event`` (a sentence) and, where there are
any, ``facts`` and ``trace``. What looks like a token, a key or a password is replaced before it is written, wherever
it stands: a log is what a candidate hands to support. Never decides what is worth telling.
"""

import json
import logging
import logging.handlers
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from host.durable import PRIVATE_FILE, translate
from host.paths import Home

FILES = 4
FILE_BYTES = 2 << 20
_EVENT_MOST = 4000
_HIDDEN = "***"
_SECRETS = (
    # Authorization: Bearer … in any spelling
    re.compile(r"(?i)(bearer\s+)[^\s\"',;}]+"),
    # a JWS: receipts are no secret, tokens are, and nobody can tell them apart in a log
    re.compile(r"()\beyJ[\w-]+\.[\w-]+\.[\w-]*"),
    # http://user:password@host
    re.compile(r"(://)[^/\s@\"']+@"),
    # ?token=…, "token": "…", nonce=…
    re.compile(
        r"(?i)(\b(?:token|nonce|secret|password|passwd|code|proof|cookie|private_key|api_key|d)\b[\"']?\s*[:=]\s*[\"']?)"
        r"[^\s\"'&;,}]+"
    ),
    # whatever a link hides behind its #
    re.compile(r"(https?://[^\s\"'#]*#)[^\s\"']+"),
)

_SECRET_NAME = re.compile(r"(?i)token|secret|passw|nonce|proof|private")


def without_secrets(text: str) -> str:
    """``text`` with everything that looks like a secret replaced by ``***``."""
    for pattern in _SECRETS:
        text = pattern.sub(lambda found: found.group(1) + _HIDDEN, text)
    return text


def facts(**values: object) -> dict[str, dict[str, object]]:
    """Named values for one line: ``log.info("session moved", extra=facts(session=…, state=…))``."""
    return {"facts": values}


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """See the module."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": without_secrets(record.getMessage())[:_EVENT_MOST],
        }
        named = getattr(record, "facts", None)
        if isinstance(named, dict) and named:
            line["facts"] = {n: _HIDDEN if _SECRET_NAME.search(n) else _plain(v) for n, v in named.items()}
        if record.exc_info:
            line["trace"] = without_secrets(self.formatException(record.exc_info))[:_EVENT_MOST]
        return json.dumps(line, ensure_ascii=False)


def log_path(home: Home, name: str) -> Path:
    """Where the log of program ``name`` lies."""
    return home.logs / f"{name}.log"


def log_to(home: Home, name: str) -> None:
    """From here on what this process tells goes to its log; warnings also to stderr. Raises StorageError."""
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, (_Rotating, _Said))]:
        root.removeHandler(old)
        old.close()
    path = log_path(home, name)
    with translate(path):
        kept = _Rotating(path, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8")
    kept.setFormatter(JsonLines())
    said = _Said(sys.stderr)
    said.setLevel(logging.WARNING)
    said.setFormatter(_Spoken("%(levelname)s %(name)s: %(message)s"))
    root.setLevel(logging.INFO)
    root.addHandler(kept)
    root.addHandler(said)
    logging.captureWarnings(True)


def read_lines(home: Home, name: str, last: int) -> Iterator[dict[str, Any]]:
    """The ``last`` newest lines of ``name``'s log, oldest first; a line that is none of ours is told as it is."""
    path = log_path(home, name)
    kept: list[str] = []
    with translate(path):
        for part in [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, FILES))]:
            if len(kept) >= last or not part.exists():
                break
            kept = part.read_text("utf-8", "replace").splitlines() + kept
    for line in kept[-last:] if last > 0 else []:
        yield parse_line(line)


def parse_line(line: str) -> dict[str, Any]:
    """One line of a log."""
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"at": "", "level": "", "from": "", "event": line}


class _Rotating(logging.handlers.RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        file = super()._open()
        Path(self.baseFilename).chmod(PRIVATE_FILE)
        return file


class _Said(logging.StreamHandler[Any]):
    """Our handler of stderr, to be told from others'."""


class _Spoken(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def _plain(value: object) -> object:
    """``value`` as JSON has it, secrets hidden."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return without_secrets(str(value))[:_EVENT_MOST]
