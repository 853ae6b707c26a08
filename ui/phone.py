"""The candidate's phone on this machine: its binding code with QR, and saying yes or no to a phone that asks.

Owns the newest code; it lives in memory, so after a restart a new one is asked for. How the phone is, the center tells
with every heartbeat.
"""

from domain.companion import BindingState, is_bound
from domain.stage import Stage
from domain.wire.interview import Binding, BindingAnswer, InterviewState
from ui.centerclient import CenterClient
from ui.interview import Interview
from ui.receiptview import qr_svg


class Phone:
    """``made`` is the newest code, ``link`` the whole address in its QR."""

    def __init__(self, interview: Interview, center: CenterClient) -> None:
        self._interview = interview
        self._center = center
        self.made: BindingAnswer | None = None
        self.link = ""
        self.qr_svg = ""

    @property
    def told(self) -> Binding | None:
        """How the phone is, as the center told last."""
        view = self._interview.facts.view
        return None if view is None else view.state.binding

    @property
    def watched(self) -> bool:
        """Somebody waits in front of the screen for what the phone does next."""
        told = self.told
        if told is None:
            return False
        return told.asking is not None or (self._interview.stage() is Stage.BINDING and not is_bound(told.state))

    @property
    def films(self) -> bool:
        """There is a phone whose trouble must be seen soon."""
        told = self.told
        return told is not None and is_bound(told.state) and told.state != BindingState.DONE

    def new_code(self) -> None:
        """A new code and QR; the one before is void. Raises what the center client raises."""
        made = self._center.binding()
        link = f"{self._center.address}{made.link}" if made.link.startswith("/") else made.link
        self.made, self.link, self.qr_svg = made, link, qr_svg(link)

    def keep_code(self) -> None:
        """Right after a heartbeat: on the binding page there is always a code that can be used."""
        told = self.told
        if told is None or self._interview.stage() is not Stage.BINDING:
            return
        if told.state == BindingState.NONE or (told.state == BindingState.WAITING and self.made is None):
            self.new_code()

    def approve(self, device: str) -> InterviewState:
        """The phone that asks is the candidate's. Raises PhoneUnknown and what the center client raises."""
        state = self._center.approve_phone(device)
        self._interview.happened("phone_approved", {"device": device}, tell=None)
        self.forget()
        return state

    def unbind(self, device: str) -> InterviewState:
        """It is not, or shall no longer be. Raises as ``approve``."""
        state = self._center.unbind_phone(device)
        self._interview.happened("phone_unbound", {"device": device}, tell=None)
        self.forget()
        return state

    def forget(self) -> None:
        """The code was used, or belongs to an interview that is put away."""
        self.made, self.link, self.qr_svg = None, "", ""
