"""Uploading one sealed file: tuspy 1.1.0 underneath, our discipline on top.

tuspy keeps the protocol (headers, metadata, the loop of chunks); every request goes through
``syncd.transport.Wire``, because tuspy opens a new connection per request, knows no timeout and reads a whole
chunk into memory (measured, see ``transfer.md``). Never retries (``retries=0``): ``syncd.retry`` decides. Never
keeps the URL: the queue does.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urljoin, urlsplit

from tusclient.client import TusClient
from tusclient.uploader.uploader import Uploader

from domain.errors import CenterUnknown, HashMismatch, SegmentDamaged
from domain.status import StoredState
from domain.wire.tus import OFFSET_TYPE, STATE_HEADER, VERSION
from host.durable import translate
from syncd.answers import check_tus
from syncd.transport import BLOCK, Wire

Progress = Callable[[int, int], None]
# tuspy is only half typed
_TusClient: Any = TusClient
_TusUploader: Any = Uploader


@dataclass(frozen=True, slots=True)
class Sent:
    """How an attempt ended: where the upload lives, its offset, and what the center made of it.

    ``state`` is None when the server does not say (a tus server that is not ours).
    """

    place: str
    offset: int
    state: StoredState | None


class Resent:
    """Counts bytes handed to the network beyond what the center acknowledged."""

    def __init__(self) -> None:
        self.reached = 0  # the furthest position handed over since the last acknowledgement
        self.bytes = 0

    def acknowledged(self, offset: int) -> None:
        """The center holds ``offset`` bytes: what was handed over beyond it goes again."""
        self.bytes += max(0, self.reached - offset)
        self.reached = offset


class CenterTus(_TusClient):  # type: ignore[misc]
    """A tus endpoint spoken to through one worker's wire, with the token of one device."""

    def __init__(self, url: str, wire: Wire, headers: dict[str, str] | None = None) -> None:
        super().__init__(url, headers=headers)
        self.wire = wire

    def uploader(self, *args: Any, **kwargs: Any) -> "SegmentUploader":
        """An uploader of ours for this endpoint."""
        return SegmentUploader(*args, client=self, **kwargs)


