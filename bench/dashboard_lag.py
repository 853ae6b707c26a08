"""``dashboard-lag``: from a laptop's heartbeat to the changed row on support's screen, with a thousand candidates.

Every candidate sends a heartbeat each 5 s; center, senders and the page's Chromium share this machine. One candidate
after another says a number of bytes that nobody else says; the clock runs from before the request until the row in the
page shows it.
"""

import time

import httpx

from bench.crowd import EVERY_S, Crowd, crowd, support_page
from bench.figures import Figure, Outcome, percentile
from bench.setting import Bench, Setting

REACH_S = 2.0
_PEOPLE = 1000


def run(setting: Setting) -> Outcome:
    """Some rounds at full load."""
    people = setting.rounds(_PEOPLE, 200)
    with crowd(setting, people) as there, support_page(there) as page, httpx.Client(base_url=there.url) as http:
        time.sleep(2 * EVERY_S)  # everybody has spoken
        lags = []
        chance = setting.random("dashboard-lag")
        for number in range(setting.rounds(40, 10)):
            who = chance.choice(sorted(there.acts))
            page.get_by_role("searchbox").fill(who)
            page.wait_for_function("() => document.querySelectorAll('tr.line').length === 1")
            megabytes = 3000 + number
            began = time.monotonic()
            there.heartbeat(http, who, megabytes * 1_000_000)
            shown = f"{megabytes / 1000:.2f} GB"
            page.wait_for_function("(text) => document.querySelector('tr.line').textContent.includes(text)", arg=shown)
            lags.append(time.monotonic() - began)
        setting.say(f"{len(lags)} rounds, {_rate(there)} heartbeats a second")
    p95 = percentile(lags, 0.95)
    what = f"heartbeat sent → shown on the page, {people} candidates each speaking every {EVERY_S:g} s, p95"
    note = f"p50 {percentile(lags, 0.5):.2f} s, max {max(lags):.2f} s of {len(lags)}; the page is told once a second"
    return Outcome(BENCH.id, BENCH.title, (Figure(what, p95, "s", {}, "≤ 2 s", p95 <= REACH_S, note),), setting.quick)


def _rate(there: Crowd) -> float:
    return len(there.acts) / EVERY_S


BENCH = Bench("dashboard-lag", "监看页的时延 · from heartbeat to dashboard", run)
