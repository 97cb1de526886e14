"""What a case brings into a measure: its amount into a sum, 1 or 0 into a share."""

import sqlalchemy as sa
from alembic import op

revision = "routing_0003"
down_revision = "routing_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The cases that stand here were all counted, so each brings in one.
    op.add_column("members", sa.Column("amount", sa.BigInteger(), server_default="1"))
    op.alter_column("members", "counted", type_=sa.BigInteger(), nullable=True)
