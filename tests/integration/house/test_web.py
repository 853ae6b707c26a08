"""The pages' TypeScript: its own tests (vitest, golden vectors too), and that the phone speaks the center's words."""

import re
import subprocess

import pytest

from domain.companion import PhoneState
from domain.seal import GapReason
from domain.wire import Wire
from domain.wire.center import KeysBody, LinkState, ManifestAnswer, SessionFacts
from domain.wire.companion import (
    CompanionBeat,
    CompanionBindingOrder,
    CompanionBound,
    CompanionHelpOrder,
    CompanionView,
)
from domain.wire.failure import ErrorBody
from domain.wire.fields import Bilingual
from domain.wire.interview import HelpRequest, Notice, Stamp
from web.build import WEB, find_node, install_modules

_MIRRORED: dict[str, type[Wire]] = {
    "Beat": CompanionBeat,
    "Bilingual": Bilingual,
    "BindingOrder": CompanionBindingOrder,
    "Bound": CompanionBound,
    "CompanionView": CompanionView,
    "ErrorBody": ErrorBody,
    "HelpOrder": CompanionHelpOrder,
    "HelpRequest": HelpRequest,
    "KeysBody": KeysBody,
    "LinkState": LinkState,
    "ManifestAnswer": ManifestAnswer,
    "Notice": Notice,
    "SessionFacts": SessionFacts,
    "Stamp": Stamp,
}


def _source(name: str) -> str:
    return (WEB / "companion" / name).read_text(encoding="utf-8")


def test_the_pages_own_tests_pass() -> None:
    install_modules()
    vitest = WEB / "node_modules" / "vitest" / "vitest.mjs"
    command = [*find_node().node, str(vitest), "run", "--root", str(WEB)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Tests .*[1-9]\d* passed", re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)), done.stdout


@pytest.mark.parametrize("name", _MIRRORED)
def test_the_phone_knows_every_field(name: str) -> None:
    block = re.search(rf"export interface {name} \{{\n(.*?)\n\}}", _source("wire.ts"), re.DOTALL)
    assert block is not None, f"wire.ts has no {name}"
    assert set(re.findall(r"^  (\w+):", block[1], re.MULTILINE)) == set(_MIRRORED[name].model_fields)


def _words(source: str, union: str) -> set[str]:
    block = re.search(rf"export type {union} =(.*?);", source, re.DOTALL)
    assert block is not None
    return set(re.findall(r'"(\w+)"', re.sub(r"//.*", "", block[1])))


def test_the_phone_says_states_that_the_center_knows() -> None:
    assert _words(_source("wire.ts"), "PhoneState") == {state.value for state in PhoneState}
    assert _words(_source("seal.ts"), "GapReason") <= {reason.value for reason in GapReason}
