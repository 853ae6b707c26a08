"""Queries over uploads and identity conflicts. Knows nothing of bytes: offsets are asked of the storage."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select

from center.tables import METADATA, Conflict, Upload
from domain.identity import Identity, Track
from domain.seal import Seal
from domain.status import STORED_MOVES, StoredState, move

# Every small segment waits for these two: built once, so that only their values are new.
_ADD = METADATA.tables["upload"].insert()
_CURRENT = (
    select(Upload)
    .where(
        col(Upload.device) == bindparam("device"),
        col(Upload.track) == bindparam("track"),
        col(Upload.run) == bindparam("run"),
        col(Upload.kind) == bindparam("kind"),
        col(Upload.idx) == bindparam("index"),
    )
    .order_by(col(Upload.generation).desc())
    .limit(1)
)


def current(db: Session, identity: Identity) -> Upload | None:
    """The newest attempt to store ``identity``."""
    values = {
        "device": identity.device,
        "track": identity.track.value,
        "run": identity.run,
        "kind": identity.kind.value,
        "index": identity.index,
    }
    return db.exec(_CURRENT, params=values).first()


def by_id(db: Session, upload: str) -> Upload | None:
    """The upload with this id."""
    return db.get(Upload, upload)


def add(db: Session, upload: Upload, state: StoredState, now_ms: int) -> None:
    """Keep a new upload in ``state``."""
    row = upload.model_dump()
    row["state"] = judged(StoredState(upload.state), state).value
    row["finished_ms"] = None if state is StoredState.OPEN else now_ms
    db.connection().execute(_ADD, row)


def judged(now: StoredState, then: StoredState) -> StoredState:
    """``then`` if an upload may come from ``now`` to it, by way of STORED when it was open; raises
    IllegalMove.
    """
    if now is StoredState.OPEN and then is not StoredState.OPEN:
        now = move(STORED_MOVES, now, StoredState.STORED)
    return move(STORED_MOVES, now, then)


def set_length(db: Session, upload: str) -> None:
    """The deferred length was told."""
    row = db.get_one(Upload, upload)
    row.length_known = True
    db.add(row)


def prolong(db: Session, upload: str, expires_ms: int) -> None:
    """An open upload is alive: it expires later."""
    row = db.get_one(Upload, upload)
    row.expires_ms = expires_ms
    db.add(row)


def finish(db: Session, upload: str, state: StoredState, now_ms: int) -> Upload:
    """All bytes are durable and were hashed: ``state`` is VERIFIED or QUARANTINED. Twice is the same as
    once.
    """
    row = db.get_one(Upload, upload)
    row.state = judged(StoredState(row.state), state).value
    row.finished_ms = row.finished_ms or now_ms
    db.add(row)
    db.flush()
    return row


def open_uploads(db: Session) -> list[Upload]:
    """Every upload that still waits for bytes (or was cut off between its last byte and its verdict)."""
    return list(db.exec(select(Upload).where(Upload.state == StoredState.OPEN.value, col(Upload.gone_ms).is_(None))))


def expired(db: Session, now_ms: int) -> list[Upload]:
    """Open uploads whose time is over."""
    query = select(Upload).where(
        Upload.state == StoredState.OPEN.value, col(Upload.gone_ms).is_(None), Upload.expires_ms < now_ms
    )
    return list(db.exec(query))


def give_up(db: Session, upload: str, now_ms: int) -> None:
    """The upload expired: the next create of its identity starts fresh."""
    row = db.get_one(Upload, upload)
    row.gone_ms = row.gone_ms or now_ms
    db.add(row)


def of_device(db: Session, session: str, device: str) -> list[Upload]:
    """The newest attempt of every link of a device, by track and seq."""
    query = select(Upload).where(Upload.session == session, Upload.device == device)
    query = query.order_by(col(Upload.track), col(Upload.seq), col(Upload.generation))
    newest: dict[tuple[str, str, str, int], Upload] = {}
    for row in db.exec(query):
        newest[(row.track, row.run, row.kind, row.idx)] = row
    return list(newest.values())


def verified_count(db: Session, device: str, track: Track | None = None, below_seq: int | None = None) -> int:
    """Verified places of a device's chains (of one track, of its first ``below_seq`` links); forks count once."""
    query = select(Upload.track, func.count(func.distinct(Upload.seq))).where(
        Upload.device == device, Upload.state == StoredState.VERIFIED.value
    )
    if track is not None:
        query = query.where(Upload.track == track.value)
    if below_seq is not None:
        query = query.where(Upload.seq < below_seq)
    return sum(count for _, count in db.exec(query.group_by(Upload.track)))


def verified_sums(db: Session, device: str) -> dict[str, tuple[int, int]]:
    """(places of the chain, bytes) that are verified, by track; forks count once in the places."""
    query = (
        select(Upload.track, func.count(func.distinct(Upload.seq)), func.sum(Upload.size))
        .where(Upload.device == device, Upload.state == StoredState.VERIFIED.value)
        .group_by(Upload.track)
    )
    return {track: (links, int(size or 0)) for track, links, size in db.exec(query)}


@dataclass(frozen=True, slots=True)
class Counts:
    """Links of a session: ``received`` are begun or whole (not quarantined, not given up), ``verified`` of them."""

    received: int
    verified: int


def counts(db: Session, session: str) -> Counts:
    """How many links of a session are here."""
    query = (
        select(Upload.state, func.count(col(Upload.id)))
        .where(Upload.session == session, col(Upload.gone_ms).is_(None))
        .group_by(Upload.state)
    )
    by_state = dict(db.exec(query).all())
    by_state.pop(StoredState.QUARANTINED.value, None)
    return Counts(sum(by_state.values()), by_state.get(StoredState.VERIFIED.value, 0))


def verified_since(db: Session, session: str, since_ms: int) -> int:
    """Links of a session that were verified after ``since_ms``."""
    query = select(func.count(col(Upload.id))).where(
        Upload.session == session, Upload.state == StoredState.VERIFIED.value, col(Upload.finished_ms) > since_ms
    )
    return db.exec(query).one()


def verified_seals(db: Session, device: str, track: Track, below_seq: int) -> Sequence[str]:
    """Canonical seals of the verified links, by seq."""
    query = select(Upload.seal).where(
        Upload.device == device,
        Upload.state == StoredState.VERIFIED.value,
        Upload.track == track.value,
        Upload.seq < below_seq,
    )
    return db.exec(query.order_by(col(Upload.seq), col(Upload.id))).all()


def has_any(db: Session, device: str) -> bool:
    """Whether the device ever created an upload."""
    return db.exec(select(Upload.id).where(Upload.device == device).limit(1)).first() is not None


def flag_conflict(db: Session, seal: Seal, now_ms: int) -> None:
    """Keep the second seal offered for a taken identity, once."""
    if db.get(Conflict, seal.hash()) is None:
        db.add(
            Conflict(
                seal_hash=seal.hash(),
                session=seal.session,
                device=seal.device,
                identity=str(seal.identity),
                seal=seal.canonical().decode(),
                first_ms=now_ms,
            )
        )


def conflicts(db: Session, session: str) -> list[Conflict]:
    """Flagged conflicts of a session."""
    return list(db.exec(select(Conflict).where(Conflict.session == session).order_by(col(Conflict.first_ms))))
