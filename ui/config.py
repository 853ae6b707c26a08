"""What the candidate's program is told at start. The environment is read once, by the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_downloads_path

from ui.facts import Practice
from ui.launcher import Launch


@dataclass(frozen=True, slots=True)
class UiConfig:
    """``center`` is the address this program was set up for; ``pages`` the built pages; ``display`` the X11 display.

    ``window``: open the native window (else only the pages are served). ``debug_port``: remote debugging of the native
    window, for tests. ``ready_file``: written with an address once the pages can be opened. ``practice``: what a demo
    fills the login page with. ``say``: a line for whoever started the program from a terminal. ``downloads``: where the
    person looks for files that were saved.
    """

    center: str
    launch: Launch
    pages: Path = Path(__file__).resolve().parent / "pages"
    display: str = ""
    window: bool = True
    browser: bool = True  # open the default browser when there can be no window
    debug_port: int | None = None
    ready_file: Path | None = None
    rehearse: bool = False  # begin a rehearsal, unless an interview is under way
    practice: Practice | None = None
    say: Callable[[str], None] = lambda _: None
    downloads: Path = field(default_factory=user_downloads_path)
    ca_bundle: Path | None = None
    proxies: Mapping[str, str] = field(default_factory=dict)
