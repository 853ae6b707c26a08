"""``zhishi doctor``: each step of the way to a real center, with the line broken at each; and what else it finds."""

import datetime
import json
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from center.config import CenterConfig
from domain.findings import CheckId, Verdict, read_code
from domain.identity import Track
from domain.status import LocalSessionState
from host.paths import Home
from tests.support.center import center_config, new_session
from tests.support.servers import AsgiProcess
from tests.support.syncing import HandRecorder, syncd_process
from tests.support.waiting import wait_until
from zhishi.cli import app
from zhishi.doctor import Report, examine
from zhishi.faultproxy import FaultProxy, Mode
from zhishi.netpath import Way, walk

RUNNER = CliRunner()
STEPS = [CheckId.DNS, CheckId.TCP, CheckId.TLS, CheckId.TUS, CheckId.UPLOAD, CheckId.CLOCK]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> CenterConfig:
    return center_config(tmp_path_factory.mktemp("center"))


@pytest.fixture(scope="module")
def center(config: CenterConfig) -> Iterator[AsgiProcess]:
    with AsgiProcess("tests.support.center:center_app", {"data": str(config.data)}) as running:
        yield running


@pytest.fixture
def proxy(center: AsgiProcess) -> Iterator[FaultProxy]:
    with FaultProxy(("127.0.0.1", center.port)) as between:
        yield between


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def verdicts(way: Way) -> dict[CheckId, Verdict]:
    return {one.id: one.verdict for one in way.findings}


def quick(url: str, **more: object) -> Way:
    return walk(url, wall_ms, **{"step_s": 2.0, "upload_s": 4.0, **more})  # type: ignore[arg-type]


def test_a_good_way_passes_every_step(proxy: FaultProxy) -> None:
    before = proxy.traffic.up
    way = quick(proxy.url)
    assert verdicts(way) == dict.fromkeys(STEPS, Verdict.PASS)
    assert proxy.traffic.up - before > 1 << 20  # it really sent a megabyte
    assert way.kbit_s is not None
    assert way.kbit_s > 500
    assert way.clock_ms is not None
    assert abs(way.clock_ms) < 5_000
    assert way.reason == ""


@pytest.mark.parametrize(
    ("mode", "fails", "reason"),
    [
        (Mode.REFUSE, CheckId.TCP, "center_unreachable"),
        (Mode.STALL, CheckId.TUS, "center_silent"),
        (Mode.PORTAL_PAGE, CheckId.TUS, "captive_portal"),
        (Mode.PORTAL_REDIRECT, CheckId.TUS, "captive_portal"),
    ],
)
def test_the_first_step_that_fails_is_named_with_what_to_do(
    proxy: FaultProxy, mode: Mode, fails: CheckId, reason: str
) -> None:
    proxy.switch(mode)
    way = quick(proxy.url)
    order = [CheckId.DNS, CheckId.TCP, CheckId.TLS, CheckId.TUS, CheckId.CLOCK, CheckId.UPLOAD]
    at = order.index(fails)
    found = verdicts(way)
    assert [found[step] for step in order] == [
        *[Verdict.PASS] * at, Verdict.FAIL, *[Verdict.UNKNOWN] * (len(order) - at - 1),
    ]  # fmt: skip
    assert way.reason == reason
    failed = next(one for one in way.findings if one.id is fails)
    assert failed.todo_zh
    assert failed.todo_en


@pytest.mark.parametrize("address", ["http://nowhere.invalid", "ftp://x", "just words", ""])
def test_an_address_that_leads_nowhere(address: str) -> None:
    way = quick(address)
    assert verdicts(way)[CheckId.DNS] is Verdict.FAIL
    assert way.reason == "center_unreachable"


def test_a_slow_line_is_a_warning_and_takes_its_time_and_no_more(proxy: FaultProxy) -> None:
    proxy.throttle(30_000)
    way = quick(proxy.url)
    upload = next(one for one in way.findings if one.id is CheckId.UPLOAD)
    assert upload.verdict is Verdict.WARN
    assert way.kbit_s is not None
    assert way.kbit_s < 500
    assert upload.todo_zh


def test_a_wrong_clock_is_a_warning(proxy: FaultProxy) -> None:
    way = walk(proxy.url, lambda: wall_ms() - 3_600_000, step_s=2.0)
    assert verdicts(way)[CheckId.CLOCK] is Verdict.WARN
    assert way.clock_ms is not None
    assert 3_590_000 < way.clock_ms < 3_610_000


