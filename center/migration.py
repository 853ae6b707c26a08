"""Brings the database to the schema of ``center.tables`` with the alembic tree ``migrations/center``.

Owns the run at start. Never changes a row's meaning by itself: that is a revision's work.
"""

import importlib.util
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from domain.errors import StorageError


def tree() -> Path:
    """Folder of the center's migrations; raises StorageError when it was not installed."""
    spec = importlib.util.find_spec("migrations.center")
    if spec is None or not spec.submodule_search_locations:
        raise StorageError("migrations/center is not installed")
    return Path(next(iter(spec.submodule_search_locations)))


def migrate(connection: Connection) -> None:
    """Upgrade to the newest revision inside the caller's transaction; two starting at once wait for each
    other.
    """
    config = Config()
    config.set_main_option("script_location", str(tree()).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
