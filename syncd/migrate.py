"""Bringing ``queue.db`` to this version's tables: ``python -m syncd.migrate PATH``.

Runs as a child process at start, so that alembic's 12 MB leave with it.
"""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

import migrations.syncd
from syncd.database import open_engine

HEAD = "0001"


def migrate(path: Path) -> None:
    """Run every missing version on the database at ``path`` in one transaction: all of them or none."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.syncd.__file__).parent).replace("%", "%%"))
    engine = open_engine(path)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


if __name__ == "__main__":
    migrate(Path(sys.argv[1]))
