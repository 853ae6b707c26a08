"""Wire schemas: what programs say to each other over HTTP, as pydantic models (frozen, extra fields ignored).

Times are center time in milliseconds since the epoch unless named otherwise. Sizes are bytes.
"""

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """Base of every message."""

    model_config = ConfigDict(frozen=True, extra="ignore")
