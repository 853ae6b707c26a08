"""``page-weight``: what the candidate's pages weigh, as built: every file, each gzipped by itself."""

import gzip
from pathlib import Path

from bench.figures import Figure, Outcome
from bench.setting import Bench, Setting
from domain.errors import ServiceError
from ui.config import UiConfig
from ui.launcher import Launch

REACH_KB = 150.0
_LEVEL = 9


def run(setting: Setting) -> Outcome:
    """One look at the built files; nothing here varies between rounds."""
    files = _built(UiConfig(center="", launch=Launch((), {}, {})).pages)
    raw = {path: path.read_bytes() for path in files}
    packed = {path: len(gzip.compress(content, _LEVEL)) / 1000 for path, content in raw.items()}
    total = sum(packed.values())
    plain = sum(len(content) for content in raw.values()) / 1000
    heaviest = max(packed, key=lambda path: packed[path])
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(
                f"all {len(files)} files of the candidate's pages, gzip -{_LEVEL} each",
                total,
                "kB",
                {"not packed": plain},
                "≤ 150 kB",
                total <= REACH_KB,
            ),
            Figure(f"the heaviest file ({heaviest.suffix})", packed[heaviest], "kB"),
        ),
        setting.quick,
        "1 kB = 1000 bytes; no font, no picture and no script comes from anywhere else",
    )


def _built(pages: Path) -> list[Path]:
    files = sorted(path for path in pages.rglob("*") if path.is_file() and not path.name.startswith("."))
    if not files:
        raise ServiceError(f"{pages}: the pages are not built (make pages)")
    return files


BENCH = Bench("page-weight", "页面大小 · weight of the candidate's pages", run)
