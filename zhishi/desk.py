"""``zhishi center …`` for administrators and support: projects, permissions, codes, help, batches.

Composition of ``center.importing`` and ``center.staff``; holds no rule of its own. The center may run meanwhile.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.errors import BadInput, Words
from host.clock import SystemClock

if TYPE_CHECKING:
    from center.importing import ImportReport
    from center.staff import Actor
    from center.store.database import Database

DEFAULT_DATA = Path(".zhishi") / "center"
DataOption = Annotated[Path, typer.Option("--data", help="数据目录 / database, evidence and keys lie here")]
ProjectOption = Annotated[str, typer.Option("--project", help="项目代码 / project code")]
Number = Annotated[str, typer.Argument(help="准考证号 / the candidate's number")]
Batch = Annotated[str, typer.Argument(help="场次 / batch")]
By = Annotated[str, typer.Option("--by", help="操作人 / who acts")]
Reason = Annotated[str, typer.Option("--reason", help="原因 / why")]
SAMPLE = "SHILI-2026"


def register(app: typer.Typer) -> None:
    """Put the commands into ``zhishi center``."""
    commands: dict[str, Callable[..., None]] = {
        "import": import_folder,
        "sample": sample,
        "rehearsal": rehearsal,
        "admit": admit,
        "release": release,
        "entry-code": entry_code,
        "end-login": end_login,
        "help-requests": help_requests,
        "answer": answer,
        "broadcast": broadcast,
        "postpone": postpone,
        "extend": extend,
    }
    for name, command in commands.items():
        app.command(name)(command)


def import_folder(
    folder: Annotated[Path, typer.Argument(help="项目文件夹 / the project's folder")],
    data: DataOption = DEFAULT_DATA,
    by: By = "administrator",
) -> None:
    """导入项目文件夹：整体检查，有错则不导入 / import a project: checked as a whole, all of it or nothing."""
    _tell_import(import_project(data, folder, by))


def sample(
    data: DataOption = DEFAULT_DATA,
    start_in: Annotated[float, typer.Option(help="几分钟后开考 / minutes until the start", min=0.1)] = 20,
    answer_minutes: Annotated[float, typer.Option(help="答题分钟数 / minutes to answer", min=0.1)] = 20,
    code: ProjectOption = SAMPLE,
) -> None:
    """导入示例项目，很快开考 / import the sample project, starting soon."""
    report = import_sample(data, timedelta(minutes=start_in), answer_minutes=answer_minutes, code=code)
    _tell_import(report)
    from zhishi.sample import FIRST_ID_NUMBER, FIRST_NUMBER

    typer.echo(f"登录 / log in: {report.project}, 准考证号 number {FIRST_NUMBER}, 证件号 id number {FIRST_ID_NUMBER}")


def rehearsal(
    data: DataOption = DEFAULT_DATA,
    folder: Annotated[
        Path | None,
        typer.Option(help="自己的模拟测试项目 / a rehearsal project of your own (default: the one shipped)"),
    ] = None,
    by: By = "administrator",
) -> None:
    """开放考前模拟测试：任何考生可练习，无需名单 / open rehearsals: anybody may practise, no roster."""
    from zhishi.sample import sample_folder

    _tell_import(import_project(data, folder or sample_folder("practice"), by))


def admit(
    number: Number,
    by: By,
    reason: Reason,
    project: ProjectOption = SAMPLE,
    login: Annotated[bool, typer.Option("--login", help="人工登录，不看人脸 / log in by hand")] = False,
    late: Annotated[bool, typer.Option("--late", help="开考后仍可进入 / may enter after the start")] = False,
    takeover: Annotated[bool, typer.Option("--takeover", help="可换设备登录 / another machine may take over")] = False,
    no_phone: Annotated[bool, typer.Option("--no-phone", help="先进入后补绑手机 / bind the phone later")] = False,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """为考生放行（不选则为人工登录），记入审计 / allow a candidate something (default: login by hand); audited."""
    from center import staff
    from center.store.candidates import PermissionKind

    chosen = {
        PermissionKind.LOGIN: login,
        PermissionKind.ENTER_LATE: late,
        PermissionKind.TAKEOVER: takeover,
        PermissionKind.NO_PHONE: no_phone,
    }
    kinds = {kind for kind, wanted in chosen.items() if wanted} or {PermissionKind.LOGIN}
    with opened(data) as database:
        staff.admit(database, project, number, kinds, acting(by, reason))
    typer.echo(f"{number}: {', '.join(sorted(kinds))}")


def release(
    number: Number, by: By, project: ProjectOption = SAMPLE, reason: Reason = "", data: DataOption = DEFAULT_DATA
) -> None:
    """读出放题码（开考后），逐次记录 / the release code, after the start; every release is logged."""
    from center import staff

    with opened(data) as database:
        typer.echo(staff.release(database, project, number, acting(by, reason)))


def entry_code(
    number: Number, by: By, reason: Reason, project: ProjectOption = SAMPLE, data: DataOption = DEFAULT_DATA
) -> None:
    """读出进入口令：考生断网时可凭此进入 / a code by which a laptop without network may enter."""
    from center import staff

    with opened(data) as database:
        typer.echo(staff.entry_code(database, project, number, acting(by, reason)))


def end_login(
    number: Number, by: By, reason: Reason, project: ProjectOption = SAMPLE, data: DataOption = DEFAULT_DATA
) -> None:
    """结束考生当前登录，上传不受影响 / end the active login; uploads go on."""
    from center import staff

    with opened(data) as database:
        staff.end_login(database, project, number, acting(by, reason))
    typer.echo(f"{number}: 已结束登录 / the login is over")


def help_requests(data: DataOption = DEFAULT_DATA) -> None:
    """待答复的求助 / requests for help without an answer."""
    from center import staff

    table = Table("编号 id", "准考证号 number", "姓名 name", "服务码 code", "环节 stage", "内容 text")
    with opened(data) as database:
        for row in staff.open_help(database):
            who = row.number if row.logged_in else f"{row.project} {row.number}（未登录，自述 / as typed）"
            said = (who, row.name, row.support_code, row.stage, row.text)
            table.add_row(row.id, *(_harmless(one) for one in said))
    Console().print(table)


def _harmless(text: str) -> str:
    """Words of others for a terminal: neither markup nor control characters work."""
    return escape("".join(letter if letter.isprintable() or letter == "\n" else "·" for letter in text))


def answer(
    request: Annotated[str, typer.Argument(help="求助编号 / id of the request")],
    text: Annotated[str, typer.Argument(help="答复，或固定用语名 / the answer, or the name of a set phrase")],
    by: By,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """答复求助；答题期间只能用固定用语 / answer a request; while somebody answers, only set phrases."""
    from center import staff

    with opened(data) as database:
        staff.answer(database, request, text, acting(by, ""))
    typer.echo("已答复 / answered")


def broadcast(
    batch: Batch,
    text: Annotated[str, typer.Argument(help="通知，或固定用语名 / the words, or the name of a set phrase")],
    by: By,
    project: ProjectOption = SAMPLE,
    number: Annotated[str, typer.Option(help="只发给一名考生 / to one candidate only")] = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """向一个场次发送通知 / tell a batch something."""
    from center import staff

    with opened(data) as database:
        staff.broadcast(database, project, batch, text, acting(by, ""), number)
    typer.echo("已发送 / sent")


def postpone(
    batch: Batch,
    start: Annotated[str, typer.Argument(help="新的开考时间 / the new start, ISO 8601 with offset")],
    by: By,
    reason: Reason,
    project: ProjectOption = SAMPLE,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """调整一个场次的开考时间 / move a batch's start, before it begins."""
    from center import staff

    try:
        moment = datetime.fromisoformat(start)
    except ValueError as why:
        raise BadInput(f"{start}: {why}") from why
    if moment.tzinfo is None:
        raise BadInput(f"{start}: has no offset from UTC, such as +08:00")
    with opened(data) as database:
        staff.postpone(database, project, batch, int(moment.timestamp() * 1000), acting(by, reason))
    typer.echo(f"{batch}: {moment.isoformat()}")


