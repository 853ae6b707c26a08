"""Everything about one candidate for the staff's page. Owns no rule."""

import json

from sqlmodel import Session

from center.companions import last_report, stand
from center.projecttexts import texts_of
from center.stills import Still
from center.store import candidates, companions, interviews, projects, receipts, watching
from center.store.companions import LAPTOP
from center.tables import Device
from center.tables.companion import Companion
from center.tables.interview import HelpRow, TimelineRow
from domain.deeds import words
from domain.errors import BadInput
from domain.wire.fields import Bilingual
from domain.wire.interview import Progress
from domain.wire.staff import BacklogPoint, CandidateBody, DeviceEntry, HelpItem, LoginEntry, Row, TimelineEntry


def person_body(db: Session, row: Row, still: Still | None, now_ms: int) -> CandidateBody:
    """The page's body around ``row``; raises BadInput when the candidate is gone."""
    found = candidates.by_session(db, row.session)
    if found is None:
        raise BadInput(f"session {row.session}: unknown here")
    batch = found.case.batch
    end_ms = batch.start_ms + batch.showing_ms + batch.late_limit_ms + batch.answer_ms
    return CandidateBody(
        row=row,
        permissions=sorted(candidates.permissions(db, row.session)),
        help=[_help(one) for one in interviews.help_of(db, row.session)],
        timeline=[_event(one) for one in interviews.timeline(db, row.session)],
        backlog=[
            BacklogPoint(at_ms=one.at_ms, remaining_bytes=one.remaining_bytes, bytes_per_second=one.bytes_per_second)
            for one in watching.backlog(db, row.session)
        ],
        devices=_devices(db, row.session),
        login=_login(db, row.session, still, now_ms),
        photo=found.candidate.photo != "",
        extra_ms=found.case.session.extra_ms,
        window_ms=found.case.window_ms,
        send_now_ms=found.case.session.send_now_ms,
        phrases=texts_of(found.case.project).phrases,
        answering=batch.start_ms <= now_ms < end_ms,
    )


def _devices(db: Session, session: str) -> list[DeviceEntry]:
    phones = {phone.device: phone for phone, _ in companions.of_session(db, session)}
    beat = watching.word_of(db, session)
    told = None if beat is None else Progress.model_validate_json(beat.progress)
    found = projects.all_devices(db, session)
    newest = max((one.id for one in found if one.kind == LAPTOP), default="")
    entries = []
    for device in found:
        phone, manifest = phones.get(device.id), receipts.newest_manifest(db, device.id)
        report = None if phone is None else last_report(phone)
        speaks = device.id == newest and beat is not None and told is not None  # a heartbeat is the session's
        entries.append(
            DeviceEntry(
                device=device.id,
                kind=device.kind,
                name=device.name,
                enrolled_ms=device.enrolled_ms,
                withdrawn_ms=device.withdrawn_ms,
                standing=_standing(device, phone),
                heard_ms=phone.heard_ms if phone is not None else beat.at_ms if speaks and beat else None,
                battery=None if report is None else report.battery,
                charging=None if report is None else report.charging,
                free_bytes=report.free_bytes if report is not None else told.free_bytes if speaks and told else None,
                manifest_ms=None if manifest is None else manifest.received_ms,
                verified=manifest is not None and manifest.verified_ms is not None,
            )
        )
    return entries


def _standing(device: Device, phone: Companion | None) -> str:
    if phone is None:
        return "" if device.withdrawn_ms is None else "withdrawn"
    where = stand(phone)
    names = {"bound": where.live, "asks": where.asks, "replaced": where.replaced, "refused": where.refused}
    return next(name for name, holds in names.items() if holds)


def _login(db: Session, session: str, still: Still | None, now_ms: int) -> LoginEntry | None:
    row = candidates.running_login(db, session, now_ms)
    if row is None:
        return None
    return LoginEntry(
        step=row.step, asked_ms=row.asked_ms, consent=row.consent, still_ms=None if still is None else still.at_ms
    )


def _help(one: HelpRow) -> HelpItem:
    return HelpItem(
        id=one.id,
        stage=one.stage,
        text=one.text,
        asked_ms=one.asked_ms,
        claimed_by=one.claimed_by,
        answer=one.answer,
        answered_by=one.answered_by,
        answered_ms=one.answered_ms,
    )


def _event(one: TimelineRow) -> TimelineEntry:
    told = words(one.source, one.kind, json.loads(one.data))
    return TimelineEntry(
        at_ms=one.at_ms,
        said_ms=one.said_ms,
        said_est=one.said_est,
        source=one.source,
        kind=one.kind,
        data=one.data,
        words=None if told is None else Bilingual.of(told),
    )
