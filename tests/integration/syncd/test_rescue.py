"""The rescue bundle: from a laptop that reaches nobody, on any stick, to the same receipt; and what goes wrong with it.

Real center over HTTP, real syncd, real files. The laptop's way to the center is cut (its proxy refuses); what is
carried goes to the center directly, as from another machine.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from center.config import CenterConfig
from domain.age import CHUNK, TAG, Chunks, Opener, seal_from, write_header
from domain.bundle import Statement, Unpacker, write_front
from domain.errors import BadInput, SignatureInvalid
from domain.identity import Track
from domain.receipt import Receipt
from domain.signature import RECEIPT_TYP, RESCUE_TYP
from domain.wire.syncd import ReceiptOrder, RescueOrder
from host.bundle import PARTIAL
from host.paths import Home
from syncd.keyring import Keyring
from tests.support.center import center_config, new_session
from tests.support.rescuing import bring, export, post
from tests.support.servers import AsgiProcess
from tests.support.syncing import HandRecorder, Laptop
from tests.support.waiting import wait_until
from zhishi.faultproxy import FaultProxy, Mode

ROOT = str(Path(__file__).parents[3])


@pytest.fixture
def cut_off(laptop: Laptop, proxy: FaultProxy) -> Laptop:
    """Enrolled, then without any way to the center."""
    proxy.switch(Mode.REFUSE)
    return laptop


def record(laptop: Laptop, segments: int = 4, size: int = 150_000) -> HandRecorder:
    """An ended session of two tracks, closed by the keeper without any network."""
    camera, screen = laptop.recorder(), laptop.recorder(Track.SCREEN)
    for _ in range(segments):
        camera.segment(size)
        screen.segment(size // 10)
    screen.gap()
    camera.end()
    wait_until(lambda: laptop.here().state == "closed", what="closed without any network")
    return camera


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_carried_by_hand_it_ends_in_the_same_receipt(
    cut_off: Laptop, proxy: FaultProxy, center: AsgiProcess, stick: Path
) -> None:
    camera = record(cut_off)
    done = export(cut_off, stick)
    assert done.state == "done"
    assert [Path(file.path) for file in done.files] == list(stick.iterdir())
    assert done.done_bytes == done.total_bytes == 2 * done.files[0].bytes
    file = Path(done.files[0].path).read_bytes()
    assert (camera.folder / "000000.m4s").read_bytes()[:64] not in file  # whoever carries it cannot read it

    answer = bring(center.url, file)
    assert (answer.refused, answer.missing, answer.cut_short, answer.problems) == (0, 0, False, [])
    assert answer.taken == done.links
    assert answer.number == "0001"
    assert answer.session_receipt is not None
    keys = Keyring(cut_off.home).pinned(cut_off.session)
    receipt = Receipt.from_dict(keys.check(answer.session_receipt, RECEIPT_TYP))
    assert receipt.session == cut_off.session
    assert sum(entry.summary.links for entry in receipt.tracks) == done.links

    again = bring(center.url, file)  # idempotent: nothing is taken twice, the receipt is the same
    assert (again.taken, again.known) == (0, done.links)
    assert again.session_receipt == answer.session_receipt

    # Online again the laptop finds that everything is there: nothing is sent twice, the receipt is that one.
    before = proxy.traffic.up
    proxy.switch(Mode.PASS)
    state = cut_off.confirmed()
    assert state.receipt is not None
    assert Path(state.receipt).read_text() == answer.session_receipt
    assert proxy.traffic.up - before < 100_000 < state.tracks["camera"].bytes


def test_the_receipt_carried_back_confirms_a_laptop_without_network(
    cut_off: Laptop, center: AsgiProcess, stick: Path
) -> None:
    record(cut_off)
    answer = bring(center.url, Path(export(cut_off, stick).files[0].path).read_bytes())
    assert answer.session_receipt is not None
    assert answer.device_receipt is not None
    assert cut_off.daemon is not None
    header, claims, signature = answer.session_receipt.split(".")
    forged = ".".join((header, claims, signature[:-8] + "AAAAAAAA"))
    with pytest.raises(SignatureInvalid):
        cut_off.daemon.receipt(ReceiptOrder(receipt=forged))
    assert cut_off.here().state == "closed"
    cut_off.daemon.receipt(ReceiptOrder(receipt=answer.device_receipt))
    assert cut_off.here().state == "submitted"
    cut_off.daemon.receipt(ReceiptOrder(receipt=answer.session_receipt + "\n"))
    assert cut_off.here().state == "confirmed"
    cut_off.daemon.receipt(ReceiptOrder(receipt=answer.session_receipt))  # again: the same
    cut_off.stop()
    cut_off.start()
    here = cut_off.here()
    assert (here.state, here.assessment) == ("confirmed", "confirmed")
    with pytest.raises((BadInput, SignatureInvalid)):
        cut_off.daemon.receipt(ReceiptOrder(receipt="no.receipt.atall"))


def test_only_what_the_center_lacks_is_carried(
    laptop: Laptop, proxy: FaultProxy, center: AsgiProcess, stick: Path
) -> None:
    camera = laptop.recorder()
    camera.segment()
    laptop.verified(2)
    proxy.switch(Mode.REFUSE)
    camera.segment()
    camera.end()
    wait_until(lambda: laptop.here().state == "closed", what="closed")
    done = export(laptop, stick)
    assert done.links == 1 + (camera.chain.links - 3)
    answer = bring(center.url, Path(done.files[0].path).read_bytes())
    assert (answer.taken, answer.missing) == (done.links, 0)
    assert answer.session_receipt is not None


def test_everything_can_be_carried_as_well(laptop: Laptop, center: AsgiProcess, stick: Path) -> None:
    camera = laptop.recorder()
    camera.segment()
    camera.end()
    laptop.confirmed()
    assert export(laptop, stick).files == []  # the center holds everything: nothing to carry
    done = export(laptop, stick, everything=True)
    answer = bring(center.url, Path(done.files[0].path).read_bytes())
    assert (answer.taken, answer.known, answer.missing) == (0, done.links, 0)


def test_a_session_that_goes_on_is_carried_so_far(cut_off: Laptop, center: AsgiProcess, stick: Path) -> None:
    camera = cut_off.recorder()
    camera.segment()
    done = export(cut_off, stick)
    assert done.open_sessions == [cut_off.session]
    answer = bring(center.url, Path(done.files[0].path).read_bytes())
    assert (answer.taken, answer.missing, answer.session_receipt) == (2, None, None)


def test_several_parts_in_any_order_and_one_missing(
    tmp_path: Path, config: CenterConfig, proxy: FaultProxy, center: AsgiProcess, stick: Path
) -> None:
    with Laptop(tmp_path / "home") as laptop:
        laptop.enrol(proxy.url, new_session(config).code)
        proxy.switch(Mode.REFUSE)
        assert laptop.daemon is not None
        laptop.daemon._rescue._part_bytes = 400_000
        record(laptop, segments=6)
        done = export(laptop, stick)
        assert len(done.files) >= 3
        assert all(file.bytes <= 400_000 for file in done.files)
        files = [Path(file.path) for file in done.files]
        for file in reversed(files[1:]):
            answer = bring(center.url, file.read_bytes())
            assert (answer.refused, answer.parts) == (0, len(files))
        assert answer.missing is not None
        assert answer.missing > 0
        assert answer.session_receipt is None  # a part is missing, and the center says so
        last = bring(center.url, files[0].read_bytes())
        assert last.missing == 0
        assert last.session_receipt is not None


def test_a_cut_file_gives_what_it_holds_and_again_the_rest(cut_off: Laptop, center: AsgiProcess, stick: Path) -> None:
    record(cut_off)
    file = Path(export(cut_off, stick).files[0].path).read_bytes()
    cut = bring(center.url, file[: len(file) // 2])
    assert cut.cut_short
    assert cut.taken > 0
    assert cut.refused > 0
    assert {one.code for one in cut.refusals} == {"bundle_damaged"}
    assert cut.session_receipt is None
    rest = bring(center.url, file)
    assert (rest.known, rest.refused, rest.missing) == (cut.taken, 0, 0)
    assert rest.session_receipt is not None


def test_one_flipped_byte_costs_a_link_which_is_named(cut_off: Laptop, center: AsgiProcess, stick: Path) -> None:
    record(cut_off)
    file = bytearray(Path(export(cut_off, stick).files[0].path).read_bytes())
    file[len(file) // 2] ^= 1
    hurt = bring(center.url, bytes(file))
    assert 1 <= hurt.refused <= 3
    assert hurt.refusals[0].code == "bundle_damaged"
    assert hurt.taken > 0
    assert not hurt.cut_short
    assert hurt.missing == hurt.refused
    file[len(file) // 2] ^= 1
    assert bring(center.url, bytes(file)).missing == 0


def test_a_damaged_beginning_takes_nothing(cut_off: Laptop, center: AsgiProcess, stick: Path) -> None:
    record(cut_off)
    file = Path(export(cut_off, stick).files[0].path).read_bytes()
    for at in (5, 60, 150, 240, 900):
        hurt = bytearray(file)
        hurt[at] ^= 1
        answer = post(center.url, bytes(hurt))
        assert answer.status_code == 409
        assert answer.json()["code"] in ("bundle_damaged", "bundle_foreign")
    assert post(center.url, b"").json()["code"] == "bundle_damaged"
    assert post(center.url, b"PK\x03\x04" * 100).json()["code"] == "bundle_foreign"
    assert bring(center.url, file).missing == 0


def test_another_centers_bundle_is_refused(cut_off: Laptop, tmp_path: Path, stick: Path) -> None:
    record(cut_off)
    file = Path(export(cut_off, stick).files[0].path).read_bytes()
    other = center_config(tmp_path / "other")
    with AsgiProcess("tests.support.center:center_app", {"data": str(other.data)}) as stranger:
        answer = post(stranger.url, file)
    assert answer.status_code == 409
    assert answer.json()["code"] == "bundle_foreign"


def rewritten(laptop: Laptop, file: bytes, config: CenterConfig, **changed: object) -> bytes:
    """The bundle again as a forger with this device's key (or another) would write it."""
    raw = json.loads((config.data / "keys" / "sealing.private.json").read_text())
    from domain.signature import sign, x25519_bytes

    opener, unpacker = Opener(private=x25519_bytes(raw, "d")), Unpacker()
    content = b"".join(link.data for piece in [*opener.feed(file), *opener.finish()] for link in unpacker.feed(piece))
    assert unpacker.front is not None
    fields = {**unpacker.front.statement.to_dict(), **{k: v for k, v in changed.items() if k != "key"}}
    key = changed.get("key", Keyring(laptop.home).device(laptop.device).key)
    token = sign(Statement.from_dict(fields).to_dict(), key, laptop.device, RESCUE_TYP)  # type: ignore[arg-type]
    plain = write_front(token, unpacker.front.seals) + content
    header = write_header(b"k" * 16, x25519_bytes(raw, "x"), b"e" * 32)
    return header + b"n" * 16 + b"".join(seal_from(Chunks(b"k" * 16, b"n" * 16), 0, [plain]))


