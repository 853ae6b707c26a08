"""What is true now, as ``GET /status`` tells it. Reads everything, changes nothing."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from domain.errors import BadInput, ClockWrong, DiskNearlyFull, SpoolUnreadable, StorageError, ZhishiError, all_errors
from domain.identity import LinkKind
from domain.room import Room, still_needed
from domain.status import LocalSessionState, UploadState
from domain.window import Assessment, assess, forecast
from domain.wire.failure import to_body
from domain.wire.syncd import DiskForecast, SessionStatus, SyncStatus, TrackStatus, Trouble
from host.centertime import CenterTime
from host.machine import disk_free
from syncd.cases import Case, Cases
from syncd.flows import Meter
from syncd.pace import Pace
from syncd.papers import Deleted, Papers
from syncd.pool import Pool
from syncd.retention import until
from syncd.retry import NETWORK_CODES
from syncd.scanner import Scanner
from syncd.sites import Sites
from syncd.store import Complaint, Group, Now, Store

AT_ONCE = (SpoolUnreadable.code, StorageError.code)  # named after the first failure


class Reporter:
    """Puts the status together. ``troubles`` are those of the whole program: subject → error; ``awake``
    tells whether the machine is kept from sleeping."""

    def __init__(
        self,
        store: Store,
        cases: Cases,
        papers: Papers,
        sites: Sites,
        pool: Pool,
        scanner: Scanner,
        meter: Meter,
        center_time: CenterTime,
        root: Path,
        troubles: Mapping[str, ZhishiError],
        awake: Callable[[], bool | None],
        pace: Pace,
    ) -> None:
        self._store = store
        self._cases = cases
        self._papers = papers
        self._sites = sites
        self._pool = pool
        self._scanner = scanner
        self._meter = meter
        self._time = center_time
        self._root = root
        self._troubles = troubles
        self._awake = awake
        self._pace = pace
        self.metered: bool | None = None  # as far as the system tells

    def status(self) -> SyncStatus:
        """Everything."""
        groups: dict[str, list[Group]] = defaultdict(list)
        for group in self._store.groups():
            groups[group.session].append(group)
        complaints: dict[str, list[Complaint]] = defaultdict(list)
        for complaint in self._store.complaints(at_once=AT_ONCE):
            complaints[complaint.session].append(complaint)
        resent = self._store.resent()
        cases = self._cases.all()
        sites = self._sites.all()
        active = self._pool.active()
        moving: dict[tuple[str, str], int] = defaultdict(int)
        for one in active:
            moving[one.job.session, one.job.seal.track.value] += max(0, one.position - one.job.offset)
        clock = self._time.clock
        now = Now(clock.boot_id(), clock.boot_ns())
        due = self._store.next_due_ns(now)
        queued = sum(g.links for some in groups.values() for g in some if g.state == UploadState.QUEUED)
        error = next((site.error for site in sites if site.error is not None), None)
        sessions = [
            self._session(case, groups[case.session], complaints[case.session], resent, moving) for case in cases
        ]
        disk = self._disk(cases, sessions)
        return SyncStatus(
            center=cases[-1].record.center if cases else None,
            online=bool(sites) and all(site.online for site in sites),
            center_offset_ms=self._time.offset_ms(),
            clock_wrong=self._time.clock_wrong(),
            active_uploads=len(active),
            queued_uploads=queued,
            next_due_in_ms=None if due is None else max(0, (due - now.boot_ns) // 1_000_000),
            awake=self._awake(),
            paused_for_ms=self._pace.paused_ns() // 1_000_000 or None,
            limit_bytes_per_second=self._pace.limit,
            room_bytes_per_second=None if self._pace.room is None else int(self._pace.room),
            metered=self.metered,
            network_error=None if error is None else to_body(error),
            disk=disk,
            sessions=sessions,
            troubles=self._own_troubles(disk),
        )

    def _disk(self, cases: Iterable[Case], sessions: Iterable[SessionStatus]) -> DiskForecast | None:
        """Will it last for what is still to be recorded? None when the disk does not say."""
        try:
            free = disk_free(self._root)
        except StorageError:
            return None  # whoever writes or reads there names it
        ends = [
            case.facts.scheduled_end_ms + case.facts.extra_ms
            for case in cases
            if case.state is LocalSessionState.OPEN and case.facts.ended_ms is None
        ]
        told = list(sessions)
        room = Room(
            free=free,
            kept=sum(one.kept_bytes for one in told),
            leaving=sum(one.kept_bytes for one in told if one.keep_until is None),
            needed=still_needed(ends, self._time.now().center_ms),
        )
        return DiskForecast(
            free=room.free, kept=room.kept, leaving=room.leaving, needed=room.needed, enough=room.enough
        )

    def _own_troubles(self, disk: DiskForecast | None) -> list[Trouble]:
        found = {**self._troubles, **self._cases.troubles}
        if disk is not None and not disk.enough:
            found["disk"] = DiskNearlyFull(f"{self._root}: {disk.free} bytes free, {disk.needed} needed")
        if self._time.clock_wrong():
            found["clock"] = ClockWrong(f"{self._time.offset_ms()} ms")
        known = {case.session for case in self._cases.all()}
        found |= {path: why for path, why in self._scanner.troubles.items() if not _within(path, known)}
        return _listed(found.items())

    def _session(
        self,
        case: Case,
        groups: list[Group],
        complaints: list[Complaint],
        resent: Mapping[str, int],
        moving: Mapping[tuple[str, str], int],
    ) -> SessionStatus:
        # Before the papers it follows from: read after them, it could say confirmed of a session whose receipt came in
        # between and would not be named.
        state = case.state
        tracks = {
            name: _track([g for g in groups if g.track == name], moving.get((case.session, name), 0))
            for name in sorted({g.track for g in groups})
        }
        remaining = sum(track.bytes - track.sent_bytes for track in tracks.values())
        rates = self._meter.rates
        soon = forecast(remaining, rates)
        finish_in_ms = soon.finish_in_ms
        if finish_in_ms and remaining:
            finish_in_ms += self._pace.paused_ns() // 1_000_000
        facts = case.facts
        now_ms = self._time.now().center_ms
        ended_ms = facts.ended_ms
        if ended_ms is None and case.ended is not None:
            ended_ms = min(case.ended.center_ms, facts.scheduled_end_ms + facts.extra_ms)
        deadline_ms = facts.deadline_ms
        if deadline_ms is None and ended_ms is not None:
            deadline_ms = ended_ms + facts.window_ms
        receipt = case.session_receipt
        if case.loss is not None:
            verdict = Assessment.CLOSED_WITH_LOSS
        elif receipt is not None:
            verdict = receipt.assessment
        else:
            waiting_for_others = state is LocalSessionState.SUBMITTED
            verdict = assess(now_ms, deadline_ms, None, finish_in_ms, idle=waiting_for_others)
        device_path = None
        if case.device_receipt is not None and case.manifest is not None:
            device_path = str(self._papers.device_receipt_path(case.session, case.manifest.manifest.revision))
        confirmed = state is LocalSessionState.CONFIRMED
        gone = self._deleted(case)
        keep = until(state, facts, bool(groups) and gone is None, closed=case.loss is not None)
        key_path = self._papers.key_path(case.session)
        return SessionStatus(
            session=case.session,
            device=case.record.device,
            project=facts.title or facts.project,
            number=facts.number,
            state=state.value,
            assessment=Assessment(verdict).value,
            tracks=tracks,
            remaining_bytes=remaining,
            resent_bytes=resent.get(case.session, 0),
            bytes_per_second=soon.bytes_per_second,
            finish_in_ms=0 if confirmed else finish_in_ms,
            ended_ms=ended_ms,
            deadline_ms=deadline_ms,
            window_left_ms=None if deadline_ms is None or confirmed else deadline_ms - now_ms,
            hotline=facts.hotline,
            phone=case.phone,
            phones_left=case.phones_left,
            receipt=str(self._papers.receipt_path(case.session)) if receipt is not None else None,
            device_receipt=device_path,
            loss=str(self._papers.loss_path(case.session)) if case.loss is not None else None,
            center_key=str(key_path) if key_path.exists() else None,
            kept_bytes=sum(track.bytes for track in tracks.values()),
            keep_until=None if keep is None else keep.value,
            deleted_ms=None if gone is None else gone.deleted_ms,
            troubles=self._case_troubles(case, complaints),
        )

    def _deleted(self, case: Case) -> Deleted | None:
        try:
            return self._papers.deleted(case.session)
        except (StorageError, BadInput):
            return None  # what cannot be read is named where the receipt is checked

    def _case_troubles(self, case: Case, complaints: Iterable[Complaint]) -> list[Trouble]:
        found: dict[str, ZhishiError] = dict(case.troubles)
        found |= {path: why for path, why in self._scanner.troubles.items() if _within(path, {case.session})}
        kinds = all_errors()
        for complaint in complaints:
            if complaint.code not in NETWORK_CODES:  # the network is told of once, above
                found[complaint.path] = kinds.get(complaint.code, ZhishiError)(complaint.detail)
        return _listed(found.items())


def _track(groups: list[Group], moving: int) -> TrackStatus:
    """Sums of one track; ``moving``: bytes handed to the network that are not acknowledged yet."""
    sent = [g for g in groups if g.state in (UploadState.RECEIVED, UploadState.VERIFIED)]
    verified = [g for g in groups if g.state == UploadState.VERIFIED]
    segments = [g for g in groups if g.kind == LinkKind.SEGMENT]
    gaps = [g for g in groups if g.kind == LinkKind.GAP]
    size = sum(g.size for g in groups)
    return TrackStatus(
        segments=sum(g.links for g in segments),
        links=sum(g.links for g in groups),
        sent_links=sum(g.links for g in sent),
        verified_links=sum(g.links for g in verified),
        bytes=size,
        sent_bytes=min(size, sum(g.offset for g in groups) + moving),
        verified_bytes=sum(g.size for g in verified),
        sent_segments=sum(g.links for g in sent if g.kind == LinkKind.SEGMENT),
        verified_segments=sum(g.links for g in verified if g.kind == LinkKind.SEGMENT),
        duration_ms=sum(g.duration_ms for g in segments),
        gaps=sum(g.links for g in gaps),
        gap_ms=sum(g.duration_ms for g in gaps),
    )


def _within(path: str, sessions: Iterable[str]) -> bool:
    return any(session in path for session in sessions)


def _listed(found: Iterable[tuple[str, ZhishiError]]) -> list[Trouble]:
    return [Trouble(subject=subject, error=to_body(why)) for subject, why in found]
