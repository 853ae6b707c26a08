"""A center for tests and a device that speaks to it as any device would: real HTTP, real keys, real seals."""

import functools
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from center import admin
from center.config import CenterConfig
from center.main import build_app
from center.store.database import Database
from domain.chain import follow
from domain.identity import Track
from domain.manifest import Ended, EndedBy, Manifest, manifest_sha256
from domain.seal import Seal
from domain.signature import CHALLENGE_TYP, MANIFEST_TYP, CenterKeys, public_jwk, sign
from domain.wire.center import API
from domain.wire.tus import OFFSET_TYPE, UPLOADS_PATH, VERSION, encode_metadata, seal_metadata
from host.clock import Clock, SystemClock
from host.durable import private_folder, write_bytes
from tests.support.seals import make_chain
from tests.support.trust import TRUST

HOUR_MS = 3_600_000


def center_config(data: str | Path, **settings: Any) -> CenterConfig:
    """Settings for tests: no floor of free space, cheap hashes, everything else as shipped."""
    return replace(CenterConfig(data=Path(data), min_free_bytes=0, id_memory_kib=256), **settings)


def laid(config: CenterConfig) -> CenterConfig:
    """``config`` with an empty database of the newest schema at its place, unless there is one: copied, since every
    revision run anew in hundreds of tests takes a minute. How a center makes its own is ``test_database``'s matter.
    """
    target = config.data / "center.db"
    if config.database_url is None and not target.exists():
        private_folder(config.data)
        write_bytes(target, _empty_database())
    return config


@functools.cache
def _empty_database() -> bytes:
    with tempfile.TemporaryDirectory(prefix="zhishi-center-") as folder:
        file = Path(folder) / "center.db"
        Database(f"sqlite:///{file}").start().close()
        return file.read_bytes()


def center_app(data: str, **settings: Any) -> FastAPI:
    """Factory for ``AsgiProcess``."""
    return build_app(center_config(data, **settings))


def new_session(config: CenterConfig, *, end_in_ms: int = HOUR_MS) -> admin.Enrolment:
    """``add_session`` beside a center that may be running."""
    with admin.opened(config) as database:
        return add_session(database, SystemClock(), end_in_ms=end_in_ms)


def add_session(database: Database, clock: Clock, *, end_in_ms: int = HOUR_MS) -> admin.Enrolment:
    """A session of a practice project, in a batch of its own that ends in an hour, and its code."""
    now = clock.wall_ms()
    batch = uuid.uuid4().hex[:8]
    admin.create_project(database, "rehearsal", "考前模拟", practice=True)
    admin.create_batch(database, "rehearsal", batch, now + end_in_ms)
    return admin.create_session(database, "rehearsal", batch, "0001", now, HOUR_MS)


class Device:
    """One enrolled device with its key and an upload token."""

    def __init__(self, url: str, code: str, device: str | None = None) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, verify=TRUST)
        self.key = OKPKey.generate_key("Ed25519", private=True)
        self.id = device or str(uuid.uuid4())
        answer = self.enrol(code)
        answer.raise_for_status()
        self.facts = answer.json()["facts"]
        self.session: str = self.facts["session"]
        self.keys = CenterKeys.from_dict(answer.json()["keys"])
        self.token = self.new_token()

    def close(self) -> None:
        self.http.close()

    def enrol(self, code: str) -> httpx.Response:
        order = {"code": code, "device": self.id, "public_key": public_jwk(self.key), "name": "laptop"}
        return self.http.post(f"{API}/enrolments", json=order)

    def challenge(self) -> str:
        return str(self.http.post(f"{API}/challenges", json={"device": self.id}).json()["challenge"])

    def ask_token(self, challenge: str, *, device: str | None = None, key: OKPKey | None = None) -> httpx.Response:
        proof = sign({"challenge": challenge, "device": self.id}, key or self.key, self.id, CHALLENGE_TYP)
        order = {"device": device or self.id, "challenge": challenge, "proof": proof}
        return self.http.post(f"{API}/tokens", json=order)

    def new_token(self) -> str:
        answer = self.ask_token(self.challenge())
        answer.raise_for_status()
        return str(answer.json()["token"])

    def chain(self, contents: list[bytes | None], **more: Any) -> list[Seal]:
        return make_chain(contents, session=self.session, device=self.id, **more)

    def headers(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        return {"Tus-Resumable": VERSION, "Authorization": f"Bearer {self.token}", **(extra or {})}

    def create(self, seal: Seal, body: bytes | None = None, extra: Mapping[str, str] | None = None) -> httpx.Response:
        headers = {"Upload-Length": str(seal.size), "Upload-Metadata": encode_metadata(seal_metadata(seal))}
        if body is not None:
            headers["Content-Type"] = OFFSET_TYPE
        return self.http.post(UPLOADS_PATH, content=body, headers=self.headers({**headers, **(extra or {})}))

    def patch(self, path: str, offset: int, body: Any, extra: Mapping[str, str] | None = None) -> httpx.Response:
        headers = {"Upload-Offset": str(offset), "Content-Type": OFFSET_TYPE, **(extra or {})}
        return self.http.patch(path, content=body, headers=self.headers(headers))

    def head(self, path: str) -> httpx.Response:
        return self.http.head(path, headers=self.headers())

    def get(self, path: str) -> httpx.Response:
        return self.http.get(f"{API}/sessions/{self.session}{path}", headers=self.headers())

    def post(self, path: str, order: object) -> httpx.Response:
        return self.http.post(f"{API}/sessions/{self.session}{path}", json=order, headers=self.headers())

    def seals(self) -> list[dict[str, Any]]:
        return list(self.get(f"/seals?device={self.id}").json()["links"])

    def end(self) -> httpx.Response:
        return self.post("/end", {"center_ms": 1, "center_est": False, "boot_id": "b", "boot_ns": "1"})

    def manifest(
        self,
        chains: Mapping[Track, list[Seal]],
        revision: int = 1,
        supersedes: str | None = None,
        by: EndedBy = EndedBy.CENTER,
    ) -> str:
        tracks = {track: follow(seals, self.session, self.id, track) for track, seals in chains.items()}
        manifest = Manifest(self.session, self.id, revision, supersedes, Ended(by, 1_700_000_000_000, False), tracks)
        return sign(manifest.to_dict(), self.key, self.id, MANIFEST_TYP)

    def submit(self, manifest: str) -> httpx.Response:
        return self.post("/manifests", {"manifest": manifest})


__all__ = ["Device", "add_session", "center_app", "center_config", "manifest_sha256", "new_session"]
