"""A clock that tests move by hand; implements ``host.clock.Clock``."""


class HandClock:
    """Boot time and wall clock stand still until they are moved."""

    def __init__(self, boot_ns: int = 10**15, wall_ms: int = 1_700_000_000_000, boot: str = "boot-a") -> None:
        self._boot_ns = boot_ns
        self._wall_ms = wall_ms
        self._boot = boot

    def boot_id(self) -> str:
        return self._boot

    def boot_ns(self) -> int:
        return self._boot_ns

    def wall_ms(self) -> int:
        return self._wall_ms

    def pass_ms(self, ms: int) -> None:
        """Time passes on both clocks."""
        self._boot_ns += ms * 1_000_000
        self._wall_ms += ms

    def step_wall(self, ms: int) -> None:
        """Somebody sets the wall clock."""
        self._wall_ms += ms

    def reboot(self, boot: str, boot_ns: int = 5_000_000_000) -> None:
        """The machine starts again."""
        self._boot, self._boot_ns = boot, boot_ns
