"""The phone's page in a real Chromium with a clip as its camera, before a real center with a laptop that approves.

Owns the browser's life (killed -9 and opened again on the same profile) and the clips. What a test asserts is its own.
"""

import functools
import os
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, Self

import psutil
import segno
from imageio_ffmpeg import get_ffmpeg_exe
from playwright.sync_api import Browser as DrivenBrowser
from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from sqlmodel import select

from center.app import make_app
from center.center import Center, open_center
from center.phoneacts import finish_phone
from center.store import projects
from center.tables import Project, Upload
from host.clock import SystemClock
from tests.support.candidates import CODE, Laptop, actor, add_sample
from tests.support.center import center_config, laid
from tests.support.servers import AsgiThread
from tests.support.waiting import wait_until
from zhishi.faultproxy import FaultProxy
from zhishi.sample import FIRST_NUMBER
from zhishi.stage import talking_head_clip

PIXEL, IPHONE = "Pixel 7", "iPhone 15"
_NOT_OURS = ("Failed to load resource", "The Cross-Origin-Opener-Policy header has been ignored")
_LONG_AFTER_MS = 50 * 60_000
PAN_MS = 14_000  # slower than the page asks for


@functools.cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="zhishi-clips-"))


@functools.cache
def talking() -> Path:
    """The talking-head clip as Chromium's fake camera wants it."""
    return _clip("talking", ["-i", str(talking_head_clip()), "-vf", "scale=640:480", "-r", "15"])


@functools.cache
def still() -> Path:
    """A camera that stands still: one picture again and again."""
    taken = ["-i", str(talking_head_clip()), "-vf", "scale=640:480,select=eq(n\\,0),loop=59:1:0", "-r", "15"]
    return _clip("still", taken)


@functools.cache
def black() -> Path:
    """A covered lens."""
    return _clip("black", ["-f", "lavfi", "-i", "color=black:s=640x480:r=15:d=4"])


@functools.cache
def silence() -> Path:
    """A microphone that gives nothing."""
    file = _folder() / "silence.wav"
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        out.writeframes(bytes(2 * 48000 * 2))
    return file


def code_before_camera(text: str) -> Path:
    """A camera that sees the QR code of ``text`` as a laptop's screen shows it."""
    picture = _folder() / "code.png"
    segno.make(text, error="m").save(str(picture), scale=8, border=4)
    shown = "scale=300:300:flags=neighbor,pad=640:480:(ow-iw)/2:(oh-ih)/2:color=gray,format=yuv420p"
    return _clip("code", ["-loop", "1", "-t", "4", "-i", str(picture), "-vf", shown, "-r", "15"])


