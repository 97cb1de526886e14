"""Which open cases are still on an older version of their calendar."""

import sqlalchemy as sa
from alembic import op

revision = "sla_0003"
down_revision = "sla_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "case_facts_calendar",
        "case_facts",
        ["calendar_code", "calendar_version", "case_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
