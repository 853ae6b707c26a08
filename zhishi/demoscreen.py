"""The demo's story on a terminal: lines as things happen, the live status below. Plain lines without a terminal."""

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from domain.wire.recorder import RecorderStatus
from domain.wire.syncd import SyncStatus
from zhishi import statusview
from zhishi.demo import Teller
from zhishi.demoreport import Report

_PLAIN_EVERY_S = 5.0


class DemoScreen(Teller):
    """Tells on ``console``."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._began = time.monotonic()
        self._told = 0.0

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, zh: str, en: str) -> None:
        """One line with the seconds since the start."""
        self._console.print(
            Text.assemble((f"{time.monotonic() - self._began:6.1f} s  ", "dim"), zh, (f" / {en}", "dim")),
            soft_wrap=True,
        )

    def show(self, sync: SyncStatus | None, recorder: RecorderStatus | None) -> None:
        """The status as ``zhishi status --watch`` draws it; without a terminal one line every few seconds."""
        if self._live is not None:
            self._live.update(statusview.render(sync, recorder, None), refresh=True)
            return
        if time.monotonic() - self._told >= _PLAIN_EVERY_S and sync is not None:
            self._told = time.monotonic()
            for session in sync.sessions:
                tracks = "  ".join(
                    f"{name} {track.verified_links}/{track.links}" for name, track in session.tracks.items()
                )
                word = "online" if sync.online else "offline"
                self.say(f"已校验 {tracks}", f"verified / recorded links, {word}, {session.assessment}")


def tell_result(console: Console, report: Report) -> None:
    """What came of it, where the receipt lies and how to open the footage."""
    verified, recorded = report.verified_segments, report.recorded_segments
    if report.confirmed:
        console.print(
            Text(
                f"\n上传成功：{verified}/{recorded} 个片段已校验 / confirmed: every segment verified",
                "bold green",
            )
        )
        console.print(
            f"结束到确认 {report.seconds_end_to_confirmed} 秒 / seconds from end to receipt; {report.assessment}"
        )
    else:
        console.print(
            Text(
                f"\n尚未确认：{verified}/{recorded} 个片段已校验 / not confirmed: {report.assessment}",
                "bold red",
            )
        )
    for name, track in report.tracks.items():
        gaps = ", ".join(f"{gap['duration_ms'] / 1000:.1f} s {gap['reason']}" for gap in track["gaps"]) or "无 none"
        console.print(f"  {name}: {track['segments']} 片段 segments, {track['duration_s']} s, 缺失 gaps: {gaps}")
    lines = [f"数据接收回执 receipt:   {report.receipt}", f"考务平台密钥 key:       {report.center_key}"]
    lines += [f"录像 footage ({name}): {', '.join(files)}" for name, files in report.footage.items()]
    if report.receipt and report.center_key:
        lines.append("离线校验 check it yourself:")
        command = sys.argv[0] if Path(sys.argv[0]).name == "zhishi" else f"{sys.executable} -m zhishi"
        lines.append(f"  {command} verify {report.receipt} --key {report.center_key} --evidence {report.evidence_dir}")
    lines.append("录像可用任意播放器打开 / the footage opens in any player (a browser, mpv, VLC)")
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)
