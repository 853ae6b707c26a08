"""A certificate authority of one's own for rehearsal rooms, and the server certificate it signs.

A phone gives a camera to https pages only; on a local network there is no public certificate to be had. The authority
is made once and kept in an owner-only folder. It may speak for private addresses and the names given to it, nothing
else (name constraints): whoever installs it on a phone does not hand anybody the internet. Owns making, keeping and
renewing.

Files: ``ca.pem``, ``ca.private.pem``, ``server.pem`` (with the authority's), ``server.private.pem``.
Source: RFC 5280; Apple accepts user-installed authorities with server certificates of at most 825 days.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from domain.errors import SpoolUnreadable
from host.durable import private_folder, read_bytes, write_bytes

_CA_DAYS, _SERVER_DAYS, _RENEW_DAYS = 5 * 365, 397, 30
_BACKDATED = timedelta(days=1)  # a phone whose clock is behind
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10")
_LOCAL_NAMES = ("local", "localhost")
_NAME = "智试考务平台（本地）Zhishi local"

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class LocalTls:
    """What a server needs, and what people check: ``fingerprint`` is the SHA-256 of the authority's certificate."""

    ca: Path
    certificate: Path
    key: Path
    fingerprint: str


def local_tls(folder: Path, names: list[str], now_ms: int) -> LocalTls:
    """The certificate for ``names`` (addresses and host names) in ``folder``, made or renewed when it must be.

    Raises StorageError; SpoolUnreadable when a file there is not what it should be.
    """
    private_folder(folder)
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    wanted = _sorted(names)
    found = _read(folder / "ca.pem", folder / "ca.private.pem")
    if found is None or not _lasts(found[0], now) or not all(_permits(found[0], name) for name in wanted):
        found = _make_ca(wanted, now)
        _keep(folder / "ca.private.pem", folder / "ca.pem", *found)
    ca, ca_key = found
    server = _read(folder / "server.pem", folder / "server.private.pem")
    if server is None or not _lasts(server[0], now) or _names_of(server[0]) != wanted or not _signed_by(server[0], ca):
        made, key = _make_server(ca, ca_key, wanted, now)
        _keep(folder / "server.private.pem", folder / "server.pem", made, key, ca)
    digest = ca.fingerprint(hashes.SHA256()).hex().upper()
    fingerprint = ":".join(digest[at : at + 2] for at in range(0, len(digest), 2))
    return LocalTls(folder / "ca.pem", folder / "server.pem", folder / "server.private.pem", fingerprint)


def _make_ca(names: list[str], now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    nets = [ip_network(net) for net in _PRIVATE]
    own = [at for name in names if (at := _address(name)) is not None and not any(_within(at, net) for net in nets)]
    nets += [ip_network(str(at)) for at in own]
    hosts = [name for name in names if _address(name) is None]
    permitted: list[x509.GeneralName] = [x509.IPAddress(net) for net in nets]
    permitted += [x509.DNSName(host) for host in (*_LOCAL_NAMES, *hosts)]
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    public = key.public_key()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=_CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made, key


def _make_server(
    ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey, names: list[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    others: list[x509.GeneralName] = []
    for name in names:
        at = _address(name)
        others.append(x509.DNSName(name) if at is None else x509.IPAddress(at))
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Zhishi center")]))
        .issuer_name(ca.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(min(now + timedelta(days=_SERVER_DAYS), ca.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    return made, key


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign,
        crl_sign=sign,
        encipher_only=False,
        decipher_only=False,
    )


def _keep(
    key_file: Path, file: Path, made: x509.Certificate, key: ec.EllipticCurvePrivateKey, *more: x509.Certificate
) -> None:
    """The key first: a certificate without its key would look whole and be useless."""
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    write_bytes(key_file, key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    write_bytes(file, b"".join(one.public_bytes(pem) for one in (made, *more)))


def _read(file: Path, key_file: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    """The pair; None when it was never made, or a stop came between its two files."""
    if not file.exists() or not key_file.exists():
        return None
    try:
        made = x509.load_pem_x509_certificates(read_bytes(file))[0]
        key = serialization.load_pem_private_key(read_bytes(key_file), None)
    except (ValueError, TypeError, IndexError) as why:
        raise SpoolUnreadable(f"{file}: not a certificate with its key ({why})") from why
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise SpoolUnreadable(f"{key_file}: not a P-256 key")
    return (made, key) if made.public_key() == key.public_key() else None


def _lasts(made: x509.Certificate, now: datetime) -> bool:
    return made.not_valid_before_utc <= now and made.not_valid_after_utc > now + timedelta(days=_RENEW_DAYS)


def _signed_by(made: x509.Certificate, ca: x509.Certificate) -> bool:
    try:
        made.verify_directly_issued_by(ca)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _permits(ca: x509.Certificate, name: str) -> bool:
    permitted = ca.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees or []
    at = _address(name)
    if at is not None:
        return any(isinstance(one, x509.IPAddress) and _within(at, one.value) for one in permitted)
    hosts = [one.value for one in permitted if isinstance(one, x509.DNSName)]
    return any(name == host or name.endswith(f".{host}") for host in hosts)


def _names_of(made: x509.Certificate) -> list[str]:
    others = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    hosts = others.get_values_for_type(x509.DNSName)
    return _sorted([*hosts, *(str(at) for at in others.get_values_for_type(x509.IPAddress))])


def _sorted(names: list[str]) -> list[str]:
    return sorted({name.strip().lower() for name in names if name.strip()})


def _within(at: Address, net: object) -> bool:
    return isinstance(net, IPv4Network | IPv6Network) and at in net


def _address(name: str) -> Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None
