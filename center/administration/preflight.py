"""What should be right at the center before the day: facts in plain words, each with what to do. Pure.

Owns what is worth a warning and what fails. Looking is done by ``center.administration.look``.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import Words
from domain.findings import Verdict
from domain.stage import MINUTE_MS

HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
RENEW_MS = 14 * DAY_MS  # a certificate that ends sooner is renewed before, not during, a season of interviews
BACKUP_MS = DAY_MS
CLOCK_MS = 500  # how wrong center time may be before gates and the window are told unfairly
FILES_LEAST = 4096  # two connections a candidate and the files behind them, for a thousand
SPARE = 1.2  # what is asked of the disk beyond the reckoning
GB = 1_000_000_000


_NOTHING = Words("", "")


class FactId(StrEnum):
    """What is looked at, in the order in which it is shown."""

    DISK = "disk"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    BACKUP = "backup"
    FACES = "faces"
    QUESTIONS = "questions"
    ACCOUNTS = "accounts"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was looked at; ``remedy`` is empty when there is nothing to do."""

    id: FactId
    verdict: Verdict
    told: Words
    remedy: Words = _NOTHING


@dataclass(frozen=True, slots=True)
class Certificate:
    """When the certificate that phones are shown is good, by center time."""

    begins_ms: int
    ends_ms: int
    name: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found. ``needed``: bytes that interviews still to come may take at their ceilings.

    ``clock_error_ms`` None: the system does not say; ``synchronised`` None likewise. ``certificate`` None: there is
    none, or it could not be had (``certificate_why``). ``missing_questions``: (project, set, start) still to come.
    """

    now_ms: int
    free: int
    needed: int
    sessions: int
    https: bool
    phones_demanded: bool
    certificate: Certificate | None
    certificate_why: str
    synchronised: bool | None
    clock_error_ms: float | None
    backup_ms: int | None
    holds_evidence: bool
    faces: Words | None
    missing_questions: list[tuple[str, str, int]] = field(default_factory=list)
    roles: dict[str, int] = field(default_factory=dict)
    open_files: int | None = None


def judge(seen: Seen) -> list[Fact]:
    """Every fact, in the order of FactId."""
    return [
        _disk(seen),
        _certificate(seen),
        _clock(seen),
        _backup(seen),
        _faces(seen),
        _questions(seen),
        _accounts(seen),
        _files(seen),
    ]


def _disk(seen: Seen) -> Fact:
    free, needed = f"{seen.free / GB:.1f}", f"{seen.needed / GB:.1f}"
    told = Words(
        f"剩余 {free} GB；尚未结束的 {seen.sessions} 场面试最多需要 {needed} GB",
        f"{free} GB free; the {seen.sessions} interviews still to come take {needed} GB at most",
    )
    if seen.free < seen.needed:
        remedy = Words("请扩充磁盘，或删除不再保留的数据", "Add disk, or delete what need not be kept")
        return Fact(FactId.DISK, Verdict.FAIL, told, remedy)
    if seen.free < seen.needed * SPARE:
        return Fact(
            FactId.DISK, Verdict.WARN, told, Words("余量不足两成，请扩充磁盘", "Less than a fifth to spare: add disk")
        )
    return Fact(FactId.DISK, Verdict.PASS, told)


def _certificate(seen: Seen) -> Fact:
    found = seen.certificate
    if found is None and not seen.https:
        told = Words("没有启用 https，手机不能录制佐证", "There is no https: phones cannot film")
        remedy = Words("使用 --cert 与 --key、--public-url 或 --lan", "Use --cert with --key, --public-url, or --lan")
        return Fact(FactId.CERTIFICATE, Verdict.FAIL if seen.phones_demanded else Verdict.WARN, told, remedy)
    if found is None:
        told = Words(
            f"没有取得证书：{seen.certificate_why}", f"The certificate could not be had: {seen.certificate_why}"
        )
        remedy = Words("请核对对外地址能否访问", "Check that the public address can be reached")
        return Fact(FactId.CERTIFICATE, Verdict.UNKNOWN, told, remedy)
    if not found.begins_ms <= seen.now_ms < found.ends_ms:
        told = Words(f"证书 {found.name} 已过期或尚未生效", f"The certificate {found.name} is not valid now")
        return Fact(FactId.CERTIFICATE, Verdict.FAIL, told, Words("请立即更换证书", "Replace it at once"))
    days = (found.ends_ms - seen.now_ms) // DAY_MS
    told = Words(f"证书 {found.name} 还有 {days} 天到期", f"The certificate {found.name} is good for {days} days")
    if found.ends_ms - seen.now_ms < RENEW_MS:
        return Fact(FactId.CERTIFICATE, Verdict.WARN, told, Words("请在面试前更换", "Renew it before the interviews"))
    return Fact(FactId.CERTIFICATE, Verdict.PASS, told)


def _clock(seen: Seen) -> Fact:
    remedy = Words("请启用时间同步（NTP）", "Turn on time synchronisation (NTP)")
    if seen.synchronised is None:
        told = Words("本系统不报告时间是否已同步", "This system does not say whether its clock is synchronised")
        return Fact(FactId.CLOCK, Verdict.UNKNOWN, told, remedy)
    if not seen.synchronised:
        told = Words(
            "时间没有同步；开考、放题和时限都按这个时间", "The clock is not synchronised; every gate goes by it"
        )
        return Fact(FactId.CLOCK, Verdict.FAIL, told, remedy)
    error = seen.clock_error_ms or 0.0
    told = Words(f"时间已同步，误差不超过 {error:.0f} 毫秒", f"The clock is synchronised, within {error:.0f} ms")
    return Fact(
        FactId.CLOCK,
        Verdict.PASS if error <= CLOCK_MS else Verdict.WARN,
        told,
        remedy if error > CLOCK_MS else _NOTHING,
    )


def _backup(seen: Seen) -> Fact:
    remedy = Words("请运行 zhishi center backup 目标文件夹", "Run zhishi center backup FOLDER")
    if seen.backup_ms is None:
        told = Words("还没有备份", "There is no backup yet")
        return Fact(FactId.BACKUP, Verdict.FAIL if seen.holds_evidence else Verdict.WARN, told, remedy)
    hours = max(0, seen.now_ms - seen.backup_ms) // HOUR_MS
    told = Words(f"最近一次备份在 {hours} 小时前", f"The last backup was made {hours} hours ago")
    late = seen.now_ms - seen.backup_ms > BACKUP_MS
    return Fact(FactId.BACKUP, Verdict.WARN if late else Verdict.PASS, told, remedy if late else _NOTHING)


def _faces(seen: Seen) -> Fact:
    if seen.faces is None:
        return Fact(FactId.FACES, Verdict.PASS, Words("人脸模型齐全", "The face models are here"))
    remedy = Words("请重新安装；在此之前由技术服务人员人工登录", "Install again; until then support logs everybody in")
    return Fact(FactId.FACES, Verdict.FAIL, seen.faces, remedy)


def _questions(seen: Seen) -> Fact:
    if not seen.missing_questions:
        return Fact(
            FactId.QUESTIONS, Verdict.PASS, Words("未开考场次的试题都已导入", "Every set still to be answered is here")
        )
    names = ", ".join(f"{project}/{name}" for project, name, _ in seen.missing_questions[:5])
    soon = any(start_ms - seen.now_ms < DAY_MS for _, _, start_ms in seen.missing_questions)
    return Fact(
        FactId.QUESTIONS,
        Verdict.FAIL if soon else Verdict.WARN,
        Words(f"缺少试题：{names}", f"Questions still to come: {names}"),
        Words("请在开考前导入", "Import them before the start"),
    )


def _accounts(seen: Seen) -> Fact:
    told = Words(
        f"技术服务 {seen.roles.get('support', 0)} 人，复核 {seen.roles.get('reviewer', 0)} 人，"
        f"管理员 {seen.roles.get('administrator', 0)} 人",
        f"{seen.roles.get('support', 0)} of support, {seen.roles.get('reviewer', 0)} reviewers, "
        f"{seen.roles.get('administrator', 0)} administrators",
    )
    remedy = Words("请运行 zhishi center staff add", "Run zhishi center staff add")
    if not seen.roles.get("support"):
        return Fact(FactId.ACCOUNTS, Verdict.FAIL, told, remedy)
    if seen.roles.get("administrator", 0) < 2 or not seen.roles.get("reviewer"):
        more = Words(
            "有些操作须两名管理员；复核须有复核员。" + remedy.zh, "Some acts take two administrators. " + remedy.en
        )
        return Fact(FactId.ACCOUNTS, Verdict.WARN, told, more)
    return Fact(FactId.ACCOUNTS, Verdict.PASS, told)


def _files(seen: Seen) -> Fact:
    if seen.open_files is None:
        return Fact(
            FactId.FILES, Verdict.UNKNOWN, Words("本系统不限制打开的文件数", "This system tells no limit of open files")
        )
    told = Words(
        f"最多可同时打开 {seen.open_files} 个文件和连接", f"{seen.open_files} files and connections may be open"
    )
    if seen.open_files >= FILES_LEAST:
        return Fact(FactId.FILES, Verdict.PASS, told)
    remedy = Words(f"启动前运行 ulimit -n {FILES_LEAST * 4}", f"Run ulimit -n {FILES_LEAST * 4} before the start")
    return Fact(FactId.FILES, Verdict.WARN, told, remedy)
