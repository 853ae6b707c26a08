"""A phone that speaks to a center as the page does: real HTTP, its own key, its own seals."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import uuid_utils
from joserfc.jwk import ECKey, OKPKey

from domain.chain import follow
from domain.identity import LinkKind, Track
from domain.manifest import Ended, EndedBy, Manifest
from domain.seal import Seal, genesis
from domain.signature import CHALLENGE_TYP, MANIFEST_TYP, CenterKeys, DeviceKey, public_jwk, sign
from domain.wire.center import API
from domain.wire.tus import OFFSET_TYPE, UPLOADS_PATH, VERSION, encode_metadata, seal_metadata
from tests.support.seals import make_seal
from tests.support.trust import TRUST


def p256() -> ECKey:
    """A key as browsers without Ed25519 make it."""
    return ECKey.generate_key("P-256", private=True)


class Phone:
    """One phone with its key, a run of segments, and an upload token once it is bound."""

    def __init__(self, url: str, *, key: DeviceKey | None = None) -> None:
        self.http = httpx.Client(base_url=url, timeout=60, verify=TRUST)
        self.key = key or OKPKey.generate_key("Ed25519", private=True)
        self.id = str(uuid_utils.uuid7())
        self.run = str(uuid_utils.uuid7())
        self.chain: list[Seal] = []
        self.token = ""
        self.session = ""
        self.keys: CenterKeys | None = None

    def close(self) -> None:
        self.http.close()

    def ask(self, secret: str, kind: str = "link", **changes: Any) -> httpx.Response:
        """POST /companion/bindings with a secret, or with a whole link."""
        order = {
            "kind": kind,
            "secret": secret.rpartition("#")[2],
            "device": self.id,
            "public_key": public_jwk(self.key),
            "name": "Pixel 7",
        }
        return self.http.post(f"{API}/companion/bindings", json={**order, **changes})

    def bind(self, secret: str, kind: str = "link") -> dict[str, Any]:
        """Ask, and get a token; answers what was told."""
        answer = self.ask(secret, kind)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        self.session = told["facts"]["session"]
        self.keys = CenterKeys.from_dict(told["keys"])
        self.token = self.new_token()
        return told

    def new_token(self) -> str:
        challenge = str(self.http.post(f"{API}/challenges", json={"device": self.id}).json()["challenge"])
        proof = sign({"challenge": challenge, "device": self.id}, self.key, self.id, CHALLENGE_TYP)
        order = {"device": self.id, "challenge": challenge, "proof": proof}
        answer = self.http.post(f"{API}/tokens", json=order)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, path: str, order: object) -> httpx.Response:
        return self.http.post(f"{API}{path}", json=order, headers=self.headers())

    def beat(self, state: str = "recording", **more: Any) -> dict[str, Any]:
        """A heartbeat; answers CompanionView."""
        order = {"state": state, "segments": len(self.chain), "at": {"center_ms": 1, "center_est": True}, **more}
        answer = self.post("/companion/heartbeat", order)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def seal(self, content: bytes | None) -> Seal:
        """The next link of its chain; None is a gap."""
        kind = LinkKind.GAP if content is None else LinkKind.SEGMENT
        last = self.chain[-1].hash() if self.chain else genesis(self.session, self.id, Track.COMPANION)
        seal = make_seal(
            kind=kind,
            seq=len(self.chain),
            prev=last,
            track=Track.COMPANION,
            index=sum(link.kind is kind for link in self.chain),
            content=content or b"",
            run=self.run,
            session=self.session,
            device=self.id,
            start_ms=len(self.chain) * 5000,
        )
        self.chain.append(seal)
        return seal

    def upload(self, seal: Seal, content: bytes = b"") -> httpx.Response:
        """Creation with upload."""
        headers = {
            **self.headers(),
            "Tus-Resumable": VERSION,
            "Upload-Length": str(seal.size),
            "Upload-Metadata": encode_metadata(seal_metadata(seal)),
        }
        if content:
            headers["Content-Type"] = OFFSET_TYPE
        return self.http.post(UPLOADS_PATH, content=content or None, headers=headers)

    def film(self, *contents: bytes | None) -> None:
        """Seal and upload each."""
        for content in contents:
            answer = self.upload(self.seal(content), content or b"")
            assert answer.status_code == 201, answer.text

    def manifest(self, revision: int = 1, supersedes: str | None = None) -> str:
        tracks = {Track.COMPANION: follow(self.chain, self.session, self.id, Track.COMPANION)}
        ended = Ended(EndedBy.ORDER, 1_700_000_000_000, False)
        manifest = Manifest(self.session, self.id, revision, supersedes, ended, tracks)
        return sign(manifest.to_dict(), self.key, self.id, MANIFEST_TYP)

    def submit(self, manifest: str) -> httpx.Response:
        return self.post(f"/sessions/{self.session}/manifests", {"manifest": manifest})


@contextmanager
def beating(phone: Phone, every_s: float = 2.0) -> Iterator[Callable[[str], None]]:
    """The phone speaks every ``every_s``; ``say(state)`` changes its word and tells it at once, as the page does."""
    word, stop, turn = ["preview"], threading.Event(), threading.Lock()

    def beat() -> None:
        with turn, suppress(httpx.TransportError):  # the center may be gone for a while
            phone.beat(word[0])

    def serve() -> None:
        while not stop.wait(every_s):
            beat()

    def say(state: str) -> None:
        word[0] = state
        beat()

    thread = threading.Thread(target=serve, name="phone", daemon=True)
    thread.start()
    try:
        yield say
    finally:
        stop.set()
        thread.join()
