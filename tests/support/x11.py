"""What people do to an X display: give the focus to another window, press a key, plug in a display.

Real X requests over libX11, libXtst and libXrandr, as a keyboard and a window manager make them.
"""

import ctypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_uint, c_ulong, c_void_p
from typing import Any

PRINT_SCREEN = 0xFF61
_REVERT_TO_ROOT, _VIEWABLE = 1, 2


class _Attributes(Structure):
    _fields_ = (
        ("x", c_int), ("y", c_int), ("width", c_int), ("height", c_int), ("border", c_int), ("depth", c_int),
        ("visual", c_void_p), ("root", c_ulong), ("kind", c_int), ("bit_gravity", c_int), ("win_gravity", c_int),
        ("backing_store", c_int), ("backing_planes", c_ulong), ("backing_pixel", c_ulong), ("save_under", c_int),
        ("colormap", c_ulong), ("map_installed", c_int), ("map_state", c_int), ("all_events", ctypes.c_long),
        ("your_events", ctypes.c_long), ("no_propagate", ctypes.c_long), ("override_redirect", c_int),
        ("screen", c_void_p),
    )  # fmt: skip


class _Monitor(Structure):
    _fields_ = (
        ("name", c_ulong), ("primary", c_int), ("automatic", c_int), ("outputs_count", c_int), ("x", c_int),
        ("y", c_int), ("width", c_int), ("height", c_int), ("mm_width", c_int), ("mm_height", c_int),
        ("outputs", POINTER(c_ulong)),
    )  # fmt: skip


class XDisplay:
    """One connection to ``name``; a context manager by ``opened``."""

    def __init__(self, name: str) -> None:
        self._x: Any = ctypes.CDLL("libX11.so.6")
        self._test: Any = ctypes.CDLL("libXtst.so.6")
        self._randr: Any = ctypes.CDLL("libXrandr.so.2")
        self._x.XOpenDisplay.restype = c_void_p
        self._x.XOpenDisplay.argtypes = [c_char_p]
        self._x.XDefaultRootWindow.restype = c_ulong
        self._x.XDefaultRootWindow.argtypes = [c_void_p]
        self._x.XInternAtom.restype = c_ulong
        self._x.XInternAtom.argtypes = [c_void_p, c_char_p, c_int]
        self._x.XKeysymToKeycode.argtypes = [c_void_p, c_ulong]
        self._x.XKeysymToKeycode.restype = ctypes.c_ubyte
        opened = self._x.XOpenDisplay(name.encode())
        assert opened, f"no X display {name}"
        self._display = c_void_p(opened)
        self._root = c_ulong(self._x.XDefaultRootWindow(self._display))

    def windows(self) -> dict[int, tuple[int, int]]:
        """Size of every window that can be seen, by id, the lowest first."""
        root, parent, children, count = c_ulong(), c_ulong(), POINTER(c_ulong)(), c_uint()
        self._x.XQueryTree(self._display, self._root, byref(root), byref(parent), byref(children), byref(count))
        found = {}
        for number in range(count.value):
            window, told = c_ulong(children[number]), _Attributes()
            if self._x.XGetWindowAttributes(self._display, window, byref(told)) and told.map_state == _VIEWABLE:
                found[int(window.value)] = (told.width, told.height)
        if count.value:
            self._x.XFree(children)
        return found

    def focus(self, window: int) -> None:
        """Give the keyboard to ``window`` and lift it, as a click on it does."""
        self._x.XRaiseWindow(self._display, c_ulong(window))
        self._x.XSetInputFocus(self._display, c_ulong(window), _REVERT_TO_ROOT, c_ulong(0))
        self._x.XSync(self._display, 0)

    def tap(self, keysym: int) -> None:
        """Press a key and let it go."""
        code = c_uint(self._x.XKeysymToKeycode(self._display, c_ulong(keysym)))
        assert code.value, f"no key for {keysym:#x}"
        self._test.XTestFakeKeyEvent(self._display, code, 1, c_ulong(0))
        self._x.XSync(self._display, 0)
        time.sleep(0.05)  # as long as a finger stays at least
        self._test.XTestFakeKeyEvent(self._display, code, 0, c_ulong(0))
        self._x.XSync(self._display, 0)

    @contextmanager
    def second_display(self) -> Iterator[None]:
        """RandR has one monitor more meanwhile, as with a second display beside the first."""
        name = self._x.XInternAtom(self._display, b"second", 0)
        monitor = _Monitor(name, 0, 0, 0, 640, 0, 640, 720, 300, 300, None)
        self._randr.XRRSetMonitor(self._display, self._root, byref(monitor))
        self._x.XSync(self._display, 0)
        try:
            yield
        finally:
            self._randr.XRRDeleteMonitor(self._display, self._root, c_ulong(name))
            self._x.XSync(self._display, 0)

    def close(self) -> None:
        """End the connection."""
        self._x.XCloseDisplay(self._display)


@contextmanager
def opened(name: str) -> Iterator[XDisplay]:
    """A connection for as long as the context lasts."""
    display = XDisplay(name)
    try:
        yield display
    finally:
        display.close()
