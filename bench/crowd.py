"""Many simulated candidates at one real center, and somebody of support before a real page.

The roster is imported as any other; that each candidate is logged in is written into the center's database (logging a
thousand in by hand would be measuring Argon2). From then on everything is real: heartbeats over HTTP from a process of
their own, the live overview, the page in Chromium.
"""

import asyncio
import csv
import json
import secrets
import subprocess
import sys
from base64 import b32decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import httpx
import uvloop
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, sync_playwright
from sqlmodel import Session

from bench.setting import Setting
from bench.world import Center
from center import admin
from center.accounts import desk
from center.accounts.desk import NewAccount
from center.accounts.factors import DIGITS, STEP_S, Passwords
from center.accounts.roles import Role
from center.config import CenterConfig
from center.folder.reading import read_folder
from center.idnumbers import load_id_numbers
from center.importing import import_project
from center.loginsteps import act_hash
from center.papers import Papers
from center.store import candidates, projects
from domain.wire.center import API
from host.clock import SystemClock
from host.durable import read_json, write_json
from zhishi.sample import CODE, FIRST_BATCH, PHOTO, write_sample
from zhishi.stage import dying_with_parent

EVERY_S = 5.0
LINES = 64
_CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True, slots=True)
class Crowd:
    """A running center with ``acts`` (number → act token) logged in; all but those ``apart`` speak by themselves."""

    url: str
    acts: dict[str, str]
    apart: list[str]
    account: NewAccount
    count: Path

    def answered(self) -> tuple[int, int]:
        """Heartbeats of everybody so far: answered as they should be, and not."""
        good, bad = read_json(self.count)
        return int(good), int(bad)

    def heartbeat(self, http: httpx.Client, number: str, remaining: int) -> None:
        """One laptop says how much is left."""
        answer = http.post(f"{API}/interview/heartbeat", json=order(remaining), headers=bearer(self.acts[number]))
        answer.raise_for_status()


@contextmanager
def crowd(setting: Setting, people: int, apart: int = 0) -> Iterator[Crowd]:
    """``people`` candidates who answer and send a heartbeat every ``EVERY_S``, and ``apart`` who say nothing."""
    config = CenterConfig(data=setting.folder / "center", id_memory_kib=256)
    folder = _project(setting.folder / "project", people + apart)
    clock = SystemClock()
    with admin.opened(config) as database:
        report = import_project(
            database,
            Papers(config.papers),
            load_id_numbers(config.keys, config.id_memory_kib),
            read_folder(folder, lambda _: None),
            clock.wall_ms(),
            "bench",
        )
        acts = {f"{number:06d}": secrets.token_urlsafe(32) for number in range(people + apart)}
        database.write(lambda db: _log_in(db, acts, clock.wall_ms()))
        passwords = Passwords(256)
        account = desk.add(database, passwords, "bench", frozenset({Role.SUPPORT}), "bench", "bench", clock.wall_ms())
    setting.say(f"{report.added} candidates imported")
    with Center(config.data, setting.environ) as center:
        tokens, count = setting.folder / "acts", setting.folder / "answered.json"
        write_json(count, [0, 0])
        tokens.write_text("\n".join(list(acts.values())[:people]))
        speakers = subprocess.Popen(
            dying_with_parent([sys.executable, "-m", "bench.crowd", center.url, str(tokens), str(count)]),
            stdin=subprocess.DEVNULL,
        )
        try:
            yield Crowd(center.url, acts, list(acts)[people:], account, count)
        finally:
            speakers.terminate()
            speakers.wait(10)


