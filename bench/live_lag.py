"""``live-lag``: how long after sealing the center has verified a link, while everything records and uploads live.

From the moment the sidecar's bytes were written (its mtime; its own fsync and rename come after that, so they count
against us) to the center's own ``finished_ms``. Laptop and center share one machine and one clock. Each link is one
sample: init files, segments and gaps.
"""

import time

from bench.figures import Figure, Outcome, percentile
from bench.setting import Bench, Setting
from bench.world import Center, Laptop, await_until, recording_system
from host.spool import SealFile, Spool

REACH_S = 0.5
_LAST_S = 30.0


def run(setting: Setting) -> Outcome:
    """Record for a while and compare the two stamps of every link."""
    seconds = setting.rounds(90, 25)
    with recording_system(setting.folder, setting.environ) as (center, laptop, session):
        setting.say(f"recording for {seconds} s")
        time.sleep(seconds)
        laptop.stop_recording(end=False)
        await_until(
            lambda: len(center.verified(session)) >= len(_seals(laptop, session)),
            _LAST_S,
            "the last link verified",
        )
        lags = _lags(center, laptop, session)
    what = (
        f"sealed (sidecar written) → verified (the center's own stamp), every link of {seconds} s of camera and "
        "screen, live on loopback, one machine doing all of it"
    )
    p95 = percentile(lags, 0.95)
    note = f"p50 {percentile(lags, 0.5) * 1000:.0f} ms, max {max(lags) * 1000:.0f} ms, {len(lags)} links"
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(f"p95 of {what}", p95, "s", {}, "≤ 0.5 s", p95 <= REACH_S, note),
            Figure(f"p50 of {what}", percentile(lags, 0.5), "s"),
        ),
        setting.quick,
    )


def _lags(center: Center, laptop: Laptop, session: str) -> list[float]:
    verified = center.verified(session)
    return [verified[file.seal.identity] / 1000 - file.path.stat().st_mtime for file in _seals(laptop, session)]


def _seals(laptop: Laptop, session: str) -> list[SealFile]:
    spool = Spool(laptop.home.spool)
    return [file for track in spool.tracks(session) for file in spool.read_seals(session, track).files]


BENCH = Bench("live-lag", "封存到校验的时延 · sealed to verified, live", run)
