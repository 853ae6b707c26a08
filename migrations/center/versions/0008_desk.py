"""The support desk: how much each laptop had left over time, when support asked it to send now, the last four of ids.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backlog_sample",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("remaining_bytes", sa.BigInteger(), nullable=False),
        sa.Column("bytes_per_second", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"]),
        sa.PrimaryKeyConstraint("session", "slot"),
    )
    op.add_column("candidate", sa.Column("id_tail", sa.String(), nullable=False, server_default=""))
    op.create_index("ix_candidate_id_tail", "candidate", ["id_tail"], unique=False)
    op.add_column("session", sa.Column("send_now_ms", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("session", "send_now_ms")
    op.drop_index("ix_candidate_id_tail", "candidate")
    op.drop_column("candidate", "id_tail")
    op.drop_table("backlog_sample")
