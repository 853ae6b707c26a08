"""One candidate at the real window, up to where a measurement begins."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Page

from bench.setting import Setting
from tests.support.interviewing import Candidate, Office, candidate, office
from tests.support.windowing import AS_ROOT, free_port, looked_into
from zhishi.stage import VirtualDesktop

SIZE = "1366x768"
_UNTIL_START_S = 120.0


@contextmanager
def at_the_window(
    setting: Setting, desktop: VirtualDesktop, more: Mapping[str, str] | None = None
) -> Iterator[tuple[Office, Candidate]]:
    """A center that starts in a while, and a candidate whose program is not started yet."""
    environ = {**setting.environ, **desktop.environ, **AS_ROOT, **(more or {})}
    with office(setting.folder) as center, candidate(center.url, environ, window=True) as person:
        yield center, person


@contextmanager
def started(center: Office, person: Candidate) -> Iterator[Page]:
    """The window on the first page."""
    center.hold(start_in_s=_UNTIL_START_S, answer_minutes=60)
    port = free_port()
    person.start("--debug-port", str(port))
    with looked_into(port) as page:
        yield page


def to_the_questions(setting: Setting, center: Office, person: Candidate) -> None:
    """All stages up to the questions on the screen."""
    setting.say("device check, login, attachments, entering, and waiting for the start")
    person.check_devices()
    person.log_in(center)
    person.read_all()
    person.enter()
    person.must("confirm")
    person.wait(lambda state: state["page"].get("phase") == "questions", 120, "the questions appear")
    person.must("questions_shown")
