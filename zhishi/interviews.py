"""``zhishi center``: the receiving side, and sessions made by hand; projects and support are in ``zhishi.desk``.

Composition of ``center.main`` and ``center.admin``; holds no rule of its own. Both are imported only where they are
used: the recorder and syncd are started by the same command line, and the center's web framework and database would
cost each of them 1.4 s at every start and 20 MB for good (measured).
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain.errors import BadInput
from host.clock import SystemClock
from host.durable import write_bytes
from zhishi import afterdesk, phones, ready, staffdesk
from zhishi.desk import DEFAULT_DATA, DataOption, register
from zhishi.rescue import rescue

if TYPE_CHECKING:
    from center.admin import Enrolment

DEMO_PROJECT = "demo"
interviews = typer.Typer(
    help="考务平台 / the center: receives, verifies, signs receipts", invoke_without_command=True, no_args_is_help=False
)
register(interviews)
phones.register(interviews)
afterdesk.register(interviews)
ready.register(interviews)
interviews.add_typer(staffdesk.app, name="staff")
interviews.add_typer(rescue, name="rescue")


@interviews.callback()
def serve(
    context: typer.Context,
    data: DataOption = DEFAULT_DATA,
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="监听端口，0 为任意 / port, 0 takes a free one", min=0, max=65535)] = 8700,
    issuer: Annotated[str, typer.Option(help="回执上的平台名称 / the center's name on receipts")] = "zhishi-center",
    database: Annotated[
        str | None, typer.Option(help="数据库地址 / database address (default: SQLite in --data)")
    ] = None,
    ready_file: Annotated[
        Path | None, typer.Option(help="就绪后写入地址 / written with the address once ready")
    ] = None,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan", help="在局域网内以 https 提供服务（演练考场）/ https on the local network, own certificate"
        ),
    ] = False,
    certificate: Annotated[
        Path | None, typer.Option("--cert", help="https 证书 PEM / certificate to serve https with")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="https 私钥 PEM / its private key")] = None,
    public_url: Annotated[
        str | None, typer.Option(help="手机访问的 https 地址 / the https address that phones open")
    ] = None,
) -> None:
    """启动考务平台 / run the center."""
    if context.invoked_subcommand is not None:
        context.obj = data
        return
    from center.config import CenterConfig
    from center.main import Tls, run
    from zhishi.lan import serve_lan, tell_phones

    if (certificate is None) != (key is None):
        raise BadInput("--cert and --key go together")

    def ready(address: str) -> None:
        typer.echo(f"考务平台已就绪 / the center is ready: {address}")
        tell_phones(public_url or address)
        if ready_file is not None:
            write_bytes(ready_file, address.encode())

    config = CenterConfig(
        data=data.absolute(),
        issuer=issuer,
        database_url=database,
        public_url=None if public_url is None else public_url.rstrip("/"),
    )
    if lan:
        serve_lan(config, host, port, ready)
    else:
        run(config, host, port, ready, None if certificate is None or key is None else Tls(certificate, key))


@interviews.command()
def session(
    number: Annotated[str, typer.Argument(help="准考证号 / the candidate's number")],
    ends_at: Annotated[str, typer.Argument(help="结束时间 / scheduled end, ISO 8601 with offset")],
    project: Annotated[str, typer.Option(help="项目代码 / project code")] = DEMO_PROJECT,
    title: Annotated[str, typer.Option(help="项目名称 / project title")] = "演示项目",
    batch: Annotated[str, typer.Option(help="场次 / batch")] = "1",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """新建面试记录并给出一次性登记码 / make a session and print its one-time enrolment code."""
    try:
        end = datetime.fromisoformat(ends_at)
    except ValueError as why:
        raise BadInput(f"{ends_at}: {why}") from why
    if end.tzinfo is None:
        raise BadInput(f"{ends_at}: has no offset from UTC, such as +08:00")
    enrolment = _open(data, project, title, batch, number, int(end.timestamp() * 1000))
    until = datetime.fromtimestamp(enrolment.expires_ms / 1000, UTC).isoformat(timespec="minutes")
    typer.echo(f"面试记录 / session: {enrolment.session}")
    typer.echo(f"登记码 / enrolment code (once, until {until}): {enrolment.code}")


@interviews.command()
def sessions(data: DataOption = DEFAULT_DATA) -> None:
    """所有面试记录 / every session: what is verified, what is confirmed."""
    from rich.console import Console
    from rich.table import Table

    from center import admin
    from center.config import CenterConfig

    table = Table(
        "项目 project", "号码 number", "面试记录 session", "状态 assessment", "已校验 verified", "问题 problem"
    )
    with admin.opened(CenterConfig(data=data.absolute())) as center:
        for row in admin.list_sessions(center, SystemClock().wall_ms()):
            problems = [device.problem for device in row.devices if device.problem]
            problems += [f"{row.conflicts} identity_conflict"] if row.conflicts else []
            verified = sum(device.verified_links for device in row.devices)
            facts = row.facts
            table.add_row(
                facts.project, facts.number, facts.session, row.assessment, str(verified), "; ".join(problems) or "–"
            )
    Console().print(table)


@interviews.command("code")
def read_out(digits: Annotated[list[str], typer.Argument(help="考生读出的服务码 / the digits, as read out")]) -> None:
    """解读 zhishi doctor 的服务码 / what the digits of zhishi doctor say."""
    from rich.console import Console

    from domain.findings import read_code
    from zhishi.doctor import tell_code

    tell_code(read_code("".join(digits)), Console())


def _open(data: Path, project: str, title: str, batch: str, number: str, end_ms: int) -> "Enrolment":
    from center import admin
    from center.config import CenterConfig

    now_ms = SystemClock().wall_ms()
    if end_ms <= now_ms:
        raise BadInput("the scheduled end lies in the past")
    with admin.opened(CenterConfig(data=data.absolute())) as center:
        admin.create_project(center, project, title)
        admin.create_batch(center, project, batch, end_ms)
        return admin.create_session(center, project, batch, number, now_ms, end_ms - now_ms)
