"""The laptop's disk: Debian by debootstrap, the product installed from its wheel as anybody would, one ext4 file.

Owns ``build/lab``. The system with the product's locked requirements is made once for a lock and a recipe; the
product itself is installed anew whenever its wheel differs. Needs root. The guest is built, never started, here.
"""

import hashlib
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.lab import locked, recipe

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("domain", "host", "recorder", "syncd", "ui", "center", "zhishi", "migrations")
_LONG_S, _STEP_S = 1500, 900
PYTHON = "/opt/zhishi/bin/python"
_PRIVATE = ("unshare", "--mount", "--propagation", "private")  # what is mounted meanwhile is gone afterwards


@dataclass(frozen=True, slots=True)
class Image:
    """What qemu is handed. ``disk`` is never written to: every run copies it."""

    disk: Path
    kernel: Path
    initrd: Path


def build(python: Path, say: Callable[[str], None]) -> Image:
    """The image for the tree as it is; made only when there is none yet. Raises CalledProcessError, OSError."""
    place = ROOT / "build" / "lab"
    place.mkdir(parents=True, exist_ok=True)
    system = place / f"system-{_digest((ROOT / 'requirements.lock').read_bytes(), recipe.system())}"
    wheel = _wheel(python, place / "wheel")
    for step in (_debian, _requirements):
        made = system / step.__name__
        if not made.exists():
            step(system, python, say)
            made.touch()
    image = system / f"laptop-{_digest(_contents(wheel), recipe.furnishing())}.raw"
    if not image.exists():
        say("the product is installed · 安装产品")
        for old in system.glob("*.raw"):
            old.unlink()
        _install(system, wheel)
        _file_system(system / "root", image)
    kernel = next((system / "root" / "boot").glob("vmlinuz-*"))
    return Image(image, kernel, kernel.with_name(kernel.name.replace("vmlinuz", "initrd.img", 1)))


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


def _contents(wheel: Path) -> bytes:
    """What is in the wheel, whatever its time stamps say."""
    with zipfile.ZipFile(wheel) as packed:
        return b"".join(name.encode() + packed.read(name) for name in sorted(packed.namelist()))


def _wheel(python: Path, place: Path) -> Path:
    """The product's wheel, pages included, built from the tree."""
    shutil.rmtree(place, ignore_errors=True)
    _run(
        [str(python), "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(place), str(ROOT)],
        environ={"SKIP_WEB": "1"},  # `make pages` came first
    )
    return next(place.glob("zhishi-*.whl"))


def _debian(system: Path, _python: Path, say: Callable[[str], None]) -> None:
    root = system / "root"
    shutil.rmtree(system, ignore_errors=True)
    system.mkdir(parents=True)
    say("debootstrap: Debian 12 with its kernel, a few minutes, once · 构建 Debian 12，只需一次")
    packages = f"--include={','.join(recipe.PACKAGES)}"
    _run([*_PRIVATE, "debootstrap", "--variant=minbase", packages, recipe.SUITE, str(root)], seconds=_LONG_S)


def _requirements(system: Path, python: Path, say: Callable[[str], None]) -> None:
    """What the product needs and nothing else, as the lock has it."""
    root, wheels = system / "root", system / "wheels"
    say("the locked requirements · 安装锁定的依赖")
    wanted = system / "wanted.txt"
    wanted.write_text(locked.closure((ROOT / "requirements.lock").read_text(), "zhishi"))
    pip = [str(python), "-m", "pip", "wheel", "-q", "--retries", "5", "-w", str(wheels)]
    _run([*pip, "--no-deps", "--require-hashes", "-r", str(wanted)], seconds=_LONG_S)
    inside = root / "wheels"
    shutil.rmtree(inside, ignore_errors=True)
    inside.mkdir()
    for one in wheels.glob("*.whl"):
        shutil.move(one, inside / one.name)
    names = [f"/wheels/{one.name}" for one in sorted(inside.iterdir())]
    _inside(root, "/usr/bin/python3", "-m", "venv", "/opt/zhishi")
    _pip(root, "--no-index", "--no-deps", *names)
    shutil.rmtree(inside)
    shutil.rmtree(wheels)


def _install(system: Path, wheel: Path) -> None:
    root = system / "root"
    recipe.lay(root, system / "laid.json")
    for command in recipe.AFTER:
        _inside(root, *command)
    shutil.copyfile(wheel, root / "tmp" / wheel.name)
    _pip(root, "--no-index", "--no-deps", "--force-reinstall", f"/tmp/{wheel.name}")  # noqa: S108 -- the guest's
    (root / "tmp" / wheel.name).unlink()


def _pip(root: Path, *words: str) -> None:
    _inside(root, PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", *words)


def _file_system(root: Path, image: Path) -> None:
    """``root`` as an ext4 file; 3 GiB more than it needs are free, none of it is on the host's disk."""
    making = image.with_suffix(".making")
    making.unlink(missing_ok=True)
    used = int(_run(["du", "-smx", str(root)]).split()[0])
    _run(["mke2fs", "-q", "-t", "ext4", "-L", "laptop", "-m", "0", "-d", str(root), str(making), f"{used + 3072}M"])
    making.rename(image)


def _inside(root: Path, *command: str, check: bool = True) -> None:
    """Run ``command`` in the guest's tree; Debian's scripts want /proc, which goes when the command ends."""
    mount = 'mount -t proc proc "$1/proc" && root=$1 && shift && exec chroot "$root" "$@"'
    _run([*_PRIVATE, "sh", "-c", mount, "sh", str(root), *command], check=check)


def _run(
    command: list[str], *, seconds: int = _STEP_S, environ: dict[str, str] | None = None, check: bool = True
) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    clean |= {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8", **(environ or {})}
    clean["PATH"] = f"{clean.get('PATH', '')}:/usr/sbin:/sbin:/usr/bin:/bin"
    done = subprocess.run(
        command, env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False
    )
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)[:300]}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout
