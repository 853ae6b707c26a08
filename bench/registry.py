"""Every id and the module that measures it. A module is loaded only when its id is asked for."""

import importlib

from bench.setting import Bench
from domain.errors import BadInput

MODULES = {
    "kill-loss": "bench.kill_loss",
    "resent": "bench.resent",
    "stream": "bench.stream",
    "resume": "bench.resume",
    "live-lag": "bench.live_lag",
    "record-cpu": "bench.record_cpu",
    "syncd-memory": "bench.syncd_memory",
    "face": "bench.face",
    "dashboard-lag": "bench.dashboard_lag",
    "dashboard-first": "bench.dashboard_first",
    "dashboard-scroll": "bench.dashboard_scroll",
    "window-start": "bench.window_start",
    "page-weight": "bench.page_weight",
    "ui-cpu": "bench.ui_cpu",
    "preview": "bench.preview",
    "phone-weight": "bench.phone_weight",
    "phone-first-picture": "bench.phone_picture",
    "phone-memory": "bench.phone_memory",
    "phone-kill": "bench.phone_kill",
    "backlog": "bench.backlog",
    "review-start": "bench.review_start",
    "review-seek": "bench.review_seek",
    "review-sync": "bench.review_sync",
}


def load(name: str) -> Bench:
    """The measurement called ``name``; raises BadInput listing the known ids."""
    if name not in MODULES:
        raise BadInput(f"{name!r} is not one of {', '.join(MODULES)}")
    found = importlib.import_module(MODULES[name]).BENCH
    assert isinstance(found, Bench)
    return found
