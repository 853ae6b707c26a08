"""``review-sync``: whether the pictures and sounds that a reviewer sees and hears side by side are of one moment.

Screen, camera and phone film the same clock through the real recorder and the real phone page. In the reviewer's page
each picture's time code is read from what is shown at the same instant, while it plays and after seeks; the tones are
looked for in the files that the page offers to download. A picture is shown until the next one comes: camera and phone
give 15 a second, the screen 5, so a part of each difference is the age of the picture shown.
"""

import subprocess
from array import array
from typing import Any

from imageio_ffmpeg import get_ffmpeg_exe
from playwright.sync_api import Page

from bench.figures import Figure, Outcome, median, percentile, spread
from bench.filmed import TONE_EVERY_MS, Filmed, filmed
from bench.reviewpage import bounds, go_to, open_session, settled
from bench.setting import Bench, Setting
from bench.timecode import COLUMNS, ROWS, SPAN_MS, code_in
from domain.errors import ServiceError

REACH_PHONE_MS, REACH_SCREEN_MS = 100.0, 200.0
_RATE, _WINDOW_MS = 8000, 5
_LOOK = """([columns, rows]) => [...document.querySelectorAll('video')].map((video) => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [columns * 20, rows * 20];
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  const lit = [];
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1)
      lit.push(pen.getImageData(column * 20 + 10, row * 20 + 10, 1, 1).data[1] > 127);
  return [video.dataset.track, lit, video.seeking || video.readyState < 2];
})"""
Seen = dict[str, int]


def run(setting: Setting) -> Outcome:
    """Film, then look and listen."""
    with filmed(setting, float(setting.rounds(40, 20))) as there:
        page = there.reviewer()
        open_session(page)
        page.wait_for_selector(".scrub input")
        settled(page)
        standing = _standing(setting, page, setting.rounds(24, 10))
        playing = _playing(page, setting.rounds(60, 20))
        heard = _heard(there, page)
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            _figure("camera – phone as shown while playing, p95", _off(playing, "companion"), REACH_PHONE_MS),
            _figure("camera – screen (5 fps) as shown while playing, p95", _off(playing, "screen"), REACH_SCREEN_MS),
            _figure("camera – phone after a seek, p95", _off(standing, "companion"), REACH_PHONE_MS),
            _figure("camera – screen (5 fps) after a seek, p95", _off(standing, "screen"), REACH_SCREEN_MS),
            _figure("microphone – phone, tones in the downloaded files, p95", heard, REACH_PHONE_MS),
        ),
        setting.quick,
        "differences are absolute; the note gives the median with its sign (positive: the other is earlier)",
    )


def _figure(what: str, off: list[float], reach: float) -> Figure:
    worst = percentile([abs(one) for one in off], 0.95)
    note = f"median {median(off):+.0f} ms, {spread(off, 0)}"
    return Figure(what, worst, "ms", {}, f"≤ {reach:.0f} ms", worst <= reach, note)


def _standing(setting: Setting, page: Page, times: int) -> list[Seen]:
    """At moments chosen at random, standing still."""
    chance, seen = setting.random("review-sync"), []
    began, ended = bounds(page)
    for _ in range(times):
        go_to(page, began + (0.5 + 0.45 * chance.random()) * (ended - began))  # the phone films in the second half
        settled(page)
        page.wait_for_timeout(150)
        seen.append(look(page))
    return seen


def _playing(page: Page, times: int) -> list[Seen]:
    began, ended = bounds(page)
    go_to(page, began + 0.55 * (ended - began))
    settled(page)
    page.get_by_role("button", name="播放").click()
    page.wait_for_timeout(1500)
    seen = []
    for _ in range(times):
        page.wait_for_timeout(170)
        seen.append(look(page))
    page.get_by_role("button", name="暂停").click()
    return seen


def look(page: Page) -> Seen:
    """The time code of each picture that is shown, read at one instant."""
    found: list[list[Any]] = page.evaluate(_LOOK, [COLUMNS, ROWS])
    codes = {track: code_in(lit) for track, lit, empty in found if not empty}
    return {track: code for track, code in codes.items() if code is not None}


def _off(seen: list[Seen], other: str) -> list[float]:
    """Camera minus the other wherever both could be read, the shorter way round."""
    half = SPAN_MS // 2
    found = [
        float((one["camera"] - one[other] + half) % SPAN_MS - half) for one in seen if {"camera", other} <= one.keys()
    ]
    if len(found) < len(seen) // 2:
        raise ServiceError(f"only {len(found)} of {len(seen)} pictures of camera and {other} could be read")
    return found


def _heard(there: Filmed, page: Page) -> list[float]:
    """Center time of each tone in the camera's file minus that of the nearest in the phone's."""
    began: dict[str, float] = {}
    body = page.request.get(f"{there.there.url}/api/v1/staff/review/sessions/{there.session}").json()
    tones: dict[str, list[float]] = {}
    for lane in body["lanes"]:
        if lane["track"] == "screen":
            continue
        began[lane["track"]] = lane["pieces"][0]["start_ms"]
        content = page.request.get(there.there.url + lane["files"][0]["file"]).body()
        tones[lane["track"]] = [began[lane["track"]] + at for at in _tones(content)]
    off = []
    for at in tones["companion"]:
        nearest = min(tones["camera"], key=lambda one: abs(one - at))
        if abs(nearest - at) < TONE_EVERY_MS / 2:
            off.append(nearest - at)
    if len(off) < 4:
        raise ServiceError(f"tones heard: {len(tones['camera'])} by the laptop, {len(tones['companion'])} by the phone")
    return off


def _tones(content: bytes) -> list[float]:
    """Milliseconds at which a tone begins."""
    command = [
        get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-nostdin", "-i", "pipe:0", "-vn",
        "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", str(_RATE), "-f", "f32le", "pipe:1",
    ]  # fmt: skip
    samples = array("f", subprocess.run(command, input=content, capture_output=True, check=True, timeout=60).stdout)
    size = _RATE * _WINDOW_MS // 1000
    loud = [max(map(abs, samples[at : at + size])) > 0.05 for at in range(0, len(samples) - size, size)]
    quiet_before = 40  # windows: a fifth of a second
    return [
        n * float(_WINDOW_MS) for n in range(quiet_before, len(loud)) if loud[n] and not any(loud[n - quiet_before : n])
    ]


BENCH = Bench("review-sync", "复核画面的同步 · pictures of one moment", run)
