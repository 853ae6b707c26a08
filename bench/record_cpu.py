"""``record-cpu``: what recording costs beside bare ffmpeg with the very same arguments, in percent of one core.

A, B, A, B: first the product records (recorder, syncd, both ffmpeg; the center runs too but is another machine's
business and is not counted), then the two ffmpeg alone are run with the arguments from the run's own ``run.json``
in folders laid out alike, on the same stage. Starting up is left out of both.
"""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.cpu import tree, use_over
from bench.figures import Figure, Outcome, median, spread
from bench.setting import Bench, Setting
from bench.world import START_S, Center, Laptop, await_until, new_laptop
from domain.errors import ServiceError
from domain.identity import Track
from host.runrecord import RunRecord
from host.spool import Spool
from zhishi.stage import VirtualDesktop, dying_with_parent

REACH = 4.0
_SETTLE_S = 5.0
_TRACKS = (Track.CAMERA, Track.SCREEN)


@dataclass(slots=True)
class _Shares:
    """Percent of a core, one number per round."""

    ffmpeg: list[float] = field(default_factory=list)
    recorder: list[float] = field(default_factory=list)
    syncd: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    @property
    def ours(self) -> list[float]:
        """Recorder, syncd and their ffmpeg, round by round."""
        return [sum(each) for each in zip(self.ffmpeg, self.recorder, self.syncd, strict=True)]


def run(setting: Setting) -> Outcome:
    """Interleaved rounds; medians."""
    rounds, seconds = setting.rounds(5, 2), setting.rounds(30, 15)
    shares = _Shares()
    with (
        VirtualDesktop(setting.environ) as desktop,
        Center(setting.folder / "center", setting.environ) as center,
        new_laptop(setting.folder / "laptop", setting.environ, desktop=desktop) as laptop,
    ):
        laptop.start_syncd()
        session = laptop.enrol(center.url, center.code()).session
        laptop.start_recorder()
        for number in range(1, rounds + 1):
            argv = _ours(laptop, session, seconds, shares)
            _bare(setting.folder / f"bare-{number}", argv, laptop.environ, seconds, shares)
            setting.say(
                f"round {number} of {rounds}: ffmpeg {shares.ffmpeg[-1]:.1f} + recorder {shares.recorder[-1]:.1f} + "
                f"syncd {shares.syncd[-1]:.1f} = {shares.ours[-1]:.1f} %, bare ffmpeg {shares.bare[-1]:.1f} %"
            )
    ours, bare = median(shares.ours), median(shares.bare)
    what = f"user + system time over {seconds} s of recording camera, sound and screen, median of {rounds}, interleaved"
    bare_name = "bare ffmpeg, same arguments"
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(
                f"recorder + syncd + both ffmpeg, uploading live: {what}",
                ours,
                "% of a core",
                {bare_name: bare},
                "bare + ≤ 4",
                ours - bare <= REACH,
                f"bare + {ours - bare:.2f}; ours {spread(shares.ours)}, bare {spread(shares.bare)}",
            ),
            Figure(
                "recorder alone (preview, level, clocks, fsync, sealing)",
                median(shares.recorder),
                "% of a core",
            ),
            Figure("syncd alone (scan, upload, API)", median(shares.syncd), "% of a core"),
            Figure("both ffmpeg, as run by the recorder", median(shares.ffmpeg), "% of a core", {bare_name: bare}),
        ),
        setting.quick,
    )


def _ours(laptop: Laptop, session: str, seconds: float, shares: _Shares) -> dict[Track, tuple[str, ...]]:
    """One round of the product; answers the arguments its ffmpegs ran with."""
    laptop.record(session)
    await_until(laptop.footage_flows, START_S, "footage of both tracks")
    time.sleep(_SETTLE_S)
    ffmpegs = set(laptop.ffmpeg_pids().values())
    recorder, syncd = (laptop.programs[name].process.pid for name in ("recorder", "syncd"))
    own = {"recorder": set(tree(recorder)) - ffmpegs, "syncd": set(tree(syncd))}
    used = use_over([*ffmpegs, *own["recorder"], *own["syncd"]], seconds)
    shares.ffmpeg.append(sum(used[pid].percent for pid in ffmpegs))
    shares.recorder.append(sum(used[pid].percent for pid in own["recorder"]))
    shares.syncd.append(sum(used[pid].percent for pid in own["syncd"]))
    spool = Spool(laptop.home.spool)
    argv = {
        track: RunRecord.load(spool.run_dir(session, track, spool.runs(session, track)[-1])).argv for track in _TRACKS
    }
    laptop.stop_recording(end=False)
    return argv


def _bare(
    folder: Path,
    argv: Mapping[Track, tuple[str, ...]],
    environ: Mapping[str, str],
    seconds: float,
    shares: _Shares,
) -> None:
    """One round of the same ffmpegs alone."""
    with _running(folder, argv, environ) as processes:
        time.sleep(_SETTLE_S)
        used = use_over([process.pid for process in processes], seconds)
        shares.bare.append(sum(each.percent for each in used.values()))


@contextmanager
def _running(
    folder: Path, argv: Mapping[Track, tuple[str, ...]], environ: Mapping[str, str]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    processes = []
    try:
        for track, words in argv.items():
            place = folder / track.value
            place.mkdir(parents=True)
            processes.append(
                subprocess.Popen(
                    dying_with_parent(words),
                    cwd=place,
                    env=dict(environ),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        await_until(lambda: all((folder / track / "000000.m4s").exists() for track in argv), START_S, "bare ffmpeg")
        yield processes
        if any(process.poll() is not None for process in processes):
            raise ServiceError("a bare ffmpeg ended by itself")
    finally:
        for process in processes:
            process.kill()
            process.communicate()


BENCH = Bench("record-cpu", "录制的处理器开销 · CPU of recording", run)
