"""考前模拟测试 on the laptop: when the program cuts its own line, and doing so.

Owns the moments (pure) and the cut. Everything else of a rehearsal is an interview like any other. A real interview's
line is never cut: only a practice that the center made for rehearsing says ``cut``, and syncd looks again by itself.
"""

from domain.errors import ZhishiError
from domain.stage import Situation
from domain.wire.syncd import CutRequest, SyncStatus
from host.localapi import LocalClient
from ui.centerclient import CenterClient
from ui.facts import Facts
from ui.interview import Interview

CUT_AFTER_MS = 15_000  # from the moment answering may begin
CUT_MS = 20_000


def cut_left_ms(facts: Facts, situation: Situation, now_ms: int) -> int:
    """How long the line stays cut from now on; 0: it is whole."""
    schedule = situation.schedule
    if facts.practice is None or not facts.practice.cut or schedule is None or not situation.entered:
        return 0
    begins = schedule.start_ms + schedule.showing_ms + CUT_AFTER_MS
    return begins + CUT_MS - now_ms if begins <= now_ms < begins + CUT_MS else 0


class Cutter:
    """``step`` it once a second, from one thread."""

    def __init__(self, interview: Interview, center: CenterClient, syncd: LocalClient) -> None:
        self._interview = interview
        self._center = center
        self._syncd = syncd
        self._syncd_cut = False

    def step(self, *, arrived: bool) -> bool:
        """Cut or mend what is due; True when that changed. ``arrived``: nothing is left that could be cut."""
        left_ms = cut_left_ms(self._interview.facts, self._interview.situation, self._interview.now_ms())
        due = left_ms > 0 and not arrived
        if due and not self._syncd_cut:
            try:
                self._syncd.post("/cut", CutRequest(seconds=left_ms / 1000), SyncStatus)
                self._syncd_cut = True
            except ZhishiError:  # it is being started: asked again at the next step
                self._syncd_cut = False
        if due == self._center.cut:
            return False
        self._center.cut = due
        self._syncd_cut = self._syncd_cut and due
        self._interview.happened("practice_line_cut" if due else "practice_line_back", tell=None)
        return True
