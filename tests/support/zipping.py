"""Zip files of project folders, as people's computers make them, and as they must not be."""

import zipfile
from pathlib import Path


def zipped(folder: Path, to: Path, around: str = "") -> Path:
    """``folder`` as a zip at ``to``; ``around`` is the name of one folder around everything."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, str(Path(around) / path.relative_to(folder)))
    return to


def zip_of(to: Path, *files: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    """A zip of just these files."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return to


class GbkName(zipfile.ZipInfo):
    """An entry named as Chinese Windows does: in GBK, and nothing says so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 -- what zipfile calls it
        return self.filename.encode("gbk"), self.flag_bits & ~0x800
