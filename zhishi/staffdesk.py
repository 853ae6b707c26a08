"""``zhishi center staff …``: accounts of support, reviewers and administrators. Composition of ``center.accounts``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from host.clock import SystemClock
from zhishi.desk import DEFAULT_DATA, By, DataOption

if TYPE_CHECKING:
    from center.accounts.desk import NewAccount
    from center.accounts.factors import Passwords
    from center.config import CenterConfig

Name = Annotated[str, typer.Argument(help="账号 / account name")]
RoleOption = Annotated[
    list[str],
    typer.Option("--role", help="角色，可多选 / roles, may repeat: support, reviewer, administrator"),
]
ISSUER = "智试考务平台"
app = typer.Typer(help="工作人员账号 / accounts of staff", no_args_is_help=True)


@app.command()
def add(name: Name, role: RoleOption, by: By = "administrator", data: DataOption = DEFAULT_DATA) -> None:
    """新建账号：初始密码与动态口令二维码只显示这一次 / a new account; its password and code are shown this once."""
    from center import admin
    from center.accounts import desk, roles

    with admin.opened(_config(data)) as database:
        chosen = roles.read_roles(",".join(role))
        _show(desk.add(database, _passwords(data), name, chosen, by, ISSUER, SystemClock().wall_ms()))


@app.command()
def renew(name: Name, by: By = "administrator", data: DataOption = DEFAULT_DATA) -> None:
    """重置密码与动态口令，并退出其所有登录 / a new password and code; signed out everywhere."""
    from center import admin
    from center.accounts import desk

    with admin.opened(_config(data)) as database:
        _show(desk.renew(database, _passwords(data), name, by, ISSUER, SystemClock().wall_ms()))


@app.command()
def close(name: Name, by: By = "administrator", data: DataOption = DEFAULT_DATA) -> None:
    """停用账号 / the account can no longer be used."""
    from center import admin
    from center.accounts import desk

    with admin.opened(_config(data)) as database:
        desk.close(database, name, by, SystemClock().wall_ms())
    typer.echo(f"{name}: 已停用 / closed")


@app.command("list")
def listed(data: DataOption = DEFAULT_DATA) -> None:
    """所有账号 / every account."""
    from center import admin
    from center.accounts import desk

    table = Table("账号 name", "角色 roles", "建立 made", "停用 closed")
    with admin.opened(_config(data)) as database:
        for row in desk.listed(database):
            roles = ", ".join(sorted(row.roles))
            table.add_row(row.name, roles, _day(row.made_ms), "–" if row.closed_ms is None else _day(row.closed_ms))
    Console().print(table)


def _show(made: "NewAccount") -> None:
    import segno

    typer.echo(f"账号 / name: {made.name}")
    typer.echo(f"密码 / password: {made.password}")
    typer.echo("用手机上的动态口令程序扫描，或输入地址 / scan with an authenticator program, or type:")
    typer.echo(made.uri)
    segno.make(made.uri, error="l").terminal(compact=True)
    typer.echo("请当面交给本人，此处不会再次显示 / hand it over in person; it is not shown again")


def _config(data: Path) -> "CenterConfig":
    from center.config import CenterConfig

    return CenterConfig(data=data.absolute())


def _passwords(data: Path) -> "Passwords":
    from center.accounts.factors import Passwords

    return Passwords(_config(data).id_memory_kib)


def _day(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="minutes")
