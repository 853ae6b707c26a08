"""The newest preview picture, taken from the recorder's stream: one reader for every viewer, and only while one looks.

Never opens a camera. Nothing is queued: a slow viewer sees fewer pictures.
"""

import threading
import time

import requests

from domain.errors import ZhishiError
from host.localapi import LocalClient

_LINGER_S = 3.0
_RETRY_S = 0.3
_WAIT_S = 2.0
_MOST = 4 << 20
_HEAD_END = b"\r\n\r\n"


class Parts:
    """Cuts a multipart stream of pictures into pictures. Pure but for what it remembers."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> list[bytes]:
        """The pictures that ``data`` completes."""
        self._rest += data
        found = []
        while (end := self._rest.find(_HEAD_END)) >= 0:
            length = _length(self._rest[:end])
            start = end + len(_HEAD_END)
            if length is None:
                self._rest = self._rest[start:]
                continue
            if len(self._rest) < start + length:
                break
            found.append(self._rest[start : start + length])
            self._rest = self._rest[start + length :]
        if len(self._rest) > _MOST:
            self._rest = b""
        return found


def _length(head: bytes) -> int | None:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            return int(value)
    return None


class Preview:
    """Safe to share between threads."""

    def __init__(self, recorder: LocalClient) -> None:
        self._recorder = recorder
        self._came = threading.Condition()
        self._jpeg: bytes | None = None
        self._number = 0
        self._asked_s = 0.0
        self._reading = False
        self._stopping = False

    def picture(self, after: int) -> tuple[int, bytes] | None:
        """Number and JPEG of the newest picture once its number differs from ``after``; None when none comes soon."""
        deadline = time.monotonic() + _WAIT_S
        with self._came:
            self._asked_s = time.monotonic()
            if not self._reading and not self._stopping:
                self._reading, self._jpeg = True, None
                threading.Thread(target=self._read, name="preview", daemon=True).start()
            while self._jpeg is None or self._number == after:
                left = deadline - time.monotonic()
                if left <= 0 or self._stopping:
                    return None
                self._came.wait(left)
            return self._number, self._jpeg

    def stop(self) -> None:
        """No more pictures."""
        with self._came:
            self._stopping = True
            self._came.notify_all()

    def _wanted(self) -> bool:
        return not self._stopping and time.monotonic() - self._asked_s < _LINGER_S

    def _read(self) -> None:
        while True:
            with self._came:
                if not self._wanted():
                    self._reading, self._jpeg = False, None
                    return
            try:
                self._one_stream()
            except (ZhishiError, requests.RequestException):  # the recorder is being started or gives no picture yet
                time.sleep(_RETRY_S)

    def _one_stream(self) -> None:
        parts = Parts()
        with self._recorder.fetch("GET", "/preview.mjpeg", stream=True) as reply:
            for data in reply.iter_content(chunk_size=None):
                for jpeg in parts.take(data):
                    with self._came:
                        self._jpeg, self._number = jpeg, self._number + 1
                        self._came.notify_all()
                if not self._wanted():
                    return
