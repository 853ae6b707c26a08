"""Everything the queue is asked and told: the only module with SQL.

State changes follow ``domain.status.UPLOAD_MOVES``: an update names the states it may start from.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, Table, Text, and_, cast, delete, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from domain.identity import Identity, LinkKind, Track
from domain.seal import Seal, parse_seal
from domain.status import UPLOAD_MOVES, UploadState
from syncd.database import Database
from syncd.strip import StripLink
from syncd.tables import QueueTable, Tally, Upload

_BATCH = 500
_SOURCES = {then: [now.value for now, goals in UPLOAD_MOVES.items() if then in goals] for then in UploadState}
# Plain tables: going through the mapped classes costs three times as much per question (measured).
_UPLOAD: Table = QueueTable.metadata.tables[Upload.__tablename__]
_TALLY: Table = QueueTable.metadata.tables[Tally.__tablename__]


@dataclass(frozen=True, slots=True)
class Now:
    """This instant of the boot clock: due times are compared with it."""

    boot_id: str
    boot_ns: int


@dataclass(frozen=True, slots=True)
class Job:
    """One upload as a worker gets it. ``path`` is the sealed file's path below the spool (a gap has no such file)."""

    id: int
    session: str
    path: str
    seal: Seal
    place: str | None
    offset: int
    failures: int


@dataclass(frozen=True, slots=True)
class Group:
    """Counts of the uploads of one (session, track, kind, state)."""

    session: str
    track: str
    kind: str
    state: str
    links: int
    size: int
    offset: int
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """An upload that is blocked or keeps failing."""

    session: str
    path: str
    state: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Held:
    """One link as the center says it holds it, for ``Store.adopt``."""

    identity: Identity
    sha256: str
    state: UploadState
    place: str | None
    offset: int


