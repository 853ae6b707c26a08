"""The licences of what is inside the folder: one text after another, and a list that names them.

Owns finding them: a Python package's own files, Debian's copyright file of a system library, Python's, the pages'.
Fails when something inside has none: a folder without its licences may not be handed out.
"""

import importlib.metadata
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

_DOC = Path("/usr/share/doc")
_COMMON = Path("/usr/share/common-licenses")
_TEXTS = ("LICEN", "COPYING", "NOTICE", "AUTHORS")
# what a wheel only names: the text is a common one
_NAMED = {
    "LGPL-3.0": ("LGPL-3", "GPL-3"), "LGPL": ("LGPL-3", "GPL-3"), "GPL-3.0": ("GPL-3",), "GPL": ("GPL-3",),
    "Apache": ("Apache-2.0",), "BSD": ("BSD",), "MPL": ("MPL-2.0",), "MIT": (),
}  # fmt: skip


class LicenceMissing(Exception):
    """Names what has none."""


@dataclass(slots=True)
class Part:
    """One thing inside: its version, the licence it names, the texts."""

    name: str
    version: str
    licence: str
    texts: list[Path] = field(default_factory=list)
    said: str = ""  # where there is no text but only words


def collect(sources: Iterable[Path], target: Path, web: Path) -> list[Part]:
    """Write the licences of everything that ``sources`` come from into ``target``. Raises LicenceMissing."""
    parts = {part.name: part for part in _parts(sources, web)}
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    lines = ["What is inside this folder, and under which licence. 本文件夹内的组件及其许可证。", ""]
    for part in sorted(parts.values(), key=lambda one: one.name.lower()):
        if not part.texts and not part.said:
            raise LicenceMissing(part.name)
        place = target / part.name
        place.mkdir()
        for number, text in enumerate(dict.fromkeys(part.texts)):
            name = text.name if not (place / text.name).exists() else f"{number}-{text.name}"
            shutil.copyfile(text, place / name)
        if part.said:
            (place / "METADATA.txt").write_text(part.said)
        lines.append(f"{part.name} {part.version}: {part.licence}")
    (target / "README.txt").write_text("\n".join([*lines, ""]))
    return list(parts.values())


def _parts(sources: Iterable[Path], web: Path) -> Iterable[Part]:
    yield _python()
    yield _page_part(web / "node_modules" / "preact")
    owner = _owners()
    names: set[str] = {"pyinstaller"}  # its loader is what begins the program
    system: set[Path] = set()
    for source in sources:
        name = owner.get(source.resolve())
        if name is not None:
            names.add(name)
        elif source.resolve().is_relative_to("/usr/lib") and "python" not in source.name:
            system.add(source.resolve())
    for name in sorted(names):
        yield _package(importlib.metadata.distribution(name))
    for package in sorted({_debian(path) for path in system if path.suffix != ".py" and ".so" in path.name}):
        yield Part(package, "", "see the text", [_DOC / package / "copyright"])


def _owners() -> dict[Path, str]:
    """Every installed file → the package that brought it; our own needs no mention."""
    found = {}
    for one in importlib.metadata.distributions():
        name = one.metadata["Name"]
        if name != "zhishi":
            for file in one.files or ():
                found[Path(str(one.locate_file(file))).resolve()] = name
    return found


def _package(one: importlib.metadata.Distribution) -> Part:
    told = one.metadata
    named_so = [line.rpartition(" :: ")[2] for line in _told(one, "Classifier") if line.startswith("License ::")]
    licence = [*_told(one, "License-Expression"), *named_so, *_told(one, "License"), "not named"][0].split("\n")[0][:80]
    texts = [
        Path(str(one.locate_file(file)))
        for file in one.files or ()
        if ".dist-info" in str(file) and file.name.upper().startswith(_TEXTS)
    ]
    said = ""
    if not texts:
        named = next((texts for word, texts in _NAMED.items() if word in licence), None)
        if named is None:
            raise LicenceMissing(f"{told['Name']}: {licence!r}")
        texts = [_COMMON / name for name in named if (_COMMON / name).exists()]
        said = f"{told['Name']} {one.version}\nLicence: {licence}\nHome page and sources: {_addresses(one)}\n"
    return Part(told["Name"], one.version, licence, texts, said)


def _addresses(one: importlib.metadata.Distribution) -> str:
    return ", ".join([*_told(one, "Home-page"), *_told(one, "Project-URL")]) or "not named"


def _told(one: importlib.metadata.Distribution, name: str) -> list[str]:
    return one.metadata.get_all(name) or []


def _python() -> Part:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    places = [
        Path(sysconfig.get_path("stdlib")) / "LICENSE.txt",
        Path(sys.base_prefix) / "LICENSE.txt",
        _DOC / f"python{version}" / "copyright",
        _DOC / f"libpython{version}-stdlib" / "copyright",
    ]
    return Part("Python", sys.version.split()[0], "PSF-2.0", [place for place in places if place.is_file()][:1])


def _page_part(module: Path) -> Part:
    return Part(module.name, "", "MIT", [module / "LICENSE"])


def _debian(path: Path) -> str:
    """The Debian package a system library belongs to."""
    for name in (str(path), str(path).removeprefix("/usr")):
        done = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    raise LicenceMissing(str(path))


def ffmpeg_words(program: Path) -> str:
    """What the bundled ffmpeg says of itself: version, configuration, licence."""
    told = [
        subprocess.run([str(program), "-hide_banner", order], capture_output=True, text=True, check=False).stdout
        for order in ("-version", "-L")
    ]
    return "\n".join(told)
