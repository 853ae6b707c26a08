"""``zhishi status`` for people: what is true now, drawn in a terminal with rich. Decides nothing.

The evidence strip: one cell per stretch of a track, ``█`` verified by the center, ``▒`` sent, ``░`` recorded.
"""

import time

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from domain.wire.failure import ErrorBody, to_body
from domain.wire.recorder import RecorderStatus
from domain.wire.syncd import DiskForecast, SessionStatus, SyncStatus, TrackStatus
from host.paths import Home
from host.spool import Spool

STRIP_CELLS = 32
TRACKS = {
    "camera": "摄像 camera",
    "screen": "录屏 screen",
    "companion": "佐证 companion",
    "timeline": "过程 timeline",
}
ASSESSMENTS = {
    "confirmed": ("已完成 confirmed", "bold green"),
    "on_track": ("正常 on track", "green"),
    "at_risk": ("可能超时 at risk", "bold yellow"),
    "late": ("已超时 late", "bold red"),
    "confirmed_late": ("超时完成 confirmed late", "green"),
    "closed_with_loss": ("缺失说明结案 closed with loss", "bold red"),
}
STATES = {
    "open": "录制中 open",
    "ended": "已结束 ended",
    "closed": "等待上传完成 closed",
    "submitted": "本机数据上传成功 submitted",
    "confirmed": "上传成功 confirmed",
}
PHONES = {
    "none": ("尚未绑定 not bound", "yellow"),
    "waiting": ("等待扫码 waiting for a scan", "yellow"),
    "asking": ("等待确认 waits for approval", "yellow"),
    "bound": ("已绑定 bound", ""),
    "recording": ("正在拍摄 recording", "green"),
    "frozen": ("画面不动 frozen", "bold yellow"),
    "black": ("画面全黑 black", "bold yellow"),
    "silent": ("没有声音 silent", "bold yellow"),
    "interrupted": ("被打断 interrupted", "bold yellow"),
    "lost": ("失去联系 out of touch", "bold yellow"),
    "uploading": ("正在上传 uploading", ""),
    "done": ("上传成功 done", "green"),
}
HEALTH = {
    "starting": "启动中 starting",
    "healthy": "正常 healthy",
    "stalled": "停滞 stalled",
    "restarting": "重启中 restarting",
    "failed": "失败 failed",
    "stopped": "已停止 stopped",
}


def size_text(count: int) -> str:
    """Bytes in the largest unit that keeps a figure before the point."""
    value, unit = float(count), "B"
    for bigger in ("KB", "MB", "GB"):
        if value < 1024:
            break
        value, unit = value / 1024, bigger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def time_text(ms: int | None) -> str:
    """Milliseconds as ``h:mm:ss`` or ``m:ss``; a dash when nobody can tell."""
    if ms is None:
        return "–"
    seconds = abs(ms) // 1000
    hours, rest = divmod(seconds, 3600)
    text = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
    return f"-{text}" if ms < 0 else text