class Store:
    """The queue. Safe to use from any thread."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def add(self, links: Sequence[tuple[Seal, str]]) -> tuple[int, list[Identity]]:
        """Queue ``links`` (seal, path below the spool); known ones are left alone.

        Answers how many were new, and the identities that are known with another seal.
        """

        def work(db: Connection) -> tuple[int, list[Identity]]:
            new = 0
            differing: list[Identity] = []
            for seal, path in links:
                canonical = seal.canonical()
                row = insert(_UPLOAD).values(
                    session=seal.session, device=seal.device, track=seal.track.value, run=seal.run,
                    kind=seal.kind.value, link_index=seal.index, seq=seal.seq, size=seal.size,
                    duration_ms=seal.duration_ms, path=path, seal=canonical, state=UploadState.QUEUED.value,
                    offset=0, failures=0, due_boot="", due_ns=0, error_code="", error_detail="",
                )  # fmt: skip
                if db.execute(row.on_conflict_do_nothing()).rowcount:
                    new += 1
                elif db.execute(select(_UPLOAD.c.seal).where(_named(seal.identity))).scalar_one() != canonical:
                    differing.append(seal.identity)
            return new, differing

        return self._db.run(work)

    def take(self, now: Now, limit: int, resting: Collection[str] = ()) -> list[Job]:
        """Up to ``limit`` due uploads, now ``sending``: oldest session first, then by ``seq``.

        Sessions in ``resting`` are left alone (their center cannot be reached or asked for a pause).
        """

        def work(db: Connection) -> list[Job]:
            rows = db.execute(
                select(
                    _UPLOAD.c.id, _UPLOAD.c.session, _UPLOAD.c.path, _UPLOAD.c.seal, _UPLOAD.c.place,
                    _UPLOAD.c.offset, _UPLOAD.c.failures,
                )
                .where(
                    _UPLOAD.c.state == UploadState.QUEUED.value,
                    or_(_UPLOAD.c.due_boot != now.boot_id, _UPLOAD.c.due_ns <= now.boot_ns),
                    _UPLOAD.c.session.not_in(list(resting)),
                )
                .order_by(_UPLOAD.c.session, _UPLOAD.c.seq)
                .limit(limit)
            ).all()  # fmt: skip
            jobs = [Job(r[0], r[1], r[2], parse_seal(r[3]), r[4], r[5], r[6]) for r in rows]
            _change(db, UploadState.SENDING, [job.id for job in jobs])
            return jobs

        return self._db.run(work)

    def release(self, uploads: Collection[int] | None = None) -> int:
        """What was ``sending`` waits again: everything after a crash, or only ``uploads``. Answers how many."""

        def work(db: Connection) -> int:
            change = update(_UPLOAD).where(_UPLOAD.c.state == UploadState.SENDING.value)
            if uploads is not None:
                change = change.where(_UPLOAD.c.id.in_(list(uploads)))
            return _rows(db.execute(change.values(state=UploadState.QUEUED.value)))

        return self._db.run(work)

    def placed(self, upload: int, place: str | None, offset: int) -> None:
        """The upload lives at ``place`` now and holds ``offset`` bytes."""
        self._db.run(lambda db: _set(db, upload, place=place, offset=offset))

    def finished(self, upload: int, state: UploadState, place: str | None, offset: int) -> None:
        """``received`` or ``verified``; earlier errors are forgotten."""

        self._db.run(
            lambda db: _move(db, upload, state, place=place, offset=offset, failures=0, error_code="", error_detail="")
        )

    def later(
        self, upload: int, *, due: Now, place: str | None, offset: int, failures: int, code: str, detail: str
    ) -> None:
        """Try again when the boot clock shows ``due``; why is kept."""

        values = {"due_boot": due.boot_id, "due_ns": due.boot_ns, "place": place, "offset": offset}
        values |= {"failures": failures, "error_code": code, "error_detail": detail[:500]}
        self._db.run(lambda db: _move(db, upload, UploadState.QUEUED, **values))

    def block(self, upload: int, code: str, detail: str) -> None:
        """Cannot be sent without a person."""

        self._db.run(lambda db: _move(db, upload, UploadState.BLOCKED, error_code=code, error_detail=detail[:500]))

    def unblock(self, session: str | None = None) -> int:
        """Blocked uploads are tried again (a person asked, or the program started anew)."""

        def work(db: Connection) -> int:
            change = update(_UPLOAD).where(_UPLOAD.c.state == UploadState.BLOCKED.value)
            if session is not None:
                change = change.where(_UPLOAD.c.session == session)
            return _rows(db.execute(change.values(state=UploadState.QUEUED.value, due_boot="", failures=0)))

        return self._db.run(work)

    def wake(self, sessions: Collection[str], codes: Collection[str]) -> int:
        """The center of ``sessions`` is back: what failed with one of ``codes`` is due now."""
        return self._db.run(
            lambda db: _rows(
                db.execute(
                    update(_UPLOAD)
                    .where(
                        _UPLOAD.c.state == UploadState.QUEUED.value,
                        _UPLOAD.c.session.in_(list(sessions)),
                        _UPLOAD.c.error_code.in_(list(codes)),
                    )
                    .values(due_boot="", due_ns=0)
                )
            )
        )

    def next_due_ns(self, now: Now, resting: Collection[str] = ()) -> int | None:
        """When the next waiting upload is due by the boot clock (0: now); None when none waits."""

        def work(db: Connection) -> int | None:
            waiting = and_(_UPLOAD.c.state == UploadState.QUEUED.value, _UPLOAD.c.session.not_in(list(resting)))
            here = and_(waiting, _UPLOAD.c.due_boot == now.boot_id)
            if db.execute(select(_UPLOAD.c.id).where(waiting, _UPLOAD.c.due_boot != now.boot_id).limit(1)).first():
                return 0
            return db.execute(select(func.min(_UPLOAD.c.due_ns)).where(here)).scalar()

        return self._db.run(work)

    def adopt(self, held: Iterable[Held]) -> int:
        """Take over what the center says it holds; uploads being sent right now are left to their worker."""
        entries = list(held)

        def work(db: Connection) -> int:
            changed = 0
            for entry in entries:
                row = db.execute(
                    select(_UPLOAD.c.id, _UPLOAD.c.state, _UPLOAD.c.seal).where(_named(entry.identity))
                ).first()
                if row is None or row[1] == UploadState.SENDING or parse_seal(row[2]).sha256 != entry.sha256:
                    continue
                if row[1] != entry.state and entry.state in UPLOAD_MOVES[UploadState(row[1])]:
                    changed += 1
                    _set(db, row[0], state=entry.state.value, place=entry.place, offset=entry.offset, due_boot="")
                elif row[1] == UploadState.QUEUED and entry.state is UploadState.QUEUED:
                    _set(db, row[0], place=entry.place, offset=entry.offset)
                elif row[1] == UploadState.QUEUED and entry.state is UploadState.RECEIVED:
                    _set(db, row[0], place=entry.place, offset=entry.offset)  # a HEAD settles it
            return changed

        return self._db.run(work)

    def lost(self, session: str, held: Collection[Identity]) -> int:
        """Verified here, yet not among what the center ``held``: sent again. Answers how many."""
        names = set(held)

        def work(db: Connection) -> int:
            rows = db.execute(
                select(
                    _UPLOAD.c.id, _UPLOAD.c.device, _UPLOAD.c.track, _UPLOAD.c.run, _UPLOAD.c.kind,
                    _UPLOAD.c.link_index,
                ).where(_UPLOAD.c.session == session, _UPLOAD.c.state == UploadState.VERIFIED.value)
            ).all()  # fmt: skip
            gone = [r[0] for r in rows if Identity(r[1], Track(r[2]), r[3], LinkKind(r[4]), r[5]) not in names]
            _change(db, UploadState.QUEUED, gone)
            for upload in gone:
                _set(db, upload, place=None, offset=0, due_boot="")
            return len(gone)

        return self._db.run(work)

    def groups(self) -> list[Group]:
        """Counts for the status of every session."""
        keys = (_UPLOAD.c.session, _UPLOAD.c.track, _UPLOAD.c.kind, _UPLOAD.c.state)
        question = select(
            *keys, func.count(), func.sum(_UPLOAD.c.size), func.sum(_UPLOAD.c.offset),
            func.sum(_UPLOAD.c.duration_ms),
        ).group_by(*keys)  # fmt: skip
        return self._db.run(lambda db: [Group(*row) for row in db.execute(question).all()])

    def strip_links(self, session: str) -> list[StripLink]:
        """Every link of ``session`` in the order of its track."""
        start = func.json_extract(cast(_UPLOAD.c.seal, Text), "$.center_ms")
        question = (
            select(_UPLOAD.c.track, _UPLOAD.c.kind, _UPLOAD.c.state, start, _UPLOAD.c.duration_ms)
            .where(_UPLOAD.c.session == session)
            .order_by(_UPLOAD.c.track, _UPLOAD.c.seq)
        )
        return self._db.run(lambda db: [StripLink(*row) for row in db.execute(question).all()])

    def complaints(self, least_failures: int = 3, at_once: Collection[str] = (), limit: int = 50) -> list[Complaint]:
        """What is blocked, has failed ``least_failures`` times in a row, or once with a code of ``at_once``."""
        question = (
            select(
                _UPLOAD.c.session, _UPLOAD.c.path, _UPLOAD.c.state, _UPLOAD.c.error_code,
                _UPLOAD.c.error_detail,
            )
            .where(
                or_(
                    _UPLOAD.c.state == UploadState.BLOCKED.value,
                    and_(_UPLOAD.c.failures >= least_failures, _UPLOAD.c.state != UploadState.VERIFIED.value),
                    _UPLOAD.c.error_code.in_(list(at_once)),
                )
            )
            .order_by(_UPLOAD.c.session, _UPLOAD.c.seq)
            .limit(limit)
        )  # fmt: skip
        return self._db.run(lambda db: [Complaint(*row) for row in db.execute(question).all()])

    def unverified(self, session: str) -> int:
        """Links of ``session`` that the center has not verified yet."""
        question = select(func.count()).where(
            _UPLOAD.c.session == session, _UPLOAD.c.state != UploadState.VERIFIED.value
        )
        return self._db.run(lambda db: int(db.execute(question).scalar_one()))

    def verified_paths(self, session: str) -> set[str]:
        """Paths below the spool of what the center has verified."""
        question = select(_UPLOAD.c.path).where(
            _UPLOAD.c.session == session, _UPLOAD.c.state == UploadState.VERIFIED.value
        )
        return self._db.run(lambda db: set(db.execute(question).scalars()))

    def received(self, session: str) -> int:
        """Links that are wholly sent and wait for the center's check."""
        question = select(func.count()).where(
            _UPLOAD.c.session == session, _UPLOAD.c.state == UploadState.RECEIVED.value
        )
        return self._db.run(lambda db: int(db.execute(question).scalar_one()))

    def seal_at(self, path: str) -> bytes | None:
        """The canonical JSON of the seal whose sidecar or evidence lies at ``path`` below the spool."""
        return self._db.run(
            lambda db: db.execute(select(_UPLOAD.c.seal).where(_UPLOAD.c.path == path)).scalar_one_or_none()
        )

    def place_at(self, path: str) -> str | None:
        """Where the upload of ``path`` lives at the center."""
        return self._db.run(
            lambda db: db.execute(select(_UPLOAD.c.place).where(_UPLOAD.c.path == path)).scalar_one_or_none()
        )

    def count_resent(self, session: str, count: int) -> None:
        """Add ``count`` bytes that had to be sent again."""
        change = insert(_TALLY).values(session=session, resent_bytes=count)
        more = change.on_conflict_do_update(
            index_elements=["session"], set_={"resent_bytes": _TALLY.c.resent_bytes + count}
        )
        self._db.run(lambda db: _rows(db.execute(more)))

    def resent(self) -> dict[str, int]:
        """Bytes sent again, by session."""
        return self._db.run(
            lambda db: {r[0]: r[1] for r in db.execute(select(_TALLY.c.session, _TALLY.c.resent_bytes)).all()}
        )

    def forget(self, session: str) -> None:
        """The session's evidence was deleted by the retention rule; its rows go too."""
        self._db.run(lambda db: _rows(db.execute(delete(_UPLOAD).where(_UPLOAD.c.session == session))))


