"""【求助】 before login: one route, for a laptop that nobody is logged in on yet.

Owns who may ask and how often, and writing the call down. What was typed is kept as typed and proves nothing: no call
is ever put on a candidate's timeline. The same call sent again answers how it stands.
"""

from fastapi import APIRouter, Request
from sqlmodel import Session

from center.center import Center
from center.config import CenterConfig
from center.failures import Refused
from center.folder.roster import plain
from center.limits import address_of
from center.situations import help_list
from center.store import interviews, projects
from center.supportcodes import new_support_code
from center.tables.interview import HelpRow
from domain.errors import BadInput, CenterBusy
from domain.wire.beforelogin import EarlyHelpAnswer, EarlyHelpOrder
from domain.wire.center import API


def routes(center: Center) -> APIRouter:
    """The route over ``center``."""
    router = APIRouter(prefix=API, tags=["login"])

    @router.post("/help", summary="【求助】 before login; sent again it answers how the call stands")
    async def help_me(order: EarlyHelpOrder, request: Request) -> EarlyHelpAnswer:
        address, now = address_of(request), center.now_ms()
        center.pace.count(f"help\n{address}", now)  # apart from the pace of what a login needs
        known = await center.database.aread(lambda db: _known(db, order))
        if known is not None:
            return known
        await center.early_help.check(address, now)
        told = await center.database.awrite(lambda db: ask(db, order, center.config, now))
        await center.early_help.note(address, now)
        return told

    return router


def ask(db: Session, order: EarlyHelpOrder, config: CenterConfig, now_ms: int) -> EarlyHelpAnswer:
    """Keep a call; raises CenterBusy when far too many wait, Refused (409) for an id that is taken."""
    known = _known(db, order)
    if known is not None:
        return known
    if interviews.open_early_help(db) >= config.early_help_open:
        raise CenterBusy("too many calls for help wait for an answer", 60)
    row = HelpRow(
        id=order.id,
        project=plain(order.project),
        number=plain(order.number),
        code=new_support_code(db),
        stage=order.stage,
        text=order.text,
        said_ms=order.at.center_ms,
        asked_ms=now_ms,
    )
    projects.keep(db, row)
    return _told(row)


def _known(db: Session, order: EarlyHelpOrder) -> EarlyHelpAnswer | None:
    row = interviews.help_request(db, order.id)
    if row is not None and row.session is not None:
        raise Refused(BadInput("help: this id is taken"), 409)
    return None if row is None else _told(row)


def _told(row: HelpRow) -> EarlyHelpAnswer:
    (request,) = help_list([row])
    return EarlyHelpAnswer(code=row.code or "", help=request)
