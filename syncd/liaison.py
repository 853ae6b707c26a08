"""Talking to the center about sessions: what it holds, early end, manifest, receipts.

Owns the liaison thread. Never seals and never uploads evidence. An error stops nothing but this one session's talk
for a while.
"""

import dataclasses
import random
import threading
from collections.abc import Callable

from domain.errors import BadInput, ZhishiError
from domain.identity import Identity, LinkKind, Track
from domain.manifest import EndedBy
from domain.receipt import ReceiptKind
from domain.status import LocalSessionState, StoredState, UploadState
from domain.wire.center import EndOrder, SealsAnswer, SessionFacts
from host.centertime import CenterTime
from host.spool import Spool
from syncd.cases import Case, Cases
from syncd.config import SyncConfig
from syncd.keyring import Keyring
from syncd.papers import Papers, SignedManifest
from syncd.retention import delete_evidence
from syncd.retry import NETWORK, backoff_cap_s
from syncd.sites import Site, Sites
from syncd.store import Held, Store

CLOSING_S = 1.0
_STATES = {
    StoredState.OPEN: UploadState.QUEUED,
    StoredState.STORED: UploadState.RECEIVED,
    StoredState.VERIFIED: UploadState.VERIFIED,
    StoredState.QUARANTINED: UploadState.QUEUED,
}