class SegmentUploader(_TusUploader):  # type: ignore[misc]
    """One attempt at one upload; ``url`` None creates it.

    ``path`` None is a gap (no bytes). ``with_body``: the bytes go in the request that creates the upload.
    ``progress`` is told each position handed to the network and how many bytes that took, and may raise to cancel;
    ``pace`` is asked before so many bytes go out, waits until they may, and answers how many of them may go at once;
    ``created`` is told the new upload's path and offset before more is sent.
    """

    def __init__(
        self,
        path: Path | None,
        size: int,
        *,
        client: CenterTus,
        metadata: dict[str, str],
        url: str | None = None,
        with_body: bool = False,
        progress: Progress | None = None,
        pace: Callable[[int], int] | None = None,
        resent: Resent | None = None,
        created: Callable[[str, int], None] | None = None,
    ) -> None:
        self._path = path
        self._size = size
        self._with_body = with_body and size > 0
        self._progress = progress or (lambda _position, _count: None)
        self._pace = pace or (lambda count: count)
        self._created = created or (lambda _place, _offset: None)
        self.resent = resent or Resent()
        self.url: str | None = None
        self.state: StoredState | None = None
        super().__init__(file_stream=io.BytesIO(), client=client, metadata=metadata, url=url, retries=0)

    @property
    def _wire(self) -> Wire:
        wire: Wire = self.client.wire
        return wire

    def send(self) -> Sent:
        """Send what the center does not hold yet. Raises CenterError tree, SegmentDamaged, StorageError."""
        if self.url is None:
            self.url = self.create_url()
            self._created(urlsplit(self.url).path, self.offset)
        self.upload()
        if self.state is StoredState.QUARANTINED:
            raise HashMismatch(f"{self.url}: quarantined")
        return Sent(urlsplit(self.url).path, self.offset, self.state)

    def get_file_size(self) -> int:
        """Bytes as sealed; tuspy opens the file to find out."""
        return self._size

    def get_offset(self) -> int:
        """HEAD: the offset the center holds durably."""
        answer = check_tus(self._wire.request("HEAD", str(self.url), headers=self.get_headers()))
        return self._read(answer.headers)

    def create_url(self) -> str:
        """POST: create the upload, with its bytes when that was asked for."""
        headers = self.get_url_creation_headers()
        if not self.metadata:
            del headers["upload-metadata"]  # tuspy sends it empty, which @tus/server refuses
        if self._with_body:
            headers["Content-Type"] = OFFSET_TYPE
            with self._body(0, self._size) as body:
                answer = self._wire.request("POST", self.client.url, headers=headers, body=body)
        else:
            headers["Content-Length"] = "0"
            answer = self._wire.request("POST", self.client.url, headers=headers)
        check_tus(answer)
        location = answer.headers.get("Location")
        if location is None:
            raise CenterUnknown(f"{self.client.url}: created, but without a Location")
        self.offset = self._read(answer.headers, default=0)
        # Only the path counts: the center's own idea of its name may not be how it is reached from here.
        return same_origin(self.client.url, location)

    def upload(self, stop_at: int | None = None) -> None:
        """tuspy's loop, except that an upload just created may hold bytes already."""
        if self.offset < (stop_at or self._size):
            super().upload(stop_at)

    def _do_request(self) -> None:
        """PATCH from the offset to the end; leaves the answer where tuspy reads the new offset."""
        headers = {**self.get_headers(), "Upload-Offset": str(self.offset), "Content-Type": OFFSET_TYPE}
        with self._body(self.offset, self.get_request_length()) as body:
            answer = check_tus(self._wire.request("PATCH", str(self.url), headers=headers, body=body))
        before, offset = self.offset, self._read(answer.headers)
        if offset <= before:
            raise CenterUnknown(f"{self.url}: a PATCH at {before} was answered with offset {offset}")
        self.request = _Answered({"upload-offset": str(offset)})

    def _body(self, start: int, length: int) -> "_Body":
        if self._path is None:
            raise SegmentDamaged("a gap has no bytes to send")
        with translate(self._path):
            file = self._path.open("rb", buffering=0)
            file.seek(start)
        return _Body(file, self._path, start, length, self._pace, self._hand_over)

    def _hand_over(self, position: int, count: int) -> None:
        self.resent.reached = max(self.resent.reached, position)
        self._progress(position, count)

    def _read(self, headers: Any, default: int | None = None) -> int:
        value = headers.get("Upload-Offset", default)
        if value is None or not str(value).isdigit() or int(value) > self._size:
            raise CenterUnknown(f"{self.url}: Upload-Offset is {value!r} of {self._size}")
        state = headers.get(STATE_HEADER)
        self.state = StoredState(state) if state in set(StoredState) else None
        self.resent.acknowledged(int(value))
        return int(value)


def same_origin(base: str, location: str) -> str:
    """``location``'s path at ``base``'s scheme, host and port."""
    path = urlsplit(urljoin(base, location))
    return urljoin(base, path.path + (f"?{path.query}" if path.query else ""))


def ask(wire: Wire, url: str, headers: dict[str, str]) -> str | None:
    """The ``Upload-Metadata`` that the center keeps for the upload at ``url``."""
    answer = check_tus(wire.request("HEAD", url, headers={"Tus-Resumable": VERSION, **headers}))
    return answer.headers.get("Upload-Metadata")


@dataclass(frozen=True, slots=True)
class _Answered:
    """The one thing tuspy looks at after a chunk."""

    response_headers: dict[str, str]


class _Body:
    """Part of a file as a request body: ``requests`` asks its length, urllib3 reads it block by block."""

    def __init__(
        self, file: IO[bytes], path: Path, start: int, length: int, pace: Callable[[int], int], tell: Progress
    ) -> None:
        self._file = file
        self._path = path
        self._at = start
        self._end = start + length
        self._pace = pace
        self._tell = tell

    def __len__(self) -> int:
        return self._end - self._at

    def __iter__(self) -> "_Body":  # tells ``requests`` that this is a stream
        return self

    def __next__(self) -> bytes:
        block = self.read(BLOCK)
        if not block:
            raise StopIteration
        return block

    def read(self, size: int = BLOCK) -> bytes:
        """The next bytes; raises SegmentDamaged when the file has become shorter, StorageError."""
        size = min(size, self._end - self._at)
        if size <= 0:
            return b""
        size = self._pace(size)
        with translate(self._path):
            block = self._file.read(size)
        if not block:
            raise SegmentDamaged(f"{self._path}: ends at {self._at} of {self._end} bytes")
        self._at += len(block)
        self._tell(self._at, len(block))
        return block

    def __enter__(self) -> "_Body":
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()
