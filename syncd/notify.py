"""Telling systemd that we are ready, alive, stopping: the datagrams of sd_notify(3), without a library.

Without a service manager behind us every call is a no-op. Never decides whether we are alive: ``syncd.main`` does.
"""

import contextlib
import socket
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notifier:
    """``address`` as in NOTIFY_SOCKET (``@`` begins an abstract name); ``watchdog_s`` how long we may be silent."""

    address: str = ""
    watchdog_s: float | None = None

    @staticmethod
    def from_environ(environ: Mapping[str, str], pid: int) -> "Notifier":
        """As the service manager set it up for process ``pid``."""
        address = environ.get("NOTIFY_SOCKET", "")
        if not hasattr(socket, "AF_UNIX") or address[:1] not in ("/", "@"):
            return Notifier()
        usec, meant = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", str(pid))
        watched = usec.isdigit() and int(usec) > 0 and meant == str(pid)
        return Notifier(address, int(usec) / 1e6 if watched else None)

    @property
    def beat_s(self) -> float:
        """How often to say that we are alive: three times in the time allowed, at the rarest every 20 s."""
        return 20.0 if self.watchdog_s is None else min(20.0, self.watchdog_s / 3)

    def ready(self, words: str) -> None:
        """The local API answers; ``words`` are shown by ``systemctl status``."""
        self._send(f"READY=1\nSTATUS={_line(words)}")

    def alive(self, words: str) -> None:
        """Still working."""
        self._send(f"WATCHDOG=1\nSTATUS={_line(words)}")

    def stopping(self) -> None:
        """We are on our way out."""
        self._send("STOPPING=1")

    def _send(self, text: str) -> None:
        if not self.address:
            return
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        # A manager that does not listen is no reason to stop working; its watchdog judges for itself.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(1.0)
            out.sendto(text.encode(), name)


def _line(words: str) -> str:
    return " ".join(words.split())
