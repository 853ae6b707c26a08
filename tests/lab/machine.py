"""One qemu: started, spoken to, its power cut. Knows nothing of interviews.

The guest writes through ``blklogwrites`` into a throw-away overlay; what a power cut leaves is decided afterwards
from the log (``writelog``) and brought onto the disk file, from which the next boot starts.
"""

import contextlib
import json
import os
import select
import socket
import subprocess
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from tests.lab.guesttime import LOOK_S, GuestFailed, LabClock, Pulse, Watermarks
from tests.lab.image import Image
from tests.lab.verdict import PowerCut
from tests.lab.writelog import Piece, at_the_end, dropped, read_log, somewhere, survivors, write_back
from zhishi.stage import dying_with_parent

BOOT_S = 300.0
HOST = "10.0.2.2"  # this machine's loopback, as qemu's own network shows it to the guest
SPEED = "shift=0"  # a processor of 1,000 million instructions a second, whatever else this machine does
_KERNEL_WORDS = "root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 mitigations=off systemd.show_status=0"


class Line:
    """One JSON answer for each JSON line over a unix socket that qemu listens on."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.connect(str(path))
        self._held = b""

    def ask(self, question: dict[str, Any] | None, seconds: float) -> dict[str, Any]:
        """Send ``question`` and read one line. Raises GuestFailed."""
        if question is not None:
            self._socket.sendall(json.dumps(question).encode() + b"\n")
        deadline = time.monotonic() + seconds
        while b"\n" not in self._held:
            ready, _, _ = select.select([self._socket], [], [], max(0.0, deadline - time.monotonic()))
            block = self._socket.recv(1 << 20) if ready else b""
            if not block:
                raise GuestFailed(f"no answer within {seconds:.0f} s to {question}")
            self._held += block
        line, _, self._held = self._held.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class Machine:
    """``boot`` and ``cut_power`` in turn; ``ask`` in between. A context manager; leaving it cuts the power too."""

    def __init__(self, image: Image, folder: Path, accel: str, clock: LabClock) -> None:
        self.clock = clock
        self._image = image
        self._folder = folder
        self._accel = accel
        self._process: subprocess.Popen[bytes] | None = None
        self._desk: Line | None = None
        self._monitor: Line | None = None
        self._marks: Watermarks | None = None
        self._pulse: Pulse | None = None
        self.boot_id = ""
        self.boots = 0
        self._disk = folder / "laptop.raw"
        subprocess.run(
            ["cp", "--sparse=always", "--reflink=auto", str(image.disk), str(self._disk)], check=True, timeout=300
        )

    def boot(self) -> float:
        """Power on, and wait until the guest's desk answers; seconds it took. Raises GuestFailed."""
        self.boots += 1
        for name in ("overlay.qcow2", "writes.log", "desk.sock", "pulse.sock", "qmp.sock"):
            (self._folder / name).unlink(missing_ok=True)
        (self._folder / "writes.log").touch()
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", "laptop.raw", "overlay.qcow2"],
            cwd=self._folder, check=True, timeout=60,
        )  # fmt: skip
        began = time.monotonic()
        with (self._folder / "qemu.log").open("ab") as log:
            self._process = subprocess.Popen(
                dying_with_parent(self._command()), cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        self._marks = Watermarks(self._folder / "writes.log")
        self._marks.start()
        self._monitor = Line(self._listening("qmp.sock"))
        self._monitor.ask(None, 30)
        self._monitor.ask({"execute": "qmp_capabilities"}, 30)
        self._desk = Line(self._listening("desk.sock"))
        self._pulse = Pulse(self._listening("pulse.sock"))
        self._pulse.start()
        self.clock.follow(self._pulse)
        self._answered(began + BOOT_S)
        self.boot_id = self.ask("hello")["boot"]
        return time.monotonic() - began

    def ask(self, op: str, seconds: float = 180.0, **words: Any) -> Any:
        """An order for the guest's desk. Raises GuestFailed with its words."""
        assert self._desk is not None, "no power"
        answer = self._desk.ask({"op": op, **words}, seconds)
        if "error" in answer:
            raise GuestFailed(f"{op} {words}: {answer['error']}")
        return answer["ok"]

    def network(self, *, plugged: bool) -> None:
        """Pull the cable, or plug it in."""
        assert self._monitor is not None, "no power"
        question: dict[str, Any] | None = {"execute": "set_link", "arguments": {"name": "nic", "up": plugged}}
        while "return" not in self._monitor.ask(question, 30):
            question = None  # that was an event: the answer comes behind it

    def written(self) -> int:
        """Bytes in the write log so far."""
        assert self._marks is not None, "no power"
        return self._marks.size()

    def cut_power(self, chance: Random, since: int | None = None) -> PowerCut:
        """kill -9 now. The disk keeps what it had promised, and by ``chance`` some of the rest.

        With ``since`` (a length of the write log) the instant is not now but a random one between then and now.
        """
        assert self._process is not None
        assert self._marks is not None
        assert self._pulse is not None
        self._process.kill()
        killed = time.time()
        self._process.wait()
        self._pulse.join()
        self.clock.follow(None)
        self._hang_up()
        log_path = self._folder / "writes.log"
        with log_path.open("rb") as log, self._disk.open("r+b") as disk:
            history = read_log(log)
            if since is None:
                cut, at = at_the_end(history), killed
            else:
                first = next((i for i, one in enumerate(history.entries) if one.place >= since), len(history.entries))
                cut = somewhere(history, first, chance)
                last = cut.issued == len(history.entries)
                at = killed if last else self._marks.at(history.entries[cut.issued].place)
            pieces = survivors(history, cut, chance)
            write_back(log, pieces, disk)
            disk.flush()
        lost = dropped(history, cut, pieces)
        return PowerCut(self.boot_id, self._pulse.at(at), lost, cut.flush, cut.issued)

    def shut_down(self) -> Path:
        """Shut down as a person would; answers the disk file as it is then."""
        assert self._process is not None
        assert self._desk is not None
        with contextlib.suppress(GuestFailed, OSError):
            self._desk.ask({"op": "root", "command": ["systemctl", "poweroff"]}, 30)
        self._process.wait(BOOT_S)
        self.clock.follow(None)
        self._hang_up()
        with (self._folder / "writes.log").open("rb") as log, self._disk.open("r+b") as disk:
            history = read_log(log)
            everything = [
                Piece(one.place, one.sector * history.sector_bytes, one.sectors * history.sector_bytes)
                for one in history.entries
                if one.writes
            ]
            write_back(log, everything, disk)
        return self._disk

    def _hang_up(self) -> None:
        if self._marks is not None:
            self._marks.stop()
        for line in (self._desk, self._monitor):
            if line is not None:
                line.close()
        self._process = self._desk = self._monitor = None

    def _listening(self, name: str) -> Path:
        """The socket ``name`` once qemu listens on it; it lets one in at a time."""
        deadline = time.monotonic() + 60
        while not (self._folder / name).exists():
            self._must_live()
            if time.monotonic() > deadline:
                raise GuestFailed(f"qemu does not listen on {name}")
            time.sleep(LOOK_S)
        return self._folder / name

    def _answered(self, deadline: float) -> None:
        assert self._desk is not None
        while True:
            self._must_live()
            try:
                self._desk.ask({"op": "hello"}, 5)
            except GuestFailed:
                if time.monotonic() > deadline:
                    raise GuestFailed(f"the guest does not come up; {self.last_words()}") from None
            else:
                break
        while select.select([self._desk._socket], [], [], 1.0)[0]:  # earlier hellos are answered too
            self._desk.ask(None, 5)

    def _must_live(self) -> None:
        assert self._process is not None
        if (code := self._process.poll()) is not None:
            raise GuestFailed(f"qemu ended with {code}: {(self._folder / 'qemu.log').read_text()[-800:]}")

    def last_words(self) -> str:
        """The end of the guest's console."""
        console = self._folder / "console.log"
        return console.read_text(errors="replace")[-1500:] if console.exists() else "no console"

    def _command(self) -> list[str]:
        file = {"driver": "qcow2", "file": {"driver": "file", "filename": "overlay.qcow2"}}
        disk = {
            "driver": "blklogwrites", "node-name": "disk", "cache": {"no-flush": False},
            "file": {**file, "cache": {"no-flush": True}},
            "log": {"driver": "file", "filename": "writes.log", "cache": {"no-flush": True}},
        }  # fmt: skip
        if self._accel == "kvm":
            processor = ["-accel", "kvm", "-cpu", "host", "-smp", "2"]
        else:
            processor = ["-accel", "tcg,thread=single", "-icount", SPEED, "-cpu", "Nehalem", "-smp", "1"]
        started = datetime.fromtimestamp(self.clock.wall_ms() / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
            "-machine", "pc", *processor, "-m", "1280",
            "-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd), "-append", _KERNEL_WORDS,
            "-serial", "file:console.log", "-qmp", "unix:qmp.sock,server=on,wait=off",
            "-blockdev", json.dumps(disk), "-device", "virtio-blk-pci,drive=disk,write-cache=on",
            "-device", "virtio-serial-pci", "-chardev", "socket,id=desk,path=desk.sock,server=on,wait=off",
            "-device", "virtserialport,chardev=desk,name=desk",
            "-chardev", "socket,id=pulse,path=pulse.sock,server=on,wait=off",
            "-device", "virtserialport,chardev=pulse,name=pulse",
            "-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,id=nic",
            "-device", "virtio-rng-pci", "-rtc", f"base={started},clock=vm",
        ]  # fmt: skip

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_error: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self.clock.follow(None)
            self._hang_up()


def own_network(command: Sequence[str]) -> list[str]:
    """``command`` in a network of its own that holds nothing but a loopback: the guest reaches this machine only."""
    assert os.geteuid() == 0, "make lab needs root"
    return ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
