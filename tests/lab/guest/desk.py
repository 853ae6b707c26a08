"""The lab's hand and eye in the guest: takes orders from the host over a serial port, one JSON line each.

Runs as root. It asks the programs through their local APIs and reads the spool; it never writes there. Little is
imported, because the guest's processor is emulated. ``{"op": NAME, …}`` is answered ``{"ok": VALUE}`` or
``{"error": TEXT}``.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

PORT, PULSE = "/dev/virtio-ports/desk", "/dev/virtio-ports/pulse"
PULSE_S = 0.05
USER, UID = "candidate", 1000
HOME = Path(f"/home/{USER}/.local/share/zhishi")
SEAL = ".seal.json"
_START = """
import os
from host.clock import SystemClock
from host.paths import Home
from ui.launcher import Launch, Launcher
from zhishi.services import own_command
home = Home.locate(os.environ).prepare()
Launcher(home, Launch(own_command(), {}, dict(os.environ)), SystemClock()).ensure(NAME)
"""


def as_user(command: list[str], seconds: float) -> dict[str, Any]:
    """Run ``command`` as the candidate, as after a log-in."""
    environ = {
        "PATH": "/opt/zhishi/bin:/usr/local/bin:/usr/bin:/bin", "HOME": f"/home/{USER}", "USER": USER,
        "LANG": "C.UTF-8", "DISPLAY": ":0", "XDG_RUNTIME_DIR": f"/run/user/{UID}",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path=/run/user/{UID}/bus",
    }  # fmt: skip
    return run(["setpriv", f"--reuid={UID}", f"--regid={UID}", "--init-groups", "--", *command], seconds, environ)


def run(command: list[str], seconds: float, environ: dict[str, str] | None = None) -> dict[str, Any]:
    """Run ``command`` as root; its end and its words."""
    done = subprocess.run(
        command, env=environ, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=seconds, check=False,
    )  # fmt: skip
    return {"code": done.returncode, "words": done.stdout.decode(errors="replace")[-20000:]}


def call(program: str, method: str, path: str, body: Any = None) -> Any:
    """Ask the running ``program`` as its other users do; None while it does not run."""
    try:
        running = json.loads((HOME / "run" / f"{program}.json").read_text())
        asking = http.client.HTTPConnection("127.0.0.1", running["port"], timeout=120)
        headers = {"Authorization": f"Bearer {running['token']}", "Content-Type": "application/json"}
        asking.request(method, path, None if body is None else json.dumps(body), headers)
        reply = asking.getresponse()
        text = reply.read().decode()
        asking.close()
    except (FileNotFoundError, ConnectionError, http.client.HTTPException):
        return None
    if reply.status != 200:
        raise RuntimeError(f"{program} {path}: {reply.status} {text}")
    return json.loads(text)


def seals(session: str) -> dict[str, Any]:
    """Per track the texts of its seals, and what could still be sealed: (path, bytes of whole fragments)."""
    told: dict[str, Any] = {}
    for track in sorted((HOME / "spool" / "sessions" / session / "tracks").glob("*")):
        bare = [path for path in sorted(track.glob("*/*.m4s")) if not path.with_name(path.name + SEAL).exists()]
        told[track.name] = {
            "seals": [path.read_text() for path in track.glob(f"*/*{SEAL}")],
            "open": [[str(path.relative_to(HOME)), whole_bytes(path)] for path in bare],
        }
    return told


def whole_bytes(segment: Path) -> int:
    """Bytes of ``segment`` that can be played, and so be sealed."""
    from domain.errors import ZhishiError
    from host.fragments import inspect, read_init

    try:
        return inspect(segment, read_init(segment.with_name("init.mp4"))).whole_bytes
    except ZhishiError:
        return 0


def obey(order: dict[str, Any]) -> Any:
    """Carry out one order."""
    match order["op"]:
        case "hello":
            return {"boot": Path("/proc/sys/kernel/random/boot_id").read_text().strip()}
        case "root":
            return run(order["command"], 240)
        case "user":
            return as_user(order["command"], 240)
        case "start":
            return as_user([sys.executable, "-c", _START.replace("NAME", repr(order["name"]))], 240)
        case "call":
            return call(order["name"], order["method"], order["path"], order.get("body"))
        case "seals":
            return seals(order["session"])
        case unknown:
            raise ValueError(unknown)


def beat() -> None:
    """Tell the host this boot's clock, over and over: what it heard last is when the power went."""
    with open(PULSE, "wb", buffering=0) as port:  # noqa: PTH123 -- a device
        while True:
            port.write(b"%d\n" % time.clock_gettime_ns(time.CLOCK_BOOTTIME))
            time.sleep(PULSE_S)


def main() -> None:
    """Serve for ever."""
    threading.Thread(target=beat, daemon=True).start()
    fd = os.open(PORT, os.O_RDWR)
    held = b""
    while True:
        block = os.read(fd, 65536)
        if not block:  # nobody at the other end
            os.close(fd)
            return
        held += block
        while b"\n" in held:
            line, _, held = held.partition(b"\n")
            try:
                answer = {"ok": obey(json.loads(line))}
            except Exception as why:  # noqa: BLE001 -- told to whoever asked
                answer = {"error": f"{type(why).__name__}: {why}"}
            raw = json.dumps(answer).encode() + b"\n"
            while raw:
                raw = raw[os.write(fd, raw) :]


if __name__ == "__main__":
    main()
