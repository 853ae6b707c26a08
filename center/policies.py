"""What holds for everybody of a project: changed on the page, and what of that a further import of its folder leaves.

Owns until when it may be changed, and that the page's word counts for more than the folder's.
"""

import json

from sqlmodel import Session

from center import chronicle
from center.config import CenterConfig
from center.projecttexts import is_rehearsal
from center.staff import Actor
from center.store import afterwards, projects
from center.store.database import Database
from center.tables import Batch, Project
from domain.errors import BadInput, ProjectUnknown, Words
from domain.stage import MINUTE_MS
from domain.wire.administration import PoliciesBody, PoliciesOrder
from domain.wire.fields import Bilingual

_NAMES = {
    "hotline": Words("服务热线", "hotline"),
    "window_ms": Words("上传确认时限", "window"),
    "companion_required": Words("第二机位", "second camera"),
    "show_name": Words("显示姓名", "showing names"),
}
_ACTION = "policies"


def barred(rehearsal: bool, starts_ms: list[int], now_ms: int) -> Words | None:
    """Why the policies stay as they are; None: they may be changed. Pure.

    Laptops hold to what they were told: nothing changes under those who have begun.
    """
    if rehearsal:
        return Words("开放的模拟测试以项目文件夹为准", "an open rehearsal keeps to its folder")
    if any(start_ms <= now_ms for start_ms in starts_ms):
        return Words("已有场次开考，不能再改", "a batch has begun: they stay as they are")
    return None


def body(row: Project, batches: list[Batch], config: CenterConfig, now_ms: int) -> PoliciesBody:
    """As they are now."""
    why = barred(is_rehearsal(row), [one.start_ms for one in batches], now_ms)
    return PoliciesBody(
        hotline=row.hotline,
        window_ms=row.window_ms,
        companion_required=row.companion_required,
        show_name=row.show_name,
        editable=why is None,
        why_not=Bilingual(zh="", en="") if why is None else Bilingual.of(why),
        results_published_ms=row.results_published_ms,
        rehearsal_keep_ms=config.rehearsal_keep_s * 1000 if is_rehearsal(row) else None,
    )


def change(database: Database, project: str, order: PoliciesOrder, actor: Actor) -> None:
    """Raises ProjectUnknown, and BadInput without a reason or once they may not be changed any longer."""
    wanted = {
        "hotline": order.hotline.strip(),
        "window_ms": order.window_minutes * MINUTE_MS,
        "companion_required": order.companion_required,
        "show_name": order.show_name,
    }
    if not actor.reason.strip() or not wanted["hotline"]:
        raise BadInput("reason: why, in a few words; and a hotline")

    def write(db: Session) -> None:
        row = projects.project(db, project)
        if row is None:
            raise ProjectUnknown(project)
        why = barred(is_rehearsal(row), [one.start_ms for one in projects.batches_of(db, project)], actor.now_ms)
        if why is not None:
            raise BadInput(f"{why.zh} / {why.en}")
        before = {name: getattr(row, name) for name in _NAMES}
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(row, name, value)
        projects.keep(db, row)
        told = {name: before[name] for name in changed}
        chronicle.audit(db, actor.by, _ACTION, project, actor.now_ms, reason=actor.reason, before=told, after=changed)

    database.write(write)


def settle(db: Session, row: Project, wanted: dict[str, object], now_ms: int) -> list[Words]:
    """Inside a write: ``row`` as the folder of a further import wants it, but for what may not change any longer and
    what was changed on the page; a sentence for each that stays otherwise than the folder says.
    """
    started = barred(is_rehearsal(row), [one.start_ms for one in projects.batches_of(db, row.id)], now_ms)
    by_hand = {
        name
        for told in afterwards.audits(db, row.id)
        if told.action == _ACTION
        for name in json.loads(told.detail).get("after", {})
    }
    stays = []
    for name, value in wanted.items():
        if getattr(row, name) == value:
            continue
        what = _NAMES[name]
        if started is not None and not is_rehearsal(row):
            stays.append(Words(f"{what.zh}：{started.zh}", f"{what.en}: {started.en}"))
        elif name in by_hand:
            stays.append(Words(f"{what.zh}：保持页面上改过的值", f"{what.en}: stays as it was changed on the page"))
        else:
            setattr(row, name, value)
    return stays