def _named(name: Identity) -> Any:
    return and_(
        _UPLOAD.c.device == name.device,
        _UPLOAD.c.track == name.track.value,
        _UPLOAD.c.run == name.run,
        _UPLOAD.c.kind == name.kind.value,
        _UPLOAD.c.link_index == name.index,
    )


def _change(db: Connection, then: UploadState, uploads: Sequence[int]) -> None:
    """Move ``uploads`` to ``then``; those whose state has no such move stay as they are."""
    sources = _SOURCES[then]
    for start in range(0, len(uploads), _BATCH):
        some = list(uploads[start : start + _BATCH])
        db.execute(update(_UPLOAD).where(_UPLOAD.c.id.in_(some), _UPLOAD.c.state.in_(sources)).values(state=then.value))


def _move(db: Connection, upload: int, then: UploadState, **values: object) -> None:
    """``_change`` of one upload together with its other columns; nothing happens when there is no such move."""
    db.execute(
        update(_UPLOAD)
        .where(_UPLOAD.c.id == upload, _UPLOAD.c.state.in_(_SOURCES[then]))
        .values(state=then.value, **values)
    )


def _set(db: Connection, upload: int, **values: object) -> None:
    db.execute(update(_UPLOAD).where(_UPLOAD.c.id == upload).values(**values))


def _rows(result: CursorResult[Any]) -> int:
    return result.rowcount