def strip(track: TrackStatus, cells: int = STRIP_CELLS) -> str:
    """The evidence strip of one track; a cell counts as verified only when all of it is."""
    if not track.links:
        return "·" * cells
    verified = cells * track.verified_links // track.links
    sent = max(verified, cells * track.sent_links // track.links)
    return "█" * verified + "▒" * (sent - verified) + "░" * (cells - sent)


def render(sync: SyncStatus | None, recorder: RecorderStatus | None, problem: ErrorBody | None) -> RenderableType:
    """Everything this machine knows, as one renderable."""
    parts: list[RenderableType] = []
    if problem is not None:
        parts.append(_error(problem))
    if sync is not None:
        parts.append(_network(sync))
        parts += [_error(trouble.error, trouble.subject) for trouble in sync.troubles]
        if sync.disk is not None:
            parts.append(_disk(sync.disk))
        if not sync.sessions:
            parts.append(Text("本机没有面试记录 / no session on this machine", style="dim"))
        parts += [_session(session) for session in sync.sessions]
    if recorder is not None:
        parts.append(_recorder(recorder))
    return Group(*parts)


def render_disk(home: Home) -> RenderableType:
    """What lies on this disk, when nobody runs who could say what became of it."""
    spool = Spool(home.spool)
    lines: list[RenderableType] = []
    for session in spool.sessions():
        scans = [spool.read_seals(session, track) for track in spool.tracks(session)]
        sealed = sum(len(scan.files) for scan in scans)
        size = sum(seal.size for scan in scans for seal in scan.seals)
        receipt = home.receipts / f"{session}.jws"
        state = f"回执 receipt {receipt}" if receipt.exists() else "尚无回执 no receipt yet"
        lines.append(Text(f"{session}: 已封存 sealed {sealed} ({size_text(size)}), {state}", overflow="fold"))
        lines += [_error(to_body(why), str(path)) for scan in scans for path, why in scan.damaged]
    return Group(*lines) if lines else Text("本机没有面试记录 / no session on this machine", style="dim")


def _network(sync: SyncStatus) -> RenderableType:
    word = Text("网络正常 online", style="green") if sync.online else Text("网络中断 offline", style="bold yellow")
    if sync.center is None:
        word = Text("尚未登记面试 no interview yet", style="dim")  # nobody has been asked: nobody knows
    line = Text.assemble(word, f"  上传中 sending {sync.active_uploads}  排队 queued {sync.queued_uploads}")
    line.append(f"  考务平台 center {sync.center or '–'}")
    if sync.clock_wrong:
        line.append("  本机时间不准 clock is wrong", style="yellow")
    if sync.paused_for_ms is not None:
        line.append(f"  已暂停上传，{time_text(sync.paused_for_ms)} 后自动恢复 paused", style="bold yellow")
    if sync.limit_bytes_per_second is not None:
        line.append(f"  限速 limited to {size_text(sync.limit_bytes_per_second)}/s", style="yellow")
    if sync.metered:
        line.append("  按流量计费的网络 metered network", style="yellow")
    if sync.online or sync.network_error is None:
        return line
    kept = Text("视频已保存在本机，联网后自动上传 / all is kept here and sent later")
    return Group(line, kept, _error(sync.network_error))


def _session(session: SessionStatus) -> RenderableType:
    words, style = ASSESSMENTS.get(session.assessment, (session.assessment, ""))
    table = Table(box=None, padding=(0, 1), expand=False)
    for heading in ("", "", "片段 segments", "已校验 verified", "待传 left", "缺失 gaps"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, track in session.tracks.items():
        table.add_row(
            TRACKS.get(name, name),
            strip(track),
            str(track.segments),
            f"{track.verified_links}/{track.links}",
            size_text(track.bytes - track.verified_bytes),
            f"{track.gaps} ({time_text(track.gap_ms)})" if track.gaps else "0",
        )
    facts = Text.assemble(
        (words, style),
        f"  速率 rate {size_text(int(session.bytes_per_second))}/s",
        f"  预计 finish in {time_text(session.finish_in_ms)}",
        f"  时限剩余 window left {time_text(session.window_left_ms)}" if session.window_left_ms is not None else "",
    )
    rest: list[RenderableType] = [table, facts]
    if session.phone:
        said, tone = PHONES.get(session.phone, (session.phone, ""))
        left = "  回执等待手机佐证视频 the receipt waits for it" if session.phones_left else ""
        rest.append(Text.assemble("手机 phone: ", (said, tone), left))
    if kept := _kept(session):
        rest.append(kept)
    if session.loss:
        rest.append(Text(f"结案说明 statement {session.loss}", overflow="fold"))
    if session.receipt and not session.loss:
        rest.append(Text(f"回执 receipt: {session.receipt}", style="green", overflow="fold"))
    rest += [_error(trouble.error, trouble.subject) for trouble in session.troubles]
    if session.assessment in ("late", "at_risk") and session.hotline:
        rest.append(Text(f"技术服务电话 call {session.hotline}", style="bold"))
    stands = words if session.loss else STATES.get(session.state, session.state)
    title = f"{session.project} · {session.number} · {stands}"
    return Panel(Group(*rest), title=title, title_align="left")


def _disk(disk: DiskForecast) -> Text:
    line = f"磁盘 disk: 可用 free {size_text(disk.free)}, 保留 kept {size_text(disk.kept)}"
    if disk.needed:
        line += f", 尚需 still needed {size_text(disk.needed)}"
    return Text(line, style="dim" if disk.enough else "bold yellow")


def _kept(session: SessionStatus) -> Text | None:
    """What the retention rule says of this session's copies here."""
    if session.deleted_ms is not None:
        return Text(
            "本机副本已按规定删除，回执保留 local copies were deleted by the rule; the receipt stays", style="dim"
        )
    words = {
        "confirmed": "上传成功之前不得删除 stays until it is confirmed",
        "published": "成绩公布之前不得删除 stays until the results are published",
    }.get(session.keep_until or "", "即将自动删除 goes by itself soon")
    if not session.kept_bytes:
        return None
    return Text(f"本机副本 local copy {size_text(session.kept_bytes)}: {words}", style="dim")


def _recorder(recorder: RecorderStatus) -> RenderableType:
    parts: list[RenderableType] = []
    for capture in recorder.captures:
        age = "–" if capture.frame_age_ms is None else f"{capture.frame_age_ms} ms"
        line = (
            f"{TRACKS.get(capture.track, capture.track)}: {HEALTH.get(capture.health, capture.health)}, "
            f"帧龄 frame age {age}, 重启 restarts {capture.restarts}, 缺失 gaps {capture.gaps}"
        )
        parts.append(Text(line + ("  无声 silent" if capture.silent else "")))
        if capture.error is not None and capture.health != "healthy":
            parts.append(_error(capture.error))
    if recorder.disk is not None and recorder.disk.level != "ok":
        parts.append(Text(f"磁盘剩余 disk left {size_text(recorder.disk.free_bytes)}", style="bold yellow"))
    if recorder.error is not None:
        parts.append(_error(recorder.error))
    return Panel(
        Group(*parts) if parts else Text("未录制 idle"),
        title=f"录制 recorder · {recorder.mode}",
        title_align="left",
    )


def _error(error: ErrorBody, subject: str = "") -> RenderableType:
    where = subject or error.detail
    return Text(
        f"! {error.message_zh} / {error.message_en}{f' ({where})' if where else ''}\n"
        f"  → {error.hint_zh} / {error.hint_en} [{error.code}]",
        style="yellow",
        overflow="fold",
    )


def stamp() -> str:
    """Wall time for the head of a watched screen."""
    return time.strftime("%H:%M:%S")