def extend(
    batch: Batch,
    minutes: Annotated[float, typer.Argument(help="增加的分钟数 / minutes more")],
    by: By,
    reason: Reason,
    project: ProjectOption = SAMPLE,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """延长一个场次的答题时间 / give a batch more time to answer."""
    from center import staff

    with opened(data) as database:
        staff.extend(database, project, batch, int(minutes * 60_000), acting(by, reason))
    typer.echo(f"{batch}: +{minutes:g} min")


def import_project(data: Path, folder: Path, by: str) -> "ImportReport":
    """Check and import ``folder`` into the center at ``data``; raises ProjectInvalid, StorageError."""
    from center.config import CenterConfig
    from center.faces.checker import FaceChecker
    from center.faces.settings import FaceSettings
    from center.folder.reading import read_folder
    from center.idnumbers import load_id_numbers
    from center.importing import import_project as import_read
    from center.papers import Papers

    checkers: list[FaceChecker] = []  # the models take seconds to load: only where there are photos

    def look_at(photo: bytes) -> Words | None:
        if not checkers:
            checkers.append(FaceChecker(FaceSettings()))
        report = checkers[0].check_photo(photo)
        return None if report.ok else Words(report.zh, report.en)

    read = read_folder(folder, look_at)
    config = CenterConfig(data=data.absolute())
    with opened(data) as database:
        ids = load_id_numbers(config.keys, config.id_memory_kib)
        return import_read(database, Papers(config.papers), ids, read, SystemClock().wall_ms(), by)


def import_sample(
    data: Path,
    start_in: timedelta,
    *,
    answer_minutes: float = 20,
    showing_seconds: float = 60,
    code: str = SAMPLE,
) -> "ImportReport":
    """The sample project, whose first batch starts in ``start_in``; raises as ``import_project``, and ServiceError."""
    from zhishi.sample import write_sample

    with tempfile.TemporaryDirectory(prefix="zhishi-sample-") as folder:
        start = datetime.fromtimestamp(SystemClock().wall_ms() / 1000, UTC).astimezone() + start_in
        target = write_sample(
            Path(folder) / "project",
            start,
            answer_minutes=answer_minutes,
            showing_seconds=showing_seconds,
            code=code,
        )
        return import_project(data, target, "sample")


def _tell_import(report: "ImportReport") -> None:
    typer.echo(
        f"{report.project}: 新增考生 {report.added}，更新 {report.updated} / "
        f"{report.added} candidates added, {report.updated} updated"
    )
    if report.missing_questions:
        names = ", ".join(report.missing_questions)
        typer.echo(f"试题尚未导入（可稍后再导入）/ questions still to come: {names}")
    for remark in dict.fromkeys(report.remarks):
        typer.echo(f"{remark.zh} / {remark.en}")


@contextmanager
def opened(data: Path) -> "Iterator[Database]":
    """The center's database; it may run meanwhile."""
    from center import admin
    from center.config import CenterConfig

    with admin.opened(CenterConfig(data=data.absolute())) as database:
        yield database


def acting(by: str, reason: str) -> "Actor":
    """Who acts, now."""
    from center.staff import Actor

    return Actor(by, reason, SystemClock().wall_ms())
