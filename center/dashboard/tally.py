"""How much of each session arrived, and how fast lately. In memory, fed by the store; forgets nothing that counts.

Summing every upload of every session each second would read millions of rows: what is old is summed once, what is new
is added. Blocking; one caller at a time.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field

from sqlmodel import Session

from center.store import watching
from center.store.watching import Arrived
from domain.identity import LinkKind
from domain.window import Forecast, forecast
from domain.wire.staff import TrackCount

BIN_MS = 10_000
BINS = 18  # three minutes
NEAR_MS, OVERLAP_MS = 2_000, 15_000  # looked back: each round, and every so often; a late commit is still found
OFTEN = 5  # rounds


@dataclass(slots=True)
class Arrivals:
    """One session."""

    tracks: dict[str, TrackCount] = field(default_factory=dict)
    bins: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=BINS))  # (bin number, bytes)
    since_heartbeat: deque[tuple[int, int]] = field(default_factory=deque)  # (at_ms, bytes), newest last
    version: int = 0  # grows with every link

    def count(self, track: str, kind: str, links: int, size: int) -> None:
        """Some more links."""
        self.version += 1
        held = self.tracks.setdefault(track, TrackCount())
        self.tracks[track] = TrackCount(
            verified_links=held.verified_links + links,
            verified_bytes=held.verified_bytes + size,
            gaps=held.gaps + (links if kind == LinkKind.GAP.value else 0),
        )

    def came(self, one: Arrived) -> None:
        """One more link, lately."""
        self.count(one.track, one.kind, 1, one.size)
        number = one.at_ms // BIN_MS
        if self.bins and self.bins[-1][0] == number:
            self.bins[-1] = (number, self.bins[-1][1] + one.size)
        else:
            self.bins.append((number, one.size))
        self.since_heartbeat.append((one.at_ms, one.size))
        while self.since_heartbeat and self.since_heartbeat[0][0] < one.at_ms - BIN_MS * BINS:
            self.since_heartbeat.popleft()

    def bytes_since(self, at_ms: int) -> int:
        """Verified after ``at_ms``, as far back as is remembered (three minutes)."""
        total = 0
        for came_ms, size in reversed(self.since_heartbeat):
            if came_ms <= at_ms:
                break
            total += size
        return total

    def rates(self, now_ms: int) -> list[float]:
        """Bytes per second of the whole bins of the last three minutes, oldest first; an empty bin is 0."""
        if not self.bins:
            return []
        last = now_ms // BIN_MS  # the one that runs is not whole
        known = dict(self.bins)
        first = max(self.bins[0][0], last - BINS)
        return [known.get(number, 0) * 1000 / BIN_MS for number in range(first, last)]

    def forecast(self, remaining: int, now_ms: int) -> Forecast:
        """When ``remaining`` bytes will be here at the pessimistic rate."""
        return forecast(remaining, self.rates(now_ms))


class Tally:
    """Every session of this center."""

    def __init__(self) -> None:
        self._sessions: defaultdict[str, Arrivals] = defaultdict(Arrivals)
        self._counted: dict[str, int] = {}  # upload → when it came, for those within the overlap
        self._until_ms: int | None = None
        self._looked_ms = 0
        self._rounds = 0

    def of(self, session: str) -> Arrivals:
        """One session's."""
        return self._sessions[session]

    def update(self, db: Session, now_ms: int) -> None:
        """Take what is new."""
        if self._until_ms is None:
            self._until_ms = now_ms - BIN_MS * BINS
            for session, parts in watching.sums(db, self._until_ms).items():
                for (track, kind), (links, size) in parts.items():
                    self._sessions[session].count(track, kind, links, size)
        thorough = self._rounds % OFTEN == 0
        self._rounds += 1
        since_ms = self._until_ms if thorough else max(self._until_ms, self._looked_ms - NEAR_MS)
        for one in sorted(watching.arrived_since(db, since_ms), key=lambda one: one.at_ms):
            if one.upload not in self._counted:
                self._counted[one.upload] = one.at_ms
                self._sessions[one.session].came(one)
        self._looked_ms = now_ms
        if thorough:
            keep_ms = max(self._until_ms, now_ms - OVERLAP_MS)
            self._counted = {upload: at_ms for upload, at_ms in self._counted.items() if at_ms >= keep_ms}
            self._until_ms = keep_ms
