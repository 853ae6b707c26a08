"""What the person orders: checked against the gates, carried out here first, told to the center when it can be.

A closed gate answers with its reason. Nothing here waits for the center except what cannot be had without it: the
project before login, the login itself, a binding code.
"""

import uuid
from collections.abc import Callable

from domain.errors import BadInput, CaptivePortal, CenterError, CodeWrong, OrderNotTaken, StageClosed, ZhishiError
from domain.pack import from_text
from domain.readout import opens
from domain.stage import ORDER, Gate, Stage, enter_gate, gate
from domain.wire.login import ConsentOrder, LoginOrder
from host.identity import new_id
from ui import pageorders as orders
from ui.facts import RULES, HelpSaid, Picked, Practice
from ui.knowing import known
from ui.parts import Parts
from ui.stageviews import devices_gate

_EARLY_MOST = 10  # calls for help before login


class Actions:
    """One order at a time: the caller sees to it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._interview = parts.interview

    def do(self, order: orders.AnyOrder) -> None:
        """Carry out ``order``. Raises the error the page shall show.

        An order that waits for the center is not done when no answer comes, and nothing repeats it: OrderNotTaken. A
        captive portal and what the center refuses for good keep their own words.
        """
        try:
            self._carry_out(order)
        except CaptivePortal:
            raise
        except CenterError as why:
            if not why.retryable:
                raise
            raise OrderNotTaken(f"{why.code}: {why.detail}") from why

    def _carry_out(self, order: orders.AnyOrder) -> None:
        store, facts = self._interview.store, self._interview.facts
        if isinstance(order, orders.SetLang):
            store.put(lang=order.lang)
        elif isinstance(order, orders.TickRule):
            if order.id not in RULES:
                raise BadInput(f"id: {order.id!r}")
            others = set(facts.ticked) - {order.id}
            store.put(ticked=tuple(rule for rule in RULES if rule in others or (rule == order.id and order.ticked)))
        elif isinstance(order, orders.Choose):
            self._choose(order)
        elif isinstance(order, orders.Heard):
            self._interview.happened("test_recording_heard", {"ok": order.ok}, tell=None, heard=order.ok)
        elif isinstance(order, orders.NameProject):
            store.put(typed_project=order.project.strip())
            project = self._parts.center.project(order.project.strip())
            store.put(project=project, hotline=project.hotline)
        elif isinstance(order, orders.GiveConsent):
            self._consent(order)
        elif isinstance(order, orders.LogIn):
            self._log_in(order)
        elif isinstance(order, orders.OfAttachment):
            self._attachment(order)
        elif isinstance(order, orders.OfPhone):
            self._of_phone(order)
        elif isinstance(order, orders.AcceptPledge):
            self._pledge(order)
        elif isinstance(order, orders.Release):
            self._release(order.code)
        elif isinstance(order, orders.Help):
            self._help(order.text)
        elif isinstance(order, orders.Seen):
            store.put(seen=(*facts.seen, order.id))
        elif isinstance(order, orders.CarryTo):
            self._carry(order.folder)
        elif isinstance(order, orders.Plain):
            self._plain(order)

    def _plain(self, order: orders.Plain) -> None:
        does: dict[str, Callable[[], None]] = {
            "recheck": self._recheck,
            "refresh": self._refresh,
            "record_test": self._record_test,
            "checks_done": self._checks_done,
            "login_again": self._parts.login.retry,
            "login_back": self._login_back,
            "support": self._parts.login.ask_support,
            "rebind": self._rebind,
            "enter": self._enter,
            "confirm": self._confirm,
            "a4_shown": self._a4_shown,
            "questions_shown": self._questions_shown,
            "fetch": self._fetch,
            "end": self._end,
            "retry": self._parts.syncing.retry,
            "save_receipt": self._save_receipt,
            "carry_offer": self._offer_to_carry,
            "carry_away": self._parts.syncing.carrying.put_away,
            "new": self._begin_anew,
            "rehearse": self._rehearse,
        }
        does[order.action]()

    def _require(self, found: Gate) -> None:
        """Raises StageClosed with the gate's reason."""
        if not found.open:
            why = found.why
            raise StageClosed(f"{why.zh} / {why.en}" if why else "")

    def _at(self, *stages: Stage) -> None:
        """Raises StageClosed unless the person is at one of ``stages``."""
        now = self._interview.stage()
        if now not in stages:
            first = ORDER.index(stages[0]) > ORDER.index(now)
            self._require(gate(stages[0], self._interview.situation, self._interview.now_ms()) if first else Gate(True))
            raise StageClosed(f"已在“{now.value}”环节 / the stage is {now.value}")

    def _choose(self, order: orders.Choose) -> None:
        given = {kind: wish for kind, wish in order.model_dump().items() if kind != "action" and wish is not None}
        picked = self._interview.facts.picked.model_copy(update=given)
        self._interview.happened("device_chosen", given, tell=None, picked=Picked.model_validate(picked.model_dump()))
        self._parts.watch.again()
        self._parts.recording.switch(picked)

    def _consent(self, order: orders.GiveConsent) -> None:
        project = self._interview.facts.project
        if project is None or order.version != project.consent.version:
            raise BadInput("version")
        self._interview.happened(
            "consent", {"version": order.version, "accepted": order.accepted}, tell=None,
            consent_version=order.version, consent_accepted=order.accepted,
        )  # fmt: skip

    def _log_in(self, order: orders.LogIn) -> None:
        self._at(Stage.LOGIN)
        facts = self._interview.facts
        if facts.project is None or facts.consent_version is None:
            raise BadInput("consent")
        self._parts.login.error = None
        self._interview.store.put(typed_number=order.number.strip())
        displays = self._parts.watch.readings.displays
        if displays is not None and displays > 1:
            raise StageClosed("不得多屏：请断开多余的显示器 / only one display")
        try:
            self._parts.login.begin(
                LoginOrder(
                    project=facts.project.project,
                    number=order.number.strip(),
                    id_number=order.id_number.strip(),
                    consent=ConsentOrder(version=facts.consent_version, accepted=facts.consent_accepted),
                    takeover=order.takeover,
                )
            )
        except ZhishiError as why:
            if not why.retryable:  # else it is told once to who pressed, and is no state of the login
                self._parts.login.error = why
            raise
        finally:
            self._parts.liaison.wake()

    def _login_back(self) -> None:
        self._parts.login.forget()
        self._interview.store.put(project=None, consent_version=None, consent_accepted=False)

    def _attachment(self, order: orders.OfAttachment) -> None:
        self._at(Stage.ATTACHMENTS, Stage.ENTER)
        facts = self._interview.facts
        view = facts.view
        if view is None or order.id not in {one.id for one in view.attachments}:
            raise BadInput(f"附件 {order.id[:40]} 不存在 / no such attachment")
        if order.action == "open":
            if order.id not in facts.opened:
                self._interview.happened("attachment_opened", {"id": order.id}, opened=(*facts.opened, order.id))
        elif order.id not in facts.opened:
            raise BadInput("请先打开附件 / open it first")
        elif order.id not in facts.read:
            self._interview.happened(
                "attachment_read", {"id": order.id}, tell="read", fields={"id": order.id}, read=(*facts.read, order.id)
            )
        self._parts.liaison.wake()

    def _pledge(self, order: orders.AcceptPledge) -> None:
        self._at(Stage.ATTACHMENTS, Stage.ENTER)
        facts = self._interview.facts
        if facts.view is None or order.version != facts.view.pledge.version:
            raise BadInput("version")
        if facts.pledge_ms is None:
            self._interview.happened(
                "pledge_accepted", {"version": order.version}, tell="pledge", fields={"version": order.version},
                pledge_ms=self._interview.now_ms(),
            )  # fmt: skip
        self._parts.liaison.wake()

    def _release(self, code: str) -> None:
        """A code read out by support: it opens the door, or the question pack."""
        view = self._interview.facts.view
        if view is None:
            raise BadInput("尚未登录 / not logged in")
        if self._interview.situation.entered:
            self._parts.vault.open_by_code(code)
            self._interview.happened("questions_here", {"by": "release_code"})
            return
        self._require(gate(Stage.ENTER, self._interview.situation, self._interview.now_ms()))
        check = view.entry_check
        if not opens(code, from_text(check.salt), from_text(check.check)):
            raise CodeWrong
        self._interview.happened(
            "entered", {"by": "code"}, entered_ms=self._interview.now_ms(), entered_by="code", entering_ms=None
        )

    def _help(self, text: str) -> None:
        facts = self._interview.facts
        said = text.strip() or "请求帮助"
        stage = self._interview.stage().value
        if facts.session is None:
            self._early_help(said, stage)
            return
        entry = HelpSaid(id=new_id(), text=said, at_ms=self._interview.now_ms())
        self._interview.happened(
            "help_asked", {"text": said}, tell="help", fields={"text": said, "stage": stage}, message_id=entry.id,
            help=(*facts.help, entry),
        )  # fmt: skip
        self._parts.liaison.wake()

    def _early_help(self, said: str, stage: str) -> None:
        """Before login: with what is known or was typed. The id is all that guards the answer: wholly random."""
        facts = self._interview.facts
        if sum(entry.early for entry in facts.help) >= _EARLY_MOST:
            raise StageClosed("求助已多次发出，请拨打技术服务电话 / you have called several times: call the hotline")
        entry = HelpSaid(
            id=str(uuid.uuid4()),
            text=said,
            at_ms=self._interview.now_ms(),
            early=True,
            stage=stage,
            project=facts.project.project if facts.project is not None else facts.typed_project,
            number=facts.number or facts.typed_number,
        )
        self._parts.liaison.error = None
        self._interview.happened("help_asked", {"text": said}, tell=None, help=(*facts.help, entry))
        self._parts.liaison.wake()

    def _recheck(self) -> None:
        self._parts.watch.again()
        self._parts.throughput.again()
        self._parts.recording.list_again()
        self._parts.liaison.wake()

    def _refresh(self) -> None:
        self._parts.recording.list_again()
        self._parts.liaison.wake(fetch=True)

    def _record_test(self) -> None:
        self._at(Stage.DEVICES)
        self._interview.store.put(heard=None)
        self._parts.watch.measure_cpu()
        self._parts.recording.try_recording()

    def _checks_done(self) -> None:
        self._at(Stage.DEVICES)
        why = devices_gate(known(self._parts))
        if why is not None:
            raise StageClosed(f"{why[0]} / {why[1]}")
        self._interview.happened("checks_done", tell=None, checks_done_ms=self._interview.now_ms())

    def _rebind(self) -> None:
        self._require_phone()
        self._parts.phone.new_code()
        self._parts.liaison.wake()

    def _of_phone(self, order: orders.OfPhone) -> None:
        self._require_phone()
        act = self._parts.phone.approve if order.action == "approve" else self._parts.phone.unbind
        self._parts.liaison.take(act(order.device))
        self._parts.liaison.wake()

    def _require_phone(self) -> None:
        """From the binding page to the end: a phone may be bound late, or bound again."""
        self._at(*ORDER[ORDER.index(Stage.BINDING) :])

    def _enter(self) -> None:
        self._at(Stage.ENTER)
        self._require(enter_gate(self._interview.situation, self._interview.now_ms()))
        displays = self._parts.watch.readings.displays
        if displays is not None and displays > 1:
            raise StageClosed("不得多屏：请断开多余的显示器 / only one display")
        self._interview.happened("enter_pressed", entering_ms=self._interview.now_ms())
        self._parts.liaison.wake()

    def _confirm(self) -> None:
        self._at(Stage.CONFIRM)
        self._interview.happened("devices_confirmed", devices_confirmed_ms=self._interview.now_ms())
        self._parts.liaison.wake()

    def _a4_shown(self) -> None:
        self._at(Stage.ANSWERING)
        if self._interview.facts.a4_shown_ms is None:
            self._interview.happened("a4_shown", a4_shown_ms=self._interview.now_ms())

    def _questions_shown(self) -> None:
        self._at(Stage.ANSWERING)
        if self._parts.vault.questions is None:
            raise BadInput("试题尚未就绪 / no questions are here")
        if self._interview.situation.questions_shown_ms is None:
            schedule, shown = self._interview.situation.schedule, self._interview.facts.a4_shown_ms is not None
            data = {"a4_shown": shown} if schedule is not None and schedule.showing_ms else {}
            self._interview.happened("questions_shown", data, questions_shown_ms=self._interview.now_ms())
            self._parts.liaison.wake()

    def _fetch(self) -> None:
        self._at(Stage.ANSWERING)
        self._interview.happened("fetch_pressed", tell=None)
        self._parts.liaison.wake()

    def _end(self) -> None:
        """结束考试: an early end, confirmed by the person."""
        self._at(Stage.ANSWERING)
        schedule = self._interview.situation.schedule
        if schedule is None or self._interview.now_ms() < schedule.start_ms:
            raise StageClosed("面试尚未开始 / the interview has not begun")
        finish(self._parts, "candidate")

    def _save_receipt(self) -> None:
        self._parts.keepsakes.save(*self._parts.syncing.receipt_file())

    def _rehearse(self) -> None:
        """考前模拟测试: the center makes a practice interview for this person alone."""
        self._at(Stage.DEVICES, Stage.LOGIN)
        if self._interview.facts.granted is not None:
            raise StageClosed("已登录，不能再开始模拟测试 / logged in already")
        made = self._parts.center.rehearsal()
        project = self._parts.center.project(made.project)
        self._parts.login.forget()
        practice = Practice(project=made.project, number=made.number, id_number=made.id_number, cut=True)
        self._interview.happened(
            "rehearsal_begun", tell=None, practice=practice, project=project, hotline=project.hotline,
            number="", consent_version=None, consent_accepted=False,
        )  # fmt: skip
        self._parts.liaison.wake()

    def _offer_to_carry(self) -> None:
        self._at(Stage.END)
        self._parts.syncing.carrying.offer()

    def _carry(self, folder: str) -> None:
        """离线数据包: what is unsent, onto a stick."""
        self._at(Stage.END)
        session = self._interview.facts.session
        if session is None:
            raise BadInput("没有面试记录 / there is no session")
        self._parts.syncing.carrying.begin(session, folder)
        self._interview.happened("rescue_ordered", {}, tell=None)

    def _begin_anew(self) -> None:
        """Another interview; only when the last one's evidence has arrived or nothing was recorded."""
        if not self._parts.harmless():
            raise StageClosed("面试视频尚未上传完成 / the evidence has not arrived yet")
        self._parts.center.act = None
        self._parts.login.forget()
        self._parts.vault.wipe()
        self._interview.chronicle.begin_anew()
        self._interview.store.put_away()
        self._parts.keepsakes.forget()
        self._parts.phone.forget()
        self._parts.syncing.session = None
        self._parts.watch.again()


def finish(parts: Parts, by: str) -> None:
    """The session is over here, by the ``candidate``, the ``time`` or the ``center``; the flow does the rest."""
    interview = parts.interview
    interview.happened(
        "ended", {"by": by}, tell="end" if by == "candidate" else "event", ended_ms=interview.now_ms(), ended_by=by
    )
    parts.liaison.wake()
