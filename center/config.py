"""What the center is told when it starts. Owns no reading of files or environment: the CLI hands values
in.
"""

from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class CenterConfig:
    """Settings of one center; seconds unless named otherwise.

    ``data`` holds database, evidence and keys in the embedded default. ``issuer`` is the name on receipts
    (the center's public address). ``max_bodies`` bounds request bodies taken at the same time: more are told
    to come back (503) before they start, never in the middle.
    """

    data: Path
    database_url: str | None = None
    issuer: str = "zhishi-center"
    max_upload_bytes: int = 4096 * MIB
    max_bodies: int = 256
    body_idle_s: float = 45.0
    takeover_s: float = 20.0  # how long a request waits for the one it replaces to let go
    upload_expiry_s: int = 30 * 24 * 3600
    token_s: int = 15 * 60
    challenge_s: int = 60
    code_failures: int = 20  # wrong enrolment codes and proofs per address and ``code_failures_s``
    code_failures_s: int = 600
    probe_bytes: int = 4 * MIB  # what one probe token may send
    probe_s: int = 60  # how long a probe token is good
    probe_body_s: float = 10.0  # how long one probe's body may take
    probes_per_minute: int = 60  # probe tokens for one address
    min_free_bytes: int = 64 * MIB  # below this no new upload is begun, so that the open ones can be completed
    json_limit: int = 64 * 1024  # bytes of a JSON request
    login_s: int = 20 * 60  # how long a login that was begun may take
    login_tries: int = 4  # face attempts in one login before support is the only way
    login_failures: int = 10  # wrong id numbers for one candidate from one address within ``code_failures_s``
    login_failures_anywhere: int = 60  # for one candidate from all addresses
    login_failures_address: int = 300  # from one address for all candidates: an exam site may sit behind it
    id_memory_kib: int = 65_536  # what hashing an id number costs (RFC 9106, second recommendation)
    binding_s: int = 10 * 60  # how long a binding code can be used
    bindings_most: int = 20  # bindings of one session within ``code_failures_s``
    public_url: str | None = None  # where phones reach the center; None: at the address the laptop knows
    asks_per_minute: int = 600  # requests of one login or act token, or of one address for a project
    help_most: int = 30  # help requests of one session
    early_help_most: int = 60  # calls for help before login from one address within ``code_failures_s``
    early_help_open: int = 1_000  # calls for help before login that wait for an answer
    rehearsals_address: int = 60  # rehearsals begun from one address within ``code_failures_s``
    rehearsals_open: int = 500  # rehearsals begun within an hour
    rehearsal_lead_s: float = 25  # from entering a rehearsal to its start
    rehearsal_bytes: int = 256 * MIB  # what one rehearsal may send
    rehearsal_keep_s: int = 7 * 24 * 3600  # then everything of a rehearsal is deleted
    events_most: int = 20_000  # timeline events of one session
    ffmpeg: Path | None = None  # None: the one that is installed with the program
    review_bytes: int = 8192 * MIB  # what copies made for reviewers may take together
    review_keep_s: int = 24 * 3600  # how long an unused one stays
    review_workers: int = 2  # ffmpegs at the same time
    remux_s: float = 20.0  # how long one may take
    clip_bytes: int = 64 * MIB  # a larger segment is not looked into

    certificate: Path | None = None  # what it serves https with, where it does so by itself
    import_bytes: int = 512 * MIB  # a project folder handed in on the page as a zip
    import_unpacked_bytes: int = 1024 * MIB  # and unpacked

    @property
    def url(self) -> str:
        """SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.data / 'center.db'}"

    @property
    def keys(self) -> Path:
        """Folder of the center's own keys."""
        return self.data / "keys"

    @property
    def papers(self) -> Path:
        """Folder of registered photos and attachments."""
        return self.data / "papers"

    @property
    def review(self) -> Path:
        """Folder of the copies made for reviewers."""
        return self.data / "review"

    @property
    def intakes(self) -> Path:
        """Folder of project folders that were handed in and are being checked."""
        return self.data / "intakes"

    @property
    def evidence(self) -> Path:
        """Folder of the file store."""
        return self.data / "evidence"