def _clip(name: str, taken: list[str]) -> Path:
    file = _folder() / f"{name}.mjpeg"
    command = [get_ffmpeg_exe(), "-v", "error", "-y", *taken, "-an", "-c:v", "mjpeg", "-q:v", "4", str(file)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return file


_ALLOWED = "--use-fake-ui-for-media-stream"


def _chromium() -> str:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    assert path is not None, "chromium is missing (scripts/system test installs it)"
    return path


def _as_phone(camera: Path) -> list[str]:
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    lens = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={camera}"]
    return [*lens, *(["--no-sandbox"] if root else [])]


class Browser:
    """One phone's browser on a profile of its own; everything in it survives ``kill`` and ``start``."""

    def __init__(self, driver: Playwright, profile: Path, *, device: str = PIXEL) -> None:
        self._driver = driver
        self._profile = profile
        self._device = device
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self._alone: subprocess.Popen[bytes] | None = None
        self._driving: DrivenBrowser | None = None
        self.said: list[str] = []

    @property
    def driver(self) -> Playwright:
        """What started it: a thread has one."""
        return self._driver

    @property
    def page(self) -> Page:
        """The one page."""
        assert self._page is not None, "not started"
        return self._page

    @property
    def context(self) -> BrowserContext:
        """For switching the network and the like."""
        assert self._context is not None, "not started"
        return self._context

    def start(
        self,
        *,
        camera: Path | None = None,
        microphone: Path | None = None,
        asks: bool = False,
        names: str = "",
        init: str = "",
        agent: str = "",
        workers: Literal["allow", "block"] = "allow",
    ) -> Self:
        """Open the browser with ``camera`` before its lens.

        ``asks``: nobody allows the camera. ``names``: other names that lead to this machine. ``init``: a script before
        the page's own; ``agent``: what the browser says it is; ``workers``: whether a service worker may run.
        """
        args = [
            *_as_phone(camera or talking()),
            *([] if asks else [_ALLOWED]),
            *([f"--host-resolver-rules=MAP {names} 127.0.0.1"] if names else []),
            *([f"--use-file-for-fake-audio-capture={microphone}"] if microphone else []),
        ]
        profile = dict(self._driver.devices[self._device])
        profile.pop("default_browser_type", None)
        profile |= {"user_agent": agent} if agent else {}
        self._context = self._driver.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=_chromium(),
            args=args,
            permissions=["screen-wake-lock"] if asks else ["camera", "microphone", "screen-wake-lock"],
            reduced_motion="reduce",
            service_workers=workers,
            **profile,
        )
        if init:
            self._context.add_init_script(init)
        self._page = self._context.pages[0]
        self._page.on("console", self._hear)
        self._page.on("pageerror", lambda error: self.said.append(str(error)))
        return self

    def start_alone(self, init: str) -> Self:
        """Open the browser so that ``let_go`` may leave it to itself, and no driver listens to what it sends."""
        bare = ["--headless=new", "--remote-debugging-port=0", "--no-first-run", f"--user-data-dir={self._profile}"]
        command = [_chromium(), *bare, *_as_phone(talking()), _ALLOWED, "about:blank"]
        quiet = subprocess.DEVNULL
        self._alone = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        self.look_in()
        self.context.add_init_script(init)
        return self

    def look_in(self) -> Page:
        """Drive the browser that was started alone, until ``let_go``."""
        told = self._profile / "DevToolsActivePort"
        wait_until(lambda: told.exists() and "\n" in told.read_text(), 30, "the browser says where it can be driven")
        self._driving = self._driver.chromium.connect_over_cdp(f"http://127.0.0.1:{told.read_text().split()[0]}")
        self._context = self._driving.contexts[0]
        self._page = self._context.pages[0]
        return self._page

    def let_go(self) -> None:
        """Nobody drives it any more; it goes on by itself."""
        assert self._driving is not None, "not driven"
        self._driving.close()
        self._driving = self._context = self._page = None

    def _hear(self, message: Any) -> None:
        # A refused request and a cut line are told by the browser as errors of the network, and an insecure address
        # as one of its headers; ours are all others.
        if message.type == "error" and not message.text.startswith(_NOT_OURS):
            self.said.append(message.text)

    def turn_round(self, steps: int = 30) -> None:
        """Turn the phone slowly once round, as its sensor tells the page."""
        for step in range(steps + 1):
            self.page.evaluate(
                "(alpha) => window.dispatchEvent(new DeviceOrientationEvent('deviceorientation', { alpha }))",
                360 * step / steps % 360,
            )
            self.page.wait_for_timeout(PAN_MS / steps)

    def processes(self) -> list[psutil.Process]:
        """Every process of this browser, the main one first."""
        mine = f"--user-data-dir={self._profile}"
        found = [one for one in psutil.process_iter(["cmdline"]) if mine in (one.info["cmdline"] or [])]
        children = [child for one in found for child in one.children(recursive=True)]
        return list(dict.fromkeys([*found, *children]))

    def kill(self) -> None:
        """kill -9 of everything of this browser, at once."""
        found = self.processes()
        assert found, "no browser to kill"
        for one in found:
            _kill(one)
        wait_until(lambda: not any(_lives(one) for one in found), 20, "it is dead")
        self._forget()

    def _forget(self) -> None:
        context, self._context, self._page = self._context, None, None
        if context is not None:
            with suppress(PlaywrightError):  # it is gone already
                context.close()
        for lock in self._profile.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    def close(self) -> None:
        """As a person closes it."""
        if self._alone is not None:
            if self._driving is not None:
                self.let_go()
            for one in self.processes():
                _kill(one)
            self._alone.wait()
            self._alone = None
        if self._context is not None:
            self._context.close()
            self._context = None


