"""Looking at the center itself for ``center.administration.preflight``: disk, certificate, clock, backup, database.

Reads only. Blocking: up to a few seconds where the certificate is asked for at the public address.
"""

import shutil
import socket
import ssl
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from sqlmodel import Session

from center.accounts.roles import read_roles
from center.administration.preflight import Certificate, Seen
from center.backup import MARK
from center.config import CenterConfig
from center.faces.models import load_models
from center.projecttexts import is_rehearsal
from center.store import accounts, interviews, projects, watching
from center.store.database import Database
from domain.errors import SpoolUnreadable, Words, ZhishiError
from domain.room import still_needed
from host.clock import discipline
from host.durable import read_bytes, read_json, translate

_ASK_S = 5.0


def look(config: CenterConfig, database: Database, now_ms: int) -> Seen:
    """Everything; raises StorageError when database or disk cannot be read."""
    with translate(config.data):
        free = shutil.disk_usage(config.data).free
    certificate, why = _certificate(config)
    kept = discipline()
    ends, phones, missing = database.read(lambda db: _to_come(db, now_ms))
    return Seen(
        now_ms=now_ms,
        free=free,
        needed=still_needed(ends, now_ms),
        sessions=len(ends),
        https=certificate is not None or (config.public_url or "").startswith("https:"),
        phones_demanded=phones,
        certificate=certificate,
        certificate_why=why,
        synchronised=None if kept is None else kept.synchronised,
        clock_error_ms=None if kept is None else kept.error_ms,
        backup_ms=_backup(config.data),
        holds_evidence=config.evidence.is_dir() and any(config.evidence.iterdir()),
        faces=_faces(),
        missing_questions=missing,
        roles=database.read(_roles),
        open_files=_open_files(),
    )


def _to_come(db: Session, now_ms: int) -> tuple[list[int], bool, list[tuple[str, str, int]]]:
    """Ends of the sessions still to come, whether a phone is demanded, and sets of questions that are missing."""
    ends: list[int] = []
    phones = False
    missing = set()
    for row, _ in watching.projects(db):
        if is_rehearsal(row):
            continue
        sizes = watching.batch_sizes(db, row.id)
        for batch in projects.batches_of(db, row.id):
            end_ms = projects.schedule_of(batch).scheduled_end_ms
            if end_ms <= now_ms:
                continue
            ends += [end_ms] * sizes.get(batch.id, 0)
            phones = phones or row.companion_required
            if batch.question_set and interviews.question_set_hash(db, row.id, batch.question_set) is None:
                missing.add((row.id, batch.question_set, batch.start_ms))
    return ends, phones, sorted(missing, key=lambda one: one[2])


def _roles(db: Session) -> dict[str, int]:
    open_ones = [row for row in accounts.accounts(db) if row.closed_ms is None]
    return dict(Counter(role.value for row in open_ones for role in read_roles(row.roles)))


def _certificate(config: CenterConfig) -> tuple[Certificate | None, str]:
    """The certificate that phones are shown, else why not: from the file, else from the public address."""
    if config.certificate is not None:
        try:
            return _read(read_bytes(config.certificate)), ""
        except (ZhishiError, ValueError) as why:
            return None, str(why)
    address = urlsplit(config.public_url or "")
    if address.scheme != "https" or address.hostname is None:
        return None, ""
    unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE  # it is only read, nothing is sent
    try:
        with (
            socket.create_connection((address.hostname, address.port or 443), _ASK_S) as line,
            unchecked.wrap_socket(line, server_hostname=address.hostname) as wrapped,
        ):
            told = wrapped.getpeercert(binary_form=True)
        return (None, "no certificate") if told is None else (_of(x509.load_der_x509_certificate(told)), "")
    except (OSError, ValueError) as why:
        return None, str(why)


def _read(pem: bytes) -> Certificate:
    return _of(x509.load_pem_x509_certificates(pem)[0])


def _of(found: x509.Certificate) -> Certificate:
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    return Certificate(int(begins.timestamp() * 1000), int(ends.timestamp() * 1000), found.subject.rfc4514_string())


def _backup(data: Path) -> int | None:
    """When the last backup was made; None when there is none that can be read."""
    try:
        return int(read_json(data / MARK)["at_ms"])
    except (SpoolUnreadable, KeyError, TypeError, ValueError):
        return None


def _faces() -> Words | None:
    try:
        load_models()
    except ZhishiError as why:
        return why.message
    return None


def _open_files() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft
