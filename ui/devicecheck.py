"""The verdicts of the device page. Pure: from what was read of this machine to pass, warn or fail, and what to do.

Only what requirement A1 names closes the way on: no camera, no microphone, no screen, no room for the interview, more
than one display, a recording or remote-control program that runs. A slow network never does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil

from domain.room import BEFORE_AND_AFTER_S, BYTES_PER_S, USUAL_ANSWER_S
from domain.wire.recorder import DeviceEntry
from ui.entrypages import Check, Verdict
from ui.foreign import BLOCKING, Foreign

RESERVE = 1.5  # room wanted, in interviews
_QUIET_DB = -60.0
_NOTHING_DB = -90.0
_SILENT_S = 3.0
_LOW_BATTERY = 0.6
_BUSY = 0.85
_SLOW_MS = 400
_MANY_BYTES_PER_S = 12.5e6  # above it nobody needs the figure
_WINDOW_MIN = 60
_CLOCK_MS = 5_000
_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read. None: not read yet, or it cannot be told here.

    ``camera``, ``screen``: pictures come; ``level_db``: RMS; ``silent_s``: seconds of exact silence; ``cpu``: share of
    all cores in use while the test recording was encoded; ``latency_ms`` a request's time; ``portal``: a
    log-in page stands between; ``upload_bytes_per_s`` what reached the center, or, with ``upload_at_most``, what the
    line stays below; ``measuring``: it is being measured;
    ``unmeasured``: that failed, it is tried again by itself.
    """

    devices: tuple[DeviceEntry, ...] | None = None
    camera: bool | None = None
    camera_name: str = ""
    camera_error_zh: str = ""
    camera_error_en: str = ""
    microphone_name: str = ""
    level_db: float | None = None
    loudest_db: float | None = None
    silent_s: float = 0.0
    screen: bool | None = None
    screen_error_zh: str = ""
    screen_error_en: str = ""
    trial: str = "none"  # Trial's state
    heard: bool | None = None
    free_bytes: int | None = None
    need_s: float = USUAL_ANSWER_S + BEFORE_AND_AFTER_S
    plugged: bool | None = None
    battery: float | None = None  # 0..1
    awake: bool | None = None  # the machine lets itself be kept from sleeping
    cpu: float | None = None
    displays: int | None = None
    displays_read: bool = False
    online: bool | None = None
    latency_ms: int | None = None
    portal: bool = False
    upload_bytes_per_s: float | None = None
    upload_at_most: bool = False
    measuring: bool = False
    unmeasured: bool = False
    clock_off_ms: int | None = None
    foreign: tuple[Foreign, ...] | None = field(default=None)


def judge(read: Readings) -> list[Check]:
    """Every check, in the order of the page."""
    return [
        _camera(read),
        _microphone(read),
        _screen(read),
        _trial(read),
        _disk(read),
        _power(read),
        _sleep(read),
        _cpu(read),
        _displays(read),
        _network(read),
        _clock(read),
        _programs(read),
    ]


def blocking(checks: list[Check]) -> Iterator[Check]:
    """The checks that close the way on."""
    return (check for check in checks if check.blocks)


_TITLES = {
    "camera": ("摄像头", "Camera"),
    "microphone": ("麦克风", "Microphone"),
    "screen": ("录屏", "Screen"),
    "trial": ("试录回放", "Test recording"),
    "disk": ("磁盘", "Disk"),
    "power": ("电源", "Power"),
    "sleep": ("休眠", "Sleep"),
    "cpu": ("性能", "Performance"),
    "displays": ("显示器", "Displays"),
    "network": ("网络", "Network"),
    "clock": ("时间", "Clock"),
    "programs": ("其他程序", "Other programs"),
}


def _check(
    name: str, verdict: Verdict, zh: str, en: str, todo_zh: str = "", todo_en: str = "", *, blocks: bool = False
) -> Check:
    title_zh, title_en = _TITLES[name]
    return Check(
        id=name,
        title_zh=title_zh,
        title_en=title_en,
        verdict=verdict,
        zh=zh,
        en=en,
        todo_zh=todo_zh,
        todo_en=todo_en,
        blocks=blocks,
    )


def _waiting(name: str) -> Check:
    must = name in ("camera", "microphone", "screen", "disk", "displays", "programs")
    return _check(name, "running", "正在检测", "Checking", blocks=must)


