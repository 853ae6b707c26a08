"""The public status page and the center: how a session stands, by number and support code, from any device.

It says only what a candidate needs, and nothing that tells who they are.
"""

from typing import Annotated

from pydantic import Field

from domain.wire import Wire
from domain.wire.center import API
from domain.wire.fields import Bilingual
from domain.wire.login import NUMBER_MOST

STATUS_PATH = f"{API}/status"


class StatusOrder(Wire):
    """POST /status. Raises StatusUnknown (403; unknown number and wrong code alike), CenterBusy (429)."""

    number: Annotated[str, Field(min_length=1, max_length=NUMBER_MOST)]
    code: Annotated[str, Field(pattern=r"^[0-9]{8}$")]


class StatusAnswer(Wire):
    """``state``: a ``domain.completion.Completion``. Links: pieces of evidence; ``named_links``: what the devices'
    lists name in all, None while they have sent none. ``waits_for``: laptop, phone. ``deadline_ms``: None while it
    runs.
    """

    center_ms: int
    state: str
    said: Bilingual
    todo: Bilingual
    practice: bool
    received_links: int
    verified_links: int
    named_links: int | None
    waits_for: list[str]
    ended_ms: int | None
    deadline_ms: int | None
    confirmed_ms: int | None
    hotline: str
