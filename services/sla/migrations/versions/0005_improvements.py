"""What improvements that a survey called for are about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "sla_0005"
down_revision = "sla_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duties", sa.Column("about", postgresql.ARRAY(sa.Text()), nullable=False, server_default="{}"))
