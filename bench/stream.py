"""``stream``: one upload of 256 MiB on loopback, durable and hashed, by three clients to the same center.

Every client has the same file, the same center process and a fresh upload. curl is timed by its own clock for the
PATCH alone (its upload exists already); ours and tuspy are timed with creating it.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.device import BareDevice, random_file
from bench.figures import Figure, Outcome, median, spread
from bench.peers import curl, tuspy
from bench.setting import Bench, Setting
from bench.world import Center
from domain.errors import ServiceError
from domain.seal import Seal
from domain.status import StoredState
from domain.wire.tus import UPLOADS_PATH, VERSION, encode_metadata, seal_metadata
from host.durable import hash_file
from syncd.config import SyncConfig
from syncd.transport import Wire
from syncd.tusclient import CenterTus

MIB = 1 << 20
CHUNK = 8 * MIB
OURS, CURL, TUSPY = "syncd's client", "curl, one PATCH", "tuspy, 8 MiB chunks"


@dataclass(slots=True)
class _Track:
    """One file to be sent again and again as different segments."""

    device: BareDevice
    file: Path
    sha256: str
    size: int
    index: int = 0

    @property
    def endpoint(self) -> str:
        return self.device.center + UPLOADS_PATH

    def next_seal(self) -> Seal:
        self.index += 1
        return self.device.seal_of(self.sha256, self.size, self.index)


def run(setting: Setting) -> Outcome:
    """Interleaved rounds; medians."""
    size = 256 * MIB
    rounds = setting.rounds(7, 3)
    with Center(setting.folder / "center", setting.environ) as center:
        device = BareDevice.enrol(center.url, center.code())
        file = random_file(setting.folder / "000000.m4s", size, setting.random("stream"))
        track = _Track(device, file, *hash_file(file))
        clients = {OURS: _ours, CURL: _curl, TUSPY: _tuspy}
        rates: dict[str, list[float]] = {name: [] for name in clients}
        for number in range(rounds + 1):
            for name, send in clients.items():
                seconds = send(track, device.authorization())
                _clean(center)
                if number:  # the first round warms the page cache and the connections of everybody alike
                    rates[name].append(size / MIB / seconds)
            setting.say(f"round {number} of {rounds}: " + ", ".join(f"{n} {r[-1]:.0f}" for n, r in rates.items() if r))
    ours, by_curl, by_tuspy = (median(rates[name]) for name in clients)
    note = "; ".join(f"{name} {spread(values, 0)}" for name, values in rates.items())
    what = f"one stream, {size // MIB} MiB on loopback to the center, fsync and SHA-256 included, median of {rounds}"
    return Outcome(
        BENCH.id,
        BENCH.title,
        (
            Figure(
                f"{what}; curl: the PATCH alone, ours: creation too",
                ours,
                "MiB/s",
                {CURL: by_curl},
                "≥ 0.8 × curl",
                ours >= 0.8 * by_curl,
                note,
            ),
            Figure(
                f"{what}; both with creation",
                ours,
                "MiB/s",
                {TUSPY: by_tuspy},
                "≥ 1.0 × tuspy",
                ours >= by_tuspy,
            ),
        ),
        setting.quick,
    )


def _ours(track: _Track, authorization: dict[str, str]) -> float:
    config = SyncConfig()
    wire = Wire(config, stall_s=config.stall_s)
    client = CenterTus(track.endpoint, wire, authorization)
    metadata = seal_metadata(track.next_seal())
    began = time.perf_counter()
    sent = client.uploader(track.file, track.size, metadata=metadata).send()
    took = time.perf_counter() - began
    wire.close()
    if sent.state is not StoredState.VERIFIED:
        raise ServiceError(f"stream: the center says {sent.state}")
    return took


def _curl(track: _Track, authorization: dict[str, str]) -> float:
    headers = {
        "Tus-Resumable": VERSION,
        "Upload-Length": str(track.size),
        "Upload-Metadata": encode_metadata(seal_metadata(track.next_seal())),
        **authorization,
    }
    made = requests.post(track.endpoint, headers=headers, timeout=30)
    if made.status_code != 201:
        raise ServiceError(f"stream: creating an upload for curl: {made.status_code} {made.text[:200]}")
    location = made.headers["Location"]
    url = location if location.startswith("http") else track.device.center + location
    return curl.patch(track.file, url, authorization)


def _tuspy(track: _Track, authorization: dict[str, str]) -> float:
    metadata = seal_metadata(track.next_seal())
    return tuspy.upload(track.file, track.endpoint, headers=authorization, metadata=metadata, chunk=CHUNK)


def _clean(center: Center) -> None:
    """Give the disk its room back, so that the last round meets the same disk as the first."""
    for path in center.stored_under().rglob("*.m4s"):
        path.unlink()


BENCH = Bench("stream", "单流速度 · speed of one stream", run)
