"""What lies inside a rescue bundle: a signed statement, the seals, then the bytes they name.

::

    "zhishi-rescue/1\\n"
    length (4 bytes, big-endian)  statement: a JWS by the device (typ RESCUE_TYP)
    length (4 bytes, big-endian)  seals: canonical JSON, one a line
    the bytes of each seal, in the same order

No path is in it: where a file lies follows from its seal, as in an upload. A bundle of several parts is one
statement each, every part good by itself, so that a part that is missing costs only that part. The whole part is one
``age`` file (``domain.age``). Owns form and rules; never touches a file, a key or the network.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.age import CHUNK, TAG, Piece
from domain.errors import BadInput, BundleDamaged, ZhishiError
from domain.identity import check_sha256, check_uuid
from domain.seal import Seal, parse_seal
from domain.signature import peek

MAGIC = b"zhishi-rescue/1\n"
STATEMENT_MOST = 1 << 20
SEALS_MOST = 64 << 20
PART_BYTES = 4_000_000_000  # FAT32 holds files below 4 GiB
_SPARE = 4096  # header, nonce, lengths and what a signature adds


@dataclass(frozen=True, slots=True)
class Statement:
    """What the device says and signs of one part.

    ``part`` counts from 1 to ``parts``; ``links`` and ``bytes`` are of this part; ``seals_sha256`` is the hash of its
    seals' lines; ``manifests`` are all revisions (JWS, oldest first), in every part. ``made_ms``: center time.
    """

    bundle: str
    part: int
    parts: int
    session: str
    device: str
    made_ms: int
    links: int
    bytes: int
    seals_sha256: str
    manifests: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Payload of its JWS."""
        return {
            "v": 1,
            "bundle": self.bundle,
            "part": self.part,
            "parts": self.parts,
            "session": self.session,
            "device": self.device,
            "made_ms": self.made_ms,
            "links": self.links,
            "bytes": self.bytes,
            "seals_sha256": self.seals_sha256,
            "manifests": list(self.manifests),
        }

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> "Statement":
        """Read a payload; raises BadInput."""
        try:
            numbers = {name: _count(raw, name) for name in ("part", "parts", "made_ms", "links", "bytes")}
            said = Statement(
                bundle=check_sha256(str(raw["bundle"]), "bundle"),
                session=check_uuid(str(raw["session"]), "session"),
                device=check_uuid(str(raw["device"]), "device"),
                seals_sha256=check_sha256(str(raw["seals_sha256"]), "seals_sha256"),
                manifests=tuple(str(token) for token in raw["manifests"]),
                **numbers,
            )
        except (KeyError, TypeError) as why:
            raise BadInput(f"rescue statement: {why!r}") from why
        if raw.get("v") != 1 or not 1 <= said.part <= said.parts:
            raise BadInput("rescue statement: not version 1, or no such part")
        return said


@dataclass(frozen=True, slots=True)
class Front:
    """The beginning of a part: the statement's JWS, what it says (signature not checked here) and the seals."""

    token: str
    statement: Statement
    seals: tuple[Seal, ...]


@dataclass(frozen=True, slots=True)
class LinkPiece:
    """Some bytes of the ``at``-th seal, in order. ``end``: these were the last. Not ``whole``: zeros stand in."""

    at: int
    data: bytes
    whole: bool
    end: bool


def bundle_name(seals: Sequence[Seal], manifests: Sequence[str], part_bytes: int) -> str:
    """The bundle's id: the same content, split alike, is the same bundle. Raises BadInput when there is nothing."""
    if not seals and not manifests:
        raise BadInput("nothing to put into a rescue bundle")
    digest = hashlib.sha256(f"zhishi/rescue/1\n{part_bytes}\n".encode())
    for text in [seal.hash() for seal in seals] + list(manifests):
        digest.update(f"{text}\n".encode())
    return digest.hexdigest()


def part_file(bundle: str, part: int, parts: int) -> str:
    """The name under which a part lies on a stick."""
    return f"zhishi-rescue-{bundle[:12]}-{part}of{parts}.age"


def split(seals: Sequence[Seal], manifests: Sequence[str], part_bytes: int) -> list[list[Seal]]:
    """``seals`` in order, in as few runs as fit into files of ``part_bytes``; at least one run.

    Raises BadInput naming a link that fits into no part.
    """
    room = (part_bytes - _SPARE) // (CHUNK + TAG) * CHUNK - _statement_most(manifests)
    parts: list[list[Seal]] = [[]]
    used = lines = 0
    for seal in seals:
        line = len(seal.canonical()) + 1
        if seal.size + line > room:
            raise BadInput(f"{seal.identity}: {seal.size} bytes do not fit into a part of {part_bytes}")
        if used + seal.size + line > room or lines + line > SEALS_MOST:
            parts.append([])
            used = lines = 0
        parts[-1].append(seal)
        used += seal.size + line
        lines += line
    return parts


