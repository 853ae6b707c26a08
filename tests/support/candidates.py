"""A sample project at a center, and a candidate's program that speaks to it over real HTTP."""

import uuid
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx

from center import staff
from center.center import Center
from center.folder.reading import read_folder
from center.importing import ImportReport, import_project
from center.staff import Actor
from center.store.candidates import PermissionKind
from domain.stage import MINUTE_MS
from domain.wire.center import API
from domain.wire.login import FRAME_TYPE
from tests.support.trust import TRUST
from zhishi.sample import CODE, FIRST_ID_NUMBER, FIRST_NUMBER, PHOTO, write_photo, write_sample

FIRST_BATCH, SECOND_BATCH = "第一场", "第二场"


@cache
def photo() -> bytes:
    """A registered photo that does."""
    file = Path(mkdtemp()) / "photo.jpg"
    write_photo(file)
    return file.read_bytes()


def sample_at(folder: Path, start_ms: int, **settings: Any) -> Path:
    """The sample project in ``folder``, its first batch starting at ``start_ms``."""
    return write_sample(folder, datetime.fromtimestamp(start_ms / 1000, UTC), **settings)


def import_at(center: Center, folder: Path, now_ms: int | None = None) -> ImportReport:
    """Import ``folder`` without looking at its photos."""
    now = center.now_ms() if now_ms is None else now_ms
    return import_project(center.database, center.papers, center.ids, read_folder(folder, lambda _: None), now, "test")


def add_sample(center: Center, folder: Path, start_in_ms: int = 10 * MINUTE_MS, **settings: Any) -> int:
    """The sample project at ``center``; its first batch's start."""
    start_ms = (center.now_ms() + start_in_ms) // 1000 * 1000
    import_at(center, sample_at(folder, start_ms, **settings))
    return start_ms


def allow(center: Center, number: str, *kinds: PermissionKind, project: str = CODE) -> None:
    """Support allows something."""
    staff.admit(center.database, project, number, set(kinds), actor(center))


def actor(center: Center, reason: str = "because") -> Actor:
    """Somebody of the staff."""
    return Actor("support", reason, center.now_ms())


class Laptop:
    """One candidate's program."""

    def __init__(self, url: str, number: str = FIRST_NUMBER, id_number: str = FIRST_ID_NUMBER) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, verify=TRUST)
        self.number = number
        self.id_number = id_number
        self.act = ""
        self.granted: dict[str, Any] = {}

    def close(self) -> None:
        self.http.close()

    def begin(self, **changes: Any) -> httpx.Response:
        """POST /login."""
        order = {
            "project": CODE,
            "number": self.number,
            "id_number": self.id_number,
            "consent": {"version": "2026-1", "accepted": False},
        }
        return self.http.post(f"{API}/login", json={**order, **changes})

    def grant(self, login: str) -> httpx.Response:
        return self.http.post(f"{API}/login/{login}/grant")

    def frame(self, login: str, jpeg: bytes, media_type: str = FRAME_TYPE) -> httpx.Response:
        return self.http.post(f"{API}/login/{login}/frames", content=jpeg, headers={"Content-Type": media_type})

    def log_in_by_hand(self, center: Center, **changes: Any) -> "Laptop":
        """Support logs this candidate in; no face is looked at."""
        allow(center, self.number, PermissionKind.LOGIN)
        begun = self.begin(**changes)
        assert begun.status_code == 200, begun.text
        granted = self.grant(begun.json()["login"])
        assert granted.status_code == 200, granted.text
        self.granted = granted.json()["granted"]
        self.act = self.granted["act"]
        return self

    def get(self, path: str = "") -> httpx.Response:
        return self.http.get(f"{API}/interview{path}", headers=self.headers())

    def post(self, path: str, order: object = None) -> httpx.Response:
        return self.http.post(f"{API}/interview{path}", json=order or {}, headers=self.headers())

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.act}"}

    def prepare(self) -> "Laptop":
        """Read every attachment and accept the pledge."""
        view = self.get().json()
        for entry in view["attachments"]:
            assert self.post(f"/attachments/{entry['id']}/read", {"at": stamp()}).status_code == 200
        pledge = {"version": view["pledge"]["version"], "at": stamp()}
        assert self.post("/pledge", pledge).status_code == 200
        return self

    def enter(self) -> httpx.Response:
        return self.post("/enter")

    def heartbeat(self, **more: Any) -> httpx.Response:
        return self.post("/heartbeat", {"nonce": uuid.uuid4().hex, "stage": "answering", "at": stamp(), **more})


def stamp(center_ms: int = 1_700_000_000_000) -> dict[str, Any]:
    """A moment as laptops send it."""
    return {"center_ms": center_ms, "center_est": False}


__all__ = ["CODE", "FIRST_BATCH", "PHOTO", "SECOND_BATCH", "Laptop", "add_sample", "allow"]
