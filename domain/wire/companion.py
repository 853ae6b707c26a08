"""What the phone (智试通) and the center say to each other, besides tokens, uploads, seals and manifests.

Paths are below ``domain.wire.center.API``. ``web/companion/wire.ts`` mirrors this file. A phone's credentials: none but
the secret of a code or link for binding; then an ``upload`` token got with its device key, as any device gets one. Such
a token lets it send its own evidence, speak of itself and ask for help: nothing else.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from domain.companion import PhoneState
from domain.wire import Wire
from domain.wire.center import DeviceId, KeysBody, SessionFacts
from domain.wire.fields import Id, MsTime, Text
from domain.wire.interview import HelpRequest, Notice, Stamp

SECRET_MOST = 64
_BYTES_MOST = 1 << 50
_COUNT_MOST = 10_000_000

Count = Annotated[int, Field(ge=0, le=_COUNT_MOST)]
Bytes = Annotated[int, Field(ge=0, le=_BYTES_MOST)]


class CompanionView(Wire):
    """Everything a phone needs to know; part of every answer.

    ``approved``: the laptop said yes. ``refused``: it said no, or unbound this phone; a new code is needed.
    ``replaced``: another phone took its place; what it holds may still be sent. ``answering``: alarms are silent.
    ``finish``: support finished this phone's recording from afar: stop and send. ``device_receipt`` covers this phone's
    newest manifest, ``session_receipt`` the whole session. ``waived``: what this phone still holds is not waited for.
    ``may_delete``: results are out and this phone's evidence is receipted.
    """

    center_ms: int
    approved: bool
    refused: bool = False
    replaced: bool = False
    facts: SessionFacts
    batch_start_ms: int
    entered: bool = False
    ended: bool = False
    finish: bool = False
    answering: bool = False
    notices: list[Notice] = Field(default_factory=list)
    help: list[HelpRequest] = Field(default_factory=list)
    release_code: str | None = None
    device_receipt: str | None = None
    session_receipt: str | None = None
    may_delete: bool = False
    waived: bool = False


class CompanionBindingOrder(Wire):
    """POST /companion/bindings. ``device``: UUIDv7 made on the phone; ``public_key``: JWK, OKP/Ed25519 or EC/P-256.

    The same device with the same secret again answers the same. Raises BindingRefused (403), IdentityConflict (409:
    this device id belongs to another key or session), SignatureInvalid (409: no key of ours), CenterBusy (429).
    """

    kind: Literal["link", "code"]
    secret: Annotated[str, Field(min_length=1, max_length=SECRET_MOST)]
    device: DeviceId
    public_key: dict[str, Any]
    name: Annotated[str, Field(max_length=120)] = ""


class CompanionBound(Wire):
    """This phone now belongs to a session; until ``approved`` it does not count. ``number_tail``: last four digits."""

    facts: SessionFacts
    keys: KeysBody
    center_ms: int
    approved: bool
    title: str
    number_tail: str
    hotline: str
    view: CompanionView


class CompanionBeat(Wire):
    """POST /companion/heartbeat (upload token): every 5 s while live, every 30 s after. Answers CompanionView.

    ``segments`` and ``bytes``: everything recorded on this phone; ``sent_*``: what the center verified of it.
    """

    state: PhoneState
    battery: Annotated[float, Field(ge=0, le=1)] | None = None
    charging: bool | None = None
    free_bytes: Bytes | None = None
    segments: Count = 0
    bytes: Bytes = 0
    sent_segments: Count = 0
    sent_bytes: Bytes = 0
    recording_since_ms: MsTime | None = None
    at: Stamp


class CompanionHelpOrder(Wire):
    """POST /companion/help (upload token): as the laptop's. Answers CompanionView, which has the answers too."""

    id: Id
    text: Text
    at: Stamp


class PhoneOrder(Wire):
    """POST /interview/companion/approve and …/unbind (act token). Answers InterviewState.

    Approving a phone puts it in the place of the one before. Raises PhoneUnknown (404).
    """

    device: DeviceId
