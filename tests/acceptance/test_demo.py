"""The main job as a newcomer meets it: ``zhishi demo`` on a virtual desktop, outage and kill -9 included."""

import json
import os
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import pytest

from domain.chain import follow
from domain.identity import LinkKind, Track
from host.durable import hash_file
from host.instance import find
from host.paths import Home
from host.spool import Spool
from host.timeline import read_events
from tests.support.desktop import desktop
from zhishi.demo import DemoPlan, Teller, has_desktop
from zhishi.verify import verify

ROOT = Path(__file__).parents[2]
DURATION_S, OUTAGE_S = 20, 7


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], str, Path]:
    """(report, what was told, folder) of one demo."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "zhishi", "demo", "--headless", "--json", "out.json"]
    command += ["--duration", str(DURATION_S), "--outage", str(OUTAGE_S)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    environ.pop("DISPLAY", None)
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((folder / "out.json").read_text()), done.stdout, folder


@pytest.mark.timeout(300)
def test_everything_recorded_is_verified_and_confirmed(played: tuple[dict[str, object], str, Path]) -> None:
    report, told, _ = played
    assert report["confirmed"] is True
    assert report["assessment"] == "confirmed"
    assert report["recorded_segments"] == report["verified_segments"]
    assert int(str(report["recorded_segments"])) >= 4
    for words in ("网络中断", "kill -9", "网络恢复", "上传成功", "回执离线校验通过"):
        assert words in told


def test_the_tracks_cover_the_whole_time(played: tuple[dict[str, object], str, Path]) -> None:
    report, _, _ = played
    tracks = report["tracks"]
    assert isinstance(tracks, dict)
    assert set(tracks) == {"camera", "screen"}
    for track in tracks.values():
        missing = sum(gap["duration_ms"] for gap in track["gaps"]) / 1000
        assert track["duration_s"] + missing >= DURATION_S - 3  # the first frame comes a little after the order


def test_receipt_and_spool_agree_link_by_link(played: tuple[dict[str, object], str, Path]) -> None:
    report, _, folder = played
    evidence = Path(str(report["evidence_dir"]))
    verdict = verify(Path(str(report["receipt"])), Path(str(report["center_key"])), evidence)
    assert verdict.absent == ()
    spool = Spool(folder / ".zhishi" / "demo" / "laptop" / "spool")
    session = str(report["session"])
    for entry in verdict.receipt.tracks:
        scan = spool.read_seals(session, Track(entry.track))
        assert follow(scan.seals, session, entry.device, entry.track) == entry.summary
        for file in scan.files:
            if file.evidence is not None:
                assert hash_file(file.evidence) == (file.seal.sha256, file.seal.size)


def test_the_center_holds_the_same_bytes(played: tuple[dict[str, object], str, Path]) -> None:
    report, _, folder = played
    held = {
        hash_file(path) for path in (folder / ".zhishi" / "demo" / "center" / "evidence").rglob("*") if path.is_file()
    }
    spool = Spool(folder / ".zhishi" / "demo" / "laptop" / "spool")
    for track in (Track.CAMERA, Track.SCREEN):
        for seal in spool.read_seals(str(report["session"]), track).seals:
            assert seal.kind is LinkKind.GAP or (seal.sha256, seal.size) in held


def test_the_footage_plays_without_a_single_error(played: tuple[dict[str, object], str, Path]) -> None:
    report, _, _ = played
    footage = report["footage"]
    assert isinstance(footage, dict)
    for files in footage.values():
        for path in files:
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-f", "null", "-"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60)
            assert (done.returncode, done.stderr) == (0, "")


def test_every_stage_was_gone_through(played: tuple[dict[str, object], str, Path]) -> None:
    _, told, folder = played
    for title in ("设备准备", "人脸登录", "阅读考试附件", "进入考试", "设备确认", "开始答题", "结束考试"):
        assert f"环节：{title}" in told
    assert "没有找到桌面" not in told, "it was told to be headless"
    home = Home(folder / ".zhishi" / "demo" / "laptop")
    assert [find(home, name) for name in ("ui", "recorder", "syncd")] == [None, None, None]
    kinds = _timeline(Spool(home.spool))
    assert {"logged_in", "entered", "questions_shown", "network_lost", "network_back", "ended"} <= kinds


def _timeline(spool: Spool) -> set[str]:
    found = set()
    for file in spool.read_seals(spool.sessions()[0], Track.TIMELINE).files:
        assert file.evidence is not None
        found |= {event.kind for event in read_events(file.evidence.read_bytes())}
    return found


def test_nothing_is_readable_by_others_and_no_secret_is_logged(played: tuple[dict[str, object], str, Path]) -> None:
    _, told, folder = played
    demo = folder / ".zhishi" / "demo"
    for path in (demo / "laptop").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    logs = told + "".join(path.read_text() for path in (demo / "logs").glob("*.log"))
    for secret in ("Bearer", "eyJ", json.loads((demo / "center" / "keys" / "root.private.json").read_text())["d"]):
        assert secret not in logs


@pytest.mark.drill
@pytest.mark.timeout(400)
def test_on_a_desktop_the_window_opens_and_nobody_has_to_click(tmp_path: Path) -> None:
    with desktop("1366x768") as stage:
        command = [sys.executable, "-m", "zhishi", "demo", "--duration", "20", "--outage", "7", "--json", "out.json"]
        environ = {**os.environ, **stage.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=380)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "窗口已打开" in done.stdout
    report = json.loads((tmp_path / "out.json").read_text())
    assert report["confirmed"] is True
    assert report["recorded_segments"] == report["verified_segments"]
    spool = Spool(tmp_path / ".zhishi" / "demo" / "laptop" / "spool")
    assert "questions_shown" in _timeline(spool)


def test_a_desktop_that_is_not_there_is_no_desktop(tmp_path: Path) -> None:
    told: list[str] = []

    class Heard(Teller):
        def say(self, zh: str, en: str) -> None:
            told.append(zh)

    plan = DemoPlan(tmp_path, 20, 7, headless=False)
    assert not has_desktop(plan, {"DISPLAY": ":stale"}, Heard())
    assert not has_desktop(plan, {}, Heard())
    assert told == ["没有找到桌面，不开窗口：使用虚拟屏幕与麦克风，各环节自动进行"] * 2
    with desktop() as stage:
        assert has_desktop(plan, stage.environ, Heard())
