"""Everything a page may show, read at one moment (``ui.knowing`` reads it, ``ui.view`` shows it)."""

from dataclasses import dataclass, field

from domain.errors import ZhishiError
from domain.stage import Situation
from domain.wire.interview import BindingAnswer, Question
from domain.wire.login import LoginState
from domain.wire.recorder import DeviceEntry, RecorderStatus, TrialStatus
from domain.wire.syncd import SessionStatus
from host.clock import Moment
from ui.answerpages import Carry, Receipt
from ui.devicecheck import Readings
from ui.facts import Facts
from ui.pagestate import Notice, Strip


@dataclass(frozen=True, slots=True)
class Known:
    """Everything a page may show, read at one moment."""

    facts: Facts
    now: Moment
    online: bool | None = None
    readings: Readings = field(default_factory=Readings)
    recorder: RecorderStatus | None = None
    devices: tuple[DeviceEntry, ...] = ()
    trial: TrialStatus = field(default_factory=lambda: TrialStatus(state="none"))
    level_db: float | None = None
    preview: bool = False
    login: LoginState | None = None
    login_error: ZhishiError | None = None
    binding: BindingAnswer | None = None
    binding_link: str = ""
    binding_qr: str = ""
    here: frozenset[str] = frozenset()  # attachments on this machine
    pack: bool = False
    questions: tuple[Question, ...] | None = None
    fetching: bool = False
    sync: SessionStatus | None = None
    receipt: Receipt | None = None
    saved: str = ""  # where the person's own copy lies
    printed: str = ""
    strip: Strip | None = None
    carry: Carry = field(default_factory=Carry)
    error: ZhishiError | None = None
    closing: bool = False
    notices: tuple[Notice, ...] = field(default=())

    @property
    def situation(self) -> Situation:
        """What the stage follows from."""
        return self.facts.situation()

    @property
    def now_ms(self) -> int:
        """Center time."""
        return self.now.center_ms
