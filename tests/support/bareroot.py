"""A machine of a candidate who installed nothing: this one without Python, ffmpeg, source tree and tools.

A root of its own, in a mount namespace of its own, in which only the libraries that a desktop brings, fonts, ``/tmp``
(where the test's screen, sound and home are), devices and the packed folder, read-only, can be seen.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

PLACE = "/opt/zhishi"
_LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64")
_SHOWN = (
    "/usr/share/fonts", "/usr/share/fontconfig", "/usr/share/X11", "/usr/share/zoneinfo", "/usr/share/alsa",
    "/etc/fonts", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts", "/etc/resolv.conf", "/etc/ssl",
    "/etc/pulse", "/etc/ld.so.cache",
)  # fmt: skip
_TOOLS = ("sh", "pactl")  # what every desktop with sound has
_TOOLS_AT = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
# besides Python and ffmpeg what desktops may lack, and the folder therefore brings
_HIDDEN = (
    "libpython*", "libavcodec*", "libavformat*", "libavdevice*", "python3*", "libnss3*", "libnssutil3*", "libsmime3*",
    "libnspr4*", "libplc4*", "libplds4*", "libxcb-cursor*", "libxcb-icccm*", "libxcb-keysyms*", "libxcb-image*",
    "libxcb-render-util*", "libxkbcommon*", "libxkbfile*", "nss",
)  # fmt: skip
_ENTER = """
set -e
root=$1 folder=$2 chroot=$(command -v chroot); shift 2
mount -t tmpfs none "$root"
cd "$root"
mkdir -p usr/bin tmp dev proc sys etc opt/zhishi root run var/tmp home
for link in bin lib lib64; do ln -s usr/$link $link; done
for path in $SHOWN; do
  if [ -d "$path" ]; then mkdir -p ".$path"; mount --rbind "$path" ".$path"
  elif [ -e "$path" ]; then mkdir -p ".$(dirname "$path")"; touch ".$path"; mount --bind "$path" ".$path"; fi
done
for tool in $TOOLS; do touch usr/bin/$tool; mount --bind "$(readlink -f "$(command -v $tool)")" usr/bin/$tool; done
for path in $HIDDEN; do
  if [ -d ".$path" ]; then mount -t tmpfs none ".$path"; else mount --bind /dev/null ".$path"; fi
done
for path in dev proc sys tmp; do mount --rbind /$path $path; done
mount --bind "$folder" opt/zhishi
mount -o remount,bind,ro opt/zhishi
unset SHOWN TOOLS HIDDEN
PATH=/usr/bin:/bin exec "$chroot" . "$@"
"""


class BareRoot:
    """``command`` is how the packed program is run there; ``environ`` is all it gets."""

    def __init__(self, packed: Path, at: Path) -> None:
        self._packed = packed
        self._at = at
        at.mkdir()
        self.home = at.parent / "person"
        self.home.mkdir()

    def command(self, *words: str) -> list[str]:
        """``words`` run inside; the process id stays what it is (everything execs)."""
        namespaces = ["--mount"] if os.geteuid() == 0 else ["--mount", "--user", "--map-root-user"]
        found = [path for folder in _LIBRARIES for name in _HIDDEN for path in Path(folder).glob(name)]
        hidden = [str(path) for path in found if not path.is_symlink()]
        told = {
            "SHOWN": " ".join(path for path in (*_LIBRARIES, *_SHOWN) if Path(path).exists()),
            "TOOLS": " ".join(_TOOLS),
            "HIDDEN": " ".join(hidden),
        }
        inside = [f"{name}={value}" for name, value in told.items()]
        return [
            "/usr/bin/env", f"PATH={_TOOLS_AT}", *inside, "unshare", *namespaces, "--propagation", "private", "--",
            "sh", "-c", _ENTER, "bare", str(self._at), str(self._packed), *words,
        ]  # fmt: skip

    def environ(self, more: Mapping[str, str]) -> dict[str, str]:
        """A person's: no search path leads to anything but what the root holds."""
        return {"HOME": str(self.home), "LANG": "zh_CN.UTF-8", "PATH": "/usr/bin:/bin", **more}

    def run(self, *words: str, environ: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """``words`` to their end."""
        return subprocess.run(
            self.command(*words),
            env=self.environ(environ or {}),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
