"""What people agree, set, extend or suspend in a case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "sla_0002"
down_revision = "sla_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "case_facts",
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
    )