def test_a_foreign_key_signs_for_nobody(
    cut_off: Laptop, config: CenterConfig, center: AsgiProcess, stick: Path
) -> None:
    from joserfc.jwk import OKPKey

    record(cut_off)
    file = Path(export(cut_off, stick).files[0].path).read_bytes()
    forged = rewritten(cut_off, file, config, key=OKPKey.generate_key("Ed25519", private=True))
    answer = post(center.url, forged)
    assert answer.status_code == 409
    assert answer.json()["code"] == "signature_invalid"
    stranger = rewritten(cut_off, file, config, device="01936f5e-0000-7000-8000-000000000002")
    assert post(center.url, stranger).json()["code"] == "token_refused"


def test_a_device_speaks_only_for_its_own_session(
    cut_off: Laptop, config: CenterConfig, center: AsgiProcess, stick: Path
) -> None:
    other = new_session(config)
    record(cut_off)
    file = Path(export(cut_off, stick).files[0].path).read_bytes()
    answer = post(center.url, rewritten(cut_off, file, config, session=other.session))
    assert answer.json()["code"] == "token_refused"


def test_what_was_damaged_after_sealing_is_named_and_the_rest_is_carried(
    cut_off: Laptop, center: AsgiProcess, stick: Path
) -> None:
    camera = record(cut_off)
    hurt = camera.folder / "000001.m4s"
    whole = hurt.read_bytes()
    hurt.write_bytes(whole[:-1] + b"\x00")
    done = export(cut_off, stick)
    assert done.state == "done"
    assert [(one.subject, one.error.code) for one in done.left_out] == [(str(hurt), "segment_damaged")]
    answer = bring(center.url, Path(done.files[0].path).read_bytes())
    assert (answer.refused, answer.missing) == (0, 1)
    hurt.write_bytes(whole)
    again = export(cut_off, stick)
    assert again.left_out == []
    assert bring(center.url, Path(again.files[0].path).read_bytes()).missing == 0


