"""What ``zhishi doctor`` finds on a machine, and the digits by which it is told on the telephone.

Owns the list of checks and the code: 20 digits in groups of four, the essentials of one examination of one machine.
The first digit is the version, the last two are ISO 7064 MOD 97-10: one wrong digit, or two that changed places, never
reads as another code. No name and no number is in it. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from domain.errors import CodeWrong
from domain.status import LocalSessionState
from domain.window import Assessment

DIGITS = 20
_VERSION = 1
_GROUP = 4
_REASONS = (
    "",
    "center_unreachable",
    "center_silent",
    "center_unknown",
    "captive_portal",
    "center_busy",
    "clock_wrong",
    "disk_full",
    "token_refused",
)
_SYSTEMS = ("", "linux", "win32", "darwin")


class Verdict(IntEnum):
    """Of one check."""

    PASS = 0
    WARN = 1
    FAIL = 2
    UNKNOWN = 3  # could not be looked at, because something before it failed, or there is nothing to look at


class CheckId(StrEnum):
    """What is looked at, in the order in which it is shown and encoded: only ever appended to."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN = "screen"
    DISK = "disk"
    DNS = "dns"
    TCP = "tcp"
    TLS = "tls"
    TUS = "tus"
    UPLOAD = "upload"
    CLOCK = "clock"
    SERVICE = "service"
    QUEUE = "queue"


TITLES: Mapping[CheckId, tuple[str, str]] = {
    CheckId.CAMERA: ("摄像头", "Camera"),
    CheckId.MICROPHONE: ("麦克风", "Microphone"),
    CheckId.SCREEN: ("录屏", "Screen"),
    CheckId.DISK: ("磁盘", "Disk"),
    CheckId.DNS: ("域名解析", "Name (DNS)"),
    CheckId.TCP: ("连接", "Connection (TCP)"),
    CheckId.TLS: ("加密与证书", "Encryption (TLS)"),
    CheckId.TUS: ("上传服务", "Upload service"),
    CheckId.UPLOAD: ("实际上传", "Real upload"),
    CheckId.CLOCK: ("时间", "Clock"),
    CheckId.SERVICE: ("后台程序", "Background service"),
    CheckId.QUEUE: ("待上传", "Waiting to be sent"),
}


@dataclass(frozen=True, slots=True)
class Essentials:
    """What the code tells. Sizes and rates come back as the largest power of two not above them; None: not known.

    ``unsent_mb`` waits here, ``free_gb`` is the disk's room, ``kbit_s`` reached the center, ``clock_s`` is how far the
    clock is off (its size), ``reason`` the code of what stopped the network path.
    """

    verdicts: Mapping[CheckId, Verdict] = field(default_factory=dict)
    unsent_mb: int | None = None
    free_gb: int | None = None
    kbit_s: int | None = None
    clock_s: int | None = None
    state: LocalSessionState | None = None
    assessment: Assessment | None = None
    reason: str = ""
    system: str = ""


_SCALES = (("unsent_mb", 15), ("free_gb", 15), ("kbit_s", 31), ("clock_s", 15))


def write_code(found: Essentials) -> str:
    """The digits, in groups."""
    value = 0
    for check in CheckId:
        value = value * 4 + found.verdicts.get(check, Verdict.UNKNOWN)
    for name, most in _SCALES:
        value = value * (most + 2) + _step(getattr(found, name), most)
    value = value * (len(LocalSessionState) + 1) + _place(found.state, list(LocalSessionState))
    value = value * (len(Assessment) + 1) + _place(found.assessment, list(Assessment))
    value = value * len(_REASONS) + (_REASONS.index(found.reason) if found.reason in _REASONS else 0)
    value = value * len(_SYSTEMS) + (_SYSTEMS.index(found.system) if found.system in _SYSTEMS else 0)
    body = f"{_VERSION}{value:0{DIGITS - 3}}"
    digits = f"{body}{98 - int(body) * 100 % 97:02}"
    return " ".join(digits[at : at + _GROUP] for at in range(0, DIGITS, _GROUP))


def read_code(text: str) -> Essentials:
    """What the digits say, as typed: spaces and dashes are forgiven. Raises CodeWrong when one of them is wrong."""
    digits = "".join(text.split()).replace("-", "")
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        raise CodeWrong(f"{DIGITS} digits are needed")
    if int(digits) % 97 != 1:
        raise CodeWrong("a digit is wrong, or two changed places")
    if int(digits[0]) != _VERSION:
        raise CodeWrong(f"a code of version {digits[0]}; this program reads version {_VERSION}")
    value = int(digits[1:-2])
    value, system = divmod(value, len(_SYSTEMS))
    value, reason = divmod(value, len(_REASONS))
    value, assessment = divmod(value, len(Assessment) + 1)
    value, state = divmod(value, len(LocalSessionState) + 1)
    scales: dict[str, int | None] = {}
    for name, most in reversed(_SCALES):
        value, step = divmod(value, most + 2)
        scales[name] = None if step == 0 else 0 if step == 1 else 1 << (step - 2)
    verdicts: dict[CheckId, Verdict] = {}
    for check in reversed(CheckId):
        value, verdict = divmod(value, 4)
        verdicts[check] = Verdict(verdict)
    if value:
        raise CodeWrong("no code of ours")
    return Essentials(
        verdicts=verdicts,
        state=None if state == 0 else list(LocalSessionState)[state - 1],
        assessment=None if assessment == 0 else list(Assessment)[assessment - 1],
        reason=_REASONS[reason],
        system=_SYSTEMS[system],
        **scales,
    )


def _step(value: int | None, most: int) -> int:
    """0: not known; 1: zero; n + 2: below 2**(n+1) and at least 2**n, as far as the scale goes."""
    if value is None:
        return 0
    return min(most + 1, 1 + max(0, value).bit_length())


def _place(value: object, among: list[object]) -> int:
    return 0 if value is None else 1 + among.index(value)
