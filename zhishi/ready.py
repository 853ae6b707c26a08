"""``zhishi center preflight`` and ``backup``: before the day, is the center ready. Composition only."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from domain.findings import Verdict
from host.clock import SystemClock
from zhishi.desk import DEFAULT_DATA, DataOption

if TYPE_CHECKING:
    from center.config import CenterConfig

_SIGNS = {Verdict.PASS: "✓", Verdict.WARN: "!", Verdict.FAIL: "×", Verdict.UNKNOWN: "?"}


def register(app: typer.Typer) -> None:
    """Put the commands into ``zhishi center``."""
    app.command("preflight")(preflight)
    app.command("backup")(backup)


def preflight(
    data: DataOption = DEFAULT_DATA,
    certificate: Annotated[
        Path | None, typer.Option("--cert", help="平台使用的 https 证书 / the certificate that the center serves with")
    ] = None,
    public_url: Annotated[
        str | None, typer.Option(help="手机访问的 https 地址 / the https address that phones open")
    ] = None,
) -> None:
    """平台自检：磁盘、证书、时间、备份、试题、账号 / is the center ready: facts, and what to do."""
    from center import admin
    from center.administration.look import look
    from center.administration.preflight import judge

    config = _config(data, certificate, public_url)
    with admin.opened(config) as database:
        facts = judge(look(config, database, SystemClock().wall_ms()))
    table = Table("", "情况 what is so", "怎样处理 what to do")
    for fact in facts:
        remedy = "" if fact.remedy.zh == "" else f"{fact.remedy.zh}\n{fact.remedy.en}"
        table.add_row(_SIGNS[fact.verdict], f"{fact.told.zh}\n{fact.told.en}", remedy)
    Console().print(table)
    raise typer.Exit(1 if any(fact.verdict is Verdict.FAIL for fact in facts) else 0)


def backup(
    to: Annotated[Path, typer.Argument(help="备份到哪个文件夹，可反复使用 / where to; again copies what is new")],
    data: DataOption = DEFAULT_DATA,
) -> None:
    """备份数据库、密钥、资料和录像，平台可同时运行 / a copy of everything; the center may run meanwhile."""
    from center.backup import back_up

    report = back_up(_config(data, None, None), to, SystemClock().wall_ms())
    typer.echo(
        f"{report.to}: 新增 {report.copied} 个文件（{report.bytes / 1e6:.1f} MB），已有 {report.known} 个 / "
        f"{report.copied} files copied, {report.known} known"
    )
    typer.echo("其中有平台的私钥，请妥善保管 / it holds the center's private keys: guard it")


def _config(data: Path, certificate: Path | None, public_url: str | None) -> "CenterConfig":
    from center.config import CenterConfig

    place = data.absolute()
    own = place / "tls" / "server.pem"  # of ``zhishi center --lan``
    if certificate is None and public_url is None and own.is_file():
        certificate = own
    return CenterConfig(
        data=place, certificate=certificate, public_url=None if public_url is None else public_url.rstrip("/")
    )
