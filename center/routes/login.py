"""Routes of 人脸登录, and what is told of a project before it.

Owns who may ask and how often; the steps are in ``center.loginsteps``. Unknown numbers and wrong id numbers cannot be
told apart, neither by the answer nor by its time. A login's id is an unguessable name; what it may do ends with it.
"""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request
from sqlmodel import Session

from center import loginsteps, situations
from center.center import Center
from center.faces.failures import PhotoRefused
from center.faces.words import CUE_WORDS, FAULT_CUE, Cue, Fault
from center.failures import Refused
from center.folder.roster import plain
from center.limits import address_of
from center.loginsteps import LoginRules, Step, require_consent
from center.projecttexts import is_rehearsal
from center.store import candidates, projects, readiness
from center.store.candidates import CandidateCase, PermissionKind
from center.tables.interview import Login
from domain.errors import BadInput, LoginRefused, ProjectUnknown
from domain.wire.center import API
from domain.wire.fields import Bilingual
from domain.wire.login import FRAME_TYPE, Granted, LoginHelpOrder, LoginOrder, LoginState, ProjectBody

FRAMES = "/frames"
_HASHES_AT_ONCE = 2  # each takes 64 MB
_PICTURE = {
    "requestBody": {"required": True, "content": {FRAME_TYPE: {"schema": {"type": "string", "format": "binary"}}}}
}
LoginId = Annotated[str, Path(min_length=1, max_length=80)]


def routes(center: Center) -> APIRouter:
    """The routes over ``center``."""
    router = APIRouter(prefix=API, tags=["login"])
    hashing = asyncio.Semaphore(_HASHES_AT_ONCE)
    rules = LoginRules(center.faces.settings, center.config.login_tries, center.config.login_s * 1000)

    @router.get("/projects/{code}", summary="A project as everybody may know it, and the consent text")
    async def project(code: Annotated[str, Path(max_length=64)], request: Request) -> ProjectBody:
        center.pace.count(address_of(request), now := center.now_ms())
        return await center.database.aread(lambda db: _project(db, plain(code), now))

    @router.post("/login", summary="Name project, number and id number; the face comes next")
    async def begin(order: LoginOrder, request: Request) -> LoginState:
        now = center.now_ms()
        found = await person(order, address_of(request), now)
        if not is_rehearsal(found.case.project):  # even when it is too early: so many know the day before
            await center.database.awrite(lambda db: readiness.visited(db, found.session, order.installation, now))
        await center.database.aread(lambda db: loginsteps.require_open(db, found, order.takeover, "", now))
        template = b""
        if order.consent.accepted:
            await center.face_failures.check(found.session, now)  # a new login is no new set of tries
            if found.candidate.photo:
                photo = await asyncio.to_thread(center.papers.read, found.candidate.photo)
                template = await center.faces.register(photo)
        row = await center.database.awrite(lambda db: loginsteps.begin(db, found.session, order, template, rules, now))
        return told(await center.database.awrite(lambda db: loginsteps.get(db, row.id, now)), now)

    async def person(order: LoginOrder, address: str, now: int) -> CandidateCase:
        """The candidate this is; raises LoginRefused, or Refused (429) after too many failures."""
        name, number = plain(order.project), plain(order.number)
        whose = f"{name}\n{number}"
        found, allowed = await center.database.aread(lambda db: _person(db, name, number))

        async def proven() -> CandidateCase:
            kept = None if found is None else found.candidate.id_hash
            async with hashing:
                fits = await asyncio.to_thread(center.ids.fits, plain(order.id_number), kept)
            if found is None or not fits:
                raise LoginRefused
            return found

        return await center.login_failures.trying(whose, address, now, LoginRefused, proven, with_leave=allowed)

    @router.get("/login/{login}", summary="How a login stands; asked while waiting for support")
    async def show(login: LoginId) -> LoginState:
        now = paced(login)
        return told(await center.database.awrite(lambda db: loginsteps.get(db, login, now)), now)

    @router.post("/login/{login}" + FRAMES, summary="One still of the camera", openapi_extra=_PICTURE)
    async def frame(login: LoginId, request: Request) -> LoginState:
        now = paced(login)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FRAME_TYPE:
            raise Refused(BadInput(f"a frame is {FRAME_TYPE}"), 415)
        row = await center.database.awrite(lambda db: loginsteps.get(db, login, now))
        if row.step == Step.PASSED:
            return told(row, now, await granted(login, now))
        require_consent(row)
        picture = await request.body()
        if row.step != Step.FACE:
            return told(row, now)
        if not row.template:  # a rehearsal knows no photo: its own first picture stands for it
            try:
                template = await center.faces.register(picture)
            except PhotoRefused as why:
                cue = CUE_WORDS[FAULT_CUE.get(why.fault or Fault.NO_FACE, Cue.LOOK_STRAIGHT)]
                return told(row, now).model_copy(update={"guidance": Bilingual.of(cue)})
            row = await center.database.awrite(lambda db: loginsteps.keep_template(db, login, template, now))
        seen = await center.faces.observe(picture, row.template)
        now = center.now_ms()
        row = await center.database.awrite(lambda db: loginsteps.look(db, login, seen, rules, now))
        if row.step in (Step.RETRY, Step.HELP):
            await center.face_failures.note(row.session, now)
            center.stills.keep(row.session, picture, now, row.expires_ms)
        return told(row, now, await granted(login, now) if row.step == Step.PASSED else None)

    @router.post("/login/{login}/retry", summary="Another attempt with a new challenge")
    async def retry(login: LoginId) -> LoginState:
        now = paced(login)
        return told(await center.database.awrite(lambda db: loginsteps.try_again(db, login, rules, now)), now)

    @router.post("/login/{login}/help", summary="Ask support to log this person in")
    async def help_me(login: LoginId, order: LoginHelpOrder) -> LoginState:
        now = paced(login)
        return told(await center.database.awrite(lambda db: loginsteps.ask_support(db, login, order.text, now)), now)

    @router.post("/login/{login}/grant", summary="The act token of a login that passed; older ones are void")
    async def grant(login: LoginId) -> LoginState:
        now = paced(login)
        given = await granted(login, now)
        return told(await center.database.awrite(lambda db: loginsteps.get(db, login, now)), now, given)

    async def granted(login: str, now: int) -> Granted:
        given = await center.database.awrite(lambda db: loginsteps.grant(db, login, now))
        center.stills.forget(given.session)
        return given

    def told(row: Login, now: int, given: Granted | None = None) -> LoginState:
        return loginsteps.state(row, rules, now, given)

    def paced(login: str) -> int:
        now = center.now_ms()
        center.pace.count(login, now)
        return now

    return router


def _person(db: Session, project: str, number: str) -> tuple[CandidateCase | None, bool]:
    """The candidate, and whether support gave leave to log in by hand."""
    found = candidates.by_number(db, project, number)
    allowed = found is not None and PermissionKind.LOGIN in candidates.permissions(db, found.session)
    return found, allowed


def _project(db: Session, name: str, now_ms: int) -> ProjectBody:
    row = projects.project(db, name)
    if row is None:
        raise ProjectUnknown(name)
    return situations.project_body(db, row, now_ms)
