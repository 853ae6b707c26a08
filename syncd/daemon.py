"""The parts of a running sync daemon, put together. Composition, and the few orders that touch several parts."""

import logging
import random
import threading

from domain.errors import BadInput, ServiceError, StorageError, ZhishiError
from domain.receipt import Receipt
from domain.signature import CenterKeys, peek
from domain.status import LocalSessionState, UploadState
from domain.wire.center import EnrolOrder
from domain.wire.syncd import EnrolReply, EnrolRequest, ReceiptOrder, RescueOrder, RescueStatus, StripReply, SyncStatus
from host.centertime import CenterTime
from host.logs import facts
from host.paths import Home
from host.spool import SessionRecord, Spool
from syncd import queuefile
from syncd.cases import Case, Cases
from syncd.config import SyncConfig
from syncd.database import Database
from syncd.flows import Meter
from syncd.keeper import Keeper
from syncd.keyring import Keyring
from syncd.liaison import Liaison
from syncd.network import Change, NetworkWatch
from syncd.pace import Pace
from syncd.papers import Papers
from syncd.pool import Pool
from syncd.rescue import Rescue
from syncd.retry import NETWORK_CODES
from syncd.scanner import Scanner
from syncd.sealcopy import SealCopies
from syncd.sending import Sender
from syncd.sites import Site, Sites
from syncd.status import Reporter
from syncd.store import Store
from syncd.strip import strip
from syncd.wakefulness import SUBJECT, Wakefulness
from syncd.watch import Watch

log = logging.getLogger(__name__)
_PARTS = frozenset({"queue", "scan", "keeper", "liaison", "dispatch", "network"})  # threads; none ends by itself


