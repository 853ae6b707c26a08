"""The center as the candidate's program sees it: one method a message of ``domain.wire.login`` and ``.interview``.

What a server answers becomes our errors here; what ``requests`` raises, in ``host.webanswers``. Redirects are never
followed and the environment is never read. Keeps nothing and decides nothing.
"""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import quote

import requests
from pydantic import BaseModel, ValidationError

from domain.errors import (
    ActOver,
    CaptivePortal,
    CenterBusy,
    CenterError,
    CenterUnknown,
    CenterUnreachable,
)
from domain.wire import Wire
from domain.wire import interview as said
from domain.wire import login as entry
from domain.wire.beforelogin import PROBE_PATH, EarlyHelpAnswer, EarlyHelpOrder, ProbeAnswer
from domain.wire.center import API, TimeAnswer
from domain.wire.companion import PhoneOrder
from domain.wire.failure import from_body
from domain.wire.tus import OFFSET_TYPE, VERSION
from host.webanswers import error_body, named, refuse_page, refuse_redirect, retry_after, translated

M = TypeVar("M", bound=BaseModel)
_CONNECT_S = 5.0
_ATTACHMENT_MOST = 64 << 20


class SupportsRead(Protocol):
    """A body that is handed out piece by piece."""

    def __len__(self) -> int:
        """All of its bytes."""
        ...

    def read(self, size: int = -1) -> bytes:
        """The next piece; empty at the end."""
        ...


class Nothing(Wire):
    """An answer of which only the success counts."""


