"""How the phone stands, as laptop, support and the phone itself are told. Pure; one rule for everybody.

Owns the words a phone says of itself (``PhoneState``), what the laptop shows (``BindingState``) and the way from one to
the other. Times are center time in milliseconds since the epoch.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

LOST_MS = 15_000  # a phone that films speaks every 5 s
LOST_AFTER_MS = 90_000  # one that was stopped speaks every 30 s
LOW_BATTERY = 0.2
LOW_STORAGE = 500 << 20  # bytes: about two hours of film


class PhoneState(StrEnum):
    """What a phone says of itself with every heartbeat."""

    PREVIEW = "preview"  # the page is open, nothing is recorded yet
    PAN = "pan"  # the 360° pan
    PLACING = "placing"  # being fixed at 45° behind the side
    RECORDING = "recording"
    INTERRUPTED = "interrupted"  # a call, the lock screen, the camera taken by another app
    FROZEN = "frozen"
    BLACK = "black"
    SILENT = "silent"
    STOPPED = "stopped"
    UPLOADING = "uploading"
    DONE = "done"


class BindingState(StrEnum):
    """The phone as the laptop shows it."""

    NONE = "none"
    WAITING = "waiting"  # a code was made and nobody used it yet
    ASKING = "asking"  # a phone used it and waits for the laptop's approval
    BOUND = "bound"  # approved; not recording yet
    RECORDING = "recording"
    FROZEN = "frozen"
    BLACK = "black"
    SILENT = "silent"
    INTERRUPTED = "interrupted"
    LOST = "lost"  # no word of it although it should be there
    UPLOADING = "uploading"
    DONE = "done"  # everything it recorded is verified


FILMING = frozenset(
    {
        PhoneState.PAN,
        PhoneState.PLACING,
        PhoneState.RECORDING,
        PhoneState.INTERRUPTED,
        PhoneState.FROZEN,
        PhoneState.BLACK,
        PhoneState.SILENT,
    }
)
STOPPED = frozenset({PhoneState.STOPPED, PhoneState.UPLOADING, PhoneState.DONE})
UNBOUND = frozenset({BindingState.NONE, BindingState.WAITING, BindingState.ASKING})
UNWELL = frozenset(
    {
        BindingState.FROZEN,
        BindingState.BLACK,
        BindingState.SILENT,
        BindingState.INTERRUPTED,
        BindingState.LOST,
    }
)
_SHOWN = {
    PhoneState.PREVIEW: BindingState.BOUND,
    PhoneState.PAN: BindingState.RECORDING,
    PhoneState.PLACING: BindingState.RECORDING,
    PhoneState.RECORDING: BindingState.RECORDING,
    PhoneState.INTERRUPTED: BindingState.INTERRUPTED,
    PhoneState.FROZEN: BindingState.FROZEN,
    PhoneState.BLACK: BindingState.BLACK,
    PhoneState.SILENT: BindingState.SILENT,
    PhoneState.STOPPED: BindingState.UPLOADING,
    PhoneState.UPLOADING: BindingState.UPLOADING,
    PhoneState.DONE: BindingState.UPLOADING,  # what the phone believes; ``done`` is the center's word alone
}


@dataclass(frozen=True, slots=True)
class Live:
    """The phone that is bound now. ``heard_ms``: its last heartbeat, or when it was bound; ``verified``: the center
    holds everything it recorded.
    """

    state: PhoneState
    heard_ms: int
    verified: bool = False


def binding_state(live: Live | None, *, asking: bool, waiting: bool, now_ms: int) -> BindingState:
    """What the laptop shows. A bound phone goes before one that asks: only an approval takes its place."""
    if live is None:
        return BindingState.ASKING if asking else BindingState.WAITING if waiting else BindingState.NONE
    if live.verified:
        return BindingState.DONE
    if now_ms - live.heard_ms > (LOST_AFTER_MS if live.state in STOPPED else LOST_MS):
        return BindingState.LOST
    return _SHOWN[live.state]


def is_bound(state: str) -> bool:
    """Whether a phone is bound: well or not, heard of or not. A word unknown here comes from a newer center."""
    return state not in UNBOUND


def low_battery(battery: float | None, charging: bool | None) -> bool:
    """Worth a warning: little is left and nothing comes in."""
    return battery is not None and battery < LOW_BATTERY and charging is not True


def low_storage(free_bytes: int | None) -> bool:
    """Worth a warning: the phone may not keep what is still to come."""
    return free_bytes is not None and free_bytes < LOW_STORAGE


class LinkTrouble(StrEnum):
    """Why a phone could not use the address of a binding link."""

    NONE = ""
    INSECURE = "insecure"  # plain http: its browser gives no camera
    LOOPBACK = "loopback"  # an address of this machine only: no phone gets there


def link_trouble(url: str) -> LinkTrouble:
    """What stands in the way of a phone that opens ``url``. Browsers give a camera to secure contexts only (W3C Secure
    Contexts: https, or the machine itself).
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return LinkTrouble.INSECURE
    if host == "localhost" or host.endswith(".localhost") or _is_loopback(host):
        return LinkTrouble.LOOPBACK
    return LinkTrouble.NONE if parts.scheme.lower() == "https" and host else LinkTrouble.INSECURE


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
