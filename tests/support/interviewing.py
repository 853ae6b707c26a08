"""A whole interview to test with: a center with the sample project, and the candidate's program as people start it.

The pages are spoken to as a browser would: one-use address, cookie, server-sent events, orders with an Origin.
"""

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import requests

from center import admin, staff
from center.config import CenterConfig
from center.staff import Actor
from center.store.candidates import PermissionKind
from domain.wire.recorder import RecorderStatus
from domain.wire.syncd import SyncStatus
from host.clock import SystemClock
from host.ownprogram import own_command
from host.paths import Home
from tests.support.center import center_config, laid
from tests.support.servers import AsgiProcess
from tests.support.waiting import wait_until
from zhishi.desk import import_project
from zhishi.laptop import Laptop
from zhishi.pageclient import PageClient
from zhishi.sample import CODE, FIRST_ID_NUMBER, FIRST_NUMBER, write_sample
from zhishi.stage import dying_with_parent, talking_head_clip

__all__ = ["CODE", "Candidate", "Office", "candidate", "final_receipt", "office"]
ROOT = Path(__file__).resolve().parents[2]


class Office:
    """A center in a process of its own, with the sample project, and what its staff can do."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.config: CenterConfig = laid(center_config(folder / "center", **settings))
        given = {"data": str(self.config.data), **settings}
        self.server = AsgiProcess("tests.support.center:center_app", given)
        self.start_ms = 0

    @property
    def url(self) -> str:
        """Where it is reached."""
        return self.server.url

    def hold(
        self,
        start_in_s: float,
        *,
        answer_minutes: float = 20,
        showing_seconds: float = 0,
        companion: bool = False,
        papers: Mapping[str, bytes] | None = None,
    ) -> None:
        """Import the sample project; its first batch starts in ``start_in_s``.

        ``companion``: a phone has to be bound; ``papers``: further attachments.
        """
        self.start_ms = SystemClock().wall_ms() + int(start_in_s * 1000)
        start = datetime.fromtimestamp(self.start_ms / 1000, UTC).astimezone()
        with tempfile.TemporaryDirectory(prefix="zhishi-project-") as folder:
            project = write_sample(
                Path(folder) / "project",
                start,
                answer_minutes=answer_minutes,
                showing_seconds=showing_seconds,
                companion=companion,
            )
            for name, content in (papers or {}).items():  # the id is the name without its ending
                (project / "attachments" / name).write_bytes(content)
                with (project / "project.toml").open("a") as file:
                    entry = (
                        f'\n[[attachment]]\nid = "{Path(name).stem}"\nfile = "attachments/{name}"\ntitle = "{name}"\n'
                    )
                    file.write(entry)
            import_project(self.config.data, project, "sample")

    def allow(self, *kinds: PermissionKind, number: str = FIRST_NUMBER) -> None:
        """Support allows something."""
        with admin.opened(self.config) as database:
            staff.admit(database, CODE, number, set(kinds), self._actor())

    def do(self, act: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """One of ``center.staff``'s acts: ``act(database, *given, actor)``."""
        with admin.opened(self.config) as database:
            return act(database, *given, self._actor(), **more)

    def _actor(self) -> Actor:
        return Actor("support", "because", SystemClock().wall_ms())


