"""``phone-weight``: what a phone loads before it can film: page, script and style, each as gzip sends it.

The QR decoder is apart: it is loaded only by whoever scans inside the page with a browser that cannot.
"""

import gzip
from pathlib import Path

from bench.figures import Figure, Outcome
from bench.setting import Bench, Setting
from web.build import CENTER_PAGES, build_pages

_REACH_KB = 120


def run(setting: Setting) -> Outcome:
    """Build the pages and weigh them."""
    build_pages()
    folder = CENTER_PAGES / "companion"
    files = [path for path in folder.rglob("*") if path.is_file()]
    decoder = {path for path in files if path.suffix == ".wasm" or path.name.startswith("scan-")}
    page = _kilobytes(set(files) - decoder)
    what = "page, script, style, icon and service worker, gzip -9"
    against = {"with the QR decoder": page + _kilobytes(decoder)}
    figure = Figure(what, page, "KB", against, f"≤ {_REACH_KB} KB", page <= _REACH_KB)
    return Outcome(BENCH.id, BENCH.title, (figure,), setting.quick)


def _kilobytes(files: set[Path]) -> float:
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) / 1000


BENCH = Bench("phone-weight", "手机页面的大小 · what the phone's page weighs", run)
