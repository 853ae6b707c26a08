"""The queue as it began."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("session", sa.String(36), nullable=False),
        sa.Column("device", sa.String(36), nullable=False),
        sa.Column("track", sa.String(16), nullable=False),
        sa.Column("run", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("link_index", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_boot", sa.String(), nullable=False),
        sa.Column("due_ns", sa.BigInteger(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=False),
        sa.Column("error_detail", sa.String(), nullable=False),
        sa.UniqueConstraint("device", "track", "run", "kind", "link_index", name="uq_upload_identity"),
    )
    op.create_index("ix_upload_state", "upload", ["state", "session", "seq"])
    op.create_table(
        "tally",
        sa.Column("session", sa.String(36), primary_key=True),
        sa.Column("resent_bytes", sa.BigInteger(), nullable=False),
    )
