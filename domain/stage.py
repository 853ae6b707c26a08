"""The eight stages of a session and the gates between them.

The stage is never stored: it follows from facts that are (checks passed, logged in, attachments read, entered, …) and
from center time. So a crash, a reboot or a killed window comes back where it was. Pure; times are center time in
milliseconds since the epoch. Source: requirements A1 to A8.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.errors import Words

MINUTE_MS = 60_000


class Stage(StrEnum):
    """The steps of a session, in order."""

    DEVICES = "devices"  # 设备准备
    LOGIN = "login"  # 人脸登录
    BINDING = "binding"  # 佐证绑定
    ATTACHMENTS = "attachments"  # 阅读考试附件
    ENTER = "enter"  # 进入考试
    CONFIRM = "confirm"  # 设备确认
    ANSWERING = "answering"  # 开始答题
    END = "end"  # 结束考试


ORDER = tuple(Stage)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a batch starts and how long its candidates may answer.

    ``late_limit_ms``: a candidate's own answer time starts when the questions are first on the screen, at the latest so
    long after the start (then support decides). ``showing_ms``: time to show both sides of the A4 sheet, which costs no
    answer time (0: not demanded). ``extra_ms``: time granted to this candidate.
    """

    start_ms: int
    answer_ms: int
    late_limit_ms: int = 10 * MINUTE_MS
    showing_ms: int = 0
    extra_ms: int = 0
    login_lead_ms: int = 30 * MINUTE_MS
    enter_lead_ms: int = 15 * MINUTE_MS

    @property
    def login_opens_ms(self) -> int:
        """From here on faces are checked."""
        return self.start_ms - self.login_lead_ms

    @property
    def enter_opens_ms(self) -> int:
        """From here on 进入考试 can be pressed; the start closes the door."""
        return self.start_ms - self.enter_lead_ms

    def answer_end_ms(self, questions_shown_ms: int | None) -> int:
        """When this candidate's answer time ends; ``questions_shown_ms`` is when the questions were first seen."""
        latest = self.start_ms + self.showing_ms + self.late_limit_ms
        begun = latest if questions_shown_ms is None else max(self.start_ms, questions_shown_ms)
        return min(begun, latest) + self.answer_ms + self.extra_ms

    @property
    def scheduled_end_ms(self) -> int:
        """The session's end when nobody ends it earlier."""
        return self.answer_end_ms(None)


class Phase(StrEnum):
    """Where a batch as a whole is; it follows from its schedule and center time alone."""

    BEFORE = "before"
    LOGIN = "login"  # faces are checked
    DOOR = "door"  # 进入考试 can be pressed
    RUNNING = "running"
    OVER = "over"


def phase(schedule: Schedule, now_ms: int) -> Phase:
    """The phase at ``now_ms``; each begins at its moment."""
    begins = (
        (schedule.scheduled_end_ms, Phase.OVER),
        (schedule.start_ms, Phase.RUNNING),
        (schedule.enter_opens_ms, Phase.DOOR),
        (schedule.login_opens_ms, Phase.LOGIN),
    )
    return next((which for at_ms, which in begins if now_ms >= at_ms), Phase.BEFORE)


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of one session on this machine; every field is a persisted fact."""

    schedule: Schedule | None = None  # None before login
    checks_passed: bool = False
    rules_ticked: bool = False
    logged_in: bool = False
    companion_required: bool = False
    companion_bound: bool = False
    binding_waived: bool = False  # support lets the candidate enter first and bind later
    attachments: int = 0
    attachments_read: int = 0
    pledge_accepted: bool = False
    entered: bool = False  # granted by the center, or by a read-out code of support
    may_enter_late: bool = False  # asked for help before the start: support decides
    devices_confirmed: bool = False
    questions_shown_ms: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether the next stage may be entered, and otherwise why not and from when."""

    open: bool
    why: Words | None = None
    opens_at_ms: int | None = None


_OPEN = Gate(True)


def _closed(zh: str, en: str, opens_at_ms: int | None = None) -> Gate:
    return Gate(False, Words(zh, en), opens_at_ms)


def gate(stage: Stage, now: Situation, now_ms: int) -> Gate:
    """May this person leave what comes before and enter ``stage``? A closed gate says why."""
    own = _own_gate(stage, now, now_ms)
    if not own.open:
        return own
    position = ORDER.index(stage)
    return own if position == 0 else gate(ORDER[position - 1], now, now_ms)


