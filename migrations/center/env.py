"""Alembic's entry for the center's database: runs on the connection handed in, or writes SQL from the
models.
"""

from alembic import context

from center.tables import METADATA, after, companion, interview, readiness, review, staff  # noqa: F401 -- put their tables into METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
