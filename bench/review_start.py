"""``review-start``: from opening a session of an hour until camera, screen and phone show their first picture.

Beside it, in the same browser, the bare thing: each track's one downloaded file in three plain video elements.
"""

from bench.figures import Figure, Outcome, median, spread
from bench.reviewed import Reviewed, reviewed
from bench.setting import Bench, Setting

REACH_S = 1.5
_WATCH = """() => {
  window.began = 0;
  document.addEventListener('click', () => { window.began = performance.now(); window.first = {}; }, true);
  const watch = (video) => {
    if (video.watched) return;
    video.watched = true;
    video.requestVideoFrameCallback(() => { window.first[video.dataset.track] = performance.now() - window.began; });
  };
  new MutationObserver(() => document.querySelectorAll('video').forEach(watch))
    .observe(document.body, { childList: true, subtree: true });
}"""
_BARE = """(files) => new Promise((done) => {
  const began = performance.now();
  let left = files.length;
  for (const file of files) {
    const video = document.createElement('video');
    video.muted = true;
    video.src = file;
    document.body.append(video);
    video.requestVideoFrameCallback(() => { left -= 1; if (left === 0) done(performance.now() - began); });
  }
})"""


def run(setting: Setting) -> Outcome:
    """Open it again and again; each time it is loaded anew."""
    with reviewed(setting) as there:
        page = there.page
        page.evaluate(_WATCH)
        took, each = [], {}
        for _ in range(setting.rounds(9, 4)):
            there.open()
            page.wait_for_function("() => Object.keys(window.first ?? {}).length === 3")
            each = page.evaluate("() => window.first")
            took.append(max(each.values()) / 1000)
            page.get_by_role("button", name="返回列表").click()
            page.wait_for_selector("table.list")
        bare = _bare(there)
    first, later = took[0], took[1:]
    note = f"first time (nothing remuxed yet) {first:.2f} s; then {spread(later, 2)}"
    figure = Figure(
        f"click → first picture of all three tracks, {there.seconds // 60} minutes of footage, loopback, median",
        median(took),
        "s",
        {"three whole files in bare video elements": median(bare)},
        f"≤ {REACH_S} s, every time",
        max(took) <= REACH_S,
        note,
    )
    return Outcome(BENCH.id, BENCH.title, (figure,), setting.quick)


def _bare(there: Reviewed) -> list[float]:
    """The same pictures from one file each, made beforehand."""
    body = there.page.request.get(f"{there.there.url}/api/v1/staff/review/sessions/{there.session}").json()
    files = [lane["files"][0]["file"] for lane in body["lanes"]]
    for file in files:
        there.page.request.get(there.there.url + file, timeout=170_000).dispose()
    plain = there.page.context.new_page()
    took = []
    for _ in range(5):
        plain.goto(f"{there.there.url}/review")
        took.append(plain.evaluate(_BARE, files) / 1000)
    plain.close()
    return took


BENCH = Bench("review-start", "复核打开 · opening a session for review", run)
