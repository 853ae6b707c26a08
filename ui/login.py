"""One login: from the form over the face to what is granted. Lives in memory: a killed login begins anew.

Sends stills of the recorder's preview while the center asks for them. Decides nothing about faces.
"""

import threading
from collections.abc import Callable

from domain.errors import BadInput, CenterError, LoginOver, ZhishiError
from domain.wire.login import LoginOrder, LoginState
from ui.centerclient import CenterClient
from ui.interview import Interview
from ui.preview import Preview

_FRAME_S = 0.25
_POLL_S = 3.0
_RETRY_S = 2.0
_DARK_S = 1.0


class Login:
    """``changed`` is told after every step, ``granted`` once the person is in. Safe to share between threads."""

    def __init__(
        self,
        interview: Interview,
        center: CenterClient,
        preview: Preview,
        changed: Callable[[], None],
        granted: Callable[[], None],
    ) -> None:
        self._interview = interview
        self._center = center
        self._preview = preview
        self._changed = changed
        self._granted = granted
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.state: LoginState | None = None
        self.error: ZhishiError | None = None

    def begin(self, order: LoginOrder) -> None:
        """Log in; raises what the center says to it."""
        state = self._center.login(order)
        self._interview.happened("login_begun", {"number": order.number}, tell=None, number=order.number)
        self._take(state)
        self._serve()

    def retry(self) -> None:
        """Another attempt. Raises LoginUnfinished, LoginOver."""
        self._take(self._center.login_retry(self._current()))
        self._serve()

    def ask_support(self) -> None:
        """The one button that asks support."""
        self._take(self._center.login_help(self._current(), ""))
        self._interview.happened("login_support_asked", tell=None)
        self._serve()

    def forget(self) -> None:
        """Back to the beginning."""
        with self._lock:
            self.state, self.error = None, None
        self._wake.set()
        self._changed()

    def stop(self) -> None:
        """The program ends."""
        self._stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(5)

    def _current(self) -> str:
        if self.state is None:
            raise BadInput("尚未开始登录 / no login was begun")
        return self.state.login

    def _take(self, state: LoginState) -> None:
        with self._lock:
            self.state, self.error = state, None
        if state.granted is not None:
            self._center.act = state.granted.act
            self._interview.happened(
                "login_granted",
                {"by_support": state.granted.by_support},
                tell=None,
                granted=state.granted,
                enrolled=False,
            )
            self._granted()
        self._changed()

    def _serve(self) -> None:
        with self._lock:
            self._wake.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="login", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        """Until the login is granted, forgotten or waits for the person."""
        number = -1
        while not self._stopping:
            state = self.state
            if state is None or state.granted is not None:
                return
            self._wake.clear()
            try:
                if state.step == "face":
                    number = self._send_frame(state, number)
                elif state.step == "passed":
                    self._take(self._center.grant(state.login))
                else:  # retry and help wait for the person or for support; the center is asked how it stands
                    self._wake.wait(_POLL_S)
                    if self.state is state and state.asked_support:
                        self._take_if_current(state, self._center.login_state(state.login))
            except LoginOver as why:
                self._failed(why, over=True)
                return
            except CenterError as why:
                self._failed(why, over=not why.retryable)
                if not why.retryable:
                    return
                self._wake.wait(_RETRY_S)

    def _send_frame(self, state: LoginState, number: int) -> int:
        found = self._preview.picture(number)
        if found is None:
            self._wake.wait(_DARK_S)
            return number
        self._take_if_current(state, self._center.frame(state.login, found[1]))
        self._wake.wait(_FRAME_S)
        return found[0]

    def _take_if_current(self, before: LoginState, after: LoginState) -> None:
        if self.state is not None and self.state.login == before.login:
            self._take(after)

    def _failed(self, why: ZhishiError, *, over: bool) -> None:
        with self._lock:
            self.error = why
            if over:
                self.state = None
        self._changed()