class CenterClient:
    """Speaks to the center at ``address``. Safe to share: each thread has a connection of its own.

    Every method raises CenterUnreachable, CenterSilent, CaptivePortal, CenterBusy, CenterUnknown (not our center, or a
    broken certificate), or the error the center named.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float = 10.0,
        proxies: Mapping[str, str] | None = None,
        ca: Path | None = None,
        installation: str = "",
    ) -> None:
        self.address = address.strip().rstrip("/")
        self._installation = installation
        self._timeout = (_CONNECT_S, timeout_s)
        self._proxies = dict(proxies or {})
        self._ca = ca
        self._threads = threading.local()
        self.act: str | None = None
        self.cut = False  # a rehearsal shows what it is like without network

    # Without login ------------------------------------------------------------------------------------------------

    def time(self) -> TimeAnswer:
        """Center time, unsigned."""
        return self._get("/time", TimeAnswer)

    def project(self, code: str) -> entry.ProjectBody:
        """What may be shown before login."""
        return self._get(f"/projects/{quote(code, safe='')}", entry.ProjectBody)

    def early_help(self, order: EarlyHelpOrder) -> EarlyHelpAnswer:
        """Call for help without a session, or ask how such a call stands."""
        return self._post("/help", order, EarlyHelpAnswer)

    def probe(self) -> ProbeAnswer:
        """Leave to measure the line."""
        return self._post("/probes", None, ProbeAnswer)

    def probe_send(self, token: str, parcel: SupportsRead, timeout_s: float) -> None:
        """Send bytes that are thrown away; returns once the center has said that all of them arrived. What
        ``parcel.read`` raises comes through.
        """
        headers = {
            "Authorization": f"Bearer {token}",
            "Tus-Resumable": VERSION,
            "Upload-Length": str(len(parcel)),
            "Content-Type": OFFSET_TYPE,
        }
        answer = self._send("POST", PROBE_PATH.removeprefix(API), headers, parcel, (timeout_s, timeout_s))
        self._check(answer)
        if answer.headers.get("Upload-Offset") != str(len(parcel)):
            raise CenterUnknown(f"{answer.url}: does not say how much arrived")

    def rehearsal(self) -> entry.RehearsalAnswer:
        """A practice interview: what to log in with."""
        return self._post("/rehearsals", entry.RehearsalOrder(installation=self._installation), entry.RehearsalAnswer)

    def login(self, order: entry.LoginOrder) -> entry.LoginState:
        """Begin a login."""
        told = order.model_copy(update={"installation": self._installation})
        return self._post("/login", told, entry.LoginState)

    def login_state(self, login: str) -> entry.LoginState:
        """How it stands."""
        return self._get(f"/login/{quote(login, safe='')}", entry.LoginState)

    def frame(self, login: str, jpeg: bytes) -> entry.LoginState:
        """One still of the face."""
        headers = {"Content-Type": entry.FRAME_TYPE}
        return self._read(self._send("POST", f"/login/{quote(login, safe='')}/frames", headers, jpeg), entry.LoginState)

    def login_retry(self, login: str) -> entry.LoginState:
        """Another attempt with a new challenge."""
        return self._post(f"/login/{quote(login, safe='')}/retry", None, entry.LoginState)

    def login_help(self, login: str, text: str) -> entry.LoginState:
        """Ask support to log this person in by hand."""
        return self._post(f"/login/{quote(login, safe='')}/help", entry.LoginHelpOrder(text=text), entry.LoginState)

    def grant(self, login: str) -> entry.LoginState:
        """Take what a passed login grants."""
        return self._post(f"/login/{quote(login, safe='')}/grant", None, entry.LoginState)

    # With the act token -------------------------------------------------------------------------------------------

    def interview(self) -> said.InterviewView:
        """Everything the laptop keeps."""
        return self._get("/interview", said.InterviewView)

    def attachment(self, attachment: str) -> bytes:
        """The bytes of one attachment; whoever calls checks the hash."""
        answer = self._send("GET", f"/interview/attachments/{quote(attachment, safe='')}", {}, None)
        self._check(answer)
        if len(answer.content) > _ATTACHMENT_MOST:
            raise CenterUnknown(f"attachment {attachment} is over {_ATTACHMENT_MOST} bytes")
        return answer.content

    def read(self, attachment: str, at: said.Stamp) -> None:
        """已阅."""
        self._post(f"/interview/attachments/{quote(attachment, safe='')}/read", said.ReadOrder(at=at), Nothing)

    def pledge(self, version: str, at: said.Stamp) -> None:
        """The pledge was accepted."""
        self._post("/interview/pledge", said.PledgeOrder(version=version, at=at), Nothing)

    def enter(self) -> said.EnterAnswer:
        """进入考试."""
        return self._post("/interview/enter", None, said.EnterAnswer)

    def pack(self) -> said.PackBody:
        """The encrypted questions."""
        return self._get("/interview/questions/pack", said.PackBody)

    def key(self, pack: str) -> said.KeyAnswer:
        """The key of a pack; never before the start."""
        return self._get(f"/interview/questions/key?pack={quote(pack, safe='')}", said.KeyAnswer)

    def questions(self) -> said.QuestionsAnswer:
        """The questions themselves; never before the start."""
        return self._get("/interview/questions", said.QuestionsAnswer)

    def help(self, order: said.HelpOrder) -> said.HelpList:
        """Call for help."""
        return self._post("/interview/help", order, said.HelpList)

    def events(self, events: list[said.Event]) -> None:
        """Things for the timeline support sees."""
        self._post("/interview/events", said.EventsOrder(events=events), said.EventsAnswer)

    def heartbeat(self, order: said.HeartbeatOrder) -> said.HeartbeatAnswer:
        """I am here; what is new?"""
        return self._post("/interview/heartbeat", order, said.HeartbeatAnswer)

    def binding(self) -> said.BindingAnswer:
        """A new binding code."""
        return self._post("/interview/bindings", said.BindingOrder(), said.BindingAnswer)

    def approve_phone(self, device: str) -> said.InterviewState:
        """The phone that asks is the candidate's."""
        return self._post("/interview/companion/approve", PhoneOrder(device=device), said.InterviewState)

    def unbind_phone(self, device: str) -> said.InterviewState:
        """It is not, or shall no longer be."""
        return self._post("/interview/companion/unbind", PhoneOrder(device=device), said.InterviewState)

    def end(self, order: said.EarlyEnd) -> None:
        """结束考试."""
        self._post("/interview/end", order, Nothing)

    # The border ---------------------------------------------------------------------------------------------------

    def _get(self, path: str, into: type[M]) -> M:
        return self._read(self._send("GET", path, {}, None), into)

    def _post(self, path: str, body: BaseModel | None, into: type[M]) -> M:
        raw = b"{}" if body is None else body.model_dump_json().encode()
        return self._read(self._send("POST", path, {"Content-Type": "application/json"}, raw), into)

    def _send(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: "bytes | SupportsRead | None",
        timeout: tuple[float, float] | None = None,
    ) -> requests.Response:
        url = f"{self.address}{API}{path}"
        if self.cut:
            raise CenterUnreachable(f"{url}: cut by a rehearsal")
        if self.act is not None and path.startswith("/interview"):
            headers = {**headers, "Authorization": f"Bearer {self.act}"}
        with translated(url):
            return self._session().request(
                method, url, headers=headers, data=body, timeout=timeout or self._timeout, allow_redirects=False
            )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = False
            session.proxies = dict(self._proxies)
            session.verify = str(self._ca) if self._ca else True
            self._threads.session = session
        return session

    def _read(self, answer: requests.Response, into: type[M]) -> M:
        self._check(answer)
        try:
            return into.model_validate_json(answer.content or b"{}")
        except ValidationError as why:
            first = why.errors()[0]
            raise CenterUnknown(f"{answer.url}: {into.__name__}.{first['loc']}: {first['msg']}") from why

    def _check(self, answer: requests.Response) -> None:
        """Raises what an answer other than a success of ours means."""
        refuse_redirect(answer)
        refuse_page(answer)
        if answer.status_code < 400:
            return
        where, said_by_it = named(answer, ""), error_body(answer)
        error = None if said_by_it is None else from_body(said_by_it)
        if answer.status_code in (429, 503) or isinstance(error, CenterBusy):
            raise CenterBusy(where, retry_after(answer.headers.get("Retry-After")))
        if error is None:
            raise {401: ActOver, 404: CenterUnknown, 511: CaptivePortal}.get(answer.status_code, CenterError)(where)
        raise error
