"""Minting ids on this device."""

from uuid_utils.compat import uuid7


def new_id() -> str:
    """A fresh UUIDv7 (RFC 9562) in lower case: sorts by the time it was made."""
    return str(uuid7())