def _has(read: Readings, kind: str) -> bool:
    return any(device.kind == kind and device.usable for device in read.devices or ())


def _camera(read: Readings) -> Check:
    if read.devices is None:
        return _waiting("camera")
    if not _has(read, "camera"):
        return _check(
            "camera", "fail", "没有找到可用的摄像头", "No camera can be used",
            "请接好摄像头，关闭占用它的程序，然后点击【刷新设备】",
            "Connect one, close programs that use it, then refresh the devices", blocks=True,
        )  # fmt: skip
    if read.camera is None:
        return _waiting("camera")
    if not read.camera:
        return _check(
            "camera", "fail",
            read.camera_error_zh or "摄像头没有画面", read.camera_error_en or "The camera gives no picture",
            "请打开镜头盖，在系统设置中允许使用摄像头，并关闭占用它的程序",
            "Open the lens cover, allow the camera in the system's settings, close programs that use it", blocks=True,
        )  # fmt: skip
    return _check("camera", "pass", f"{read.camera_name} · 画面正常", f"{read.camera_name} · pictures come")


def _microphone(read: Readings) -> Check:
    if read.devices is None:
        return _waiting("microphone")
    if not _has(read, "microphone"):
        return _check(
            "microphone", "fail", "没有找到可用的麦克风", "No microphone can be used",
            "请接好麦克风，在系统设置中允许使用，然后点击【刷新设备】",
            "Connect one, allow it in the system's settings, then refresh the devices", blocks=True,
        )  # fmt: skip
    if read.level_db is None:
        return _waiting("microphone")
    never = read.loudest_db is None or read.loudest_db <= _NOTHING_DB
    if read.silent_s >= _SILENT_S and never:  # some drivers give exact silence between words: a word must have come
        return _check(
            "microphone", "fail", "麦克风完全没有声音", "The microphone is completely silent",
            "请检查麦克风的静音开关，或换一个麦克风", "Look for its mute switch, or choose another one",
        )  # fmt: skip
    if read.loudest_db is None or read.loudest_db < _QUIET_DB:
        return _check(
            "microphone", "warn", "声音很小", "Very quiet",
            "请对着电脑说一句话，绿色条应跳动", "Say a sentence: the green bar should jump",
        )  # fmt: skip
    return _check("microphone", "pass", f"{read.microphone_name} · 声音正常", f"{read.microphone_name} · sound comes")


def _screen(read: Readings) -> Check:
    if read.devices is None:
        return _waiting("screen")
    if not _has(read, "screen"):
        why = next((device.why_not for device in read.devices if device.kind == "screen" and device.why_not), "")
        return _check(
            "screen", "fail", why or "无法录制屏幕", why or "The screen cannot be recorded",
            "请在系统设置中允许录制屏幕，然后重新检测",
            "Allow screen recording in the system's settings, then check again", blocks=True,
        )  # fmt: skip
    if read.screen is None:
        return _waiting("screen")
    if not read.screen:
        return _check(
            "screen", "fail",
            read.screen_error_zh or "没有录到屏幕画面", read.screen_error_en or "No picture of the screen",
            "请在系统设置中允许录制屏幕，然后重新检测",
            "Allow screen recording in the system's settings, then check again", blocks=True,
        )  # fmt: skip
    return _check("screen", "pass", "可以录制屏幕", "The screen can be recorded")


def _trial(read: Readings) -> Check:
    if read.heard:
        return _check("trial", "pass", "试录可以正常播放", "The test recording plays well")
    if read.heard is False:
        return _check(
            "trial", "warn", "您表示试录播放不正常", "You said that the test recording is not right",
            "请换一个摄像头或麦克风，再试录一次；仍不正常请联系技术服务人员",
            "Choose another camera or microphone and try again; else call support",
        )  # fmt: skip
    if read.trial in ("recording", "making"):
        return _check("trial", "running", "正在试录", "Recording")
    if read.trial == "failed":
        return _check(
            "trial", "warn", "试录没有成功", "The test recording failed", "请再试录一次", "Try it once more"
        )  # fmt: skip
    if read.trial == "ready":
        return _check(
            "trial", "warn", "已试录，尚未确认", "Recorded, not confirmed yet",
            "请播放试录，并确认画面和声音是否正常", "Play it and say whether picture and sound are right",
        )  # fmt: skip
    return _check(
        "trial", "warn", "尚未试录", "Not tried yet", "请试录 5 秒并回放", "Record five seconds and play them back"
    )


