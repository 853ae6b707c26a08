"""The rescue bundle as the upload page offers it: where it can go, how far it is. Asks syncd, which does the work."""

from collections.abc import Callable

from domain.errors import BadInput, NotRunning, ZhishiError
from domain.status import LocalSessionState
from domain.wire.failure import ErrorBody, to_body
from domain.wire.syncd import RescueOrder, RescueStatus
from host.localapi import LocalClient
from host.machine import Carrier
from ui.answerpages import Carry, CarryPlace

_UNDER_WAY = ("preparing", "writing")
_ARRIVED = (LocalSessionState.CONFIRMED.value, LocalSessionState.SUBMITTED.value)


class Carrying:
    """``look`` is called by one thread, ``offer`` and ``begin`` by another; ``view`` by any."""

    def __init__(self, client: LocalClient, carriers: Callable[[], list[Carrier]]) -> None:
        self._client = client
        self._carriers = carriers
        self._places: tuple[Carrier, ...] | None = None
        self._status: RescueStatus | None = None
        self._refused: ErrorBody | None = None

    def look(self) -> None:
        """Ask how far it is, while something may be under way. Raises NotRunning and what syncd answers."""
        if self._status is None or self._status.state in _UNDER_WAY:
            self._status = self._client.get("/rescue", RescueStatus)

    def offer(self) -> None:
        """The person wants to choose: look for sticks now. What was written before is told no longer."""
        self._places = tuple(self._carriers())
        self._refused = None
        if self._status is not None and self._status.state not in _UNDER_WAY:
            self._status = RescueStatus()

    def put_away(self) -> None:
        """The person is done with it; what is under way goes on."""
        self._places = None

    def begin(self, session: str, folder: str) -> None:
        """Write what is unsent of ``session`` into ``folder``, one of the places offered. Raises BadInput."""
        if folder not in {place.path for place in self._places or ()}:
            raise BadInput("请选择列出的位置 / choose one of the places shown")
        try:
            order = RescueOrder(folder=folder, session=session)
            self._status = self._client.patient(60.0).post("/rescue", order, RescueStatus)
        except NotRunning:
            raise
        except ZhishiError as why:
            self._refused = to_body(why)

    def view(self, state: str) -> Carry:
        """What the page shows; offered while something may be unsent (``state``: LocalSessionState)."""
        status = self._status or RescueStatus()
        places = self._places
        if state in _ARRIVED and not status.files:
            return Carry()
        return Carry(
            offered=True,
            open=places is not None,
            state=status.state,  # type: ignore[arg-type]  # validated below: the words are syncd's
            places=[
                CarryPlace(path=one.path, name=one.name, free_bytes=one.free_bytes, removable=one.removable)
                for one in places or ()
            ],
            folder=status.folder,
            share=status.done_bytes / status.total_bytes if status.total_bytes else 0.0,
            files=[one.path for one in status.files],
            file_bytes=sum(one.bytes for one in status.files),
            left_out=len(status.left_out),
            error=self._refused or status.error,
        )