@contextmanager
def support_page(crowd: Crowd) -> Iterator[Page]:
    """Chromium, signed in, at the dashboard's address but not yet there."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.goto(f"{crowd.url}/staff")
        page.get_by_label("账号").fill(crowd.account.name)
        page.get_by_label("密码").fill(crowd.account.password)
        page.get_by_label("动态口令").fill(_code(crowd.account))
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_selector("tr.line")
        yield page
        browser.close()


def order(remaining: int) -> dict[str, object]:
    """A heartbeat as laptops send it."""
    return {
        "nonce": secrets.token_hex(8),
        "stage": "answering",
        "at": {"center_ms": SystemClock().wall_ms(), "center_est": False},
        "progress": {
            "recorder": "record",
            "health": {"camera": "healthy", "screen": "healthy"},
            "sync": "open",
            "remaining_bytes": remaining,
            "bytes_per_second": 60_000,
        },
    }


def bearer(act: str) -> dict[str, str]:
    """The header of an act token."""
    return {"Authorization": f"Bearer {act}"}


def _project(folder: Path, people: int) -> Path:
    write_sample(folder, datetime.now(UTC), answer_minutes=600)
    with (folder / "roster.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["准考证号", "姓名", "证件号", "场次", "照片"])
        for number in range(people):
            lines.writerow([f"{number:06d}", f"考生{number}", f"TEST-{number:06d}", FIRST_BATCH, PHOTO])
    return folder


def _log_in(db: Session, acts: dict[str, str], now_ms: int) -> None:
    for number, act in acts.items():
        found = candidates.by_number(db, CODE, number)
        if found is None:
            raise LookupError(number)
        found.progress.act_sha256, found.progress.act_login, found.progress.act_ms = act_hash(act), number, now_ms
        found.progress.entered_ms = found.progress.shown_ms = now_ms
        projects.keep(db, found.progress)


def _code(account: NewAccount) -> str:
    secret = parse_qs(urlparse(account.uri).query)["secret"][0]
    totp = TOTP(b32decode(secret + "=" * (-len(secret) % 8)), DIGITS, SHA1(), STEP_S)  # noqa: S303
    return totp.generate(SystemClock().wall_ms() // 1000).decode()


class _Line:
    """One connection that is kept open; a thousand laptops are spoken for by one process, so it does no more than it
    must. Everything goes over the wire as a laptop sends it.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, order: object, headers: dict[str, str]) -> int:
        """The answer's status, once all of it was read."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        body = json.dumps(order).encode()
        fields = {"Host": self._address[0], "Content-Type": "application/json", "Content-Length": len(body), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        writer.write(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        try:
            status, *told = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
            lengths = [line.partition(":")[2] for line in told if line.startswith("content-length:")]
            await reader.readexactly(int(lengths[0]))
        except (OSError, EOFError):
            self._streams = None
            return 0
        return int(status.split()[1])


async def speak(url: str, acts: list[str], count: Path) -> None:
    """Every act token sends a heartbeat each ``EVERY_S``, evenly spread, until this process is ended.

    ``count`` is told each second how many were answered as they should be, and how many were not.
    """
    address = urlparse(url)
    lines: asyncio.Queue[_Line] = asyncio.Queue()
    for _ in range(LINES):
        lines.put_nowait(_Line(address.hostname or "", address.port or 80))
    good, bad = 0, 0

    async def one(act: str, wait_s: float) -> None:
        nonlocal good, bad
        now = asyncio.get_running_loop().time
        due = now() + wait_s
        remaining = 100_000
        while True:
            await asyncio.sleep(max(0.0, due - now()))
            due = max(due + EVERY_S, now())  # a laptop never has two under way
            line = await lines.get()
            status = await line.post(f"{API}/interview/heartbeat", order(remaining), bearer(act))
            lines.put_nowait(line)
            good, bad = good + (status == 200), bad + (status != 200)
            remaining = secrets.randbelow(1_000_000)

    async def tell() -> None:
        while True:
            await asyncio.sleep(1)
            write_json(count, [good, bad])

    await asyncio.gather(tell(), *(one(act, place * EVERY_S / len(acts)) for place, act in enumerate(acts)))


if __name__ == "__main__":
    uvloop.run(speak(sys.argv[1], Path(sys.argv[2]).read_text().split(), Path(sys.argv[3])))
