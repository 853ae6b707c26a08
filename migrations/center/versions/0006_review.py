"""Reviewing: marks and conclusions.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.name"]),
        sa.ForeignKeyConstraint(["session"], ["session.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_review_mark_session", "review_mark", ["session"], unique=False)
    op.create_table(
        "conclusion",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["account.name"]),
        sa.ForeignKeyConstraint(["session"], ["session.id"]),
        sa.PrimaryKeyConstraint("session", "by"),
    )


def downgrade() -> None:
    op.drop_table("conclusion")
    op.drop_table("review_mark")
