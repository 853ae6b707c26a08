"""A system without a service manager that we know: says so, does nothing. The window then starts syncd itself."""

from domain.errors import ServiceUnsupported
from syncd.service.program import ServiceState


class NoManager:
    """``why``: what was looked for and not found."""

    def __init__(self, why: str) -> None:
        self._why = why

    def install(self) -> list[str]:
        """Raises ServiceUnsupported."""
        raise ServiceUnsupported(self._why)

    def uninstall(self) -> None:
        """There is nothing to remove."""

    def state(self) -> ServiceState:
        """Not installed."""
        return ServiceState(installed=False, running=False, words=self._why)

    def starter(self) -> tuple[str, ...]:
        """None."""
        return ()
