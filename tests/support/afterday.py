"""A center the day after, from real sessions over real HTTP: one confirmed in time, one late with evidence missing, one
whose evidence is gone for good, and two who never came.
"""

import uuid
from pathlib import Path
from typing import Any

from center.accounts.desk import NewAccount
from center.accounts.roles import Role
from tests.integration.center.conftest import Running
from tests.support.candidates import CODE, Laptop, import_at, sample_at
from tests.support.center import HOUR_MS, Device
from tests.support.handing import hand_in
from tests.support.staffing import Browser, new_account

CONFIRMED, LATE, LOST, ABSENT = "20260001", "20260002", "20260003", "20260004"
EVIL = '=HYPERLINK("http://evil.example","点我")'
TELEPHONE = "+86 138 0000 0002"


class Day:
    """The center with its four kinds of candidates; time stands after every window."""

    def __init__(self, running: Running, folder: Path) -> None:
        self.running = running
        self.start_ms = (running.clock.wall_ms() + 10 * 60_000) // 1000 * 1000
        import_at(running.center, _roster(sample_at(folder, self.start_ms)))
        self.devices: dict[str, Device] = {}
        self.laptops: dict[str, Laptop] = {}
        for at, number in enumerate((CONFIRMED, LATE, LOST), 1):
            laptop = Laptop(running.url, number, f"TEST-ID-{at:04}").log_in_by_hand(running.center).prepare()
            assert laptop.enter().status_code == 200
            self.laptops[number] = laptop
            self.devices[number] = Device(running.url, laptop.granted["code"])
        running.clock.pass_ms(self.start_ms - running.clock.wall_ms() + 60_000)
        for number, laptop in self.laptops.items():
            self._happened(laptop, number)
        self.chains = {number: hand_in(self.devices[number], keep_back=number != CONFIRMED) for number in self.devices}
        running.clock.pass_ms(12 * HOUR_MS)

    def close(self) -> None:
        """Every connection."""
        for device in self.devices.values():
            device.close()
        for laptop in self.laptops.values():
            laptop.close()

    def session(self, number: str) -> str:
        """Whose session."""
        return self.devices[number].session

    def signed_in(self, name: str, *roles: Role) -> Browser:
        """Somebody of the staff, signed in now."""
        browser = Browser(self.running.url)
        self.account = account = new_account(self.running.center, name, *roles)
        assert browser.sign_in(account, self.running.clock.wall_ms()).status_code == 200
        return browser

    account: NewAccount

    def _happened(self, laptop: Laptop, number: str) -> None:
        """The line broke for seven seconds, the window lost the focus, and somebody called for help."""
        now = self.running.clock.wall_ms()
        events = [
            _event("network_lost", now),
            _event("network_back", now + 7000),
            _event("focus_lost", now + 8000),
            _event("stage", now + 9000, stage="answering"),
        ]
        assert laptop.post("/events", {"events": events}).status_code == 200
        order = {"id": str(uuid.uuid4()), "stage": "answering", "text": EVIL, "at": _at(now)}
        assert laptop.post("/help", order).status_code == 200
        progress = {"recorder": "record", "remaining_bytes": 0 if number == CONFIRMED else 4321}
        assert laptop.heartbeat(stage="end", progress=progress).status_code == 200


def _roster(folder: Path) -> Path:
    """The sample's roster with telephones, and one name that a spreadsheet would run."""
    file = folder / "roster.csv"
    head, *lines = file.read_text(encoding="utf-8-sig").splitlines()
    named = []
    for line in lines:
        cells = line.split(",")
        if cells[0] == LATE:
            cells[1] = '"' + EVIL.replace('"', '""') + '"'
        named.append(",".join([*cells, TELEPHONE if cells[0] == LATE else ""]))
    file.write_text("\n".join([f"{head},联系电话", *named]) + "\n", encoding="utf-8")
    return folder


def _event(kind: str, at_ms: int, **data: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "kind": kind, "at": _at(at_ms), "data": data}


def _at(center_ms: int) -> dict[str, Any]:
    return {"center_ms": center_ms, "center_est": False}


__all__ = ["ABSENT", "CODE", "CONFIRMED", "EVIL", "LATE", "LOST", "TELEPHONE", "Day"]
