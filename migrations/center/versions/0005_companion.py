"""The phone: companions beside devices, binding codes used once, waivers.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("kind", sa.String(), nullable=False, server_default="laptop"))
    op.add_column("binding_code", sa.Column("used_by", sa.String(), nullable=True))
    op.add_column("binding_code", sa.Column("used_ms", sa.BigInteger(), nullable=True))
    op.create_table(
        "companion",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("secret_sha256", sa.String(), nullable=False),
        sa.Column("bound_ms", sa.BigInteger(), nullable=False),
        sa.Column("approved_ms", sa.BigInteger(), nullable=True),
        sa.Column("refused_ms", sa.BigInteger(), nullable=True),
        sa.Column("replaced_ms", sa.BigInteger(), nullable=True),
        sa.Column("finish_ms", sa.BigInteger(), nullable=True),
        sa.Column("released_ms", sa.BigInteger(), nullable=True),
        sa.Column("heard_ms", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["device.id"]),
        sa.ForeignKeyConstraint(["session"], ["session.id"]),
        sa.PrimaryKeyConstraint("device"),
    )
    with op.batch_alter_table("companion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_companion_session"), ["session"], unique=False)
    op.create_table(
        "companion_waiver",
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["session.id"]),
        sa.PrimaryKeyConstraint("session", "device"),
    )


def downgrade() -> None:
    op.drop_table("companion_waiver")
    with op.batch_alter_table("companion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_companion_session"))
    op.drop_table("companion")
    with op.batch_alter_table("binding_code", schema=None) as batch_op:
        batch_op.drop_column("used_ms")
        batch_op.drop_column("used_by")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_column("kind")