class Candidate:
    """One person at one laptop: the program, its pages and its other programs."""

    def __init__(
        self,
        home: Home,
        center: str,
        environ: dict[str, str],
        *,
        window: bool = False,
        camera: Path | None = None,
        command: str = "ui",
        program: Sequence[str] = (),
    ) -> None:
        self.home = home
        self._program = [*(program or own_command()), command]
        self._center = center
        self._environ = environ
        self._window = window
        self._camera = camera or talking_head_clip()
        self._child: subprocess.Popen[bytes] | None = None
        self._laptop = Laptop(home)
        self._pages: PageClient | None = None
        self.debug_port: int | None = None

    # -- the program -----------------------------------------------------------------------------------------------

    def start(self, *options: str) -> None:
        """Start the program and open its pages, beside its window where it has one."""
        ready = self.home.root / "ready"
        ready.unlink(missing_ok=True)
        command = [*self._program, "--home", str(self.home.root)]
        command += ["--center", self._center] if self._center else []
        command += ["--no-browser", "--ready-file", str(ready), *([] if self._window else ["--no-window"])]
        for option in ("--stand-in", str(self._camera), "--monitor-as-microphone"):
            command += [f"--recorder-option={option}"]
        log = (self.home.root / "ui.out").open("ab")
        with log:
            self._child = subprocess.Popen(
                dying_with_parent([*command, *options]),
                cwd=ROOT,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        url = wait_until(lambda: self._ready(ready), 60, "the pages can be opened")
        self.open(url)

    def _ready(self, ready: Path) -> str:
        assert self._child is not None
        assert self._child.poll() is None or (self.home.root / "ui.out").read_text() == "", self.words()
        return ready.read_text() if ready.exists() else ""

    def words(self) -> str:
        """What the program said."""
        return (self.home.root / "ui.out").read_text(errors="replace")

    def open(self, url: str) -> None:
        """Open the pages as a browser would, and listen to the events."""
        if self._pages is not None:
            self._pages.close()
        self._pages = PageClient(url)

    @property
    def http(self) -> PageClient:
        """The pages' server, with the cookie."""
        assert self._pages is not None, "not started"
        return self._pages

    @property
    def pid(self) -> int:
        """Of the program."""
        assert self._child is not None, "not started"
        return self._child.pid

    @property
    def state(self) -> dict[str, Any]:
        """The newest PageState."""
        return self._pages.state if self._pages is not None else {}

    @property
    def page(self) -> dict[str, Any]:
        """The page of the newest state."""
        return dict(self.state.get("page", {}))

    def do(self, action: str, **fields: Any) -> requests.Response:
        """Order something."""
        return self.http.order(action, **fields)

    def must(self, action: str, **fields: Any) -> None:
        """Order something that must be done."""
        answer = self.do(action, **fields)
        assert answer.status_code == 200, (action, answer.status_code, answer.text)

    def wait(self, look: Callable[[dict[str, Any]], Any], seconds: float = 60, what: str = "") -> Any:
        """Wait until the newest state fulfils ``look``."""

        def found() -> Any:
            assert self._child is None or self._child.poll() is None, self.words()
            return look(self.state) if self.state else None

        try:
            return wait_until(found, seconds, what or "the state")
        except AssertionError as why:
            raise AssertionError(f"{why}; last state: {json.dumps(self.state, ensure_ascii=False)[:3000]}") from why

    def at(self, stage: str, seconds: float = 60) -> dict[str, Any]:
        """Wait for a stage; its page."""
        self.wait(lambda state: state["stage"] == stage, seconds, f"stage {stage}")
        return self.page

    def kill(self) -> None:
        """kill -9 of the program (not of its recorder and syncd)."""
        assert self._child is not None
        child = psutil.Process(self._child.pid)
        for one in [*child.children(recursive=True), child]:
            if one.pid == self._child.pid or "QtWebEngine" in one.name():
                with suppress(psutil.NoSuchProcess):
                    one.kill()
        self._child.wait()
        self._leave()

    def stop(self) -> None:
        """End the program as a person would, then its recorder and syncd."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(30)
            except subprocess.TimeoutExpired:
                self._child.kill()
                self._child.wait()
        self._leave()
        self._laptop.end()

    def _leave(self) -> None:
        """The pages are gone; what they said last is no state any more."""
        if self._pages is not None:
            self._pages.close()
        self._pages = None

    def sync(self) -> SyncStatus | None:
        """What syncd says."""
        return self._laptop.sync()

    def session(self) -> str:
        """The newest session on this laptop."""
        found = self._laptop.session()
        assert found is not None
        return found.session

    def recorder(self) -> RecorderStatus | None:
        """What the recorder says."""
        return self._laptop.recorder()

    # -- the way ---------------------------------------------------------------------------------------------------

    def check_devices(self) -> None:
        """设备准备, up to 下一步."""
        page = self.at("devices")
        for rule in page["rules"]:
            self.must("tick", id=rule["id"], ticked=True)
        self.wait(lambda state: state["page"].get("can_go_on"), 60, "the checks let go on")
        self.must("checks_done")

    def log_in(self, office: Office) -> None:
        """人脸登录 without a face: consent refused, support logs in."""
        self.at("login")
        self.must("project", project=CODE)
        consent = self.wait(lambda state: state["page"]["consent"]["version"], 20, "the consent text")
        self.must("consent", version=consent, accepted=False)
        self.must("login", number=FIRST_NUMBER, id_number=FIRST_ID_NUMBER)
        self.must("support")
        office.allow(PermissionKind.LOGIN)
        self.wait(lambda state: state["stage"] not in ("devices", "login"), 60, "logged in")

    def read_all(self) -> None:
        """阅读考试附件."""
        page = self.at("attachments")
        for item in page["items"]:
            self._await_attachment(item["id"])
            self.must("open", id=item["id"])
            assert self.http.get(f"/api/attachment/{item['id']}").status_code == 200
            self.must("read", id=item["id"])
        self.must("pledge", version=page["pledge"]["version"])

    def _await_attachment(self, name: str) -> None:
        self.wait(lambda state: _item(state, name)["url"], 30, "the attachment is here")

    def enter(self) -> None:
        """进入考试."""
        self.at("enter")
        self.wait(lambda state: state["page"].get("can_enter"), 30, "the door is open")
        self.must("enter")
        self.at("confirm")


def _item(state: dict[str, Any], name: str) -> dict[str, Any]:
    return next(item for item in state["page"]["items"] if item["id"] == name)


def final_receipt(state: dict[str, Any]) -> dict[str, Any] | None:
    """The session's receipt on the upload page, once it is there (the device's own comes first)."""
    receipt = state["page"].get("receipt")
    return receipt if receipt and receipt["final"] else None


@contextmanager
def office(folder: Path, **settings: Any) -> Iterator[Office]:
    """A center with nothing on it yet."""
    made = Office(folder, **settings)
    made.config.data.mkdir(parents=True, exist_ok=True)
    with made.server:
        yield made


@contextmanager
def candidate(center: str, environ: dict[str, str], **more: Any) -> Iterator[Candidate]:
    """A laptop; its programs are ended afterwards. A ``program`` of another place gets ``environ`` alone."""
    with tempfile.TemporaryDirectory(prefix="zhishi-ui-") as folder:
        home = Home(Path(folder)).prepare()
        mine = {"XDG_DOWNLOAD_DIR": str(Path(folder) / "Downloads")}
        given = {} if more.get("program") else os.environ
        made = Candidate(home, center, {**given, **mine, **environ}, **more)
        try:
            yield made
        finally:
            made.stop()
