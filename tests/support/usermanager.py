"""A real systemd user manager of the test's own: own runtime folder, own units, own cgroups.

Never touches the manager of whoever runs the tests. As root it lives in namespaces (mount, cgroup) below a cgroup made
for it; as a user with a manager of his own, in a delegated scope of that one. Where neither is possible the test is
skipped with the reason: the machine does not allow a user manager.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.support.waiting import wait_until
from zhishi.stage import dying_with_parent

_INSIDE = """
set -e
mount -t tmpfs none /run
mkdir -p /run/systemd/system
mount -t cgroup2 none /sys/fs/cgroup
exec systemd --user --log-target=console
"""


class UserManager:
    """``with`` starts and ends it; ``cut_power`` and ``start`` are a reboot. ``environ`` is a login of its user."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="zs-"))  # short: a socket's name ends at 107 bytes
        self._group: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        home, runtime = self._folder / "home", self._folder / "run"
        for folder in (home / ".config", runtime):
            folder.mkdir(parents=True, mode=0o700)
        self.environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "LANG": "C.UTF-8",
        }

    def start(self) -> None:
        """Boot: the manager runs and has started what is enabled."""
        with (self._folder / "manager.log").open("ab") as log:
            self._process = subprocess.Popen(
                dying_with_parent(self._command()),
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        wait_until(self._answers, 30, "the user manager answers")

    def cut_power(self) -> None:
        """Everything under the manager, and the manager, is gone at once."""
        assert self._process is not None
        assert self._group is not None
        if (self._group / "cgroup.kill").exists():
            (self._group / "cgroup.kill").write_text("1")
        self._process.kill()
        self._process.wait(30)
        wait_until(lambda: "populated 0" in (self._group / "cgroup.events").read_text(), what="all gone")  # type: ignore[operator]
        for path in (self._folder / "run").iterdir():  # a runtime folder does not survive a boot
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def systemctl(self, *words: str) -> str:
        """What ``systemctl --user`` prints; fails when it is refused."""
        done = subprocess.run(
            ["systemctl", "--user", *words], env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def group_of(self, pid: int) -> str:
        """The cgroup of a process, as the kernel names it."""
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        return next(line for line in lines if line.startswith("0::")).removeprefix("0::")

    def __enter__(self) -> Self:
        self._make_group()
        try:
            self.start()
        except AssertionError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self.cut_power()
        if self._group is not None:
            for folder in sorted(self._group.rglob("*/"), reverse=True):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            with contextlib.suppress(OSError):
                self._group.rmdir()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_group(self) -> None:
        if not all(shutil.which(name) for name in ("systemd", "systemctl", "unshare")):
            pytest.skip("no systemd on this machine: a user manager cannot be had")
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
        base = next((Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"), None)
        own = next((line[3:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line[:3] == "0::"), "/")
        for parent in (base, base / own.lstrip("/")) if base is not None else ():
            group = parent / f"zhishi-test-{uuid.uuid4().hex[:8]}"
            with contextlib.suppress(OSError):
                group.mkdir()
                self._group = group
                break
        tried = subprocess.run(["unshare", "--mount", "--cgroup", "true"], capture_output=True, check=False)
        if self._group is None or tried.returncode != 0:
            pytest.skip("this machine allows no user manager: no cgroup of our own, or no namespaces")

    def _command(self) -> list[str]:
        assert self._group is not None
        enter = f'echo $$ > "{self._group / "cgroup.procs"}" && exec unshare --mount --cgroup --propagation private '
        return ["bash", "-c", enter + 'bash -c "$1"', "bash", _INSIDE]

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._folder / "manager.log").read_text(errors="replace")[-2000:]
        if not (self._folder / "run" / "systemd" / "private").exists():
            return False
        asked = subprocess.run(
            ["systemctl", "--user", "is-active", "default.target"],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return asked.stdout.strip() == "active"
