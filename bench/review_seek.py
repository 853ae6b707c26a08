"""``review-seek``: from moving the scrubber of an hour's session until all three pictures stand at the new moment.

Beside it the same moments of the camera's one downloaded file: in a bare video element, and by ``ffmpeg -ss``.
"""

import subprocess
import time
from pathlib import Path

from imageio_ffmpeg import get_ffmpeg_exe

from bench.figures import Figure, Outcome, median, percentile, spread
from bench.reviewed import Reviewed, reviewed
from bench.reviewpage import STANDS, bounds, settled
from bench.setting import Bench, Setting

REACH_S = 0.5
_SEEK = f"""(at_ms) => new Promise((done) => {{
  const stands = {STANDS};
  const input = document.querySelector('.scrub input');
  const began = performance.now();
  input.value = at_ms;
  input.dispatchEvent(new Event('input', {{ bubbles: true }}));
  const look = () => {{
    const all = [...document.querySelectorAll('video')].every((video) => stands(video, at_ms, 300));
    if (all) done(performance.now() - began);
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}})"""
_BARE = """([file, seconds]) => new Promise((done) => {
  const video = document.createElement('video');
  video.muted = true;
  video.src = file;
  document.body.append(video);
  const took = [];
  let began = 0;
  const next = () => {
    if (began > 0) took.push(performance.now() - began);
    if (took.length === seconds.length) return done(took);
    began = performance.now();
    video.currentTime = seconds[took.length];
  };
  video.addEventListener('loadeddata', next, { once: true });
  video.addEventListener('seeked', next);
})"""


def run(setting: Setting) -> Outcome:
    """Somewhere, and somewhere else, far apart."""
    chance = setting.random("review-seek")
    with reviewed(setting) as there:
        page = there.page
        there.open()
        page.wait_for_selector(".scrub input")
        settled(page)
        began_ms, _ = bounds(page)
        page.wait_for_timeout(3000)  # what opening loads ahead is loaded
        seconds = [chance.uniform(20, there.seconds - 20) for _ in range(setting.rounds(30, 10))]
        took = [page.evaluate(_SEEK, began_ms + round(1000 * second)) / 1000 for second in seconds]
        bare, tool = _others(there, seconds[:8], setting.folder)
    p95 = percentile(took, 0.95)
    figure = Figure(
        f"scrubber moved → all three pictures there, {there.seconds // 60} minutes of footage, loopback, p95",
        p95,
        "s",
        {"the camera's one file in a bare video element, median": median(bare), "ffmpeg -ss, median": median(tool)},
        f"≤ {REACH_S} s",
        p95 <= REACH_S,
        f"median {median(took):.3f} s, {spread(took, 2)}",
    )
    return Outcome(BENCH.id, BENCH.title, (figure,), setting.quick)


def _others(there: Reviewed, seconds: list[float], folder: Path) -> tuple[list[float], list[float]]:
    body = there.page.request.get(f"{there.there.url}/api/v1/staff/review/sessions/{there.session}").json()
    address = body["lanes"][0]["files"][0]["file"]
    whole = folder / "camera.mp4"
    whole.write_bytes(there.page.request.get(there.there.url + address, timeout=170_000).body())
    plain = there.page.context.new_page()
    plain.goto(f"{there.there.url}/review")
    bare = [one / 1000 for one in plain.evaluate(_BARE, [address, seconds])]
    plain.close()
    tool = []
    for second in seconds:
        began = time.monotonic()
        command = [get_ffmpeg_exe(), "-v", "error", "-nostdin", "-ss", f"{second:.3f}", "-i", str(whole)]
        subprocess.run([*command, "-frames:v", "1", "-f", "null", "-"], check=True, timeout=60)
        tool.append(time.monotonic() - began)
    return bare, tool


BENCH = Bench("review-seek", "复核跳转 · going to another moment", run)
