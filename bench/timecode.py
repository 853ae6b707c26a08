"""A picture that carries its time, painted on one X screen and read back from another.

Twenty-four black or white fields: sixteen bits of milliseconds, eight to tell a whole code from a torn or blended one.
Talks to X through ctypes (libX11), so that nothing stands between the fields and the clock.
"""

import ctypes
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.errors import ServiceError

COLUMNS, ROWS = 6, 4
SPAN_MS = 1 << 16
_PAINT_S = 0.01
_ALL_PLANES = 0xFFFFFFFFFFFFFFFF
_ZPIXMAP = 2
_BLACK, _WHITE = 0x000000, 0xFFFFFF
_HALF = 128


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of a screen, in pixels."""

    x: int
    y: int
    width: int
    height: int


def now_ms() -> int:
    """The clock that codes are made from and held against."""
    return time.monotonic_ns() // 1_000_000 % SPAN_MS


def age_ms(code: int) -> int:
    """How long ago ``code`` was painted."""
    return (now_ms() - code) % SPAN_MS


def fields(code: int) -> list[bool]:
    """The fields of ``code``, row by row."""
    whole = code << 8 | _check(code)
    return [bool(whole >> (23 - bit) & 1) for bit in range(24)]


def code_in(lit: list[bool]) -> int | None:
    """The code of these fields; None when they are not one."""
    whole = 0
    for field in lit:
        whole = whole << 1 | field
    code = whole >> 8
    return code if whole & 0xFF == _check(code) else None


def _check(code: int) -> int:
    return (code * 167 + 91) >> 3 & 0xFF


def _xlib() -> Any:
    x = ctypes.CDLL("libX11.so.6")
    pointer, number, window = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong
    size = ctypes.c_uint
    for name, gives, takes in (
        ("XOpenDisplay", pointer, [ctypes.c_char_p]),
        ("XDefaultRootWindow", window, [pointer]),
        ("XCreateSimpleWindow", window, [pointer, window, number, number, size, size, size, window, window]),
        ("XCreatePixmap", window, [pointer, window, size, size, size]),
        ("XCreateGC", pointer, [pointer, window, window, pointer]),
        ("XSetForeground", number, [pointer, pointer, window]),
        ("XFillRectangle", number, [pointer, window, pointer, number, number, size, size]),
        ("XCopyArea", number, [pointer, window, window, pointer, number, number, size, size, number, number]),
        ("XMapRaised", number, [pointer, window]),
        ("XSync", number, [pointer, number]),
        ("XGetImage", pointer, [pointer, window, number, number, size, size, window, number]),
        ("XGetPixel", window, [pointer, number, number]),
        ("XDestroyImage", number, [pointer]),
        ("XCloseDisplay", number, [pointer]),
    ):
        function = getattr(x, name)
        function.restype, function.argtypes = gives, takes
    return x


class Painter:
    """A context manager: paints the time over the whole of ``display``, a hundred times a second."""

    def __init__(self, display: str, width: int, height: int) -> None:
        self._display = display
        self._size = (width, height)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._paint, name="timecode", daemon=True)

    def __enter__(self) -> "Painter":
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _paint(self) -> None:
        x, (width, height) = _xlib(), self._size
        screen = x.XOpenDisplay(self._display.encode())
        if not screen:
            raise ServiceError(f"display {self._display} cannot be opened")
        window = x.XCreateSimpleWindow(screen, x.XDefaultRootWindow(screen), 0, 0, width, height, 0, 0, 0)
        canvas = x.XCreatePixmap(screen, window, width, height, 24)
        pen = x.XCreateGC(screen, window, 0, None)
        x.XMapRaised(screen, window)
        wide, high = width // COLUMNS, height // ROWS
        while not self._over.wait(_PAINT_S):
            for number, lit in enumerate(fields(now_ms())):
                x.XSetForeground(screen, pen, _WHITE if lit else _BLACK)
                row, column = divmod(number, COLUMNS)
                x.XFillRectangle(screen, canvas, pen, column * wide, row * high, wide, high)
            x.XCopyArea(screen, canvas, window, pen, 0, 0, width, height, 0, 0)  # at once: no half code is ever seen
            x.XSync(screen, 0)
        x.XCloseDisplay(screen)


def watch(display: str, place: Place, seconds: float, seen: Callable[[int, int], None]) -> int:
    """Read ``place`` of ``display`` over and over; ``seen(code, age)`` at each new code. How often it was read."""
    x = _xlib()
    screen = x.XOpenDisplay(display.encode())
    if not screen:
        raise ServiceError(f"display {display} cannot be opened")
    root = x.XDefaultRootWindow(screen)
    until, last, looks = time.monotonic() + seconds, None, 0
    while time.monotonic() < until:
        image = x.XGetImage(screen, root, place.x, place.y, place.width, place.height, _ALL_PLANES, _ZPIXMAP)
        code = code_in([_lit(x.XGetPixel(image, *point)) for point in _points(place)])
        x.XDestroyImage(image)
        looks += 1
        if code is not None and code != last:
            last = code
            seen(code, age_ms(code))
        time.sleep(0.005)
    x.XCloseDisplay(screen)
    return looks


def _points(place: Place) -> list[tuple[int, int]]:
    """The middle of each field."""
    wide, high = place.width / COLUMNS, place.height / ROWS
    return [(int((column + 0.5) * wide), int((row + 0.5) * high)) for row in range(ROWS) for column in range(COLUMNS)]


def _lit(pixel: int) -> bool:
    return (pixel >> 8 & 0xFF) >= _HALF  # green
