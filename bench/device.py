"""A bare device of a session, for measuring one upload alone: key, enrolment, token and seals by the wire schemas.

The product's own device side is ``syncd``; this one keeps no queue and no spool.
"""

import random
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import requests
from joserfc.jwk import OKPKey
from pydantic import BaseModel

from domain.errors import ServiceError
from domain.identity import LinkKind, Track
from domain.seal import Seal, genesis
from domain.signature import CHALLENGE_TYP, public_jwk, sign
from domain.wire.center import (
    API,
    ChallengeAnswer,
    ChallengeOrder,
    EnrolAnswer,
    EnrolOrder,
    TokenAnswer,
    TokenOrder,
)
from host.clock import SystemClock
from host.durable import hash_file
from host.identity import new_id

M = TypeVar("M", bound=BaseModel)


@dataclass(slots=True)
class BareDevice:
    """Enrolled at ``center`` in ``session``; ``run`` names everything it sends."""

    center: str
    session: str
    device: str
    key: OKPKey
    run: str

    @staticmethod
    def enrol(center: str, code: str) -> "BareDevice":
        """Become a device with a one-time code."""
        key, device = OKPKey.generate_key("Ed25519", private=True), new_id()
        order = EnrolOrder(code=code, device=device, public_key=public_jwk(key), name="bench")
        answer = _post(f"{center}{API}/enrolments", order, EnrolAnswer)
        return BareDevice(center, answer.facts.session, device, key, new_id())

    def authorization(self) -> dict[str, str]:
        """The header of a fresh upload token."""
        asked = _post(f"{self.center}{API}/challenges", ChallengeOrder(device=self.device), ChallengeAnswer)
        claims = {"challenge": asked.challenge, "device": self.device}
        proof = sign(claims, self.key, self.device, CHALLENGE_TYP)
        order = TokenOrder(device=self.device, challenge=asked.challenge, proof=proof)
        return {"Authorization": f"Bearer {_post(f'{self.center}{API}/tokens', order, TokenAnswer).token}"}

    def seal(self, path: Path, index: int) -> Seal:
        """A seal over ``path`` as the camera's segment ``index``. Chains are of no interest here."""
        sha256, size = hash_file(path)
        return self.seal_of(sha256, size, index)

    def seal_of(self, sha256: str, size: int, index: int) -> Seal:
        """The same when hash and size are known."""
        clock = SystemClock()
        return Seal(
            kind=LinkKind.SEGMENT,
            session=self.session,
            device=self.device,
            track=Track.CAMERA,
            run=self.run,
            index=index,
            seq=index,
            prev=genesis(self.session, self.device, Track.CAMERA),
            boot_id=clock.boot_id(),
            boot_ns=clock.boot_ns(),
            center_ms=clock.wall_ms(),
            center_est=True,
            wall_ms=clock.wall_ms(),
            duration_ms=5000,
            size=size,
            sha256=sha256,
        )


def random_file(path: Path, size: int, chance: random.Random) -> Path:
    """A file of ``size`` bytes that nothing can compress."""
    with path.open("wb") as file:
        left = size
        while left:
            block = chance.randbytes(min(left, 1 << 22))
            file.write(block)
            left -= len(block)
    return path


def _post(url: str, body: BaseModel, into: type[M]) -> M:
    answer = requests.post(url, data=body.model_dump_json(), headers={"Content-Type": "application/json"}, timeout=30)
    if not answer.ok:
        raise ServiceError(f"{url}: {answer.status_code} {answer.text[:300]}")
    return into.model_validate_json(answer.content)
