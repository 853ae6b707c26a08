"""The questions on this machine: the encrypted pack before the start, the opened ones after it, nothing after the end.

Owns their two files. Never asks the center and never decides when they may be opened: without the key nobody can.
"""

import os
import threading
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from domain.errors import BadInput, SpoolUnreadable
from domain.pack import key_from_release, open_with_key
from domain.wire.interview import PackBody, Question
from host.durable import read_bytes, sync_fd, sync_folder, translate, write_bytes

_QUESTIONS = TypeAdapter(tuple[Question, ...])


class Vault:
    """Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._pack_file = folder / "question-pack.json"
        self._open_file = folder / "questions.json"
        self._lock = threading.Lock()
        self._pack = _read_pack(self._pack_file)
        self._questions = _read_questions(self._open_file)

    @property
    def pack(self) -> PackBody | None:
        """The encrypted pack, once it is here."""
        return self._pack

    @property
    def questions(self) -> tuple[Question, ...] | None:
        """The opened questions; None while they are not here."""
        return self._questions

    def keep_pack(self, pack: PackBody) -> None:
        """Keep a pack that has come. Raises StorageError."""
        with self._lock:
            write_bytes(self._pack_file, pack.model_dump_json().encode())
            self._pack = pack

    def open(self, key: str) -> None:
        """Open the pack with the center's key. Raises PackDamaged, BadInput without a pack."""
        if self._pack is None:
            raise BadInput("试题包不在本机 / no question pack is here")
        self.keep(open_with_key(self._pack, key))

    def open_by_code(self, code: str) -> None:
        """Open the pack with a release code as typed. Raises CodeWrong, PackDamaged, BadInput without a pack."""
        if self._pack is None:
            raise BadInput("试题包不在本机 / no question pack is here")
        self.open(key_from_release(self._pack, code))

    def keep(self, questions: list[Question]) -> None:
        """Keep questions in the clear until the end: after a restart they must be there without network."""
        with self._lock:
            write_bytes(self._open_file, _QUESTIONS.dump_json(tuple(questions)))
            self._questions = tuple(questions)

    def wipe(self) -> None:
        """Overwrite and remove everything. Raises StorageError."""
        with self._lock:
            self._questions, self._pack = None, None
            for path in (self._open_file, self._pack_file):
                _overwrite(path)


def _overwrite(path: Path) -> None:
    """As far as a file system allows: solid-state disks and snapshots may keep old blocks."""
    if not path.exists():
        return
    with translate(path):
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
            file.flush()
            sync_fd(file.fileno())
        path.unlink()
    sync_folder(path.parent)


def _read_pack(path: Path) -> PackBody | None:
    try:
        return PackBody.model_validate_json(read_bytes(path)) if path.exists() else None
    except (ValidationError, SpoolUnreadable):
        return None  # the center gives it again


def _read_questions(path: Path) -> tuple[Question, ...] | None:
    try:
        return _QUESTIONS.validate_json(read_bytes(path)) if path.exists() else None
    except (ValidationError, SpoolUnreadable):
        return None  # the pack opens them again
