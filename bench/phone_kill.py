"""``phone-kill``: kill -9 of the whole browser at random instants while it films.

The page is opened again each time and films on. What was lost is the time from the end of the last stored segment to
the kill, by the wall clock that both share here. In the end everything stored must be at the center: the chain is
whole, the manifest is receipted, and nothing is stored that the center has not.
"""

import time

from bench.figures import Figure, Outcome, percentile, spread
from bench.setting import Bench, Setting
from bench.world import await_until
from domain.chain import follow
from domain.identity import LinkKind, Track
from domain.seal import Seal, parse_seal
from tests.support.phonepage import World, world
from web.build import build_pages

_ROUNDS, _QUICK = 50, 6
_LEAST_S, _MOST_S = 1.0, 9.0
_REACH_S = 5.0


def run(setting: Setting) -> Outcome:
    """Kill, open again, and in the end read the chain."""
    build_pages()
    chance = setting.random("phone-kill")
    rounds = setting.rounds(_ROUNDS, _QUICK)
    kills: list[tuple[int, int]] = []
    with world(setting.folder) as scene:
        scene.phone.start()
        scene.bind()
        scene.film()
        for number in range(rounds):
            began = _wall_ms()
            time.sleep(chance.uniform(_LEAST_S, _MOST_S))
            kills.append((began, _wall_ms()))
            scene.phone.kill()
            scene.phone.start()
            scene.phone.page.goto(f"{scene.base}/companion")
            scene.phone.page.wait_for_selector("main.filming .state.good", timeout=30_000)
            setting.say(f"kill {number + 1} of {rounds}")
        scene.stop()
        scene.phone.page.wait_for_selector("h1:has-text('已全部送达')", timeout=120_000)
        await_until(lambda: scene.verified() == len(scene.uploads()), 60, "everything is verified")
        seals = [parse_seal(row.seal.encode()) for row in scene.uploads()]
        held = _held(scene)
    follow(seals, seals[0].session, seals[0].device, Track.COMPANION)  # raises where a link is missing
    lost = [_lost_s(seals, began, killed) for began, killed in kills]
    worst = max(lost)
    gaps = sum(seal.kind is LinkKind.GAP for seal in seals)
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(
                f"footage lost by a kill, worst of {rounds}",
                worst,
                "s",
                {"95th percentile": percentile(lost, 0.95)},
                f"≤ {_REACH_S:.0f} s",
                worst <= _REACH_S,
                spread(lost),
            ),
            Figure(
                "links stored on the phone that the center has not verified",
                held - len(seals),
                "links",
                {},
                "0",
                held == len(seals),
                f"{len(seals)} links, {gaps} gaps declared",
            ),
        ),
        setting.quick,
    )


def _lost_s(seals: list[Seal], began_ms: int, killed_ms: int) -> float:
    """From the end of the last segment before the kill, or from where the page was seen to film, to the kill."""
    ends = [s.wall_ms + s.duration_ms for s in seals if s.kind is LinkKind.SEGMENT]
    return (killed_ms - max([began_ms, *(end for end in ends if end <= killed_ms)])) / 1000


def _held(scene: World) -> int:
    """Links in the phone's own database."""
    count = """() => new Promise((resolve, reject) => {
      const asked = indexedDB.open("zhishi-companion");
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        const all = asked.result.transaction("links").objectStore("links").count();
        all.onsuccess = () => resolve(all.result);
      };
    })"""
    return int(scene.phone.page.evaluate(count))


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


BENCH = Bench("phone-kill", "手机浏览器被强制结束 · the phone's browser is killed", run)