def seal_lines(seals: Sequence[Seal]) -> bytes:
    """The seals as they lie in a part."""
    return b"".join(seal.canonical() + b"\n" for seal in seals)


def write_front(token: str, seals: Sequence[Seal]) -> bytes:
    """The beginning of a part."""
    said, lines = token.encode(), seal_lines(seals)
    return MAGIC + len(said).to_bytes(4) + said + len(lines).to_bytes(4) + lines


class Unpacker:
    """Reads a part's plain bytes as they come: first ``said`` is set, then ``front``, then the links' bytes are told.

    Raises BundleDamaged when the front cannot be read, and over whatever does not fit together there. ``said`` comes
    long before the seals, so that who signed it can be asked before more is taken in. ``rest`` is the index of the
    first link whose bytes have not all come.
    """

    def __init__(self) -> None:
        self.said: tuple[str, Statement] | None = None  # the JWS and what it says; the signature is not checked here
        self.front: Front | None = None
        self.rest = 0
        self._held = bytearray()
        self._left = 0

    def feed(self, piece: Piece) -> Iterator[LinkPiece]:
        """More plain bytes; what they are of the links."""
        data = piece.data
        if self.front is None:
            if not piece.whole:
                raise BundleDamaged("its beginning cannot be read")
            self._held += data
            if not self._read_front():
                return
            data = bytes(self._held)
            self._held.clear()
            yield from self._begin()
        seals = self._seals()
        while data and self.rest < len(seals):
            taken, data = data[: self._left], data[self._left :]
            self._left -= len(taken)
            yield LinkPiece(self.rest, taken, piece.whole, self._left == 0)
            if self._left == 0:
                self.rest += 1
                yield from self._begin()
        if data and piece.whole:
            raise BundleDamaged("has more bytes than it says")

    def _begin(self) -> Iterator[LinkPiece]:
        """Go to the next seal that has bytes; those without are whole at once."""
        seals = self._seals()
        while self.rest < len(seals):
            self._left = seals[self.rest].size
            if self._left:
                return
            yield LinkPiece(self.rest, b"", True, True)
            self.rest += 1

    def _seals(self) -> tuple[Seal, ...]:
        return self.front.seals if self.front is not None else ()

    def _read_front(self) -> bool:
        """Take the front off what is held, as far as it is there; True once it is whole."""
        if self.said is None:
            if not self._held.startswith(MAGIC[: len(self._held)]):
                raise BundleDamaged("not a rescue bundle inside")
            said = self._take(len(MAGIC), STATEMENT_MOST)
            if said is None:
                return False
            self.said = _read_statement(said)
        lines = self._take(0, SEALS_MOST)
        if lines is not None:
            self.front = _read_seals(*self.said, lines)
        return self.front is not None

    def _take(self, skip: int, most: int) -> bytes | None:
        """The block that begins ``skip`` bytes into what is held, taken off with what is before it; None: not yet."""
        if len(self._held) < skip + 4:
            return None
        size = int.from_bytes(self._held[skip : skip + 4])
        if size > most:
            raise BundleDamaged(f"a block of {size} bytes, the most is {most}")
        end = skip + 4 + size
        if len(self._held) < end:
            return None
        block = bytes(self._held[skip + 4 : end])
        del self._held[:end]
        return block


def _read_statement(said: bytes) -> tuple[str, Statement]:
    try:
        token = said.decode("ascii")
        return token, Statement.from_dict(peek(token))
    except (UnicodeDecodeError, ZhishiError) as why:
        raise BundleDamaged(f"its statement: {why}") from why


def _read_seals(token: str, statement: Statement, lines: bytes) -> Front:
    if hashlib.sha256(lines).hexdigest() != statement.seals_sha256:
        raise BundleDamaged("its seals are not the ones it was signed with")
    try:
        seals = tuple(parse_seal(line) for line in lines.splitlines())
    except ZhishiError as why:
        raise BundleDamaged(f"its seals: {why}") from why
    if (len(seals), sum(seal.size for seal in seals)) != (statement.links, statement.bytes):
        raise BundleDamaged("its seals do not add up to what it says")
    return Front(token, statement, seals)


def _statement_most(manifests: Sequence[str]) -> int:
    """An upper bound for the statement's bytes: base64 adds a third."""
    return 2 * (1024 + sum(len(token) + 8 for token in manifests))


def _count(raw: dict[str, Any], name: str) -> int:
    value = raw[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadInput(f"rescue statement: {name} must be a whole number, not {value!r}")
    return value
