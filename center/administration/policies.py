"""What holds for everybody of a project, and changing it on the page. Owns until when it may be changed."""

from sqlmodel import Session

from center import chronicle
from center.config import CenterConfig
from center.projecttexts import is_rehearsal
from center.staff import Actor
from center.store import projects
from center.store.database import Database
from center.tables import Batch, Project
from domain.errors import BadInput, ProjectUnknown, Words
from domain.stage import MINUTE_MS
from domain.wire.administration import PoliciesBody, PoliciesOrder
from domain.wire.fields import Bilingual

_CHANGED = ("hotline", "window_ms", "companion_required", "show_name")


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
        before = {name: getattr(row, name) for name in _CHANGED}
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if not changed:
            return
        for name, value in changed.items():
            setattr(row, name, value)
        projects.keep(db, row)
        told = {name: before[name] for name in changed}
        chronicle.audit(
            db, actor.by, "policies", project, actor.now_ms, reason=actor.reason, before=told, after=changed
        )

    database.write(write)
