"""Where everything of one user lies on this machine. ``ZHISHI_HOME`` moves all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from host.durable import private_folder


@dataclass(frozen=True, slots=True)
class Home:
    """The folders below ``root``; all owner-only."""

    root: Path

    @staticmethod
    def locate(environ: Mapping[str, str]) -> "Home":
        """``ZHISHI_HOME`` when set, else this user's data folder as the system has it."""
        named = environ.get("ZHISHI_HOME")
        root = Path(named) if named else user_data_path("zhishi", appauthor=False)
        return Home(root.expanduser().absolute())

    def prepare(self) -> "Home":
        """Make the folders; raises StorageError."""
        for folder in (self.root, self.spool, self.run, self.state, self.keys, self.logs, self.receipts):
            private_folder(folder)
        return self

    @property
    def spool(self) -> Path:
        """Evidence: the truth on this machine."""
        return self.root / "spool"

    @property
    def run(self) -> Path:
        """Run files and single-instance locks."""
        return self.root / "run"

    @property
    def state(self) -> Path:
        """What programs remember but could do without."""
        return self.root / "state"

    @property
    def keys(self) -> Path:
        """Device key and pinned center keys."""
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        """Rotating logs."""
        return self.root / "logs"

    @property
    def receipts(self) -> Path:
        """Signed receipts to keep."""
        return self.root / "receipts"

    @property
    def queue_db(self) -> Path:
        """syncd's queue; rebuilt from the spool when lost."""
        return self.root / "queue.db"

    @property
    def center_time(self) -> Path:
        """The offset learnt by syncd; see ``host.centertime``."""
        return self.state / "center-time.json"
