"""Calls for help before login: no session yet, only what was typed and a code to read out.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("help", schema=None) as batch_op:
        batch_op.alter_column("session", existing_type=sa.String(), nullable=True)
        batch_op.add_column(sa.Column("project", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("number", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("code", sa.String(), nullable=True))
        batch_op.create_unique_constraint("uq_help_code", ["code"])


def downgrade() -> None:
    op.execute("DELETE FROM help WHERE session IS NULL")
    with op.batch_alter_table("help", schema=None) as batch_op:
        batch_op.drop_constraint("uq_help_code", type_="unique")
        batch_op.drop_column("code")
        batch_op.drop_column("number")
        batch_op.drop_column("project")
        batch_op.alter_column("session", existing_type=sa.String(), nullable=False)
