"""Who is in trouble first: how urgent one session is to support, why, and what helps. Pure.

Times are center time in milliseconds. Source: requirements E5; the remedies are those support really has.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.companion import UNBOUND, UNWELL
from domain.errors import Words
from domain.stage import MINUTE_MS
from domain.window import Assessment, assess

LIVE_MS, OFFLINE_MS = 20_000, 60_000  # laptops speak every 10 s
NAMED_BEFORE_MS = 15 * MINUTE_MS  # who will miss the window is named so long before it closes, at the latest
SOON_MS = 10 * MINUTE_MS
_SHARE = 0.75


class Connection(StrEnum):
    """When a laptop was last heard of."""

    NEVER = "never"
    LIVE = "live"
    QUIET = "quiet"
    OFFLINE = "offline"


class Risk(StrEnum):
    """Most urgent first: this order is the dashboard's."""

    LATE = "late"  # the window closed without a receipt
    HELP = "help"  # asks for help and nobody has taken it
    NOT_RECORDING = "not_recording"  # answers, but nothing is recorded
    AT_RISK = "at_risk"  # will not be confirmed in time as it goes now
    ABSENT = "absent"  # the start is near and nobody is there
    OFFLINE = "offline"  # not heard of, though it should be
    PHONE = "phone"  # the second camera is missing or unwell
    WATCH = "watch"  # something is odd, but nothing is lost by it
    CALM = "calm"
    DONE = "done"


ORDER = {risk: place for place, risk in enumerate(Risk)}


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one session."""

    now_ms: int
    start_ms: int
    latest_end_ms: int
    window_ms: int
    seen_ms: int | None = None
    logged_in: bool = False
    entered: bool = False
    ended_ms: int | None = None
    recording: bool = False
    finish_in_ms: int | None = None  # forecast for all that is known to remain; None: nobody can tell
    remaining_bytes: int = 0
    confirmed_ms: int | None = None
    waits_for_help: bool = False
    phone_required: bool = False
    phone: str = "none"
    troubles: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """How urgent, why, and what support can do."""

    risk: Risk
    assessment: Assessment
    connection: Connection
    why: Words
    remedy: Words


_NOTHING = Words("", "")


def connection(seen_ms: int | None, now_ms: int) -> Connection:
    """By when it was heard of last."""
    if seen_ms is None:
        return Connection.NEVER
    quiet = now_ms - seen_ms
    return Connection.LIVE if quiet < LIVE_MS else Connection.QUIET if quiet < OFFLINE_MS else Connection.OFFLINE


def judge(now: Standing) -> Verdict:
    """The verdict on one session."""
    deadline_ms = None if now.ended_ms is None else now.ended_ms + now.window_ms
    heard = connection(now.seen_ms, now.now_ms)
    idle = now.ended_ms is None
    assessment = assess(now.now_ms, deadline_ms, now.confirmed_ms, now.finish_in_ms, idle=idle)
    risk, why, remedy = _weigh(now, assessment, heard)
    if risk is Risk.AT_RISK and assessment is Assessment.ON_TRACK:
        assessment = Assessment.AT_RISK
    return Verdict(risk, assessment, heard, why, remedy)


def _weigh(now: Standing, assessment: Assessment, heard: Connection) -> tuple[Risk, Words, Words]:
    if assessment in (Assessment.CONFIRMED, Assessment.CONFIRMED_LATE, Assessment.CLOSED_WITH_LOSS):
        return Risk.DONE, _NOTHING, _NOTHING
    if assessment is Assessment.LATE:
        return Risk.LATE, Words("已超过上传时限，仍未收齐", "The window closed before all arrived"), _carry(heard)
    if now.waits_for_help:
        return Risk.HELP, Words("正在求助", "Asks for help"), Words("认领并答复", "Claim it and answer")
    answering = now.entered and now.ended_ms is None and now.now_ms >= now.start_ms
    if answering and heard is Connection.LIVE and not now.recording:
        remedy = Words("请考生查看设备提示，必要时刷新设备", "Have them look at the device notice and refresh devices")
        return Risk.NOT_RECORDING, Words("正在答题但没有在录制", "Answering, but nothing is recorded"), remedy
    if _will_miss(now, heard):
        return Risk.AT_RISK, _why_missing(now, heard), _carry(heard)
    if not now.entered and now.start_ms - SOON_MS <= now.now_ms and now.ended_ms is None:
        return _absent(now)
    if now.entered and heard is Connection.OFFLINE:
        return (
            Risk.OFFLINE,
            Words("一分钟以上没有消息；本机仍在录制", "Not heard of for over a minute; the laptop records on"),
            Words("先等待；临近时限时致电考生", "Wait; call when the window comes near"),
        )
    if now.entered and now.phone_required and now.phone in UNBOUND | UNWELL:
        return (
            Risk.PHONE,
            Words("手机佐证异常或未绑定", "The phone is missing or unwell"),
            Words("请考生检查手机，或准予后补绑定", "Have them look at the phone, or let them bind later"),
        )
    if now.troubles or heard is Connection.QUIET:
        return Risk.WATCH, Words("有提示或消息稍慢", "A notice, or slow to answer"), _NOTHING
    return Risk.CALM, _NOTHING, _NOTHING


def _will_miss(now: Standing, heard: Connection) -> bool:
    """Whether the window will be missed as it goes now: by the forecast, or by silence so near to its end."""
    if not now.entered or now.seen_ms is None:
        return False
    end_ms = now.ended_ms if now.ended_ms is not None else now.latest_end_ms
    left_ms = end_ms + now.window_ms - now.now_ms
    ended = now.ended_ms is not None
    if now.remaining_bytes and now.finish_in_ms is not None and now.finish_in_ms > left_ms * _SHARE:
        return True
    if not ended:
        return False
    unknown = now.finish_in_ms is None or heard is Connection.OFFLINE
    return unknown and left_ms <= max(NAMED_BEFORE_MS * 2, now.window_ms // 2)


def _why_missing(now: Standing, heard: Connection) -> Words:
    if heard is Connection.OFFLINE:
        return Words("失联且尚有数据未收到", "Out of reach with evidence still to come")
    megabytes = now.remaining_bytes / 1e6
    return Words(f"剩余 {megabytes:.0f} MB，按当前网速赶不上时限", f"{megabytes:.0f} MB left: too slow for the window")


def _carry(heard: Connection) -> Words:
    if heard is Connection.OFFLINE or heard is Connection.NEVER:
        return Words("致电考生：换网络（如手机热点），或导出离线数据包", "Call: another network, or a rescue bundle")
    return Words("请考生换用更快的网络；必要时延长时限", "A faster network; extend the window if need be")


def _absent(now: Standing) -> tuple[Risk, Words, Words]:
    if now.now_ms >= now.start_ms:
        return (
            (Risk.WATCH, Words("开考时未进入", "Had not entered at the start"), _NOTHING)
            if now.logged_in
            else (Risk.WATCH, Words("缺考", "Absent"), _NOTHING)
        )
    if now.logged_in:
        why = Words("即将开考，已登录但未进入", "The start is near: logged in, not entered")
    else:
        why = Words("即将开考，尚未登录", "The start is near: not logged in")
    return Risk.ABSENT, why, Words("致电考生", "Call the candidate")