def _own_gate(stage: Stage, now: Situation, now_ms: int) -> Gate:
    """What ``stage`` itself demands of the stage before it."""
    schedule = now.schedule
    if stage is Stage.DEVICES:
        return _OPEN
    if stage is Stage.LOGIN:
        if not now.checks_passed:
            return _closed("请先完成设备检测", "Finish the device check first")
        if not now.rules_ticked:
            return _closed("请逐条确认考场要求", "Tick the rules of the room first")
        return _OPEN
    if stage is Stage.BINDING:
        return _OPEN if now.logged_in else _closed("请先完成人脸登录", "Log in first")
    if stage is Stage.ATTACHMENTS:
        # Who is inside is never taken back to the binding page because a phone fell away.
        if now.companion_required and not (now.companion_bound or now.binding_waived or now.entered):
            return _closed("请先绑定手机", "Bind the phone first")
        return _OPEN
    if stage is Stage.ENTER:
        if now.attachments_read < now.attachments:
            left = now.attachments - now.attachments_read
            return _closed(f"还有 {left} 份附件未阅读", f"{left} attachments are still to be read")
        if not now.pledge_accepted:
            return _closed("请先接受考生诚信承诺书", "Accept the integrity pledge first")
        return _OPEN
    if stage is Stage.CONFIRM:
        return _OPEN if now.entered else _enter_gate(now, now_ms)
    if stage is Stage.ANSWERING:
        if now.devices_confirmed or (schedule is not None and now_ms >= schedule.start_ms):
            return _OPEN
        return _closed("请确认设备后点击【进入待考】", "Confirm your devices first")
    return _OPEN if now.ended else _end_gate(now, now_ms)


def _enter_gate(now: Situation, now_ms: int) -> Gate:
    if now.schedule is None:
        return _closed("请先登录", "Log in first")
    if now_ms < now.schedule.enter_opens_ms:
        return _closed("开考前 15 分钟开放", "Opens 15 minutes before the start", now.schedule.enter_opens_ms)
    if now_ms >= now.schedule.start_ms and not now.may_enter_late:
        return _closed("面试已经开始，不能再进入；请联系技术服务人员", "The interview has begun; please call support")
    return _closed("请点击【进入考试】", "Press the button to enter")


def _end_gate(now: Situation, now_ms: int) -> Gate:
    if now.schedule is None:
        return _closed("面试尚未开始", "The interview has not begun")
    end_ms = now.schedule.answer_end_ms(now.questions_shown_ms)
    return _OPEN if now_ms >= end_ms else _closed("答题时间未到", "The answer time is not over", end_ms)


def enter_gate(now: Situation, now_ms: int) -> Gate:
    """May 进入考试 be pressed now? Open from 15 minutes before the start until the start."""
    before = gate(Stage.ENTER, now, now_ms)
    if not before.open or now.schedule is None:
        return before if not before.open else _closed("请先登录", "Log in first")
    inside = now.schedule.enter_opens_ms <= now_ms < now.schedule.start_ms
    late = now_ms >= now.schedule.start_ms and now.may_enter_late
    return _OPEN if inside or late else _enter_gate(now, now_ms)


def login_gate(now: Situation, now_ms: int) -> Gate:
    """May a face be checked now? From 30 minutes before the start until the start."""
    if now.schedule is None:
        return _OPEN
    if now_ms < now.schedule.login_opens_ms:
        return _closed("开考前 30 分钟开放登录", "Opens 30 minutes before the start", now.schedule.login_opens_ms)
    if now_ms >= now.schedule.start_ms and not (now.entered or now.may_enter_late):
        return _closed("面试已经开始，不能再登录；请联系技术服务人员", "The interview has begun; please call support")
    return _OPEN


def current(now: Situation, now_ms: int) -> Stage:
    """Where this person is: the furthest stage whose gates are all open.

    Who entered in time is taken on to answering at the start by itself; who ended, or whose time is over, to the end.
    """
    if now.entered and (now.ended or _end_gate(now, now_ms).open):
        return Stage.END
    reached = Stage.DEVICES
    for stage in ORDER[:-1]:
        if not _own_gate(stage, now, now_ms).open:
            break
        reached = stage
    return reached
