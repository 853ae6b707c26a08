"""The local authority: kept, renewed when it must be, and unable to speak for the internet."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from center.localca import local_tls
from domain.companion import LinkTrouble, link_trouble
from domain.errors import SpoolUnreadable

NOW = int(datetime(2026, 5, 16, tzinfo=UTC).timestamp() * 1000)
DAY_MS = 86_400_000
NAMES = ["192.168.1.20", "127.0.0.1", "localhost", "desk.local"]


def test_made_once_and_kept_for_its_owner_only(tmp_path: Path) -> None:
    first = local_tls(tmp_path / "tls", NAMES, NOW)
    files = {file.name: file.read_bytes() for file in (tmp_path / "tls").iterdir()}
    assert set(files) == {"ca.pem", "ca.private.pem", "server.pem", "server.private.pem"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "tls").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700
    assert local_tls(tmp_path / "tls", list(reversed(NAMES)), NOW + DAY_MS) == first
    assert {file.name: file.read_bytes() for file in (tmp_path / "tls").iterdir()} == files
    assert len(first.fingerprint.split(":")) == 32


def test_another_address_keeps_the_authority_that_phones_trust(tmp_path: Path) -> None:
    first = local_tls(tmp_path, NAMES, NOW)
    before = first.certificate.read_bytes()
    moved = local_tls(tmp_path, ["10.0.0.7", "localhost"], NOW)
    assert moved.fingerprint == first.fingerprint
    assert moved.certificate.read_bytes() != before
    others = server(tmp_path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(at) for at in others.get_values_for_type(x509.IPAddress)] == ["10.0.0.7"]


def test_an_address_the_authority_may_not_speak_for_needs_a_new_one(tmp_path: Path) -> None:
    first = local_tls(tmp_path, NAMES, NOW)
    public = local_tls(tmp_path, ["203.0.113.9"], NOW)
    assert public.fingerprint != first.fingerprint
    assert local_tls(tmp_path, ["203.0.113.9"], NOW).fingerprint == public.fingerprint


def test_renewed_before_it_runs_out_and_short_enough_for_phones(tmp_path: Path) -> None:
    local_tls(tmp_path, NAMES, NOW)
    made = server(tmp_path)
    assert made.not_valid_after_utc - made.not_valid_before_utc <= timedelta(days=825)
    fingerprint = local_tls(tmp_path, NAMES, NOW + 380 * DAY_MS).fingerprint
    assert server(tmp_path).serial_number != made.serial_number
    assert fingerprint == local_tls(tmp_path, NAMES, NOW).fingerprint


def test_it_cannot_speak_for_the_internet(tmp_path: Path) -> None:
    local_tls(tmp_path, NAMES, NOW)
    ca = x509.load_pem_x509_certificate((tmp_path / "ca.pem").read_bytes())
    limits = ca.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    names = {one.value for one in limits.value.permitted_subtrees or [] if isinstance(one, x509.DNSName)}
    assert names == {"local", "localhost", "desk.local"}
    assert ca.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0


def test_a_stop_between_the_two_files_is_mended(tmp_path: Path) -> None:
    first = local_tls(tmp_path, NAMES, NOW)
    (tmp_path / "server.pem").unlink()
    assert local_tls(tmp_path, NAMES, NOW).fingerprint == first.fingerprint
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(first.certificate, first.key)  # raises when they do not belong together


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    local_tls(tmp_path, NAMES, NOW)
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(SpoolUnreadable, match=r"ca\.pem"):
        local_tls(tmp_path, NAMES, NOW)


def server(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates((folder / "server.pem").read_bytes())[0]


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("https://center.example/companion#x", LinkTrouble.NONE),
        ("https://192.168.1.20:8700", LinkTrouble.NONE),
        ("http://192.168.1.20:8700/companion", LinkTrouble.INSECURE),
        ("http://center.example", LinkTrouble.INSECURE),
        ("http://127.0.0.1:8700/companion", LinkTrouble.LOOPBACK),
        ("https://localhost:8700", LinkTrouble.LOOPBACK),
        ("https://[::1]:8700", LinkTrouble.LOOPBACK),
        ("http://zhishi.localhost", LinkTrouble.LOOPBACK),
        ("https://", LinkTrouble.INSECURE),
        ("", LinkTrouble.INSECURE),
        ("https://[bad", LinkTrouble.INSECURE),
    ],
)
def test_whether_a_phone_could_use_an_address(url: str, trouble: LinkTrouble) -> None:
    assert link_trouble(url) is trouble


@given(st.text(max_size=60))
def test_only_https_is_ever_called_fit_for_a_phone(rest: str) -> None:
    assert link_trouble("http://" + rest) is not LinkTrouble.NONE
    assert link_trouble(rest) is not LinkTrouble.NONE or rest.lower().startswith("https:")
