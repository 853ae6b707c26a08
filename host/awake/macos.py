"""macOS: ``caffeinate``, bound to this process's life by ``-w``."""

import os
from typing import ClassVar

from host.awake.child import ChildInhibitor


class Caffeinate(ChildInhibitor):
    """Blocks idle sleep, sleep on mains and the display's; a closed lid sleeps all the same."""

    command: ClassVar = ("/usr/bin/caffeinate", "-dims")
    tells: ClassVar = False

    def arguments(self) -> list[str]:
        """It ends when we do."""
        return [*self.command, "-w", str(os.getpid())]