def _disk(read: Readings) -> Check:
    if read.free_bytes is None:
        return _waiting("disk")
    need = int(read.need_s * BYTES_PER_S)
    zh = f"可用 {_size(read.free_bytes)}，本场最多需 {_size(need)}"
    en = f"{_size(read.free_bytes)} free, at most {_size(need)} needed"
    if read.free_bytes < need:
        return _check(
            "disk", "fail", zh, en,
            "请删除不用的文件或清空回收站", "Delete what you do not need, empty the bin", blocks=True,
        )  # fmt: skip
    if read.free_bytes < need * RESERVE:
        return _check("disk", "warn", zh, en, "空间略少，建议再清理一些", "A little more room would be better")
    return _check("disk", "pass", zh, en)


def _power(read: Readings) -> Check:
    if read.plugged is None and read.battery is None:
        return _check("power", "pass", "由电源供电", "On mains")
    share = "" if read.battery is None else f" · 电量 {read.battery:.0%}"
    share_en = "" if read.battery is None else f" · battery {read.battery:.0%}"
    if read.plugged:
        return _check("power", "pass", f"已接通电源{share}", f"Plugged in{share_en}")
    low = read.battery is not None and read.battery < _LOW_BATTERY
    return _check(
        "power", "warn", f"未接电源{share}", f"Not plugged in{share_en}",
        "请插上充电器" if not low else "电量不足，请立即插上充电器", "Plug the charger in",
    )  # fmt: skip


def _sleep(read: Readings) -> Check:
    if read.awake is None:
        return _waiting("sleep")
    if not read.awake:
        return _check(
            "sleep", "warn", "程序无法阻止电脑自动休眠", "This computer cannot be kept from going to sleep",
            "请在系统设置中关闭自动休眠；收到回执之前不要合上屏幕",
            "Turn automatic sleep off in the system's settings; keep the lid open until the receipt is here",
        )  # fmt: skip
    return _check(
        "sleep", "pass", "面试期间不会自动休眠，请勿合上屏幕", "No sleep until the receipt; keep the lid open"
    )


def _cpu(read: Readings) -> Check:
    if read.cpu is None:
        return _check(
            "cpu", "warn", "试录时测量", "Measured during the test recording", "请试录 5 秒", "Record five seconds"
        )
    zh, en = f"录制时处理器占用 {read.cpu:.0%}", f"Processor {read.cpu:.0%} in use while recording"
    if read.cpu > _BUSY:
        return _check("cpu", "warn", zh, en, "请关闭其他程序", "Close other programs")
    return _check("cpu", "pass", zh, en)


def _displays(read: Readings) -> Check:
    if not read.displays_read:
        return _waiting("displays")
    if read.displays is None:
        return _check(
            "displays", "warn", "无法统计显示器", "The displays cannot be counted",
            "请确认只使用一块屏幕", "Make sure that only one display is used",
        )  # fmt: skip
    if read.displays > 1:
        return _check(
            "displays", "fail", f"连接了 {read.displays} 块屏幕", f"{read.displays} displays are connected",
            "不得多屏：请断开多余的显示器，然后重新检测", "Disconnect all but one, then check again", blocks=True,
        )  # fmt: skip
    return _check("displays", "pass", "一块屏幕", "One display")


