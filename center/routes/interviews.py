"""Routes of one interview, from login to its end. All need the ``act`` token of the one active login.

Owns who may ask; the steps are in ``center.steps``, questions in ``center.questions``, what is told in
``center.situations``.
"""

import asyncio
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Header, Path, Query, Response
from sqlmodel import Session

from center import companions, questions, situations, steps
from center.center import Center
from center.loginsteps import act_hash
from center.routes.sessions import end_early
from center.store import candidates, interviews
from center.store.candidates import CandidateCase
from domain.errors import ActOver, AttachmentUnknown, QuestionsMissing, StageClosed
from domain.wire.center import API
from domain.wire.companion import PhoneOrder
from domain.wire.interview import (
    TIME_TYP,
    BindingAnswer,
    BindingOrder,
    EarlyEnd,
    EnterAnswer,
    EventsAnswer,
    EventsOrder,
    HeartbeatAnswer,
    HeartbeatOrder,
    HelpList,
    HelpOrder,
    InterviewState,
    InterviewView,
    KeyAnswer,
    PackBody,
    PledgeOrder,
    QuestionsAnswer,
    ReadOrder,
)

T = TypeVar("T")
Authorization = Annotated[str | None, Header()]
Name = Annotated[str, Path(min_length=1, max_length=64)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=f"{API}/interview", tags=["interview"])
    config = center.config

    def holder(authorization: str | None) -> str:
        """Hash of the act token; raises ActOver, or Refused (429)."""
        scheme, _, act = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not act.strip():
            raise ActOver("no act token")
        hashed = act_hash(act.strip())
        center.pace.count(hashed, center.now_ms())
        return hashed

    async def reading(authorization: str | None, ask: Callable[[Session, CandidateCase, int], T]) -> T:
        hashed, now = holder(authorization), center.now_ms()
        return await center.database.aread(lambda db: ask(db, _found(db, hashed), now))

    async def writing(authorization: str | None, do: Callable[[Session, CandidateCase, int], T]) -> T:
        hashed, now = holder(authorization), center.now_ms()
        return await center.database.awrite(lambda db: do(db, _found(db, hashed), now))

    @router.get("", summary="Everything the laptop needs and keeps")
    async def show(authorization: Authorization = None) -> InterviewView:
        return await reading(authorization, situations.view)

    @router.get(
        "/attachments/{attachment}",
        summary="The bytes of one attachment",
        response_class=Response,
        responses={200: {"content": {"application/pdf": {}, "text/markdown": {}}}},
    )
    async def attachment(attachment: Name, authorization: Authorization = None) -> Response:
        row = await reading(
            authorization, lambda db, found, _: interviews.attachment(db, found.case.project.id, attachment)
        )
        if row is None:
            raise AttachmentUnknown(attachment)
        content = await asyncio.to_thread(center.papers.read, row.sha256)
        headers = {"ETag": f'"{row.sha256}"', "X-Content-Type-Options": "nosniff", "Content-Disposition": "attachment"}
        return Response(content, media_type=row.media_type, headers=headers)

    @router.post("/attachments/{attachment}/read", summary="【已阅】")
    async def read(attachment: Name, order: ReadOrder, authorization: Authorization = None) -> InterviewState:
        def do(db: Session, found: CandidateCase, now: int) -> InterviewState:
            steps.mark_read(db, found, attachment, order, now)
            return situations.state(db, found, now)

        return await writing(authorization, do)

    @router.post("/pledge", summary="The integrity pledge, accepted explicitly")
    async def pledge(order: PledgeOrder, authorization: Authorization = None) -> InterviewState:
        def do(db: Session, found: CandidateCase, now: int) -> InterviewState:
            steps.accept_pledge(db, found, order, now)
            return situations.state(db, found, now)

        return await writing(authorization, do)

    @router.post("/enter", summary="【进入考试】; again answers the same")
    async def enter(authorization: Authorization = None) -> EnterAnswer:
        def do(db: Session, found: CandidateCase, now: int) -> EnterAnswer:
            entered = steps.enter(db, found, config, now)
            try:
                pack = questions.sealed_pack(db, found, now)
            except QuestionsMissing:
                pack = None  # they come later: the state's ``pack`` says when
            return EnterAnswer(entered_ms=entered, state=situations.state(db, found, now), pack=pack)

        return await writing(authorization, do)

    @router.get("/questions", summary="The questions, never before the start")
    async def show_questions(authorization: Authorization = None) -> QuestionsAnswer:
        return await reading(authorization, questions.questions)

    @router.get("/questions/pack", summary="The questions, encrypted for this candidate")
    async def pack(authorization: Authorization = None) -> PackBody:
        return await writing(authorization, questions.sealed_pack)

    @router.get("/questions/key", summary="The key of a pack, never before the start")
    async def key(
        pack: Annotated[str, Query(min_length=1, max_length=64)], authorization: Authorization = None
    ) -> KeyAnswer:
        return await reading(authorization, lambda db, found, now: questions.pack_key(db, found, pack, now))

    @router.get("/help", summary="Requests for help with their answers")
    async def help_list(authorization: Authorization = None) -> HelpList:
        return await reading(authorization, lambda db, found, _: _help(db, found))

    @router.post("/help", summary="【求助】; a queued request may be sent twice")
    async def help_me(order: HelpOrder, authorization: Authorization = None) -> HelpList:
        def do(db: Session, found: CandidateCase, now: int) -> HelpList:
            steps.ask_help(db, found, order, config, now)
            return _help(db, found)

        return await writing(authorization, do)

    @router.post("/events", summary="Events for the timeline; sent twice is sent once")
    async def events(order: EventsOrder, authorization: Authorization = None) -> EventsAnswer:
        return await writing(
            authorization,
            lambda db, found, now: EventsAnswer(kept=steps.add_events(db, found, order.events, config, now)),
        )

    @router.post(
        "/heartbeat",
        summary="Still there; answers signed center time and what changed",
        response_model=HeartbeatAnswer,
    )
    async def heartbeat(order: HeartbeatOrder, authorization: Authorization = None) -> Response:
        said = order.facts.questions_shown
        hashed, came = holder(authorization), center.now_ms()

        def look(db: Session) -> InterviewState | None:
            found = _found(db, hashed)
            return None if steps.untold(found, said, came) else situations.state(db, found, came)

        def learn(db: Session) -> InterviewState:
            found = _found(db, hashed)
            if said is not None:
                steps.shown(db, found, said, came)
            return situations.state(db, found, came)

        known = await center.database.aread(look)
        state = await center.database.awrite(learn) if known is None else known
        session = state.session.session
        center.pulse.heard(session, order.stage, order.progress, came)
        now = center.now_ms()  # signed as late as can be: the laptop measures the way back only
        time = center.keys.sign({"center_ms": now, "nonce": order.nonce, "session": session}, TIME_TYP)
        answer = HeartbeatAnswer(time=time, state=state)  # written as it is: nothing of it has to be checked again
        return Response(answer.model_dump_json(), media_type="application/json")

    @router.post("/bindings", summary="A new code and link for the phone; the one before is void")
    async def binding(_order: BindingOrder, authorization: Authorization = None) -> BindingAnswer:
        return await writing(authorization, lambda db, found, now: companions.new_binding(db, found, config, now))

    @router.post("/companion/approve", summary="The phone that asks is the candidate's: bind it")
    async def approve(order: PhoneOrder, authorization: Authorization = None) -> InterviewState:
        def do(db: Session, found: CandidateCase, now: int) -> InterviewState:
            companions.approve(db, found, order.device, now)
            return situations.state(db, found, now)

        return await writing(authorization, do)

    @router.post("/companion/unbind", summary="Refuse a phone that asks, or let the bound one go")
    async def unbind(order: PhoneOrder, authorization: Authorization = None) -> InterviewState:
        def do(db: Session, found: CandidateCase, now: int) -> InterviewState:
            companions.unbind(db, found, order.device, now)
            return situations.state(db, found, now)

        return await writing(authorization, do)

    @router.post("/end", summary="【结束考试】; sent twice is sent once")
    async def end(order: EarlyEnd, authorization: Authorization = None) -> InterviewState:
        def do(db: Session, found: CandidateCase, now: int) -> InterviewState:
            if found.progress.entered_ms is None or now < found.case.batch.start_ms:
                raise StageClosed("面试尚未开始 / the interview has not begun")
            end_early(db, found.session, order, now)
            return situations.state(db, _again(db, found), now)

        return await writing(authorization, do)

    return router


def _found(db: Session, act_sha256: str) -> CandidateCase:
    found = candidates.by_act(db, act_sha256)
    if found is None:
        raise ActOver("unknown or replaced")
    return found


def _again(db: Session, found: CandidateCase) -> CandidateCase:
    return candidates.by_session(db, found.session) or found


def _help(db: Session, found: CandidateCase) -> HelpList:
    return HelpList(help=situations.help_list(interviews.help_of(db, found.session)))
