"""The kernel tells of addresses and routes at once: shown in a network namespace of its own."""

import subprocess
import sys

from host.routes import WayEvents, read_ways
from zhishi.stage import in_own_network


def test_addresses_and_routes_are_told_as_they_appear_and_go() -> None:
    done = subprocess.run(
        in_own_network([sys.executable, "-m", "tests.support.route_listener"]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "told",
        "link True False False",
        "up True False False",
        "peer True False False",
        "address True True False",
        "route True True True",
        "gone True False False",
        "woken False",
    ]


def test_the_ways_of_this_machine_can_be_read() -> None:
    ways = read_ways()
    assert all(name and address for name, address in ways.addresses)
    with WayEvents() as events:
        events.wake()
        assert not events.wait(20.0)
