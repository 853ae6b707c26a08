"""The virtual desktop for tests: the stage of the demo, entered with this process's environment."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from zhishi.stage import VirtualDesktop


@contextmanager
def desktop(size: str = "1280x720") -> Iterator[VirtualDesktop]:
    """A screen and a speaking microphone; hand ``os.environ | desktop.environ`` to what shall see them."""
    with VirtualDesktop(os.environ, size=size) as made:
        yield made
