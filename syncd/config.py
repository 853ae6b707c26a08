"""What can be set. Handed in by the command line; nothing here reads the environment."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from host.awake import Inhibitor
from host.proxies import ProxyChoice


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """Times in seconds, sizes in bytes.

    ``stall_s`` is how long a connection may make no progress (a 64 KiB block not taken, an answer not begun).
    ``small_bytes``: up to this size a segment goes in the very request that creates its upload. ``grace_s`` is how long
    after the scheduled end a session without any word is closed. ``ca_bundle``: a file with all the
    authorities to trust, instead of those that come with ``requests``. ``keep_awake`` holds off sleep until the
    receipt; None: the machine sleeps when it likes. ``metered``: does the network count bytes for money? Asked when it
    changes; told, never obeyed.
    """

    scan_every_s: float = 15.0
    view_every_s: float = 5.0
    view_idle_s: float = 60.0
    look_every_s: float = 1.0
    connect_timeout_s: float = 6.0
    stall_s: float = 30.0
    api_timeout_s: float = 15.0
    probe_most_s: float = 22.0  # and a connection that begins too early takes 6 s to fail: 30 in all
    grace_s: float = 120.0
    least_flows: int = 2
    start_flows: int = 3
    most_flows: int = 32
    small_bytes: int = 2 << 20
    delete_when_allowed: bool = True
    proxies: ProxyChoice = field(default_factory=ProxyChoice)
    ca_bundle: Path | None = None
    keep_awake: Inhibitor | None = None
    metered: Callable[[], bool | None] = lambda: None
