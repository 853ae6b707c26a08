"""alembic's entry: runs the versions of this tree on the connection that ``syncd.migrate`` hands over."""

from alembic import context

from syncd.tables import QueueTable

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=QueueTable.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
