"""The test recording before an interview: a few seconds recorded and encoded exactly as the interview will be.

Owns one trial: its captures, its files and the webm made of them (VP8 and Opus: the window's browser plays no H.264).
Nothing of it is evidence and nothing of it stays. Which devices are used is the caller's business.
"""

import asyncio
import contextlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from domain.errors import NoFrames, RecordingFailed, SegmentTruncated, ZhishiError
from domain.identity import Track
from domain.wire.failure import to_body
from domain.wire.recorder import TrialStatus
from host.centertime import CenterTime
from host.identity import new_id
from host.spool import INIT_NAME, segment_files
from recorder.capture import Capture, Plan
from recorder.config import RecorderConfig

_LOOK_S = 0.05
_LAST_WORDS = 3


@dataclass(slots=True)
class _State:
    name: str = "none"
    began_ns: int | None = None
    error: ZhishiError | None = None


class Trial:
    """The newest test recording of this recorder."""

    def __init__(self, config: RecorderConfig, center_time: CenterTime) -> None:
        self._config = config
        self._center_time = center_time
        self._state = _State()
        self._seconds = 0.0
        self._folder: Path | None = None

    @property
    def webm(self) -> Path | None:
        """The recording to play back; None while there is none."""
        return self._folder / "trial.webm" if self._folder is not None and self._state.name == "ready" else None

    def status(self) -> TrialStatus:
        """In the words of the API."""
        left = None
        if self._state.began_ns is not None and self._state.name == "recording":
            gone_s = (self._center_time.clock.boot_ns() - self._state.began_ns) / 1e9
            left = max(0, int((self._seconds - gone_s) * 1000))
        return TrialStatus(
            state=self._state.name,
            left_ms=left,
            duration_ms=int(self._seconds * 1000) if self.webm is not None else None,
            error=to_body(self._state.error) if self._state.error is not None else None,
        )

    def begin(self, seconds: float) -> None:
        """From now on ``status`` tells of a new one; ``make`` or ``fail`` follows."""
        self._seconds, self._state = seconds, _State("recording")

    def fail(self, why: ZhishiError) -> None:
        """It came to nothing."""
        self._state = _State("failed", None, why)

    async def make(self, plans: dict[Track, Plan]) -> None:
        """Record by ``plans`` (all of them, so that the load is the interview's) and keep the camera's as webm.

        Whatever goes wrong is told by ``status``.
        """
        await asyncio.to_thread(self._remove)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="zhishi-trial-"))
        self._folder = folder
        try:
            await self._record(plans, folder)
            self._state.name = "making"
            await self._transcode(folder / Track.CAMERA.value)
            self._state.name = "ready"
        except (ZhishiError, OSError) as why:
            self.fail(why if isinstance(why, ZhishiError) else RecordingFailed(str(why)))

    def clear(self) -> None:
        """Remove what there is. Blocks."""
        self._remove()
        self._state = _State()

    def _remove(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = None

    async def _record(self, plans: dict[Track, Plan], folder: Path) -> None:
        captures: list[Capture] = []
        watching: list[asyncio.Task[object]] = []
        wake = asyncio.Event()
        try:
            for track, plan in plans.items():
                place = folder / track.value
                place.mkdir()
                capture = Capture(plan, new_id(), place, self._config, self._center_time, keep=True)
                captures.append(capture)
                await capture.start()
                watching.append(asyncio.create_task(capture.watch(wake, lambda _ready: None)))
            await self._wait_frames(captures, watching)
            self._state.began_ns = self._center_time.clock.boot_ns()
            await asyncio.wait(watching, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
            broken = any(task.done() for task in watching)
        finally:
            wake.set()
            for task in watching:
                with contextlib.suppress(ZhishiError):  # told below: the run did not last
                    await task
            for capture in captures:
                await capture.end(gently=True)
        if broken:
            raise RecordingFailed("the test recording ended by itself")

    async def _wait_frames(self, captures: list[Capture], watching: list[asyncio.Task[object]]) -> None:
        deadline = self._center_time.clock.boot_ns() + int(self._config.patience.first_frame_s * 1e9)
        while any(capture.frame_ns is None for capture in captures):
            late = self._center_time.clock.boot_ns() > deadline
            if late or any(task.done() for task in watching):
                silent = [capture.plan.track.value for capture in captures if capture.frame_ns is None]
                raise NoFrames(", ".join(silent))
            await asyncio.sleep(_LOOK_S)

    async def _transcode(self, folder: Path) -> None:
        """One mp4 of init and segments, then webm of that."""
        whole = folder / "trial.mp4"
        await asyncio.to_thread(_join, folder, whole)
        assert self._folder is not None  # noqa: S101 -- make() has just set it
        target = self._folder / "trial.webm"
        argv = [str(self._config.ffmpeg), "-hide_banner", "-nostats", "-loglevel", "error", "-y", "-i", str(whole)]
        argv += ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"]
        argv += ["-c:a", "libopus", "-b:a", "64k", "-f", "webm", str(target)]
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
        )
        _, words = await process.communicate()
        if process.returncode != 0:
            last = " / ".join(words.decode(errors="replace").strip().splitlines()[-_LAST_WORDS:])
            raise RecordingFailed(f"webm: {last}")


def _join(folder: Path, target: Path) -> None:
    files = [path for _, path in segment_files(folder)]
    if not files or not (folder / INIT_NAME).exists():
        raise SegmentTruncated(f"{folder}: nothing was recorded")
    with target.open("wb") as out:
        for path in (folder / INIT_NAME, *files):
            out.write(path.read_bytes())