def _network(read: Readings) -> Check:
    """Never blocks: what is recorded waits on this machine as long as it must."""
    if read.online is None:
        return _check("network", "running", "正在检测", "Checking")
    if not read.online and read.portal:
        return _check(
            "network", "warn", "此网络要先在网页上登录", "This network wants a log-in page first",
            "请打开浏览器，按网页提示登录网络，或换用手机热点；然后重新检测",
            "Open a browser and log in to the network, or use a phone's hotspot; then check again",
        )  # fmt: skip
    if not read.online:
        return _check(
            "network", "warn", "暂时连不上考务平台", "The center cannot be reached now",
            "请检查网络；登录时需要网络，答题时断网不影响", "Check the network: it is needed to log in, not to answer",
        )  # fmt: skip
    zh, en = f"往返 {read.latency_ms} 毫秒", f"{read.latency_ms} ms there and back"
    rate = read.upload_bytes_per_s
    if rate is None and read.measuring:
        return _check("network", "running", f"{zh} · 正在测上传速度", f"{en} · measuring the upload")
    if rate is not None:
        upload_zh, upload_en = _upload(rate, read.need_s, at_most=read.upload_at_most)
        zh, en = f"上传{upload_zh} · {zh}", f"Upload {upload_en} · {en}"
    elif read.unmeasured:
        zh, en = (
            f"{zh} · 上传速度暂未测出，稍后自动再测",
            f"{en} · the upload could not be measured; tried again by itself",
        )
    enough = rate is None or rate >= BYTES_PER_S
    if enough and (read.latency_ms or 0) <= _SLOW_MS:
        return _check("network", "pass", zh, en)
    if rate is not None and _wait_min(rate, read.need_s) > _WINDOW_MIN:
        return _check(
            "network", "warn", zh, en,
            "不影响考试：视频保存在本机。面试结束后请换用更快的网络（如手机热点）上传",
            "The interview goes on all the same: the video stays here. Afterwards use a faster network to send it",
        )  # fmt: skip
    return _check(
        "network", "warn", zh, en,
        "不影响考试：视频保存在本机，断网也能作答；面试后请不要关机，等上传完成",
        "The interview goes on all the same: the video stays here. Leave the machine on until it is sent",
    )  # fmt: skip


def _wait_min(bytes_per_s: float, need_s: float) -> int:
    """Minutes of sending left when the recording ends, at most: the ceiling of the rates, all of ``need_s``."""
    behind = need_s * max(0.0, BYTES_PER_S - bytes_per_s)
    return ceil(behind / max(1.0, bytes_per_s) / 60)


def _upload(bytes_per_s: float, need_s: float, *, at_most: bool) -> tuple[str, str]:
    """The rate and what it means, in the two languages."""
    if at_most:
        return f"不到 {_rate(bytes_per_s)}，很慢", f"below {_rate(bytes_per_s)}, very slow"
    if bytes_per_s >= _MANY_BYTES_PER_S:
        zh, en = f" {_rate(_MANY_BYTES_PER_S)} 以上", f"over {_rate(_MANY_BYTES_PER_S)}"
    else:
        zh, en = f"约 {_rate(bytes_per_s)}", f"about {_rate(bytes_per_s)}"
    wait_min = _wait_min(bytes_per_s, need_s)
    if wait_min == 0:
        return f"{zh}，足够边录边传", f"{en}, enough to send while recording"
    if wait_min > 10 * _WINDOW_MIN:
        return f"{zh}，面试后需要好几个小时", f"{en}: many hours to send after the interview"
    return f"{zh}，面试后最多约需 {wait_min} 分钟", f"{en}: at most {wait_min} min to send after the interview"


def _clock(read: Readings) -> Check:
    if read.clock_off_ms is None:
        return _check("clock", "running", "联网后检测", "Checked once there is network")
    off = abs(read.clock_off_ms) / 1000
    zh, en = f"与考试系统相差 {off:.1f} 秒", f"{off:.1f} s from center time"
    if abs(read.clock_off_ms) > _CLOCK_MS:
        return _check("clock", "warn", zh, en, "不影响考试，以考试系统时间为准", "No harm: center time counts")
    return _check("clock", "pass", zh, en)


def _programs(read: Readings) -> Check:
    if read.foreign is None:
        return _waiting("programs")
    blocks = [program.title for program in read.foreign if program.kind in BLOCKING]
    if blocks:
        names = "、".join(blocks)
        return _check(
            "programs", "fail", f"正在运行：{names}", f"Running: {', '.join(blocks)}",
            f"请退出“{names}”，然后重新检测", "Quit them, then check again", blocks=True,
        )  # fmt: skip
    if read.foreign:
        names = "、".join(program.title for program in read.foreign)
        return _check("programs", "warn", f"正在运行：{names}", f"Running: {names}", "建议退出", "Better quit them")
    return _check("programs", "pass", "没有录屏或远程控制程序", "No recording or remote-control program runs")


def _size(count: int) -> str:
    return f"{count / (1 << 30):.1f} GB" if count >= 1 << 30 else f"{count / _MB:.0f} MB"


def _rate(bytes_per_s: float) -> str:
    mbit = bytes_per_s * 8 / 1e6
    return f"{mbit:.0f} Mbit/s" if mbit >= 10 else f"{mbit:.1f} Mbit/s" if mbit >= 0.1 else f"{mbit * 1000:.0f} kbit/s"