class Liaison:
    """``wake`` it when a session moved on; ``changed`` is told when something was learnt, ``hurry`` when support asks
    that everything be tried again.
    """

    def __init__(
        self,
        spool: Spool,
        store: Store,
        cases: Cases,
        papers: Papers,
        sites: Sites,
        keyring: Keyring,
        center_time: CenterTime,
        config: SyncConfig,
        chance: random.Random,
        changed: Callable[[Case], None],
        hurry: Callable[[], None],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._spool = spool
        self._store = store
        self._cases = cases
        self._papers = papers
        self._sites = sites
        self._keyring = keyring
        self._time = center_time
        self._config = config
        self._chance = chance
        self._changed = changed
        self._hurry_all = hurry
        self._failed = failed
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, name="liaison", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self) -> None:
        """Look at every session now."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread; a request under way is broken off by ``Sites.abort``."""
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def carried(self, case: Case, token: str, kind: ReceiptKind) -> None:
        """A receipt that somebody carried here. Raises SignatureInvalid or BadInput when it is not one of ours."""
        with case.turn:
            if case.manifest is None:
                raise BadInput("receipt: this session has no manifest yet")
            self._papers.check_receipt(token, kind, case.manifest)
            device, session = (token, None) if kind is ReceiptKind.DEVICE else (None, token)
            self._keep_receipts(case, device, session)

    def _serve(self) -> None:
        while not self._stopping:
            sleep_s = 60.0
            for case in self._cases.all():
                sleep_s = min(sleep_s, self._visit(case))
            self._wake.wait(sleep_s)
            self._wake.clear()

    def _visit(self, case: Case) -> float:
        """Talk about one session if it is time; seconds until the next look."""
        site = self._sites.of(case.record)
        if site.resting():
            return 1.0 if site.online else self._config.probe_most_s
        if (stranger := site.strangers.get(case.session)) is not None:
            case.troubles["center"] = stranger
            return self._config.view_every_s
        now = self._time.clock.boot_ns()
        if now < case.next_view_ns and not self._hurry(case):
            return (case.next_view_ns - now) / 1e9
        try:
            self._talk(case, site)
        except ZhishiError as why:
            return self._stumbled(case, site, why)
        except Exception as why:  # noqa: BLE001 -- the liaison's one; recorded and shown
            self._failed("liaison", why)
            return self._rest(case, self._config.view_every_s)
        case.troubles.pop("center", None)
        case.view_failures = 0
        return self._rest(case, self._pace(case))

    def _hurry(self, case: Case) -> bool:
        """Something is to be told at once, whatever the next look was planned for."""
        if case.view_failures:
            return False
        untold = case.manifest is not None and case.told_manifest != case.manifest.sha256
        return (case.state is LocalSessionState.CLOSED and untold) or not self._sites.settled(case.session)

    def _pace(self, case: Case) -> float:
        if case.state is LocalSessionState.CONFIRMED:
            return self._config.view_idle_s
        if case.loss is not None and case.state is LocalSessionState.SUBMITTED:
            return self._config.view_idle_s
        if case.state is LocalSessionState.CLOSED and self._store.unverified(case.session) == 0:
            return CLOSING_S
        if self._store.received(case.session):
            return CLOSING_S
        return self._config.view_every_s

    def _rest(self, case: Case, seconds: float) -> float:
        seconds *= 0.9 + 0.2 * self._chance.random()
        case.next_view_ns = self._time.clock.boot_ns() + int(seconds * 1e9)
        return seconds

    def _stumbled(self, case: Case, site: Site, why: ZhishiError) -> float:
        case.view_failures += 1
        if isinstance(why, NETWORK):
            site.doubt(why)
        else:
            case.troubles["center"] = why
            if not self._sites.settled(case.session):
                self._sites.settle(case.session)  # it cannot tell what it holds: each upload will ask by itself
                self._changed(case)
        return self._rest(case, min(self._config.probe_most_s, 1.0 + backoff_cap_s(case.view_failures)))

    def _talk(self, case: Case, site: Site) -> None:
        device = self._keyring.device(case.record.device)
        token = site.token(device)
        if not self._sites.settled(case.session) or self._store.received(case.session):
            self._adopt(case, site.client.seals(case.session, device.device, token))
        if case.state is LocalSessionState.CLOSED:
            self._hand_in(case, site, token)
        view = site.client.view(case.session, token)
        self._take_receipts(case, view.device_receipt, view.session_receipt)
        self._learn(case, view.facts)
        if view.loss is not None and case.loss is None:
            case.loss = self._papers.keep_loss(case.session, view.loss)
            self._changed(case)
        if (case.phone, case.phones_left) != (view.phone, view.phones_left):
            case.phone, case.phones_left = view.phone, view.phones_left
            self._changed(case)
        if view.send_now_ms != case.hurried_ms:
            case.hurried_ms = view.send_now_ms
            self._hurry_all()
        settled = case.state is LocalSessionState.CONFIRMED or case.loss is not None
        if settled and self._config.delete_when_allowed:
            delete_evidence(case, self._spool, self._papers, self._store, self._time.now().center_ms)

    def _hand_in(self, case: Case, site: Site, token: str) -> None:
        """The end first (no receipt is signed before it), then the manifest, before the evidence that is left."""
        newest = case.manifest
        if newest is None:
            return
        ended = newest.manifest.ended
        if ended.by is EndedBy.ORDER and not case.told_end:
            now = self._time.now()
            then = now.later(ended.center_ms - now.center_ms)
            order = EndOrder(
                center_ms=ended.center_ms,
                center_est=ended.center_est,
                boot_id=then.boot_id,
                boot_ns=str(then.boot_ns),
            )
            self._learn(case, site.client.end(case.session, order, token).facts)
            case.told_end = True
        if case.told_manifest == newest.sha256 and self._store.unverified(case.session):
            return
        if case.told_manifest != newest.sha256 or case.device_receipt is None:
            if case.told_manifest is None:  # the center takes revisions in order, and may have missed some
                for earlier in self._papers.manifests(case.session, self._keyring.device(case.record.device))[:-1]:
                    site.client.submit(case.session, earlier.token, token)
            answer = site.client.submit(case.session, newest.token, token)
            case.told_manifest = newest.sha256
            self._take_receipts(case, answer.device_receipt, answer.session_receipt)
            if answer.missing and self._store.unverified(case.session) == 0:
                self._adopt(case, site.client.seals(case.session, newest.manifest.device, token), whole=True)

    def _take_receipts(self, case: Case, device_receipt: str | None, session_receipt: str | None) -> None:
        """Check and keep what came; the state follows from what is on the disk then."""
        with case.turn:
            self._keep_receipts(case, device_receipt, session_receipt)

    def _keep_receipts(self, case: Case, device_receipt: str | None, session_receipt: str | None) -> None:
        newest: SignedManifest | None = case.manifest
        if newest is None or case.state not in (LocalSessionState.CLOSED, LocalSessionState.SUBMITTED):
            return
        before = case.state
        if device_receipt is not None and case.device_receipt is None:
            case.device_receipt = self._papers.keep_receipt(device_receipt, ReceiptKind.DEVICE, newest)
        if session_receipt is not None and case.session_receipt is None:
            case.session_receipt = self._papers.keep_receipt(session_receipt, ReceiptKind.SESSION, newest)
        case.advance()
        if case.state is not before:
            self._changed(case)

    def _learn(self, case: Case, facts: SessionFacts) -> None:
        if facts != case.facts:
            record = dataclasses.replace(case.record, facts=facts)
            self._spool.save_session(record)
            case.record = record
            self._changed(case)

    def _adopt(self, case: Case, answer: SealsAnswer, *, whole: bool = False) -> None:
        """Take over what the center holds. ``whole``: what it does not hold although we think so is sent again."""
        held = []
        for link in answer.links:
            state = StoredState(link.state)
            name = Identity(answer.device, Track(link.track), link.run, LinkKind(link.kind), link.index)
            place = None if state is StoredState.QUARANTINED else link.upload
            offset = 0 if state is StoredState.QUARANTINED else link.offset
            held.append(Held(name, link.sha256, _STATES[state], place, offset))
        self._store.adopt(held)
        if whole or not self._sites.settled(case.session):
            self._store.lost(case.session, [entry.identity for entry in held])
        self._sites.settle(case.session)
        self._changed(case)
