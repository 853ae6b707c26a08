"""What the person takes along: the receipt as a file and as a printable PDF, in the person's own Downloads folder.

Never writes over a file that is there. Evidence and the program's own files are none of its business.
"""

import threading
from pathlib import Path

from domain.errors import StorageError, Words, ZhishiError
from host.durable import sync_fd

_MOST_NAMES = 1000


class NotKept(StorageError):
    """A copy for the person could not be written; the program's own receipt is untouched."""

    code = "not_kept"
    message = Words("没有保存成功，回执本身仍在本机", "It was not saved; the receipt itself is still on this machine")
    hint = Words(
        "请检查“下载”文件夹能否写入、磁盘是否已满，然后再试一次",
        "See whether your Downloads folder can be written to and has room, then try again",
    )


class Keepsakes:
    """``saved`` and ``printed`` name the newest file of each kind; ``error`` why the newest PDF could not be kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.Lock()
        self.saved: Path | None = None
        self.printed: Path | None = None
        self.error: ZhishiError | None = None

    def save(self, content: bytes, name: str) -> None:
        """Keep the receipt's file. Raises NotKept."""
        with self._turn:
            self.saved = _keep(self._folder, name, content)

    def print(self, pdf: bytes, name: str) -> None:
        """Keep what was printed; what stands in the way is shown, for nobody waits for an answer."""
        with self._turn:
            try:
                if not pdf.startswith(b"%PDF-"):
                    raise NotKept(f"{name}: the window made no PDF")
                self.printed, self.error = _keep(self._folder, name, pdf), None
            except ZhishiError as why:
                self.error = why

    def forget(self) -> None:
        """Another interview begins; the files stay where they are."""
        self.saved, self.printed, self.error = None, None, None


def _keep(folder: Path, name: str, content: bytes) -> Path:
    """``content`` under ``name``, or under the next free "name (2)". Raises NotKept."""
    stem, dot, ending = name.rpartition(".")
    for number in range(1, _MOST_NAMES):
        path = folder / (name if number == 1 else f"{stem} ({number}){dot}{ending}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write_new(path, content)
        except FileExistsError:
            continue
        except OSError as why:
            raise NotKept(f"{path}: {why.strerror}") from why
        return path
    raise NotKept(f"{folder / name}: {_MOST_NAMES} files of this name are there already")


def _write_new(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        try:
            file.write(content)
            file.flush()
            sync_fd(file.fileno())
        except OSError:
            path.unlink(missing_ok=True)  # half a receipt is none
            raise
