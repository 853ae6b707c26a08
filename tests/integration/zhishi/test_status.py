"""``zhishi status`` against a real sync daemon, and without one."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.errors import BadInput
from domain.identity import LinkKind, Track
from domain.wire.center import SessionFacts
from host.chainwriter import ChainWriter
from host.clock import Moment
from host.instance import find
from host.paths import Home
from host.spool import SessionRecord, Spool
from tests.support.seals import DEVICE, RUN, SESSION
from tests.support.waiting import wait_until
from zhishi import programs
from zhishi.cli import app

RUNNER = CliRunner()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A machine with one sealed segment of one session, whose center is nowhere."""
    home = Home(tmp_path / "home").prepare()
    spool = Spool(home.spool)
    facts = SessionFacts(
        session=SESSION, project="2026-A", title="T", batch="1", number="0042", practice=True,
        scheduled_end_ms=2**42, window_ms=3_600_000, hotline="12345",
    )  # fmt: skip
    spool.save_session(SessionRecord(SESSION, DEVICE, "http://127.0.0.1:9", facts))
    path = spool.new_run_dir(SESSION, Track.CAMERA, RUN) / "000000.m4s"
    path.write_bytes(b"x" * 5000)
    chain = ChainWriter(spool, SESSION, DEVICE, Track.CAMERA)
    chain.seal_file(LinkKind.SEGMENT, RUN, 0, path, start=Moment("b", 1, 2, False, 3), duration_ms=5000)
    return home


def test_without_the_daemon_the_disk_is_told_and_the_status_says_so(home: Home) -> None:
    told = RUNNER.invoke(app, ["status", "--home", str(home.root)])
    assert told.exit_code == 1
    assert "程序未在运行" in told.output
    assert SESSION in told.output.replace("\n", "")
    assert "4.9 KB" in told.output
    as_json = RUNNER.invoke(app, ["status", "--json", "--home", str(home.root)])
    assert json.loads(as_json.output)["error"]["code"] == "not_running"


def test_pause_resume_and_limit_are_told_and_lifted(home: Home, tmp_path: Path) -> None:
    def order(*words: str) -> str:
        told = RUNNER.invoke(app, [*words, "--home", str(home.root)], env={"COLUMNS": "200"})
        assert told.exit_code == 0, told.output
        return told.output

    daemon = programs.start("syncd", ["--home", str(home.root)], os.environ, tmp_path)
    try:
        wait_until(lambda: find(home, "syncd"), what="syncd")
        assert "已暂停上传" in order("pause", "--minutes", "5")
        assert "已暂停上传" not in order("resume")
        assert "122.1 KB/s" in order("limit", "1000")
        assert "限速" not in order("limit", "off")
        refused = RUNNER.invoke(app, ["limit", "fast", "--home", str(home.root)])
        assert isinstance(refused.exception, BadInput)
        too_little = RUNNER.invoke(app, ["limit", "1", "--home", str(home.root)])
        assert isinstance(too_little.exception, BadInput), "it would stop everything"
    finally:
        daemon.stop()


def test_with_the_daemon_everything_it_knows_is_told(home: Home, tmp_path: Path) -> None:

    daemon = programs.start("syncd", ["--home", str(home.root)], os.environ, tmp_path)
    try:
        wait_until(lambda: find(home, "syncd"), what="syncd")

        def told() -> dict[str, object]:
            answer = RUNNER.invoke(app, ["status", "--json", "--home", str(home.root)])
            sync = json.loads(answer.output)["sync"]
            sessions = sync["sessions"] if sync else []
            return sessions[0] if sessions and sessions[0]["tracks"] else {}

        session = wait_until(told, what="the session")
        assert session["number"] == "0042"
        assert session["remaining_bytes"] == 5000
        people = RUNNER.invoke(app, ["status", "--home", str(home.root)], env={"COLUMNS": "160"})
        assert people.exit_code == 0
        for words in ("T · 0042", "摄像 camera", "0/1", "网络中断"):
            assert words in people.output, people.output
    finally:
        daemon.stop()
