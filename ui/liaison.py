"""Everything that goes to and comes from the center while the person goes on: one thread, offline first.

Owns the order of contact: enrol, tell what is in the outbox, enter, heartbeat, fetch (attachments, pack, key). What
fails for want of network is tried again with growing pauses; what the center refuses for good is noted and let go, so
that nothing blocks what comes after it. Nothing here is waited for by a page.
"""

import random
import secrets
import threading
from collections.abc import Callable
from typing import Any

from domain.errors import (
    ActOver,
    BadInput,
    CenterError,
    CenterUnknown,
    PackDamaged,
    QuestionsMissing,
    QuestionsSealed,
    SignatureInvalid,
    StageClosed,
    StorageError,
    ZhishiError,
)
from domain.signature import CenterKeys
from domain.stage import enter_gate
from domain.wire.interview import (
    TIME_TYP,
    EarlyEnd,
    Event,
    HeartbeatOrder,
    HelpOrder,
    InterviewState,
    LaptopFacts,
    Progress,
    Stamp,
)
from domain.wire.syncd import EnrolReply, EnrolRequest
from host.durable import read_json
from host.localapi import LocalClient
from ui.centerclient import CenterClient
from ui.earlyhelp import WAITING_S, EarlyHelp
from ui.facts import Outgoing
from ui.interview import Interview
from ui.launcher import Launcher
from ui.papers import Papers
from ui.phone import Phone
from ui.questions import Vault

_BEAT_S = 10.0
_QUICK_BEAT_S = 3.0  # around the start and while something is waited for
_PHONE_BEAT_S = 5.0  # a frozen or black phone is seen here soon
_LOOK_S = 15.0  # before login: is the center there, what time is it
_BACKOFF_S = (1.0, 2.0, 4.0, 8.0, 15.0)
_ENROL_S = 40.0
_EVENTS = 50
_NEAR_MS = 90_000