def test_an_export_that_was_broken_off_goes_on_and_is_checked(
    cut_off: Laptop, center: AsgiProcess, stick: Path
) -> None:
    record(cut_off)
    done = export(cut_off, stick)
    path = Path(done.files[0].path)
    whole = path.read_bytes()
    partial = path.with_name(path.name + PARTIAL)
    path.unlink()
    partial.write_bytes(whole[: len(whole) // 2])  # the stick was pulled, the machine died
    cut_off.stop()
    cut_off.start()
    assert Path(export(cut_off, stick).files[0].path).read_bytes() == whole
    assert not partial.exists()
    # What an earlier try left may have gone bad meanwhile: it is read back, and written anew.
    path.unlink()
    bad = bytearray(whole[: len(whole) // 2])
    bad[CHUNK // 2] ^= 1
    partial.write_bytes(bytes(bad))
    failed = export(cut_off, stick)
    assert failed.state == "failed"
    assert failed.error is not None
    assert failed.error.code == "bundle_damaged"
    assert not partial.exists()
    assert Path(export(cut_off, stick).files[0].path).read_bytes() == whole
    hurt = bytearray(whole)
    hurt[-TAG - 1] ^= 1
    path.write_bytes(bytes(hurt))  # a finished one that went bad on the stick
    assert Path(export(cut_off, stick).files[0].path).read_bytes() == whole


def test_orders_that_cannot_be(cut_off: Laptop, stick: Path) -> None:
    assert cut_off.daemon is not None
    for folder in ("relative", str(stick / "nowhere"), ""):
        with pytest.raises(BadInput):
            cut_off.daemon.rescue(RescueOrder(folder=folder))
    with pytest.raises(BadInput):
        cut_off.daemon.rescue(RescueOrder(folder=str(stick), session="../x"))


def test_the_commands_without_a_running_syncd(
    cut_off: Laptop, center: AsgiProcess, stick: Path, tmp_path: Path
) -> None:
    """syncd is gone: the command does its work, closes what has ended; another machine brings it."""
    camera = cut_off.recorder()
    camera.segment()
    camera.end()
    cut_off.stop()
    done = _zhishi("rescue", "export", "--to", str(stick), "--home", str(cut_off.home.root))
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = stick.iterdir()
    assert str(file) in done.stdout.replace("\n", "")
    receipts = tmp_path / "receipts"
    took = _zhishi("center", "rescue", "import", str(file), "--center", center.url, "--receipts", str(receipts))
    assert took.returncode == 0, took.stdout + took.stderr
    assert "回执已签发" in took.stdout
    assert {path.name for path in receipts.iterdir()} == {
        f"{cut_off.session}.jws",
        f"{cut_off.session}.{cut_off.device}.jws",
    }
    again = _zhishi("center", "rescue", "import", str(file), str(stick / "absent.age"), "--center", center.url)
    assert again.returncode == 1
    assert "新收 taken 0" in again.stdout
    assert "absent.age" in again.stdout


def _zhishi(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "zhishi", *words],
        capture_output=True, text=True, timeout=60, check=False,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "400", "PYTHONPATH": ROOT},
    )  # fmt: skip


def test_a_home_without_sessions_carries_nothing(tmp_path: Path, stick: Path) -> None:
    home = Home(tmp_path / "empty").prepare()
    done = _zhishi("rescue", "export", "--to", str(stick), "--home", str(home.root))
    assert done.returncode == 0, done.stderr
    assert list(stick.iterdir()) == []
