"""``zhishi status``: asks the running programs and shows what they say: once, watched, or as JSON."""

import json
import sys
import time
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live

from domain.errors import NotRunning, ZhishiError
from domain.wire.failure import ErrorBody, to_body
from domain.wire.recorder import RecorderStatus
from domain.wire.syncd import SyncStatus
from host.localapi import LocalClient
from host.paths import Home
from zhishi import statusview

_WATCH_S = 1.0


@dataclass(frozen=True, slots=True)
class Answers:
    """What both programs say; the error is syncd's, whose silence leaves evidence unsent."""

    sync: SyncStatus | None
    recorder: RecorderStatus | None
    error: ErrorBody | None


def ask(home: Home) -> Answers:
    """Ask now; a program that does not run has nothing to say."""
    sync: SyncStatus | None = None
    recorder: RecorderStatus | None = None
    error: ErrorBody | None = None
    try:
        sync = LocalClient(home, "syncd").get("/status", SyncStatus)
    except ZhishiError as why:
        error = to_body(why)
    try:
        recorder = LocalClient(home, "recorder").get("/status", RecorderStatus)
    except NotRunning:
        recorder = None
    return Answers(sync, recorder, error)


def print_json(home: Home) -> bool:
    """One JSON object; whether syncd answered."""
    now = ask(home)
    told = {"sync": now.sync, "recorder": now.recorder, "error": now.error}
    sys.stdout.write(json.dumps({k: v and v.model_dump() for k, v in told.items()}, ensure_ascii=False) + "\n")
    return now.sync is not None


def print_once(home: Home) -> bool:
    """For people; whether syncd answered. Without it: what lies on the disk."""
    now = ask(home)
    console = Console()
    console.print(statusview.render(now.sync, now.recorder, now.error))
    if now.sync is None:
        console.print(statusview.render_disk(home))
    return now.sync is not None


def watch(home: Home) -> None:
    """For people, anew each second, until interrupted."""
    with Live(auto_refresh=False) as live:
        while True:
            now = ask(home)
            live.update(statusview.render(now.sync, now.recorder, now.error), refresh=True)
            time.sleep(_WATCH_S)
