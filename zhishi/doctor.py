"""``zhishi doctor``: what is so on this machine, on one page to be read out, and the digits that say it shorter.

Composition: asks the running programs, the disk and the network (``zhishi.netpath``); changes nothing but one small
file that it writes and removes to see whether the disk takes it. Works with everything else dead.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from domain.errors import NotRunning, ServiceError, StorageError, ZhishiError
from domain.findings import TITLES, CheckId, Essentials, Verdict, write_code
from domain.room import BEFORE_AND_AFTER_S, BYTES_PER_S, USUAL_ANSWER_S
from domain.status import LocalSessionState
from domain.window import Assessment
from domain.wire.recorder import DeviceEntry, DevicesAnswer, RecorderStatus
from domain.wire.syncd import SessionStatus, SyncStatus
from host.clock import Clock, SystemClock
from host.durable import write_bytes
from host.localapi import LocalClient
from host.machine import disk_free
from host.paths import Home
from host.spool import Spool
from recorder.config import RecorderConfig, bundled_ffmpeg, desktop_from
from recorder.devices.catalog import list_devices
from ui.devicecheck import RESERVE
from zhishi.finding import Finding, finding
from zhishi.netpath import Way, walk
from zhishi.statusview import size_text, time_text

_KINDS = {"camera": CheckId.CAMERA, "microphone": CheckId.MICROPHONE, "screen": CheckId.SCREEN}
_MARKS = {
    Verdict.PASS: ("✓", "green"),
    Verdict.WARN: ("!", "bold yellow"),
    Verdict.FAIL: ("✗", "bold red"),
    Verdict.UNKNOWN: ("–", "dim"),
}
_DONE = (LocalSessionState.CONFIRMED, LocalSessionState.SUBMITTED)


@dataclass(frozen=True, slots=True)
class Report:
    """Every finding in the order of ``CheckId``, and the code."""

    findings: tuple[Finding, ...]
    code: str
    center: str
    hotline: str

    @property
    def well(self) -> bool:
        """Nothing failed."""
        return all(one.verdict is not Verdict.FAIL for one in self.findings)

    def to_dict(self) -> dict[str, object]:
        """For programs."""
        return {
            "code": self.code.replace(" ", ""),
            "center": self.center,
            "hotline": self.hotline,
            "well": self.well,
            "findings": [one.to_dict() for one in self.findings],
        }


def examine(
    home: Home,
    center: str | None,
    environ: Mapping[str, str],
    *,
    clock: Clock | None = None,
    proxies: Callable[[str], Mapping[str, str]] = lambda address: {},
    ca: Path | None = None,
) -> Report:
    """Look at everything. ``center``: its address; None takes that of the newest interview on this machine.

    ``proxies`` tells which proxies the way to an address goes through; ``ca``: the authorities trusted there.
    """
    clock = clock or SystemClock()
    sync, service = _service(home)
    session = sync.sessions[-1] if sync is not None and sync.sessions else None
    address, hotline = _center(home, center)
    disk, free = _disk(home)
    queue, unsent = _queue(home, sync)
    way = walk(address, clock.wall_ms, proxies=proxies(address), ca=ca) if address else Way((_no_center(),))
    found = [*_devices(home, environ), disk, *way.findings, service, queue]
    by_id = {one.id: one for one in found}
    for check in CheckId:
        by_id.setdefault(check, finding(check, Verdict.UNKNOWN, "未检查", "not looked at"))
    essentials = Essentials(
        verdicts={check: one.verdict for check, one in by_id.items()},
        unsent_mb=None if unsent is None else max(min(unsent, 1), unsent // 1_000_000),
        free_gb=None if free is None else free // 1_000_000_000,
        kbit_s=way.kbit_s,
        clock_s=None if way.clock_ms is None else abs(way.clock_ms) // 1000,
        state=None if session is None else LocalSessionState(session.state),
        assessment=None if session is None else Assessment(session.assessment),
        reason=way.reason or ("disk_full" if disk.verdict is Verdict.FAIL else ""),
        system=sys.platform,
    )
    return Report(tuple(by_id[check] for check in CheckId), write_code(essentials), address, hotline)


def _service(home: Home) -> tuple[SyncStatus | None, Finding]:
    try:
        sync = LocalClient(home, "syncd").get("/status", SyncStatus)
    except NotRunning:
        return None, finding(
            CheckId.SERVICE, Verdict.FAIL, "同步程序没有运行，未上传的内容在等待", "the sync daemon does not run",
            "请打开智试云；或运行 zhishi service install", "Open Zhishi, or run zhishi service install",
            code=NotRunning.code,
        )  # fmt: skip
    except ZhishiError as why:
        return None, finding(
            CheckId.SERVICE, Verdict.FAIL, why.message.zh, f"{why.message.en} ({why.detail[:160]})",
            "请重新启动电脑；录下的内容不会丢失", "Restart the computer; nothing recorded is lost", code=why.code,
        )  # fmt: skip
    if sync.troubles:
        first = sync.troubles[0].error
        return sync, finding(
            CheckId.SERVICE, Verdict.WARN, first.message_zh, f"{first.message_en} ({first.detail[:160]})",
            first.hint_zh, first.hint_en, code=first.code,
        )  # fmt: skip
    return sync, finding(CheckId.SERVICE, Verdict.PASS, "同步程序在运行", "the sync daemon runs")


def _devices(home: Home, environ: Mapping[str, str]) -> list[Finding]:
    """The running recorder is asked; without one this process looks itself."""
    try:
        devices = LocalClient(home, "recorder").get("/devices", DevicesAnswer).devices
        status: RecorderStatus | None = LocalClient(home, "recorder").get("/status", RecorderStatus)
    except ServiceError:
        status = None
        try:
            devices = list_devices(RecorderConfig(ffmpeg=bundled_ffmpeg(), desktop=desktop_from(dict(environ))))
        except ZhishiError as why:
            return [
                finding(check, Verdict.FAIL, why.message.zh, why.message.en, why.hint.zh, why.hint.en, code=why.code)
                for check in _KINDS.values()
            ]
    return [_device(check, [one for one in devices if one.kind == kind], status) for kind, check in _KINDS.items()]


def _device(check: CheckId, here: list[DeviceEntry], status: RecorderStatus | None) -> Finding:
    zh, en = TITLES[check]
    usable = [one for one in here if one.usable]
    if not usable:
        why = f"（{here[0].name}: {here[0].why_not}）" if here else ""
        return finding(
            check, Verdict.FAIL, f"{zh}不可用{why}", f"no usable {en.lower()}{why}",
            "请检查连接、系统权限，并关闭占用它的程序", "Check its connection, the permission, and close who uses it",
            code="no_device",
        )  # fmt: skip
    named = ", ".join(one.name for one in usable[:3])
    track = "screen" if check is CheckId.SCREEN else "camera"
    for capture in status.captures if status is not None else ():
        if capture.track == track and capture.error is not None and capture.health != "healthy":
            error = capture.error
            return finding(
                check, Verdict.WARN, f"{named}：{error.message_zh}", f"{named}: {error.message_en}",
                error.hint_zh, error.hint_en, code=error.code,
            )  # fmt: skip
    return finding(check, Verdict.PASS, named, named)


def _disk(home: Home) -> tuple[Finding, int | None]:
    """Room for one interview, and whether the disk takes and keeps a file."""
    need = BYTES_PER_S * (USUAL_ANSWER_S + BEFORE_AND_AFTER_S)
    trial = home.state / f"doctor-{os.getpid()}"
    try:
        free = disk_free(home.spool)
        write_bytes(trial, b"doctor")
        trial.unlink()
    except (StorageError, OSError) as why:
        error = why if isinstance(why, ZhishiError) else StorageError(str(why))
        return finding(
            CheckId.DISK, Verdict.FAIL, error.message.zh, f"{error.message.en} ({error.detail[:160]})",
            error.hint.zh, error.hint.en, code=error.code,
        ), None  # fmt: skip
    zh, en = f"可用 {size_text(free)}，一场约需 {size_text(need)}", f"{size_text(free)} free, {size_text(need)} needed"
    if free >= need * RESERVE:
        return finding(CheckId.DISK, Verdict.PASS, zh, en), free
    verdict = Verdict.FAIL if free < need else Verdict.WARN
    todo = ("请删除不用的文件、清空回收站；不要动智试的文件", "Delete what you do not need, nothing of Zhishi's")
    return finding(CheckId.DISK, verdict, zh, en, *todo), free


def _queue(home: Home, sync: SyncStatus | None) -> tuple[Finding, int | None]:
    """What waits here, from the daemon or, without it, from the disk; and its bytes."""
    if sync is None:
        return _queue_from_disk(home)
    waiting = [one for one in sync.sessions if one.state not in (state.value for state in _DONE)]
    unsent = sum(one.remaining_bytes for one in sync.sessions)
    troubled = [one for one in sync.sessions if one.troubles]
    if troubled:
        first = troubled[0].troubles[0].error
        return finding(
            CheckId.QUEUE, Verdict.WARN, f"{_named(troubled[0])}：{first.message_zh}",
            f"{_named(troubled[0])}: {first.message_en} ({first.detail[:160]})", first.hint_zh, first.hint_en,
            code=first.code,
        ), unsent  # fmt: skip
    if not waiting:
        return finding(CheckId.QUEUE, Verdict.PASS, "没有待上传的内容", "nothing waits"), unsent
    worst = max(waiting, key=lambda one: ("on_track", "at_risk", "late").index(one.assessment)
                if one.assessment in ("on_track", "at_risk", "late") else 0)  # fmt: skip
    zh = f"{_named(worst)}：待上传 {size_text(unsent)}，预计 {time_text(worst.finish_in_ms)}"
    en = f"{size_text(unsent)} to send, about {time_text(worst.finish_in_ms)}, {worst.assessment}"
    if worst.assessment in ("at_risk", "late"):
        return finding(
            CheckId.QUEUE, Verdict.WARN, zh, en,
            "请保持联网不要关机；网络不行时用离线数据包：zhishi rescue export",
            "Stay online; without a network carry it: zhishi rescue export",
        ), unsent  # fmt: skip
    return finding(CheckId.QUEUE, Verdict.PASS, zh, en), unsent


def _queue_from_disk(home: Home) -> tuple[Finding, int | None]:
    spool = Spool(home.spool)
    waiting = unsent = 0
    for session in spool.sessions():
        if (home.receipts / f"{session}.jws").exists():
            continue
        waiting += 1
        unsent += sum(seal.size for track in spool.tracks(session) for seal in spool.read_seals(session, track).seals)
    if not waiting:
        return finding(CheckId.QUEUE, Verdict.PASS, "没有待确认的面试", "no interview waits for its receipt"), unsent
    return finding(
        CheckId.QUEUE, Verdict.WARN, f"{waiting} 场面试没有回执，最多 {size_text(unsent)} 未上传",
        f"{waiting} without a receipt, at most {size_text(unsent)} unsent",
        "后台程序启动后会自动上传；不要删除任何文件", "It is sent once the service runs; delete nothing",
    ), unsent  # fmt: skip


def _named(session: SessionStatus) -> str:
    return f"{session.project} {session.number}"


def _center(home: Home, given: str | None) -> tuple[str, str]:
    """(address, hotline): as given, else of the newest interview here."""
    address, hotline = given or "", ""
    spool = Spool(home.spool)
    for session in reversed(spool.sessions()):
        try:
            record = spool.session(session)
        except ZhishiError:
            continue  # named by the daemon; an older one may tell
        return address or record.center, record.facts.hotline
    return address, hotline


def _no_center() -> Finding:
    return finding(
        CheckId.DNS, Verdict.UNKNOWN, "不知道考务平台地址", "the center's address is not known",
        "请加上 --center 地址", "Give it with --center",
    )  # fmt: skip


def render(report: Report) -> RenderableType:
    """For people."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for one in report.findings:
        mark, style = _MARKS[one.verdict]
        words = Text(one.zh, overflow="fold")
        if one.code:
            words.append(f" [{one.code}]", style="dim")
        if one.en != one.zh:
            words.append(f"\n{one.en}", style="dim")
        if one.todo_zh:
            words.append(f"\n→ {one.todo_zh}", style=style).append(f"\n  {one.todo_en}", style="dim")
        table.add_row(Text(mark, style=style), "\n".join(TITLES[one.id]), words)
    last = Text.assemble("服务码 support code  ", (report.code, "bold"))
    last.append("\n电话里读给技术服务人员 / read it out to support on the telephone", style="dim")
    if report.hotline:
        last.append(f"\n技术服务电话 hotline  {report.hotline}")
    return Group(table, Text(""), last)


def tell(report: Report, *, as_json: bool) -> None:
    """Print it."""
    if as_json:
        sys.stdout.write(json.dumps(report.to_dict(), ensure_ascii=False) + "\n")
    else:
        Console().print(render(report))


def tell_code(found: Essentials, console: Console) -> None:
    """What a support code says, for whoever answers the telephone."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for check in CheckId:
        mark, style = _MARKS[found.verdicts.get(check, Verdict.UNKNOWN)]
        table.add_row(Text(mark, style=style), " ".join(TITLES[check]))
    console.print(table)
    rows = {
        "待上传 unsent": None if found.unsent_mb is None else f"≥ {found.unsent_mb} MB",
        "磁盘可用 free": None if found.free_gb is None else f"≥ {found.free_gb} GB",
        "上传速度 upload": None if found.kbit_s is None else f"≥ {found.kbit_s} kbit/s",
        "时间相差 clock off": None if found.clock_s is None else f"≥ {found.clock_s} s",
        "面试记录 session": found.state,
        "时限 window": found.assessment,
        "网络原因 reason": found.reason or None,
        "系统 system": found.system or None,
    }
    for name, value in rows.items():
        console.print(f"{name}: {value if value is not None else '–'}")
