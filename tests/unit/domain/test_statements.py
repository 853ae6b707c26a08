"""Statements: golden ones (made with json and cryptography, shared with TypeScript), signed and checked."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from domain.manifest import Manifest
from domain.signature import CenterKeys, check, public_key, sign

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "statements.json").read_text())


@pytest.mark.parametrize("name", ["challenge", "manifest", "receipt"])
def test_golden_statement(name: str) -> None:
    said, key = GOLDEN[name], OKPKey.import_key(GOLDEN["key"])
    assert sign(said["payload"], key, said["kid"], said["typ"]) == said["token"]
    assert check(said["token"], public_key(GOLDEN["key"]), said["typ"]) == said["payload"]


def test_the_golden_manifest_is_a_manifest() -> None:
    payload = GOLDEN["manifest"]["payload"]
    assert Manifest.from_dict(payload).to_dict() == payload


def test_the_golden_receipt_is_vouched_for_by_the_root() -> None:
    keys = CenterKeys.from_dict(GOLDEN["keys"])
    assert keys.check(GOLDEN["receipt"]["token"], GOLDEN["receipt"]["typ"]) == GOLDEN["receipt"]["payload"]
