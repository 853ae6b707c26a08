"""The one command ``zhishi``: what a candidate's machine can be told, the center, and the demo of both."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from zhishi.candidate import app, main


class WithCenter(TyperGroup):
    """The candidate's commands and ``center``, whose modules are loaded when it is named.

    The window, the recorder and syncd are started by this command line too; the center's own would cost each of them
    0.14 s (measured).
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command's name."""
        return [*super().list_commands(ctx), "center"]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command called ``cmd_name``, if there is one."""
        if cmd_name != "center":
            return super().get_command(ctx, cmd_name)
        from zhishi.interviews import interviews

        found = get_command(interviews)
        found.name = "center"
        return found


app.info.cls = WithCenter


@app.command()
def demo(
    headless: Annotated[bool, typer.Option("--headless", help="使用虚拟桌面 / use a virtual desktop")] = False,
    duration: Annotated[float, typer.Option("--duration", min=8, help="录制秒数 / seconds to record")] = 45,
    outage: Annotated[float, typer.Option("--outage", min=0, help="断网秒数 / seconds without network")] = 15,
    json_file: Annotated[Path | None, typer.Option("--json", help="结果写入文件 / write the result here")] = None,
    folder: Annotated[Path | None, typer.Option("--dir", help="保存位置 / where everything is kept")] = None,
) -> None:
    """完整演示 / the whole way: record, cut the network, kill the daemon, end, receipt."""
    from rich.console import Console

    from zhishi.demo import DemoPlan, demo_environment, remove_old, run_demo
    from zhishi.demoscreen import DemoScreen, tell_result

    if outage >= duration:
        raise typer.BadParameter(
            "断网须短于录制 / the outage must be shorter than the recording", param_hint="--outage"
        )
    place = (folder or Path(".zhishi") / "demo").absolute()
    remove_old(place)
    with DemoScreen(Console()) as screen:
        report = run_demo(DemoPlan(place, duration, outage, headless), demo_environment(os.environ), screen)
    if json_file is not None:
        report.write(json_file)
    tell_result(Console(), report)
    raise typer.Exit(0 if report.confirmed else 1)


__all__ = ["app", "main"]
