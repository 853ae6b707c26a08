"""Statuses and the moves between them; an illegal move raises.

Each enum has its table beside it. ``move`` is the only way a status changes.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from domain.errors import ZhishiError


class IllegalMove(ZhishiError):
    """A status was asked to go where its table has no arrow."""

    code = "illegal_move"


class UploadState(StrEnum):
    """One upload as the device's queue sees it."""

    QUEUED = "queued"  # waits for its due time
    SENDING = "sending"  # a worker holds it
    RECEIVED = "received"  # all bytes acknowledged, not yet verified
    VERIFIED = "verified"  # the center holds it durably and its hash matches
    BLOCKED = "blocked"  # cannot be sent without a person: conflict, damaged file, refused size


UPLOAD_MOVES: Mapping[UploadState, frozenset[UploadState]] = {
    UploadState.QUEUED: frozenset({UploadState.SENDING, UploadState.VERIFIED, UploadState.BLOCKED}),
    UploadState.SENDING: frozenset(
        {UploadState.QUEUED, UploadState.RECEIVED, UploadState.VERIFIED, UploadState.BLOCKED}
    ),
    UploadState.RECEIVED: frozenset({UploadState.QUEUED, UploadState.VERIFIED, UploadState.BLOCKED}),
    # The center lost it (restored from an older backup) or found it damaged later: send again.
    UploadState.VERIFIED: frozenset({UploadState.QUEUED}),
    UploadState.BLOCKED: frozenset({UploadState.QUEUED, UploadState.VERIFIED}),
}


class StoredState(StrEnum):
    """One upload as the center sees it."""

    OPEN = "open"  # bytes are still missing
    STORED = "stored"  # all bytes are durable, hash not yet checked
    VERIFIED = "verified"
    QUARANTINED = "quarantined"  # the bytes do not have the sealed hash; kept apart, asked for again


STORED_MOVES: Mapping[StoredState, frozenset[StoredState]] = {
    StoredState.OPEN: frozenset({StoredState.STORED}),
    StoredState.STORED: frozenset({StoredState.VERIFIED, StoredState.QUARANTINED}),
    StoredState.VERIFIED: frozenset(),
    StoredState.QUARANTINED: frozenset(),  # a new upload of the same identity takes its place
}


class LocalSessionState(StrEnum):
    """One session as the device sees it."""

    OPEN = "open"  # being recorded, or may be
    ENDED = "ended"  # no more footage; chains may still be completed
    CLOSED = "closed"  # manifest written and signed
    SUBMITTED = "submitted"  # the device receipt is here; the session may still wait for the phone
    CONFIRMED = "confirmed"  # the session receipt is here and its signature was checked


LOCAL_SESSION_MOVES: Mapping[LocalSessionState, frozenset[LocalSessionState]] = {
    LocalSessionState.OPEN: frozenset({LocalSessionState.ENDED}),
    LocalSessionState.ENDED: frozenset({LocalSessionState.CLOSED, LocalSessionState.OPEN}),
    # Re-entry after a close records again and ends in a new manifest revision.
    LocalSessionState.CLOSED: frozenset(
        {
            LocalSessionState.SUBMITTED,
            LocalSessionState.CONFIRMED,
            LocalSessionState.OPEN,
            LocalSessionState.ENDED,
        }
    ),
    LocalSessionState.SUBMITTED: frozenset(
        {LocalSessionState.CONFIRMED, LocalSessionState.OPEN, LocalSessionState.ENDED}
    ),
    # Entered again after the receipt: what is recorded now is not covered by it, and the screen must say so.
    LocalSessionState.CONFIRMED: frozenset({LocalSessionState.OPEN, LocalSessionState.ENDED}),
}


class RecorderMode(StrEnum):
    """What the recorder does now."""

    IDLE = "idle"
    MONITOR = "monitor"  # preview and level, nothing kept
    RECORD = "record"
    STOPPING = "stopping"


RECORDER_MOVES: Mapping[RecorderMode, frozenset[RecorderMode]] = {
    RecorderMode.IDLE: frozenset({RecorderMode.MONITOR, RecorderMode.RECORD}),
    RecorderMode.MONITOR: frozenset({RecorderMode.STOPPING}),
    RecorderMode.RECORD: frozenset({RecorderMode.STOPPING}),
    RecorderMode.STOPPING: frozenset({RecorderMode.IDLE}),
}


class CaptureHealth(StrEnum):
    """One capture process as its supervisor sees it."""

    STARTING = "starting"
    HEALTHY = "healthy"  # new valid footage and fresh frames
    STALLED = "stalled"  # alive, but nothing new
    RESTARTING = "restarting"  # waits out its back-off
    FAILED = "failed"  # restart budget spent; still tried, slowly
    STOPPED = "stopped"


CAPTURE_MOVES: Mapping[CaptureHealth, frozenset[CaptureHealth]] = {
    CaptureHealth.STARTING: frozenset(
        {
            CaptureHealth.HEALTHY,
            CaptureHealth.STALLED,
            CaptureHealth.RESTARTING,
            CaptureHealth.FAILED,
            CaptureHealth.STOPPED,
        }
    ),
    CaptureHealth.HEALTHY: frozenset(
        {CaptureHealth.STALLED, CaptureHealth.RESTARTING, CaptureHealth.FAILED, CaptureHealth.STOPPED}
    ),
    CaptureHealth.STALLED: frozenset(
        {CaptureHealth.HEALTHY, CaptureHealth.RESTARTING, CaptureHealth.FAILED, CaptureHealth.STOPPED}
    ),
    CaptureHealth.RESTARTING: frozenset({CaptureHealth.STARTING, CaptureHealth.FAILED, CaptureHealth.STOPPED}),
    CaptureHealth.FAILED: frozenset({CaptureHealth.STARTING, CaptureHealth.STOPPED}),
    CaptureHealth.STOPPED: frozenset({CaptureHealth.STARTING}),
}

S = TypeVar("S", bound=StrEnum)


def move(table: Mapping[S, frozenset[S]], now: S, then: S) -> S:
    """``then`` when ``table`` allows it (staying put always is); raises IllegalMove otherwise."""
    if then == now or then in table[now]:
        return then
    raise IllegalMove(f"{type(now).__name__}: {now} cannot become {then}")
