"""What devices and the center say to each other besides tus."""

from typing import Annotated, Any

from pydantic import Field

from domain.wire import Wire

API = "/api/v1"
DeviceId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]


class KeysBody(Wire):
    """The center's keys as pinned by devices; see ``domain.signature.CenterKeys``."""

    root: dict[str, Any]
    key_set: str


class TimeAnswer(Wire):
    """GET /time: center time as such; devices that decide by it ask for the signed one of a heartbeat."""

    center_ms: int


class SessionFacts(Wire):
    """What a device needs to know of its session; kept in session.json."""

    session: str
    project: str
    title: str
    batch: str
    number: str
    practice: bool
    scheduled_end_ms: int
    extra_ms: int = 0
    window_ms: int
    companion_required: bool = False
    hotline: str = ""
    ended_ms: int | None = None
    deadline_ms: int | None = None
    may_delete: bool = False  # results are published: local copies may go once a receipt is here


class EnrolOrder(Wire):
    """POST /enrolments: a one-time code makes ``device`` (UUIDv7 made on the device) a device of a session."""

    code: str
    device: DeviceId
    public_key: dict[str, Any]
    name: str = ""


class EnrolAnswer(Wire):
    """The session this device now belongs to, and the keys to pin."""

    facts: SessionFacts
    keys: KeysBody
    center_ms: int


class ChallengeOrder(Wire):
    """POST /challenges."""

    device: DeviceId


class ChallengeAnswer(Wire):
    """A random challenge, good once, for a minute."""

    challenge: str
    center_ms: int


class TokenOrder(Wire):
    """POST /tokens: ``proof`` is a JWS (typ CHALLENGE_TYP) by the device key over {"challenge", "device"}."""

    device: DeviceId
    challenge: str
    proof: str


class TokenAnswer(Wire):
    """An ``upload`` token for ``Authorization: Bearer``; 15 minutes."""

    token: str
    expires_ms: int


class SessionView(Wire):
    """GET /sessions/{session}: the truth as the center holds it."""

    facts: SessionFacts
    center_ms: int
    assessment: str
    verified_links: int
    device_receipt: str | None = None  # JWS of the newest manifest revision of the asking device
    session_receipt: str | None = None
    phone: str = ""  # domain.companion.BindingState; empty: no phone is demanded and none is known
    phones_left: int = 0  # phones whose evidence the session receipt waits for
    send_now_ms: int | None = None  # when support last asked to try everything again, whatever was put off
    loss: str | None = None  # JWS (typ LOSS_TYP): closed with declared loss; then there is never a session receipt


class EndOrder(Wire):
    """POST /sessions/{session}/end: an early end, stamped by the device."""

    center_ms: int
    center_est: bool
    boot_id: str
    boot_ns: str


class ManifestOrder(Wire):
    """POST /sessions/{session}/manifests: the signed manifest (JWS, typ MANIFEST_TYP)."""

    manifest: str


class ManifestAnswer(Wire):
    """``missing`` links are not verified yet; receipts are there as soon as they can be."""

    revision: int
    sha256: str
    missing: int
    device_receipt: str | None = None
    session_receipt: str | None = None


class LinkState(Wire):
    """One link as the center holds it."""

    track: str
    run: str
    kind: str
    index: int
    seq: int
    sha256: str
    state: str  # StoredState
    offset: int
    upload: str  # path of the upload on this center


class SealsAnswer(Wire):
    """GET /sessions/{session}/seals?device=: everything of one device, in one call."""

    device: str
    links: list[LinkState]


class RescueRefusal(Wire):
    """A link of a rescue bundle that was not taken, and why; it is still on the candidate's machine."""

    track: str
    kind: str
    index: int
    seq: int
    code: str
    detail: str


class RescueAnswer(Wire):
    """POST /rescue: what one part of a rescue bundle brought. The same part again takes nothing and says the same.

    ``taken`` links are new and verified, ``known`` ones were verified before; of ``refused`` the first hundred are
    named. ``missing`` links of the newest manifest are not here yet (None: no manifest); receipts are there as soon
    as they can be. ``problems``: manifests that were refused.
    """

    bundle: str
    part: int
    parts: int
    project: str
    number: str
    session: str
    device: str
    taken: int
    known: int
    refused: int
    refusals: list[RescueRefusal]
    cut_short: bool
    problems: list[str]
    missing: int | None = None
    device_receipt: str | None = None
    session_receipt: str | None = None
