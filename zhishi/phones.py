"""``zhishi center …`` about candidates' phones: waive the evidence, finish a forgotten recording. Composition only."""

from typing import Annotated

import typer

from zhishi.desk import DEFAULT_DATA, SAMPLE, By, DataOption, Number, ProjectOption, Reason, acting, opened


def register(app: typer.Typer) -> None:
    """Put the commands into ``zhishi center``."""
    app.command("waive-phone")(waive_phone)
    app.command("finish-phone")(finish_phone)


def waive_phone(
    number: Number,
    by: By,
    reason: Reason,
    project: ProjectOption = SAMPLE,
    device: Annotated[str, typer.Option(help="只放弃这一部手机 / only this phone")] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """不再等待手机佐证视频，记入审计并写在回执上 / wait for the phone no longer; audited, and on the receipt."""
    from center import phoneacts

    with opened(data) as database:
        waived = phoneacts.waive_phone(database, project, number, acting(by, reason), device)
    names = ", ".join(one or "（未绑定手机 / no phone came）" for one in waived)
    typer.echo(f"{number}: 不再等待 / no longer waited for: {names}")


def finish_phone(
    number: Number, by: By, reason: Reason, project: ProjectOption = SAMPLE, data: DataOption = DEFAULT_DATA
) -> None:
    """面试结束后，远程停止忘记停止的手机 / stop a forgotten phone from afar, after the session's end."""
    from center import phoneacts

    with opened(data) as database:
        device = phoneacts.finish_phone(database, project, number, acting(by, reason))
    typer.echo(f"{number}: 手机将在下次联系时停止并上传 / the phone stops and sends at its next contact: {device}")
