"""Run in a network namespace of its own: makes an address and a route, and tells what ``WayEvents`` heard.

``python -m tests.support.route_listener`` prints ``told``, then one line per step: the step and whether it was heard.
"""

import subprocess
import threading

from host.routes import WayEvents, read_ways

STEPS = {
    "link": ["ip", "link", "add", "z0", "type", "veth", "peer", "name", "z1"],
    "up": ["ip", "link", "set", "z0", "up"],
    "peer": ["ip", "link", "set", "z1", "up"],
    "address": ["ip", "address", "add", "10.99.0.1/24", "dev", "z0"],
    "route": ["ip", "route", "add", "default", "via", "10.99.0.2"],
    "gone": ["ip", "address", "del", "10.99.0.1/24", "dev", "z0"],
}


def main() -> None:
    """See the module."""
    with WayEvents() as events:
        print("told" if events.told else "polling")
        for name, command in STEPS.items():
            subprocess.run(command, check=True)
            heard = events.wait(20.0)
            ways = read_ways()
            print(name, heard, ("z0", "10.99.0.1") in ways.addresses, any(r[2].strip("0") for r in ways.routes))
        threading.Timer(0.05, events.wake).start()
        print("woken", events.wait(20.0))


if __name__ == "__main__":
    main()
