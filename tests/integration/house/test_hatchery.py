"""Programs born in a moment: each has its own end, whatever process id it had."""

import os
import signal

import pytest

from tests.support.hatchery import Births, programs


def test_a_process_id_that_is_used_again_names_another_program() -> None:
    births = Births()
    first = births.born(77)
    births.ended(77, -signal.SIGKILL)
    second = births.born(77)
    assert (births.code(first), births.code(second)) == (-signal.SIGKILL, None)
    births.ended(77, 0)
    assert (births.code(first), births.code(second)) == (-signal.SIGKILL, 0)
    assert births.living() == []


def test_words_environment_and_end_are_its_own() -> None:
    ours, theirs = os.pipe()
    program = programs().start("os:system", ["echo $WHO"], {"WHO": "somebody", "PATH": os.environ["PATH"]}, out=theirs)
    os.close(theirs)
    assert program.ended() == 0
    with os.fdopen(ours) as told:
        assert told.read() == "somebody\n"
    assert not program.alive()


def test_what_goes_on_is_told_and_killed() -> None:
    program = programs().start("signal:pause", [])
    with pytest.raises(AssertionError, match="goes on"):
        program.ended(0.2)
    program.kill()
    assert program.ended() == -signal.SIGKILL