class Liaison:
    """``wake`` it when there is something to tell; ``changed`` is told when something new is known."""

    def __init__(
        self,
        interview: Interview,
        center: CenterClient,
        launcher: Launcher,
        syncd: LocalClient,
        papers: Papers,
        vault: Vault,
        phone: Phone,
        progress: Callable[[], Progress],
        changed: Callable[[], None],
        chance: random.Random,
    ) -> None:
        self._interview = interview
        self._center = center
        self._launcher = launcher
        self._syncd = syncd.patient(_ENROL_S)
        self._papers = papers
        self._vault = vault
        self._early_help = EarlyHelp(interview, center)
        self._phone = phone
        self._progress = progress
        self._changed = changed
        self._chance = chance
        self._wake = threading.Event()
        self._stopping = False
        self._failures = 0
        self._fetch_now = False
        self._beat_ns = 0
        self._thread = threading.Thread(target=self._serve, name="liaison", daemon=True)
        self.online: bool | None = None
        self.latency_ms: int | None = None
        self.network_error: ZhishiError | None = None
        self.error: ZhishiError | None = None  # what the center refused and a person should know
        self.fetching = False

    def start(self) -> None:
        """Begin."""
        granted = self._interview.facts.granted
        self._center.act = None if granted is None else granted.act
        self._thread.start()

    def wake(self, *, fetch: bool = False) -> None:
        """Now, please; with ``fetch`` everything is asked for anew."""
        self._fetch_now = self._fetch_now or fetch
        self._failures = 0
        self._wake.set()

    def stop(self) -> None:
        """End the thread."""
        self._stopping = True
        self._wake.set()
        self._thread.join(15)

    def _serve(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                pause = self._round()
                self._online(None)
            except ActOver as why:
                self._act_over(why)
                pause = _BEAT_S
            except (CenterUnknown, BadInput, StorageError) as why:
                self.error = why
                pause = self._pause()
            except CenterError as why:
                self._online(why)
                pause = self._pause()
            except ZhishiError as why:  # syncd does not answer, a signature does not fit
                self.error = why
                pause = self._pause()
            self.fetching = False
            self._changed()
            self._wake.wait(pause)

    def _pause(self) -> float:
        seconds = _BACKOFF_S[min(self._failures, len(_BACKOFF_S) - 1)]
        self._failures += 1
        return seconds * (0.8 + 0.4 * self._chance.random())

    def _online(self, why: ZhishiError | None) -> None:
        before = self.online
        self.online, self.network_error = why is None, why
        if why is None:
            self._failures = 0
        if before is not None and before != self.online and self._interview.facts.session is not None:
            self._interview.happened("network_back" if self.online else "network_lost", tell=None)

    def _act_over(self, why: ZhishiError) -> None:
        """Another login took over, or support ended this one. Before entering it means to log in again."""
        self._online(None)
        self.error = why
        if not self._interview.situation.entered:
            self._center.act = None
            self._interview.happened("login_over", tell=None, granted=None, enrolled=False, view=None)

    def _round(self) -> float:
        """One contact; answers how long to rest. Raises what stands in the way."""
        facts = self._interview.facts
        if facts.granted is None:
            self._look()
            return self._ask_early() or _LOOK_S
        if not facts.enrolled:
            self._enrol()
        if self._interview.facts.view is None or self._fetch_now:
            self._fetch_now = False
            self._interview.store.put(view=self._center.interview())
            self._changed()
        self._tell()
        self._enter()
        self._beat()
        self._phone.keep_code()
        self._fetch()
        self.error = None
        self._ask_early()
        return self._rest()

    def _rest(self) -> float:
        facts, now_ms = self._interview.facts, self._interview.now_ms()
        if facts.outbox:
            return 0.0
        view = facts.view
        near = view is not None and abs(view.state.schedule.start_ms - now_ms) < _NEAR_MS
        if not (near or facts.entering_ms is not None or self._questions_due()):
            return _QUICK_BEAT_S if self._phone.watched else _PHONE_BEAT_S if self._phone.films else _BEAT_S
        until_start_s = (view.state.schedule.start_ms - now_ms) / 1000 if view is not None else _BEAT_S
        return max(0.05, min(_QUICK_BEAT_S, until_start_s)) if until_start_s > 0 else _QUICK_BEAT_S / 3

    def _ask_early(self) -> float | None:
        """Calls for help made before login; how long until they are asked about again, None when none waits."""
        if self._early_help.tell():
            self._changed()
        return WAITING_S if self._early_help.waiting else None

    def _look(self) -> None:
        """Before login: is it there, and what time is it?"""
        clock = self._interview.time.clock
        before = clock.boot_ns()
        told = self._center.time()
        after = clock.boot_ns()
        self.latency_ms = (after - before) // 1_000_000
        self._interview.time.learn(told.center_ms, self.latency_ms, (before + after) // 2)
        project = self._interview.facts.project
        if project is not None:
            self._interview.store.put(project=self._center.project(project.project))

    def _enrol(self) -> None:
        """Make this machine a device of the session: syncd does it, the device key is its own."""
        granted = self._interview.facts.granted
        if granted is None:
            return
        self._launcher.ensure("syncd")
        known = self._interview.spool.session_dir(granted.session) / "session.json"
        if not known.exists():
            self._syncd.post("/enrol", EnrolRequest(center=self._center.address, code=granted.code), EnrolReply)
        view = self._center.interview()
        self._interview.store.put(enrolled=True, view=view, project=view.project, number=view.number)
        self._interview.happened("logged_in", {"by_support": granted.by_support})

    def _tell(self) -> None:
        """Empty the outbox in order; events go many at once."""
        while box := self._interview.facts.outbox:
            first = box[0]
            batch = [first]
            if first.kind == "event":
                batch = []
                for message in box[:_EVENTS]:
                    if message.kind != "event":
                        break
                    batch.append(message)
            try:
                self._tell_one(first, batch)
            except ActOver:
                raise
            except (BadInput, CenterError) as why:
                if why.retryable:
                    raise
                self._interview.chronicle.note("refused", {"what": first.kind, "code": why.code})
                self.error = why
            self._interview.store.told(frozenset(message.id for message in batch))

    def _tell_one(self, message: Outgoing, batch: list[Outgoing]) -> None:
        fields, at = message.fields, message.at
        if message.kind == "event":
            self._center.events(
                [Event(id=one.id, kind=one.fields["kind"], at=one.at, data=one.fields["data"]) for one in batch]
            )
        elif message.kind == "read":
            self._center.read(str(fields["id"]), at)
        elif message.kind == "pledge":
            self._center.pledge(str(fields["version"]), at)
        elif message.kind == "help":
            self._center.help(HelpOrder(id=message.id, text=fields["text"], stage=fields["stage"], at=at))
        else:
            self._center.end(
                EarlyEnd(
                    center_ms=at.center_ms,
                    center_est=at.center_est,
                    boot_id=str(fields["boot_id"]),
                    boot_ns=str(fields["boot_ns"]),
                )
            )

    def _enter(self) -> None:
        """进入考试 was pressed: ask until the center answers."""
        facts = self._interview.facts
        if facts.entering_ms is None or facts.situation().entered:
            return
        if not enter_gate(facts.situation(), self._interview.now_ms()).open:
            self._interview.store.put(entering_ms=None)
            return
        try:
            answer = self._center.enter()
        except (CenterError, BadInput) as why:
            if not why.retryable:
                self._interview.store.put(entering_ms=None)
            if isinstance(why, StageClosed):
                self._fetch_now = True
            raise
        self._interview.happened(
            "entered", tell=None, entered_ms=answer.entered_ms, entered_by="center", entering_ms=None
        )
        self.take(answer.state)
        if answer.pack is not None:
            self._vault.keep_pack(answer.pack)
        self._changed()

    def _beat(self) -> None:
        clock = self._interview.time.clock
        facts = self._interview.facts
        now = self._interview.time.now()
        shown = facts.questions_shown_ms
        nonce = secrets.token_urlsafe(12)
        order = HeartbeatOrder(
            nonce=nonce,
            stage=self._interview.stage().value,
            at=Stamp(center_ms=max(0, now.center_ms), center_est=now.center_est),
            facts=LaptopFacts(
                checks_passed=facts.checks_done_ms is not None,
                devices_confirmed=facts.devices_confirmed_ms is not None,
                questions_shown=None if shown is None else Stamp(center_ms=shown),
            ),
            progress=self._progress(),
        )
        before = clock.boot_ns()
        answer = self._center.heartbeat(order)
        after = clock.boot_ns()
        self.latency_ms = (after - before) // 1_000_000
        signed = self._checked(answer.time)
        if signed.get("nonce") != nonce:
            raise SignatureInvalid("the signed time answers another heartbeat")
        self._interview.time.learn(int(signed["center_ms"]), self.latency_ms, (before + after) // 2)
        self.take(answer.state)

    def _checked(self, token: str) -> dict[str, Any]:
        """The payload of the signed time, by the keys pinned at enrolment. Raises SignatureInvalid, StorageError."""
        session = self._interview.facts.session
        raw = read_json(self._interview.home.keys / f"center-{session}.json")
        if not isinstance(raw, dict):
            raise SignatureInvalid("the pinned keys are damaged")
        return CenterKeys.from_dict(raw).check(token, TIME_TYP)

    def take(self, state: InterviewState) -> None:
        """Keep what changed; a heartbeat that brings nothing new costs no write."""
        view = self._interview.facts.view
        if view is None:
            return
        if state.model_copy(update={"center_ms": 0}) == view.state.model_copy(update={"center_ms": 0}):
            return
        before = view.state
        self._interview.store.put(view=view.model_copy(update={"state": state}))
        if before.schedule != state.schedule:
            self._interview.happened("schedule_changed", state.schedule.model_dump(), tell=None)
        self._changed()

    def _questions_due(self) -> bool:
        """The start is past, the person is inside, and there are no questions yet."""
        situation = self._interview.situation
        if situation.schedule is None or not situation.entered or situation.ended or self._interview.facts.wiped:
            return False
        return self._interview.now_ms() >= situation.schedule.start_ms and self._vault.questions is None

    def _fetch(self) -> None:
        view = self._interview.facts.view
        if view is None or self._interview.facts.wiped:
            return
        for attachment in view.attachments:
            if not self._papers.here(attachment):
                self._papers.keep(attachment, self._center.attachment(attachment.id))
                self._changed()
        held = self._vault.pack
        if self._interview.situation.entered and view.state.pack not in (None, held.id if held else None):
            self._vault.keep_pack(self._center.pack())
        if self._questions_due():
            self._fetch_questions()

    def _open_pack(self) -> bool:
        """Open the pack with the center's key; False when there is none, or when it is damaged."""
        pack = self._vault.pack
        if pack is None:
            return False
        try:
            self._vault.open(self._center.key(pack.id).key)
        except PackDamaged as why:
            self._interview.chronicle.note("pack_damaged", {"pack": pack.id, "detail": why.detail})
            return False
        return True

    def _fetch_questions(self) -> None:
        self.fetching = True
        self._changed()
        try:
            if not self._open_pack():
                self._vault.keep(self._center.questions().questions)
        except (QuestionsSealed, QuestionsMissing) as why:  # asked again in a second
            self.error = why
            return
        self._interview.happened("questions_here", {"by": "network"})
        self._changed()
