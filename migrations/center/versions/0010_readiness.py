"""Readiness: installations of the candidate's program, and who was seen on which.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("rehearsal", sa.String(), nullable=True),
        sa.Column("rehearsed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_installation_rehearsal", "installation", ["rehearsal"], unique=False)
    op.create_table(
        "visit",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("installation", sa.String(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"]),
        sa.PrimaryKeyConstraint("session", "installation"),
    )


def downgrade() -> None:
    op.drop_table("visit")
    op.drop_table("installation")
