"""``zhishi rescue export`` on the candidate's machine, ``zhishi center rescue import`` on any other.

Composition: evidence is chosen and written by syncd (the running one, or one that runs for as long as this takes),
and judged by the center. Holds no rule of its own.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from domain.errors import CenterError, ZhishiError
from domain.receipt import Receipt
from domain.signature import peek
from domain.wire.center import API, RescueAnswer
from domain.wire.failure import from_body
from domain.wire.syncd import ReceiptOrder, RescueOrder, RescueStatus, SyncStatus
from host.durable import read_bytes, translate, write_bytes
from host.instance import SingleInstance, find
from host.localapi import LocalClient
from host.paths import Home
from host.proxies import ProxyChoice, proxies_from
from zhishi.statusview import STATES, size_text

_TRIES = 5
_POLL_S = 0.2
_STALL_S = 60.0
rescue = typer.Typer(help="离线数据包：没有上传的视频，加密存到 U 盘 / rescue bundles", no_args_is_help=True)


class Exporter(Protocol):
    """Who writes bundles: a running syncd, or one of our own."""

    def rescue(self, order: RescueOrder) -> RescueStatus:
        """Begin."""
        ...

    def rescued(self) -> RescueStatus:
        """How far it is."""
        ...


class Remote:
    """The syncd that runs."""

    def __init__(self, client: LocalClient) -> None:
        self._client = client

    def rescue(self, order: RescueOrder) -> RescueStatus:
        """See Exporter."""
        return self._client.patient(60.0).post("/rescue", order, RescueStatus)

    def rescued(self) -> RescueStatus:
        """See Exporter."""
        return self._client.get("/rescue", RescueStatus)


@contextmanager
def exporter(home: Home) -> Iterator[Exporter]:
    """The running syncd; when none runs, one in this process, which also brings ended sessions to their manifest."""
    if find(home, "syncd") is not None:
        yield Remote(LocalClient(home, "syncd"))
        return
    from host.centertime import CenterTime
    from host.clock import SystemClock
    from syncd.config import SyncConfig
    from syncd.daemon import Daemon

    with SingleInstance(home, "syncd"):
        daemon = Daemon(home, SyncConfig(), CenterTime(home.center_time, SystemClock()), random.Random())
        daemon.start()
        try:
            yield daemon
        finally:
            daemon.stop()


def export(home: Home, folder: Path, session: str | None, console: Console, *, everything: bool = False) -> bool:
    """Write the bundles into ``folder`` and tell how it goes; whether all went in. Raises what stopped it."""
    order = RescueOrder(folder=str(folder.absolute()), session=session, everything=everything)
    with exporter(home) as by, _bar(console) as bar:
        task = bar.add_task("正在准备 preparing", total=None)
        now = by.rescue(order)
        while now.state in ("preparing", "writing"):
            if now.state == "writing":
                bar.update(task, description="写入并回读 writing", total=now.total_bytes, completed=now.done_bytes)
            time.sleep(_POLL_S)
            now = by.rescued()
    if now.error is not None:
        raise from_body(now.error)
    _tell_export(now, console)
    return not now.left_out


def _tell_export(now: RescueStatus, console: Console) -> None:
    for file in now.files:
        console.print(f"已写入并核对 / written and checked: {file.path} ({size_text(file.bytes)})", soft_wrap=True)
    if not now.files:
        console.print("没有需要带走的数据：考务平台已经全部收到 / nothing to carry: the center holds everything")
    else:
        console.print(
            "请把这些文件交给技术服务人员。文件已加密，只有考务平台能打开。本机的视频保留不动，会继续上传。\n"
            "Hand these files to support. They are encrypted; only the center can open them. Everything stays on this"
            " computer too, and goes on being sent."
        )
    for session in now.open_sessions:
        console.print(
            f"{session}: 面试尚未结束，之后请再导出一次 / not over yet: export once more afterwards", style="yellow"
        )
    for trouble in now.left_out:
        console.print(
            f"未放入 / left out: {trouble.subject}: {trouble.error.message_zh} / {trouble.error.message_en}"
            f" [{trouble.error.code}]",
            style="yellow",
            soft_wrap=True,
        )


def take_receipt(home: Home, file: Path) -> str:
    """Hand a receipt that was carried back to syncd, which checks it; what it is now, in words.

    Raises BadInput, SignatureInvalid, NotRunning.
    """
    token = read_bytes(file).decode("ascii", "replace").strip()
    order = ReceiptOrder(receipt=token)
    session = Receipt.from_dict(peek(token)).session
    now = LocalClient(home, "syncd").post("/receipt", order, SyncStatus)
    state = next((one.state for one in now.sessions if one.session == session), "")
    return f"回执有效，已保存 / the receipt is valid and kept: {STATES.get(state, state)}"


def bring(center: str, file: Path) -> RescueAnswer:
    """Send one part to the center, again when the line breaks. Raises what the center says, or the network."""
    from syncd.answers import read_json
    from syncd.config import SyncConfig
    from syncd.transport import Wire

    wire = Wire(SyncConfig(proxies=ProxyChoice(lambda: proxies_from(os.environ))), stall_s=_STALL_S)
    headers = {"Accept": "application/json", "Content-Type": "application/octet-stream"}
    try:
        for left in range(_TRIES - 1, -1, -1):
            try:
                with translate(file), file.open("rb") as body:
                    return read_json(
                        wire.request("POST", f"{center.rstrip('/')}{API}/rescue", headers=headers, body=body),
                        RescueAnswer,
                    )
            except CenterError as why:
                if not left or not why.retryable:
                    raise
                time.sleep(2 ** (_TRIES - left - 1) * random.uniform(0.5, 1.0))
    finally:
        wire.close()
    raise AssertionError  # pragma: no cover -- the loop returns or raises


@rescue.command("import")
def take(
    files: Annotated[list[Path], typer.Argument(help="离线数据包文件 / the bundle's files")],
    center: Annotated[
        str, typer.Option("--center", envvar="ZHISHI_CENTER", help="考务平台地址 / the center's address")
    ] = "http://127.0.0.1:8700",
    receipts: Annotated[
        Path | None, typer.Option("--receipts", help="把回执存到此文件夹 / keep the receipts in this folder")
    ] = None,
) -> None:
    """把离线数据包交给考务平台（可重复执行）/ bring rescue bundles to the center; again is harmless."""
    console = Console()
    whole = True
    brought: dict[str, tuple[int, set[int]]] = {}
    for file in files:
        try:
            answer = bring(center, file)
        except ZhishiError as why:
            console.print(f"{file}: {why}\n  → {why.hint.zh} / {why.hint.en}", style="red", soft_wrap=True)
            whole = False
            continue
        parts, here = brought.setdefault(answer.bundle, (answer.parts, set()))
        here.add(answer.part)
        whole = _tell_answer(file, answer, console) and whole
        if receipts is not None:
            _keep_receipts(receipts, answer)
    for bundle, (parts, here) in brought.items():
        for part in sorted(set(range(1, parts + 1)) - here):
            console.print(
                f"数据包 {bundle[:12]}: 还缺第 {part} 个文件（共 {parts} 个）/ part {part} of {parts} was not brought",
                style="yellow",
            )
    raise typer.Exit(0 if whole else 1)


def _tell_answer(file: Path, answer: RescueAnswer, console: Console) -> bool:
    """One part's result in words; whether nothing was refused."""
    console.print(
        f"{file}: {answer.project} {answer.number}，第 {answer.part}/{answer.parts} 个文件："
        f"新收 taken {answer.taken}，已有 known {answer.known}，拒收 refused {answer.refused}",
        soft_wrap=True,
    )
    if answer.cut_short:
        console.print("文件不完整：请重新拷贝，或在考生电脑上重新导出 / the file is cut short", style="yellow")
    for one in answer.refusals:
        console.print(
            f"  {one.track} {one.kind} {one.index}: {one.detail} [{one.code}]", style="yellow", soft_wrap=True
        )
    for problem in answer.problems:
        console.print(f"  {problem}", style="yellow", soft_wrap=True)
    if answer.session_receipt is not None:
        console.print("  数据接收回执已签发 / the receipt is signed", style="green")
    elif answer.device_receipt is not None:
        console.print("  本机数据回执已签发，等待其他设备 / this computer's receipt is signed", style="green")
    elif answer.missing is None:
        console.print("  尚无面试数据清单：面试结束后请再导出一次 / no manifest yet", style="yellow")
    elif answer.missing:
        console.print(f"  还缺 {answer.missing} 段 / {answer.missing} links are still missing", style="yellow")
    return not answer.refused and not answer.problems


def _keep_receipts(folder: Path, answer: RescueAnswer) -> None:
    with translate(folder):
        folder.mkdir(parents=True, exist_ok=True)
    if answer.session_receipt is not None:
        write_bytes(folder / f"{answer.session}.jws", answer.session_receipt.encode())
    if answer.device_receipt is not None:
        write_bytes(folder / f"{answer.session}.{answer.device}.jws", answer.device_receipt.encode())


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console
    )
