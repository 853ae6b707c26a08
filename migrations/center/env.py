"""Alembic's entry for the center's database: runs on the connection handed in, or writes SQL from the
models.
"""

from alembic import context

from center import interviewtables  # noqa: F401 -- puts its tables into METADATA
from center.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