@contextmanager
def tls_server(folder: Path, days: int) -> Iterator[tuple[int, Path]]:
    """Shakes hands and says nothing more; its certificate is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    encoding = serialization.Encoding.PEM
    pem.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(encoding)
    )
    authority = folder / "ca.pem"
    authority.write_bytes(certificate.public_bytes(encoding))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            try:
                context.wrap_socket(line, server_side=True).close()
            except OSError:
                line.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], authority
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def test_a_certificate_nobody_vouches_for_and_one_that_is_vouched_for(tmp_path: Path) -> None:
    with tls_server(tmp_path, days=300) as (port, authority):
        way = quick(f"https://localhost:{port}")
        assert verdicts(way)[CheckId.TLS] is Verdict.FAIL
        assert way.reason == "center_unknown"
        trusted = quick(f"https://localhost:{port}", ca=authority)
        assert verdicts(trusted)[CheckId.TLS] is Verdict.PASS
        assert verdicts(trusted)[CheckId.TUS] is Verdict.FAIL  # and then it is no center


def test_a_certificate_that_is_about_to_expire(tmp_path: Path) -> None:
    with tls_server(tmp_path, days=3) as (port, authority):
        tls = next(one for one in quick(f"https://localhost:{port}", ca=authority).findings if one.id is CheckId.TLS)
        assert tls.verdict is Verdict.WARN
        assert "3 days" in tls.en


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def by_id(report: Report) -> dict[CheckId, Verdict]:
    return {one.id: one.verdict for one in report.findings}


def test_with_nothing_running_and_no_address_it_still_says_what_is_so(home: Home) -> None:
    report = examine(home, None, {"PATH": os.environ["PATH"]})
    found = by_id(report)
    assert list(found) == list(CheckId)
    assert found[CheckId.SERVICE] is Verdict.FAIL
    assert found[CheckId.CAMERA] is Verdict.FAIL  # this machine has none
    assert found[CheckId.UPLOAD] is Verdict.UNKNOWN
    assert found[CheckId.QUEUE] is Verdict.PASS
    assert not report.well
    assert read_code(report.code).verdicts == found
    assert list(home.state.iterdir()) == []  # the disk's trial file is gone


def test_with_unsent_work_behind_a_portal(home: Home, config: CenterConfig, proxy: FaultProxy) -> None:
    with syncd_process(home) as syncd:
        enrolled = RUNNER.invoke(app, ["enrol", proxy.url, new_session(config).code, "--home", str(home.root)])
        assert enrolled.exit_code == 0, enrolled.output
        here = syncd.status().sessions[0]
        proxy.switch(Mode.PORTAL_PAGE)
        camera = HandRecorder(home, here.session, here.device, Track.CAMERA)
        camera.segment(3_000_000)
        wait_until(lambda: syncd.status().sessions[0].remaining_bytes > 3_000_000, what="queued")
        told = RUNNER.invoke(app, ["doctor", "--json", "--home", str(home.root)])
        assert told.exit_code == 1
        raw = json.loads(told.stdout)
        assert raw["center"] == proxy.url
        found = {one["id"]: one for one in raw["findings"]}
        assert (found["tus"]["verdict"], found["tus"]["code"]) == ("fail", "captive_portal")
        assert found["service"]["verdict"] == "pass"
        assert found["queue"]["verdict"] in ("pass", "warn")
        read = RUNNER.invoke(app, ["center", "code", raw["code"]])
        assert read.exit_code == 0
        assert "captive_portal" in read.stdout
        assert "≥ 2 MB" in read.stdout
        essentials = read_code(raw["code"])
        assert essentials.state is LocalSessionState.OPEN
    page = RUNNER.invoke(app, ["doctor", "--home", str(home.root)], env={"COLUMNS": "160"})
    assert "服务码 support code" in page.stdout
    assert "→" in page.stdout
    wrong = RUNNER.invoke(app, ["center", "code", "1234"])
    assert wrong.exit_code != 0


def test_a_disk_that_does_not_take_a_file_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhishi.doctor.disk_free", lambda path: 500_000_000)
    found = next(one for one in examine(home, None, {}).findings if one.id is CheckId.DISK)
    assert found.verdict is Verdict.FAIL
    assert found.todo_zh
    home.state.rmdir()
    home.state.write_text("a file where a folder should be")
    found = next(one for one in examine(home, None, {}).findings if one.id is CheckId.DISK)
    assert found.verdict is Verdict.FAIL
    assert found.code == "storage"
