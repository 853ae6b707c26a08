"""The random name of this installation: by it the center sees that the computer that rehearsed is the one that logs in.

Made once, kept in the home. Says nothing of a person or a machine, and opens nothing.
"""

from uuid import UUID, uuid4

from domain.errors import StorageError
from host.durable import read_bytes, write_bytes
from host.paths import Home

_FILE = "installation"


def installation_of(home: Home) -> str:
    """The name, made at the first asking; a damaged one is made anew. Raises StorageError."""
    path = home.state / _FILE
    try:
        return str(UUID(read_bytes(path).decode("ascii").strip()))
    except (StorageError, ValueError):
        made = str(uuid4())
        write_bytes(path, made.encode())
        return made
