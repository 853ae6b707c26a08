"""Attempts that count: tries at secrets, for all workers together.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_attempt_at_ms", "attempt", ["at_ms"], unique=False)
    op.create_index("ix_attempt_who_at_ms", "attempt", ["who", "at_ms"], unique=False)


def downgrade() -> None:
    op.drop_table("attempt")
