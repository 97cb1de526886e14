"""What projects owe by the calendar: duties, reports, surveys, period by period."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "sla_0004"
down_revision = "sla_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "duty_starts",
        sa.Column("project", sa.Text(), primary_key=True),
        sa.Column("pack_code", sa.Text(), primary_key=True),
        sa.Column("since", instant, nullable=False),
    )
    op.create_table(
        "duties",
        sa.Column("id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("pack_code", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("due_at", instant),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done_at", instant),
        sa.Column("done_by", sa.Text()),
    )
    op.create_index("duties_due", "duties", ["due_at"], postgresql_where=sa.text("state = 'due'"))
    op.create_index("duties_period", "duties", ["period", "project", "name"])
