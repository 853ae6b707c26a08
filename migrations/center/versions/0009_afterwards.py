"""After the day: publishing results by two, closing with loss by two, holds and deletion; the roster's telephone.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WEEK_MS = 7 * 24 * 3_600_000


def upgrade() -> None:
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_ms", sa.BigInteger(), nullable=True),
        sa.Column("leave_ms", sa.BigInteger(), nullable=True),
        sa.Column("retention_ms", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["project"], ["project.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_publication_project", "publication", ["project"], unique=False)
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("confirmed_by", sa.String(), nullable=False),
        sa.Column("confirmed_ms", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_why", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("withdrawn_by", sa.String(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_closure_session", "closure", ["session"], unique=False)
    op.add_column("project", sa.Column("leave_ms", sa.BigInteger(), nullable=True))
    op.add_column("project", sa.Column("appeal_ms", sa.BigInteger(), nullable=False, server_default=str(_WEEK_MS)))
    op.add_column("project", sa.Column("retention_ms", sa.BigInteger(), nullable=True))
    op.execute("UPDATE project SET leave_ms = results_published_ms")  # published before there was a delay
    for name in ("closed_ms", "held_ms", "deleting_ms", "deleted_ms"):
        op.add_column("session", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in ("held_by", "held_why"):
        op.add_column("session", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("candidate", sa.Column("phone", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_column("phone")
    with op.batch_alter_table("session", schema=None) as batch_op:
        for name in ("closed_ms", "held_ms", "held_by", "held_why", "deleting_ms", "deleted_ms"):
            batch_op.drop_column(name)
    with op.batch_alter_table("project", schema=None) as batch_op:
        for name in ("leave_ms", "appeal_ms", "retention_ms"):
            batch_op.drop_column(name)
    op.drop_table("closure")
    op.drop_table("publication")
