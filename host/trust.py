"""Whom this machine trusts over TLS: the usual authorities, those of the system, and one a person added.

Schools and companies put authorities of their own into the system's store; a program that knows only the usual ones
would call every connection there a forgery. All of them go into one file, because that is what ``requests`` takes.
"""

import hashlib
import ssl
import subprocess
import sys
from pathlib import Path

import certifi

from domain.errors import BadInput
from host.durable import read_bytes, write_bytes
from host.paths import Home

_END = "-----END CERTIFICATE-----"
_BEGIN = "-----BEGIN CERTIFICATE-----"
_LINUX = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem")
_ASK_S = 10.0


def trusted_file(home: Home, extra: Path | None, system: str | None = None) -> Path | None:
    """The file with all of them; None when the usual ones are all there are.

    ``system``: the system's store as PEM text (None: ask it). Raises BadInput when ``extra`` holds no certificate,
    StorageError.
    """
    usual = certificates(read_bytes(Path(certifi.where())).decode("ascii", "replace"))
    more = certificates(system_store() if system is None else system)
    if extra is not None:
        added = certificates(read_bytes(extra).decode("ascii", "replace"))
        if not added:
            raise BadInput(f"{extra}: no certificate (PEM) inside")
        more += added
    fresh = [one for one in dict.fromkeys(more) if one not in set(usual)]
    if not fresh:
        return None
    whole = "\n".join([*usual, *fresh, ""]).encode()
    # named for its content: programs of one home may have been told differently
    path = home.state / f"trusted-{hashlib.sha256(whole).hexdigest()[:12]}.pem"
    try:
        ssl.create_default_context(cadata=whole.decode("ascii"))
    except (ssl.SSLError, ValueError) as why:
        if extra is not None:
            raise BadInput(f"{extra}: {why}") from why
        return None  # the system's own store is damaged: the usual ones serve
    if not path.exists() or read_bytes(path) != whole:
        write_bytes(path, whole)
    return path


def certificates(text: str) -> list[str]:
    """Every PEM certificate in ``text``, each written alike."""
    found = []
    for part in text.split(_END)[:-1]:
        _, begun, body = part.rpartition(_BEGIN)
        if begun:
            found.append("\n".join([_BEGIN, *body.split(), _END]))
    return found


if sys.platform == "win32":

    def system_store() -> str:
        """The system's certificate store."""
        stores = (ssl.enum_certificates(name) for name in ("ROOT", "CA"))
        return "".join(
            ssl.DER_cert_to_PEM_cert(raw) for store in stores for raw, kind, _ in store if kind == "x509_asn"
        )

elif sys.platform == "darwin":

    def system_store() -> str:
        """The system's keychain: what an administrator added."""
        try:
            done = subprocess.run(
                ["security", "find-certificate", "-a", "-p", "/Library/Keychains/System.keychain"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_ASK_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.decode("ascii", "replace")

else:

    def system_store() -> str:
        """The bundle that the system's tools keep."""
        for name in _LINUX:
            if Path(name).is_file():
                return read_bytes(Path(name)).decode("ascii", "replace")
        return ""
