"""``zhishi center …`` after the day: publishing results, retention. Composition only; holds no rule.

What takes two people asks each for account, password and one-time code: a shell at the center's machine is nobody's
second signature.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from domain.errors import BadInput
from host.clock import SystemClock
from zhishi.desk import DEFAULT_DATA, DataOption, acting, opened

if TYPE_CHECKING:
    from center.store.database import Database

Project = Annotated[str, typer.Argument(help="项目代码 / project code")]
By = Annotated[str, typer.Option("--by", help="管理员账号 / an administrator's account")]
Reason = Annotated[str, typer.Option("--reason", help="公告文号或原因 / the announcement, or why")]


def register(app: typer.Typer) -> None:
    """Put the commands into ``zhishi center``."""
    app.command("publish-results")(publish_results)
    app.command("retention")(retention)
    app.command("delete-due")(delete_due)


def publish_results(
    project: Project,
    by: By,
    reason: Reason = "",
    confirm: Annotated[
        bool, typer.Option("--confirm", help="第二名管理员确认 / the second administrator confirms")
    ] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="申诉期满之前撤回 / take it back in time")] = False,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """公布成绩：一人提出，另一人 --confirm，申诉期满才可删除副本 / two administrators, then the appeal delay."""
    from center import publishing

    if confirm and withdraw:
        raise BadInput("--confirm or --withdraw, not both")
    with opened(data) as database:
        actor = acting(_proven(database, data, by), reason)
        if withdraw:
            publishing.withdraw(database, project, actor)
            typer.echo(f"{project}: 已撤回 / withdrawn")
        elif confirm:
            leave_ms = publishing.confirm(database, project, actor)
            typer.echo(f"{project}: 成绩已公布，{_moment(leave_ms)} 起可删除副本 / published; copies may go then")
        else:
            publishing.propose(database, project, actor)
            typer.echo(f"{project}: 已提出，请另一名管理员 --confirm / proposed; another administrator confirms")


def _proven(database: "Database", data: Path, name: str) -> str:
    """Ask for password and one-time code; raises SignInRefused."""
    from center.accounts import desk
    from center.accounts.factors import Passwords
    from center.accounts.signing import Given
    from center.config import CenterConfig

    password = typer.prompt("密码 / password", hide_input=True, err=True)
    code = typer.prompt("动态口令 / one-time code", err=True)
    passwords = Passwords(CenterConfig(data=data.absolute()).id_memory_kib)
    return desk.prove(database, passwords, Given(name, password, code), SystemClock().wall_ms())


def _moment(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).astimezone().isoformat(timespec="minutes")


def retention(project: Project, data: DataOption = DEFAULT_DATA) -> None:
    """平台上每份录像保留的原因，哪些到期 / why each session's evidence stays, and what is due for deletion."""
    from rich.console import Console
    from rich.table import Table

    from center import deletion
    from domain.keeping import FLAG_WORDS, STAYS_WORDS

    table = Table("号码 number", "文件 files", "字节 bytes", "保留原因 why it stays", "到期 due")
    now_ms = SystemClock().wall_ms()
    with opened(data) as database:
        for row in database.read(lambda db: deletion.overview(db, project, now_ms)):
            why = "到期 due" if row.due else "–" if row.stays is None else " ".join(STAYS_WORDS[row.stays])
            flags = "; ".join(FLAG_WORDS[flag].zh for flag in sorted(row.keeping.flags))
            due = "–" if row.keeping.due_ms is None else _moment(row.keeping.due_ms)
            number = row.case.session.number
            table.add_row(number, str(row.stored.files), str(row.stored.bytes), f"{why} {flags}".strip(), due)
    Console().print(table)


def delete_due(project: Project, data: DataOption = DEFAULT_DATA) -> None:
    """删除按规定到期的录像，逐份记入审计；可由计划任务执行 / delete what is due by policy; for a scheduled task."""
    from center import deletion
    from center.config import CenterConfig
    from center.papers import Papers
    from center.tus.filestore import FileStore

    config = CenterConfig(data=data.absolute())
    with opened(data) as database:
        storage, papers = FileStore(config.evidence), Papers(config.papers)
        gone = deletion.delete_scheduled(database, storage, papers, project, SystemClock().wall_ms())
    typer.echo(f"{project}: 已删除 {gone.sessions} 场、{gone.files} 个文件 / sessions and files deleted")
