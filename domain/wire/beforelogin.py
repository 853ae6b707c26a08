"""What a laptop and the center say to each other before anybody is logged in: the probe of the line, a call for help.

Paths are below ``domain.wire.center.API``. No credentials: both are limited by address, and neither touches evidence.
"""

from typing import Annotated

from pydantic import Field

from domain.wire import Wire
from domain.wire.fields import Id, Short, Text
from domain.wire.interview import HelpRequest, Stamp
from domain.wire.login import NUMBER_MOST
from domain.wire.tus import UPLOADS_PATH

PROBE_PATH = f"{UPLOADS_PATH}/probe"

Typed = Annotated[str, Field(max_length=NUMBER_MOST)]  # as typed, so perhaps wrong


class ProbeAnswer(Wire):
    """POST /probes: leave to send ``most_bytes`` to PROBE_PATH until ``expires_ms``. Raises CenterBusy (429).

    POST PROBE_PATH takes what a tus creation with upload takes (``Tus-Resumable``, ``Upload-Length``, ``Content-Type``)
    and throws the bytes away; 204 with the ``Upload-Offset`` that arrived. It may be sent several times.
    """

    token: str
    expires_ms: int
    most_bytes: int


class EarlyHelpOrder(Wire):
    """POST /help: a call for help without a session. Sent again it answers how the call stands, which is how support's
    answer comes back. ``id`` is random (UUIDv4), and whoever knows it may read the answer.

    Raises CenterBusy (429, 503), BadInput (409) for an id that is taken.
    """

    id: Id
    text: Text
    stage: Short = ""
    project: Typed = ""
    number: Typed = ""
    at: Stamp


class EarlyHelpAnswer(Wire):
    """``code`` is digits only, to be read out on the telephone: by it support finds this call."""

    code: str
    help: HelpRequest