class Daemon:
    """``start`` it, ask it (``syncd.api``), ``stop`` it. Raises StorageError when the queue cannot be opened."""

    def __init__(self, home: Home, config: SyncConfig, center_time: CenterTime, chance: random.Random) -> None:
        self.troubles: dict[str, ZhishiError] = {}
        self._home = home
        self._config = config
        self._time = center_time
        self._spool = Spool(home.spool)
        self._keyring = Keyring(home)
        trouble = queuefile.prepare(home.queue_db)
        if trouble is not None:
            self.troubles[str(home.queue_db)] = trouble
        self._database = Database(home.queue_db)
        self._store = Store(self._database)
        self._store.release()
        self._store.unblock()
        self._papers = Papers(home, self._spool, self._keyring)
        self._cases = Cases(self._spool, self._papers, self._keyring)
        self._sites = Sites(
            config, self._keyring, center_time, chance, self._site_changed, self._site_answered, self._heard
        )
        self._scanner = Scanner(
            self._spool, self._store, SealCopies(self._spool, self._store, self._sites, self._keyring, config)
        )
        self._meter = meter = Meter()
        self._pace = Pace(home.state / "limit.json", center_time.clock)
        sender = Sender(
            self._spool, self._store, self._sites, self._keyring, config, center_time.clock, chance, meter,
            self._pace, threading.Event(),
        )  # fmt: skip
        self._pool = Pool(sender, self._upload_settled, self._failed, self._sites.suspect)
        self._watch = Watch(
            home.spool, self._scanner, config.scan_every_s, self._links_found, self._file_changed, self._failed
        )
        self._keeper = Keeper(
            self._spool, self._cases, self._papers, self._scanner, self._keyring, center_time, config,
            self._case_moved, self._failed,
        )  # fmt: skip
        self._liaison = Liaison(
            self._spool, self._store, self._cases, self._papers, self._sites, self._keyring, center_time, config,
            chance, self._case_moved, self.hurry, self._failed,
        )  # fmt: skip
        self._network = NetworkWatch(center_time.clock, config.look_every_s, self._network_changed, self._failed)
        self._wakefulness = Wakefulness(
            config.keep_awake, self._cases.all, lambda: center_time.now().center_ms, self._sleep_told
        )
        self._reporter = Reporter(
            self._store, self._cases, self._papers, self._sites, self._pool, self._scanner, meter, center_time,
            home.spool, self.troubles, lambda: self._wakefulness.held, self._pace,
        )  # fmt: skip

        self._rescue = Rescue(
            home, self._spool, self._store, self._cases, self._papers, self._keyring, center_time, self._carried
        )

    def start(self) -> None:
        """Begin: what the center holds is asked first, so that nothing is sent twice."""
        for case in self._cases.refresh():
            self._sites.of(case.record)
            if case.state is not LocalSessionState.CONFIRMED:
                self._sites.unsettle(case.session)
        self._wakefulness.start()
        self._watch.start()
        self._keeper.start()
        self._pool.start()
        self._liaison.start()
        self._network.start()
        threading.Thread(target=self._ask_metered, name="metered", daemon=True).start()

    def stop(self) -> None:
        """End every thread; uploads under way stay where they are."""
        self._network.stop()
        self._rescue.stop()
        self._watch.stop()
        self._wakefulness.stop()
        self._sites.abort()
        self._liaison.stop()
        self._keeper.stop()
        self._pool.stop()
        self._sites.close()
        self._database.close()

    def status(self) -> SyncStatus:
        """What is true now."""
        return self._reporter.status()

    def pulse(self) -> str:
        """Every part lives and the queue answers: a word on how it goes. Raises ServiceError, StorageError."""
        living = {thread.name for thread in threading.enumerate() if thread.is_alive()}
        if dead := _PARTS - living:
            raise ServiceError(f"ended: {', '.join(sorted(dead))}")
        waiting = sum(group.links for group in self._store.groups() if group.state == UploadState.QUEUED)
        return f"{waiting} waiting, {len(self._pool.active())} on the way"

    def enrol(self, request: EnrolRequest) -> EnrolReply:
        """Use a one-time code: mint device and key, pin the center's keys, write session.json.

        The same code again (the answer got lost) gives the same device. Raises BadInput, the CenterError tree,
        StorageError.
        """
        center, code = request.center.strip().rstrip("/"), request.code.strip()
        if not center.startswith(("http://", "https://")) or not code:
            raise BadInput("center must be an http(s) address, and code must not be empty")
        device = self._keyring.enrolling(center, code)
        site = self._sites.at(center)
        answer = site.client.enrol(EnrolOrder(code=code, device=device.device, public_key=device.public()))
        keys = CenterKeys.from_dict(answer.keys.model_dump())
        facts = answer.facts
        self._keyring.enrolled(center, code, facts.session, keys)
        self._spool.save_session(SessionRecord(facts.session, device.device, center, facts))
        self._keyring.forget_code(center, code)
        for case in self._cases.refresh():
            self._sites.of(case.record)
        self._keeper.wake()
        self._liaison.wake()
        self._wakefulness.wake()
        return EnrolReply(session=facts.session, device=device.device)

    def scan(self) -> None:
        """Look at everything again, try what was given up, and the network too."""
        self._scanner.forget()
        self._store.unblock()
        self._sites.poke()
        self._scanner.scan()
        self._pool.wake()
        self._keeper.wake()
        self._liaison.wake()

    def hurry(self) -> None:
        """Support asks through the center: a person's pause is over, and everything is tried again."""
        log.info("support asked to send now")
        self._pace.resume()
        self.scan()

    def pause(self, minutes: float) -> None:
        """Send no evidence for so long; what is under way stops at the byte. Raises BadInput."""
        self._pace.pause(minutes)
        log.info("paused", extra=facts(minutes=minutes))
        self._pool.abort()
        self._pool.wake()

    def resume(self) -> None:
        """Send again."""
        self._pace.resume()
        log.info("resumed")
        self._pool.wake()

    def limit(self, bytes_per_second: int | None) -> None:
        """Send evidence at most so fast; None: as fast as goes. Raises BadInput, StorageError."""
        self._pace.set_limit(bytes_per_second)
        log.info("limited" if bytes_per_second else "limit lifted", extra=facts(bytes_per_second=bytes_per_second))

    def strip(self, session: str) -> StripReply:
        """How far each stretch of a session's tracks is."""
        return strip(self._store.strip_links(session))

    def close(self, session: str) -> None:
        """No more footage will come for ``session``."""
        self._keeper.close(session)

    def rescue(self, order: RescueOrder) -> RescueStatus:
        """Begin to write rescue bundles; raises BadInput, AlreadyRunning."""
        self._scanner.scan()
        self._keeper.wake()
        return self._rescue.order(order)

    def rescued(self) -> RescueStatus:
        """How far the last order for rescue bundles is."""
        return self._rescue.status()

    def receipt(self, order: ReceiptOrder) -> None:
        """A receipt that was carried here; raises BadInput, SignatureInvalid."""
        token = order.receipt.strip()
        told = Receipt.from_dict(peek(token))  # only to find whose it is; it is checked below
        case = self._cases.get(told.session)
        if case is None:
            raise BadInput(f"session {told.session} is not on this machine")
        self._liaison.carried(case, token, told.kind)

    def _carried(self, session: str) -> None:
        """A bundle may reach the center before we do: it is asked what it holds before anything is sent again."""
        self._sites.unsettle(session)
        self._liaison.wake()

    def cut(self, seconds: float) -> None:
        """Behave as without network for so long, in a rehearsal. Raises BadInput while a real interview's evidence, or
        any that nobody has confirmed, could be delayed by it.
        """
        waiting = [case for case in self._cases.refresh() if case.state is not LocalSessionState.CONFIRMED]
        if any(not case.facts.practice for case in waiting):
            raise BadInput("a real interview waits to be sent: its line is not cut")
        for case in waiting:
            self._sites.of(case.record).cut(seconds)
        self._pool.abort()

    def _links_found(self, _new: int) -> None:
        self._pool.wake()

    def _file_changed(self) -> None:
        self._keeper.wake()

    def _case_moved(self, case: Case) -> None:
        log.info("session", extra=facts(session=case.session, state=case.state))
        self._pool.wake()
        self._keeper.wake()
        self._liaison.wake()
        self._wakefulness.wake()

    def _sleep_told(self, why: ZhishiError | None) -> None:
        if why is None:
            self.troubles.pop(SUBJECT, None)
        else:
            self.troubles[SUBJECT] = why

    def _upload_settled(self, session: str, state: UploadState) -> None:
        if state is UploadState.QUEUED:
            return
        case = self._cases.get(session)
        closing = case is not None and case.state is LocalSessionState.CLOSED
        if state is UploadState.RECEIVED or (closing and self._store.unverified(session) == 0):
            if case is not None and not case.view_failures:
                case.next_view_ns = 0
            self._liaison.wake()

    def _site_changed(self, site: Site, online: bool) -> None:
        log.info("center reached" if online else "center lost", extra=facts(center=site.url, error=site.error))
        if online:
            self._store.wake(site.sessions, NETWORK_CODES)
            for case in self._cases.all():
                if case.session in site.sessions:
                    case.next_view_ns = 0
            self._pool.wake()
            self._liaison.wake()

    def _heard(self, answer_s: float) -> None:
        """The center answered a small question: while an interview runs, is there room for such on the line?"""
        if any(case.state is LocalSessionState.OPEN for case in self._cases.all()):
            self._pace.heard(answer_s, self._meter.newest)
        else:
            self._pace.alone()

    def _ask_metered(self) -> None:
        self._reporter.metered = self._config.metered()

    def _site_answered(self) -> None:
        self._pool.abort_stuck()

    def _network_changed(self, change: Change) -> None:
        if change.broken or change.lost:
            lost = None if change.broken else change.lost
            self._sites.abort(lost)
            self._pool.abort(lost)
        self._pace.alone()
        if self._config.proxies.refresh():
            log.info("another proxy holds now")
        self._sites.poke()
        self._pool.wake()
        self._ask_metered()  # may take seconds: last

    def _failed(self, where: str, why: Exception) -> None:
        """A loop met something: kept for the status until the program starts anew."""
        self.troubles[where] = why if isinstance(why, ZhishiError) else StorageError(f"{type(why).__name__}: {why}")
        log.error("%s: %s", where, self.troubles[where], exc_info=None if isinstance(why, ZhishiError) else why)
