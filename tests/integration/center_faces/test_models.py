"""The model files: found in the installed wheel, checked, never fetched."""

import socket
from pathlib import Path

import pytest

from center.faces import models
from center.faces.failures import FaceModelsMissing
from center.faces.models import SFACE, YUNET, load_models


def test_they_lie_in_the_installed_wheel_and_no_network_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_args: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    found = load_models()
    assert len(found.yunet) == 122489
    assert len(found.sface) == 10667852
    assert len(found.tag) == 8


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    found = load_models()
    (tmp_path / YUNET).write_bytes(found.yunet)
    (tmp_path / SFACE).write_bytes(found.sface)
    assert load_models(tmp_path) == found
    (tmp_path / YUNET).write_bytes(found.yunet[:-1] + b"\0")
    with pytest.raises(FaceModelsMissing, match="SHA-256"):
        load_models(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FaceModelsMissing, match=YUNET):
        load_models(tmp_path / "none")


def test_a_missing_carrier_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "CARRIER", "zhishi-no-such-package")
    with pytest.raises(FaceModelsMissing, match="zhishi-no-such-package"):
        load_models()
