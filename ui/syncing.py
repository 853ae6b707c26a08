"""What syncd says of this interview, and the receipt it brought. Asks only; evidence is syncd's business."""

from pathlib import Path

from domain.errors import BadInput, NotRunning, ZhishiError
from domain.identity import Track
from domain.status import LocalSessionState
from domain.wire.syncd import CloseRequest, SessionStatus, StripReply, SyncStatus
from host.durable import read_bytes
from host.localapi import LocalClient
from host.machine import carriers
from ui.answerpages import Receipt
from ui.carrying import Carrying
from ui.incidents import Incidents
from ui.interview import Interview
from ui.launcher import Launcher
from ui.pagestate import Strip, StripCell, StripLane
from ui.receiptview import ReceiptReader

NAME = "syncd"
_ARRIVED = (LocalSessionState.CONFIRMED, LocalSessionState.SUBMITTED)


class Syncing:
    """``look`` is called by one thread; what it found may be read by any."""

    def __init__(self, interview: Interview, launcher: Launcher, client: LocalClient) -> None:
        self._interview = interview
        self._launcher = launcher
        self._client = client
        self._reader = ReceiptReader()
        self._incidents = Incidents(interview.spool)
        self.carrying = Carrying(client, lambda: carriers(Path.home()))
        self.session: SessionStatus | None = None
        self.receipt: Receipt | None = None
        self.strip: Strip | None = None
        self.error: ZhishiError | None = None

    @property
    def arrived(self) -> bool:
        """This laptop's part is verified and signed for."""
        return self.session is not None and self.session.state in _ARRIVED

    def look(self) -> None:
        """Ask once; a syncd that is gone is started again."""
        session = self._interview.facts.session
        if session is None:
            self.session, self.receipt = None, None
            return
        try:
            found = self._client.get("/status", SyncStatus).sessions
            self.session = next((one for one in found if one.session == session), None)
            if self.session is not None:
                self.receipt = self._reader.read(self.session)
                if self._interview.facts.ended_ms is not None:
                    self.carrying.look()
                self.strip = self._read_strip(session) if self._interview.facts.ended_ms is not None else None
            self.error = None
        except NotRunning:
            self.session = None
            self._start()
        except ZhishiError as why:  # a receipt that does not stand the check, a disk that refuses
            self.error = why

    def _read_strip(self, session: str) -> Strip | None:
        told = self._client.get(f"/strip?session={session}", StripReply)
        lanes = [
            StripLane(track=one.track, cells=[StripCell.model_validate(part.model_dump()) for part in one.parts])
            for one in told.tracks
            if one.track != Track.TIMELINE
        ]
        cells = [cell for lane in lanes for cell in lane.cells]
        if not cells:
            return None
        first, last = min(c.from_ms for c in cells), max(c.to_ms for c in cells)
        marks = [moment for moment in self._incidents.marks(session) if first <= moment <= last]
        return Strip(from_ms=first, to_ms=last, lanes=lanes, marks=marks)

    def retry(self) -> None:
        """Upload again now. Raises ServiceError, NotRunning."""
        self._launcher.ensure(NAME)
        self._client.fetch("POST", "/scan")

    def close_session(self) -> None:
        """Where the recorder could not write ended.json (it died, or never was), syncd does."""
        session = self._interview.facts.session
        if session is None or self._interview.spool.ended(session) is not None:
            return
        try:
            self._client.post("/close", CloseRequest(session=session), SyncStatus)
        except ZhishiError as why:  # tried again at the next look
            self.error = why

    def receipt_file(self) -> tuple[bytes, str]:
        """The receipt and a name to keep it under. Raises BadInput while there is none, StorageError."""
        name = self.receipt_name("jws")
        assert self.receipt is not None  # noqa: S101 -- else there is no name
        return read_bytes(Path(self.receipt.path)), name

    def receipt_name(self, ending: str) -> str:
        """What a copy of the receipt is called. Raises BadInput while there is none."""
        if self.receipt is None:
            raise BadInput("还没有回执 / there is no receipt yet")
        return f"zhishi-receipt-{self.receipt.fingerprint[:8]}.{ending}"

    def _start(self) -> None:
        try:
            self._launcher.ensure(NAME)
        except ZhishiError as why:
            self.error = why
