"""The datagrams a service manager gets."""

import socket
from pathlib import Path

import pytest

from syncd.notify import Notifier


@pytest.mark.parametrize("abstract", [False, True])
def test_ready_alive_and_stopping_are_told(tmp_path: Path, abstract: bool) -> None:
    address = f"@{tmp_path.name}-zhishi" if abstract else str(tmp_path / "n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + address[1:] if abstract else address)
        manager.settimeout(10)
        notifier = Notifier.from_environ({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "3000000"}, 7)
        assert notifier.beat_s == 1.0
        notifier.ready("two\nlines")
        notifier.alive("x")
        notifier.stopping()
        assert [manager.recv(1000).decode() for _ in range(3)] == [
            "READY=1\nSTATUS=two lines",
            "WATCHDOG=1\nSTATUS=x",
            "STOPPING=1",
        ]


def test_a_manager_that_is_gone_stops_nobody(tmp_path: Path) -> None:
    Notifier(str(tmp_path / "gone")).ready("x")
    Notifier().alive("nobody asked")


@pytest.mark.parametrize(
    ("environ", "watchdog_s"),
    [
        ({}, None),
        ({"NOTIFY_SOCKET": "/x"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"}, 60.0),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"}, None),
        ({"NOTIFY_SOCKET": "/x", "WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_the_watchdog_is_the_one_meant_for_us(environ: dict[str, str], watchdog_s: float | None) -> None:
    assert Notifier.from_environ(environ, 7).watchdog_s == watchdog_s
