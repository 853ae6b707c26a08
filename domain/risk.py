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
    CLOSED = "closed"  # closed with declared loss: nothing is left to do, and it is not confirmed
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
    arrived: bool = False  # something of this session is at the center
    ended_ms: int | None = None
    recording: bool = False
    finish_in_ms: int | None = None  # forecast for all that is known to remain; None: nobody can tell
    remaining_bytes: int = 0
    confirmed_ms: int | None = None
    closed_ms: int | None = None
    waits_for_help: bool = False
    phone_required: bool = False
    phone: str = "none"
    phone_awaited: bool = False  # the laptop's part is all here; the receipt waits for the phone
    troubles: int = 0


class Act(StrEnum):
    """Which of support's acts fits; the others stay possible."""

    NONE = ""
    SEND_NOW = "send-now"
    EXTEND_WINDOW = "extend-window"
    FINISH_PHONE = "finish-phone"
    WAIVE_PHONE = "waive-phone"
    NO_PHONE = "no-phone"


@dataclass(frozen=True, slots=True)
class Remedy:
    """What helps, in words, and which act of support's own."""

    words: Words
    act: Act = Act.NONE


@dataclass(frozen=True, slots=True)
class Verdict:
    """How urgent, why, and what support can do."""

    risk: Risk
    assessment: Assessment
    connection: Connection
    why: Words
    remedy: Words
    act: Act


_NOTHING = Words("", "")
_NO_REMEDY = Remedy(_NOTHING)


def connection(seen_ms: int | None, now_ms: int) -> Connection:
    """By when it was heard of last."""
    if seen_ms is None:
        return Connection.NEVER
    quiet = now_ms - seen_ms
    return Connection.LIVE if quiet < LIVE_MS else Connection.QUIET if quiet < OFFLINE_MS else Connection.OFFLINE


def judge(now: Standing) -> Verdict:
    """The verdict on one session."""
    deadline_ms = None if now.ended_ms is None or _stayed_away(now) else now.ended_ms + now.window_ms
    heard = connection(now.seen_ms, now.now_ms)
    idle = now.ended_ms is None
    assessment = assess(now.now_ms, deadline_ms, now.confirmed_ms, now.finish_in_ms, idle=idle, closed_ms=now.closed_ms)
    risk, why, remedy = _weigh(now, assessment, heard)
    if risk is Risk.AT_RISK and assessment is Assessment.ON_TRACK:
        assessment = Assessment.AT_RISK
    return Verdict(risk, assessment, heard, why, remedy.words, remedy.act)


def _weigh(now: Standing, assessment: Assessment, heard: Connection) -> tuple[Risk, Words, Remedy]:
    if assessment is Assessment.CLOSED_WITH_LOSS:
        return Risk.CLOSED, Words("缺失说明结案", "Closed with declared loss"), _NO_REMEDY
    if assessment in (Assessment.CONFIRMED, Assessment.CONFIRMED_LATE):
        return Risk.DONE, _NOTHING, _NO_REMEDY
    if assessment is Assessment.LATE:
        return Risk.LATE, Words("已超过上传时限，仍未收齐", "The window closed before all arrived"), _late(now, heard)
    if now.waits_for_help:
        return Risk.HELP, Words("正在求助", "Asks for help"), Remedy(Words("认领并答复", "Claim it and answer"))
    answering = now.entered and now.ended_ms is None and now.now_ms >= now.start_ms
    if answering and heard is Connection.LIVE and not now.recording:
        remedy = Words("请考生查看设备提示，必要时刷新设备", "Have them look at the device notice and refresh devices")
        return Risk.NOT_RECORDING, Words("正在答题但没有在录制", "Answering, but nothing is recorded"), Remedy(remedy)
    if _will_miss(now, heard):
        return Risk.AT_RISK, _why_missing(now, heard), _save(now, heard)
    if not now.entered and now.start_ms - SOON_MS <= now.now_ms and (now.ended_ms is None or _stayed_away(now)):
        return _absent(now)
    if now.entered and heard is Connection.OFFLINE:
        if now.ended_ms is None:
            why = Words("一分钟以上没有消息；本机仍在录制", "Not heard of for over a minute; the laptop records on")
        else:
            why = Words("一分钟以上没有消息，上传尚未完成", "Not heard of for over a minute, and not all is here")
        remedy = Words("先等待；临近时限时致电考生", "Wait; call when the window comes near")
        return Risk.OFFLINE, why, Remedy(remedy)
    if now.entered and now.phone_required and now.phone in UNBOUND | UNWELL:
        why = Words("手机佐证异常或未绑定", "The phone is missing or unwell")
        remedy = Words("请考生检查手机，或准予后补绑定", "Have them look at the phone, or let them bind later")
        return Risk.PHONE, why, Remedy(remedy, Act.NO_PHONE if now.phone in UNBOUND else Act.NONE)
    if now.troubles or heard is Connection.QUIET:
        return Risk.WATCH, Words("有提示或消息稍慢", "A notice, or slow to answer"), _NO_REMEDY
    return Risk.CALM, _NOTHING, _NO_REMEDY


