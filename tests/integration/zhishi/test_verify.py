"""``zhishi verify`` on a real spool: an untouched one passes, and of every tampering the first misfit is named."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey
from typer.testing import CliRunner

from domain.causes import Cause
from domain.chain import follow
from domain.errors import BadInput, ChainBroken, EvidenceError, SealDamaged, SegmentDamaged, SignatureInvalid
from domain.identity import LinkKind, Track
from domain.loss import Holding, LossStatement, Signer
from domain.manifest import Ended, EndedBy, Manifest, manifest_sha256
from domain.receipt import CompanionState, ManifestRef, Receipt, ReceiptKind, TrackEntry
from domain.seal import GapReason
from domain.signature import KEY_SET_TYP, LOSS_TYP, MANIFEST_TYP, RECEIPT_TYP, public_jwk, sign
from domain.window import Assessment
from host.chainwriter import ChainWriter
from host.clock import Moment
from host.spool import Spool
from tests.support.seals import DEVICE, RUN, SESSION
from zhishi.cli import app, main
from zhishi.verify import read_receipt, verify


@dataclass(frozen=True)
class Case:
    """A signed receipt, the center's key file and the evidence it speaks of."""

    receipt: Path
    key: Path
    evidence: Path
    loss: Path


@pytest.fixture
def case(tmp_path: Path) -> Case:
    spool = Spool(tmp_path / "spool")
    entries = []
    for track in (Track.CAMERA, Track.SCREEN):
        folder = spool.new_run_dir(SESSION, track, RUN)
        chain = ChainWriter(spool, SESSION, DEVICE, track)
        now = Moment("boot", 10**9, 10**12, False, 10**12)
        for index, name in enumerate(["init.mp4", "000000.m4s", "000001.m4s"]):
            (folder / name).write_bytes(f"{track} {name}".encode() * 50)
            kind = LinkKind.SEGMENT if index else LinkKind.INIT
            chain.seal_file(kind, RUN, max(0, index - 1), folder / name, start=now, duration_ms=5000 if index else 0)
        chain.seal_gap(RUN, start=now.later(10_000), duration_ms=700, reason=GapReason.STALLED)
        seals = spool.read_seals(SESSION, track).seals
        entries.append(TrackEntry(DEVICE, track, follow(seals, SESSION, DEVICE, track)))
    root, signing, device = (OKPKey.generate_key("Ed25519", private=True) for _ in range(3))
    ended = Ended(EndedBy.ORDER, 10**12, False)
    manifest = Manifest(SESSION, DEVICE, 1, None, ended, {entry.track: entry.summary for entry in entries})
    token = sign(manifest.to_dict(), device, DEVICE, MANIFEST_TYP)
    (spool.session_dir(SESSION) / "manifest-1.jws").write_text(token)
    receipt = Receipt(
        ReceiptKind.SESSION, "center", 10**12, True, "P", "1", SESSION, "0001", None,
        (ManifestRef(DEVICE, 1, manifest_sha256(token)),), tuple(entries), 10**12, 10**12 + 1,
        Assessment.CONFIRMED, CompanionState.NOT_REQUIRED,
    )  # fmt: skip
    key_set = sign({"iss": "center", "iat": 1, "keys": {"k1": public_jwk(signing)}}, root, "root", KEY_SET_TYP)
    (tmp_path / "center-key.json").write_text(json.dumps({"root": public_jwk(root), "key_set": key_set}))
    (tmp_path / "receipt.jws").write_text(sign(receipt.to_dict(), signing, "k1", RECEIPT_TYP) + "\n")
    signer = Signer("周婷", "硬盘损坏", 10**12)
    held = (Holding(DEVICE, Track.CAMERA, 2, 100, 2), Holding(DEVICE, Track.COMPANION, 0, 0, None))
    loss = LossStatement(
        "center", 10**12, True, "P", "1", SESSION, "0001", 10**12, 10**12, Cause.CANDIDATE, held, (), signer, signer
    )
    (tmp_path / "loss.jws").write_text(sign(loss.to_dict(), signing, "k1", LOSS_TYP) + "\n")
    where = spool.session_dir(SESSION)
    return Case(tmp_path / "receipt.jws", tmp_path / "center-key.json", where, tmp_path / "loss.jws")


