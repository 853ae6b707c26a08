"""Staff accounts and sign-ins; who has taken a request for help; what arrived lately is found at once.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("totp", sa.LargeBinary(), nullable=False),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_sha256", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.name"]),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_account"), ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_expires_ms"), ["expires_ms"], unique=False)
    with op.batch_alter_table("help", schema=None) as batch_op:
        batch_op.add_column(sa.Column("claimed_by", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("window_extra_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_upload_finished_ms", "upload", ["finished_ms"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_upload_finished_ms", table_name="upload")
    with op.batch_alter_table("session", schema=None) as batch_op:
        batch_op.drop_column("window_extra_ms")
    with op.batch_alter_table("help", schema=None) as batch_op:
        batch_op.drop_column("claimed_by")
    op.drop_table("sign_in")
    op.drop_table("account")