def _kill(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill()


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class ShiftedClock:
    """Center time as it is, or ``ahead_ms`` later."""

    def __init__(self) -> None:
        self.ahead_ms = 0
        self._clock = SystemClock()

    def now_ms(self) -> int:
        """What the center's clock says."""
        return self._clock.wall_ms() + self.ahead_ms


class World:
    """A center that demands a phone, one candidate's laptop, the line between phone and center, and the phone."""

    def __init__(self, center: Center, clock: ShiftedClock, url: str, proxy: FaultProxy, phone: Browser) -> None:
        self.center = center
        self.clock = clock
        self.proxy = proxy
        self.phone = phone
        self.url = url  # the center's own address, past the proxy
        self.laptop = Laptop(url).log_in_by_hand(center)

    @property
    def base(self) -> str:
        """Where the phone reaches the center."""
        return f"http://127.0.0.1:{self.proxy.port}"

    def link(self) -> str:
        """What the laptop's QR code says."""
        return self.base + str(self.laptop.post("/bindings").json()["link"])

    def code(self) -> str:
        """What the laptop shows for typing in."""
        return str(self.laptop.post("/bindings").json()["code"])

    def binding(self) -> dict[str, Any]:
        """The phone as the laptop sees it."""
        told: dict[str, Any] = self.laptop.heartbeat().json()["state"]["binding"]
        return told

    def approve(self) -> str:
        """The candidate approves the phone that asks; its device id."""
        asking = wait_until(lambda: self.binding()["asking"], 20, "a phone asks")
        device = str(asking["device"])
        assert self.laptop.post("/companion/approve", {"device": device}).status_code == 200
        return device

    def end(self) -> None:
        """The scheduled end passes."""
        self.clock.ahead_ms = _LONG_AFTER_MS

    def finish(self) -> None:
        """Support finishes the forgotten phone from afar."""
        finish_phone(self.center.database, CODE, FIRST_NUMBER, actor(self.center))

    def uploads(self) -> list[Upload]:
        """Every companion link that the center holds, in the order of their chain."""
        query = select(Upload).where(Upload.track == "companion")
        rows = self.center.database.read(lambda db: list(db.exec(query)))
        return sorted(rows, key=lambda row: row.seq)

    def verified(self) -> int:
        """How many of them are verified."""
        return sum(row.state == "verified" for row in self.uploads())

    def bind(self) -> None:
        """Open the link on the phone and approve it."""
        self.phone.page.goto(self.link())
        self.approve()
        self.phone.page.wait_for_selector("main.ready")

    def film(self) -> None:
        """Through the pan, turning the phone once round, to the long recording."""
        self.phone.page.locator("main.ready .btn.act").click()
        self.phone.page.wait_for_selector("main.pan")
        self.phone.turn_round()
        self.phone.page.locator("main.pan .btn.act:not([aria-disabled])").click(timeout=60_000)
        self.phone.page.locator("main.placing .btn.act").click()
        self.phone.page.wait_for_selector("main.filming .state.good")

    def stop(self) -> None:
        """The candidate stops the recording."""
        self.phone.page.locator("main.filming .foot .btn").click()
        self.phone.page.wait_for_selector("dialog[open]")
        tick = self.phone.page.locator("dialog input[type=checkbox]")
        if tick.count():
            tick.check()
        self.phone.page.locator("dialog .choice .btn").last.click()
        self.phone.page.wait_for_selector("main.sending", timeout=20_000)


@contextmanager
def world(folder: Path, *, device: str = PIXEL) -> Iterator[World]:
    """Everything; the browser is started by the test."""
    config = laid(center_config(folder / "center"))
    clock = ShiftedClock()
    center = open_center(config, clock.now_ms)
    with AsgiThread(make_app(center)) as server, sync_playwright() as driver:
        add_sample(center, folder / "project")

        def demand(db: Any) -> None:
            row = db.get_one(Project, CODE)
            row.companion_required = True
            projects.keep(db, row)

        center.database.write(demand)
        phone = Browser(driver, folder / "profile", device=device)
        with FaultProxy(("127.0.0.1", server.port)) as proxy:
            made = World(center, clock, server.url, proxy, phone)
            try:
                yield made
            finally:
                made.laptop.close()
                phone.close()