def test_untouched_evidence_fits(case: Case) -> None:
    verdict = verify(case.receipt, case.key, case.evidence)
    assert verdict.links == 8
    assert verdict.absent == ()
    done = CliRunner().invoke(
        app, ["verify", str(case.receipt), "--key", str(case.key), "--evidence", str(case.evidence)]
    )
    assert done.exit_code == 0, done.output
    assert "校验通过" in done.output


def test_a_loss_statement_is_checked_and_never_called_a_receipt(case: Case) -> None:
    order = ["verify", str(case.loss), "--key", str(case.key), "--evidence", str(case.evidence)]
    done = CliRunner().invoke(app, order)
    assert done.exit_code == 0, done.output
    assert "camera: 此处 4 环，平台收到 2 环" in done.output
    assert "companion: 该文件夹中没有" in done.output
    assert "不是数据接收回执" in done.output
    with pytest.raises(SignatureInvalid, match="no receipt"):
        read_receipt(case.loss, case.key)
    _flip(_run(case, "000001.m4s"))
    with pytest.raises(SegmentDamaged, match=r"000001\.m4s"):
        verify(case.loss, case.key, case.evidence)
    _flip(case.loss)
    with pytest.raises(SignatureInvalid):
        verify(case.loss, case.key)


def _run(case: Case, name: str) -> Path:
    return case.evidence / "tracks" / "camera" / RUN / name


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))


def _another_root(key: Path) -> None:
    stranger = public_jwk(OKPKey.generate_key("Ed25519", private=True))
    key.write_text(json.dumps(json.loads(key.read_text()) | {"root": stranger}))


def _lose_last_link(case: Case) -> None:
    _run(case, "gap-000000.seal.json").unlink()


TAMPERINGS: list[tuple[str, Callable[[Case], object], type[EvidenceError | BadInput], str]] = [
    ("a byte of a segment", lambda c: _flip(_run(c, "000001.m4s")), SegmentDamaged, r"000001\.m4s"),
    (
        "a segment cut short",
        lambda c: _run(c, "000000.m4s").write_bytes(b"x"),
        SegmentDamaged,
        r"1 bytes",
    ),
    (
        "a seal cut short",
        lambda c: _run(c, "000000.m4s.seal.json").write_bytes(b"{"),
        SealDamaged,
        "000000",
    ),
    (
        "a seal in the middle gone",
        lambda c: _run(c, "000000.m4s.seal.json").unlink(),
        ChainBroken,
        "camera link 1",
    ),
    ("the last gap gone", _lose_last_link, ChainBroken, "links is 3, the receipt says 4"),
    ("another manifest", lambda c: _flip(c.evidence / "manifest-1.jws"), SignatureInvalid, "manifest-1"),
    ("the receipt", lambda c: _flip(c.receipt), SignatureInvalid, "signature_invalid"),
    ("the key set", lambda c: _another_root(c.key), SignatureInvalid, "signature_invalid"),
    ("no key at all", lambda c: c.key.write_text("[]"), SignatureInvalid, "key"),
    (
        "a folder without evidence",
        lambda c: c.evidence.rename(c.evidence.with_name("x")),
        BadInput,
        "folder",
    ),
]


@pytest.mark.parametrize(("what", "tamper", "error", "named"), TAMPERINGS, ids=[row[0] for row in TAMPERINGS])
def test_the_first_misfit_is_named(
    case: Case, what: str, tamper: Callable[[Case], object], error: type[EvidenceError | BadInput], named: str
) -> None:
    tamper(case)
    with pytest.raises(error, match=named):
        verify(case.receipt, case.key, case.evidence)


def test_an_error_is_told_in_both_languages_with_a_next_step(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    _flip(_run(case, "000001.m4s"))
    arguments = ["verify", str(case.receipt), "--key", str(case.key), "--evidence", str(case.evidence)]
    with pytest.raises(SystemExit) as ended:
        main(lambda: app(arguments))
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert "000001.m4s" in told
    assert "segment_damaged" in told
    assert "→" in told
