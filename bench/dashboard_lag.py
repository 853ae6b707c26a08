"""``dashboard-lag``: from a laptop's heartbeat to the changed row on support's screen, with a thousand candidates.

A thousand candidates send a heartbeat each 5 s; center, senders and the page's Chromium share this machine. A few more,
for whom nobody else speaks, say one after another a number of bytes that nobody else says; the clock runs from before
the request until the row in the page shows it.
"""

import time

import httpx

from bench.crowd import EVERY_S, crowd, support_page
from bench.figures import Figure, Outcome, percentile
from bench.setting import Bench, Setting

REACH_S = 2.0
_PEOPLE, _APART = 1000, 8


def run(setting: Setting) -> Outcome:
    """Some rounds at full load."""
    people = setting.rounds(_PEOPLE, 200)
    with (
        crowd(setting, people, apart=_APART) as there,
        support_page(there) as page,
        httpx.Client(base_url=there.url) as http,
    ):
        time.sleep(2 * EVERY_S)  # everybody has spoken
        lags: list[float] = []
        before, since = there.answered(), time.monotonic()
        chance = setting.random("dashboard-lag")
        for number in range(setting.rounds(40, 10)):
            who = chance.choice(there.apart)
            page.get_by_role("searchbox").fill(who)
            page.wait_for_function("() => document.querySelectorAll('tr.line').length === 1")
            megabytes = 3000 + number
            began = time.monotonic()
            there.heartbeat(http, who, megabytes * 1_000_000)
            shown = f"{megabytes / 1000:.2f} GB"
            page.wait_for_function("(text) => document.querySelector('tr.line').textContent.includes(text)", arg=shown)
            lags.append(time.monotonic() - began)
        after, seconds = there.answered(), time.monotonic() - since
    rate, failed = (after[0] - before[0]) / seconds, after[1] - before[1]
    setting.say(
        f"{len(lags)} rounds; {rate:.0f} of {people / EVERY_S:.0f} heartbeats a second answered, {failed} failed"
    )
    p95 = percentile(lags, 0.95)
    what = f"heartbeat sent → shown on the page, {people} candidates each speaking every {EVERY_S:g} s, p95"
    note = (
        f"p50 {percentile(lags, 0.5):.2f} s, max {max(lags):.2f} s of {len(lags)}; the page is told once a second;"
        f" {rate:.0f} of {people / EVERY_S:.0f} heartbeats a second were answered, {failed} failed"
    )
    return Outcome(BENCH.id, BENCH.title, (Figure(what, p95, "s", {}, "≤ 2 s", p95 <= REACH_S, note),), setting.quick)


BENCH = Bench("dashboard-lag", "监看页的时延 · from heartbeat to dashboard", run)
