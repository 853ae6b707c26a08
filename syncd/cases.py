"""What is known of each session on this machine, and its state, worked out from the disk alone.

Nothing here is remembered only in memory or in ``queue.db``: after any restart the same state comes out. Moves
follow ``domain.status.LOCAL_SESSION_MOVES``.
"""

import threading
from dataclasses import dataclass, field

from domain.errors import BadInput, ZhishiError
from domain.loss import LossStatement
from domain.manifest import Ended
from domain.receipt import Receipt, ReceiptKind
from domain.status import LOCAL_SESSION_MOVES, LocalSessionState, move
from domain.wire.center import SessionFacts
from host.spool import SessionRecord, Spool
from syncd.keyring import Keyring
from syncd.papers import Papers, SignedManifest


@dataclass(slots=True)
class Case:
    """One session. Written by the keeper and the liaison, read by everybody.

    ``troubles``: subject → error of what stands in the way of this session now. ``told_end`` and ``told_manifest``
    are what the center has answered for in this process: asking twice is harmless, so they need no disk. ``phone`` and
    ``phones_left`` are what it told last of the phone, ``hurried_ms`` the last time support asked to send now
    (``domain.wire.center.SessionView``). ``loss``: the session was closed with declared loss, by a statement whose
    signature was checked here.
    """

    record: SessionRecord
    ended: Ended | None = None
    manifest: SignedManifest | None = None
    device_receipt: Receipt | None = None
    session_receipt: Receipt | None = None
    loss: LossStatement | None = None
    state: LocalSessionState = LocalSessionState.OPEN
    told_end: bool = False
    told_manifest: str | None = None
    phone: str = ""
    phones_left: int = 0
    hurried_ms: int | None = None
    next_view_ns: int = 0
    view_failures: int = 0
    troubles: dict[str, ZhishiError] = field(default_factory=dict)
    turn: threading.RLock = field(default_factory=threading.RLock)  # held while the state is worked on

    @property
    def session(self) -> str:
        """Its id."""
        return self.record.session

    @property
    def facts(self) -> SessionFacts:
        """What the center told last."""
        return self.record.facts

    def advance(self) -> None:
        """Go to the state that the facts give; raises IllegalMove when the table has no such move."""
        self.state = move(LOCAL_SESSION_MOVES, self.state, self._derived())

    def _derived(self) -> LocalSessionState:
        if self.ended is None:
            return LocalSessionState.OPEN
        if self.manifest is None or self.manifest.manifest.ended != self.ended:
            return LocalSessionState.ENDED
        if self.session_receipt is not None:
            return LocalSessionState.CONFIRMED
        if self.device_receipt is not None:
            return LocalSessionState.SUBMITTED
        return LocalSessionState.CLOSED


class Cases:
    """Every session of the spool."""

    def __init__(self, spool: Spool, papers: Papers, keyring: Keyring) -> None:
        self._spool = spool
        self._papers = papers
        self._keyring = keyring
        self._lock = threading.Lock()
        self._cases: dict[str, Case] = {}
        self.troubles: dict[str, ZhishiError] = {}

    def refresh(self) -> list[Case]:
        """Look for sessions that are new here; answers all, oldest first."""
        for session in self._spool.sessions():
            if session not in self._cases:
                try:
                    case = self._open(session)
                except ZhishiError as why:
                    self.troubles[session] = why
                    continue
                self.troubles.pop(session, None)
                with self._lock:
                    self._cases[session] = case
        return self.all()

    def all(self) -> list[Case]:
        """Every session known, oldest first."""
        with self._lock:
            return [self._cases[session] for session in sorted(self._cases)]

    def get(self, session: str) -> Case | None:
        """One session."""
        with self._lock:
            return self._cases.get(session)

    def reload(self, case: Case) -> None:
        """Read ended.json, the newest manifest and its receipts again. Raises StorageError, EvidenceError."""
        case.ended = self._spool.ended(case.session)
        if case.loss is None:
            case.loss = self._papers.loss(case.session)
        manifests = self._papers.manifests(case.session, self._keyring.device(case.record.device))
        newest = manifests[-1] if manifests else None
        if newest is None or case.manifest is None or newest.sha256 != case.manifest.sha256:
            case.manifest, case.device_receipt, case.session_receipt = newest, None, None
        if newest is None or newest.manifest.ended != case.ended:
            # Entered again since: what older receipts say is true of what was recorded before, not of now.
            case.device_receipt = case.session_receipt = None
            return
        if case.session_receipt is None:
            try:
                case.session_receipt = self._papers.receipt(ReceiptKind.SESSION, newest)
                case.troubles.pop("receipt", None)
            except BadInput as why:  # of an older revision: recorded again since; the center signs a new one
                case.troubles["receipt"] = why
        if case.device_receipt is None:
            case.device_receipt = self._papers.receipt(ReceiptKind.DEVICE, newest)

    def _open(self, session: str) -> Case:
        case = Case(self._spool.session(session))
        try:
            self.reload(case)
        except ZhishiError as why:
            case.troubles["papers"] = why
        case.state = case._derived()
        return case
