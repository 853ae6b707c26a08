"""【求助】 before login: told to the center when it can be, asked about until support has answered.

Owns nothing but that order: the calls are facts, and what the center says of them becomes facts. A call the center
refuses for good is taken back, so that no page says it is on its way.
"""

from domain.errors import BadInput, CenterError
from domain.wire.beforelogin import EarlyHelpOrder
from domain.wire.interview import Stamp
from ui.centerclient import CenterClient
from ui.interview import Interview

WAITING_S = 5.0  # between two looks while a call waits for its answer


class EarlyHelp:
    """Called by the one thread that speaks to the center."""

    def __init__(self, interview: Interview, center: CenterClient) -> None:
        self._interview = interview
        self._center = center

    @property
    def waiting(self) -> bool:
        """A call is not answered yet. Who has entered asks by the session instead: only set phrases come there."""
        return not self._interview.situation.entered and any(
            said.early and not said.answer for said in self._interview.facts.help
        )

    def tell(self) -> bool:
        """Tell and ask once; True when there is something new. Raises what the center says, retryable or not."""
        news = False
        for said in self._interview.facts.help if self.waiting else ():
            if not said.early or said.answer:
                continue
            order = EarlyHelpOrder(
                id=said.id,
                text=said.text,
                stage=said.stage,
                project=said.project,
                number=said.number,
                at=Stamp(center_ms=max(0, said.at_ms)),
            )
            try:
                told = self._center.early_help(order)
            except (BadInput, CenterError) as why:
                if not why.retryable:
                    self._interview.store.amend_help(said.id, None)
                raise
            made = said.model_copy(update={"code": told.code, "answer": told.help.answer or ""})
            if made != said:
                self._interview.store.amend_help(said.id, made)
                news = True
        return news