def _left_ms(now: Standing) -> int:
    """Until the window closes, as far as is known now."""
    end_ms = now.ended_ms if now.ended_ms is not None else now.latest_end_ms
    return end_ms + now.window_ms - now.now_ms


def _will_miss(now: Standing, heard: Connection) -> bool:
    """Whether the window will be missed as it goes now: by the forecast, or by silence so near to its end."""
    if not now.entered or now.seen_ms is None:
        return False
    left_ms = _left_ms(now)
    if now.remaining_bytes and now.finish_in_ms is not None and now.finish_in_ms > left_ms * _SHARE:
        return True
    if now.ended_ms is None:
        return False
    unknown = now.finish_in_ms is None or heard is Connection.OFFLINE or now.phone_awaited
    return unknown and left_ms <= max(NAMED_BEFORE_MS * 2, now.window_ms // 2)


def _why_missing(now: Standing, heard: Connection) -> Words:
    if now.phone_awaited:
        return Words("电脑的已收齐，只差手机佐证", "All of the laptop is here; the phone's evidence is missing")
    if heard is Connection.OFFLINE:
        return Words("失联且尚有数据未收到", "Out of reach with evidence still to come")
    megabytes = now.remaining_bytes / 1e6
    if now.finish_in_ms is None:
        return Words(f"剩余 {megabytes:.0f} MB，没有在上传", f"{megabytes:.0f} MB left, and nothing comes")
    return Words(f"剩余 {megabytes:.0f} MB，按当前网速赶不上时限", f"{megabytes:.0f} MB left: too slow for the window")


def _save(now: Standing, heard: Connection) -> Remedy:
    """What still saves the window."""
    if now.phone_awaited:
        return _phone(now)
    if heard is Connection.OFFLINE or heard is Connection.NEVER:
        if _left_ms(now) <= NAMED_BEFORE_MS:
            return Remedy(
                Words("立即致电：导出离线数据包，在别处上传", "Call now: a rescue bundle, brought from elsewhere")
            )
        return Remedy(
            Words("致电考生：换网络（如手机热点），或导出离线数据包", "Call: another network, or a rescue bundle")
        )
    if now.finish_in_ms is None:
        words = Words("请电脑立即上传；仍不动，请考生换网络", "Ask it to send now; if nothing comes, another network")
        return Remedy(words, Act.SEND_NOW)
    over_ms = now.finish_in_ms - _left_ms(now)
    if over_ms <= now.window_ms:
        minutes = max(10, -(-over_ms // (10 * MINUTE_MS)) * 10)  # whole tens, rounded up
        words = Words(
            f"请考生换更快的网络（如手机热点）；或延长时限约 {minutes} 分钟",
            f"A faster network; or extend the window by about {minutes} min",
        )
        return Remedy(words, Act.EXTEND_WINDOW)
    words = Words(
        "延长时限也不够：请考生换更快的网络，或导出离线数据包",
        "Too slow even with more time: a faster network, or a rescue bundle",
    )
    return Remedy(words)


def _late(now: Standing, heard: Connection) -> Remedy:
    """What still brings the evidence; it is late already."""
    if now.phone_awaited:
        return _phone(now)
    if heard is Connection.OFFLINE or heard is Connection.NEVER:
        return Remedy(
            Words("致电考生：换网络（如手机热点），或导出离线数据包", "Call: another network, or a rescue bundle")
        )
    return Remedy(
        Words(
            "请考生保持联网；有正当理由的，延长时限", "Have them stay on line; with a good reason, extend the window"
        ),
        Act.EXTEND_WINDOW,
    )


def _phone(now: Standing) -> Remedy:
    if now.phone in UNBOUND:
        return Remedy(
            Words(
                "请考生打开手机继续上传；手机没有了，不再等待佐证", "Have them open the phone; if it is gone, waive it"
            ),
            Act.WAIVE_PHONE,
        )
    return Remedy(
        Words("从平台结束手机录制，请考生让手机联网", "Finish the phone from afar; have them bring it on line"),
        Act.FINISH_PHONE,
    )


def _stayed_away(now: Standing) -> bool:
    """Nothing of them will ever be late: as in ``domain.completion``."""
    return not now.entered and not now.arrived and now.confirmed_ms is None


def _absent(now: Standing) -> tuple[Risk, Words, Remedy]:
    if now.now_ms >= now.start_ms:
        why = Words("开考时未进入", "Had not entered at the start") if now.logged_in else Words("缺考", "Absent")
        return Risk.WATCH, why, _NO_REMEDY
    if now.logged_in:
        why = Words("即将开考，已登录但未进入", "The start is near: logged in, not entered")
    else:
        why = Words("即将开考，尚未登录", "The start is near: not logged in")
    return Risk.ABSENT, why, Remedy(Words("致电考生", "Call the candidate"))
