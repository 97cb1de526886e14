"""Who left the post of a roster, and where calls go meanwhile."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "notify_0003"
down_revision = "notify_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = postgresql.TIMESTAMP(timezone=True)
    op.create_table(
        "absences",
        sa.Column("id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("roster", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("forward_to", sa.Text()),
        sa.Column("left_at", instant, nullable=False),
        sa.Column("back_at", instant),
    )
    op.create_index(
        "absences_open",
        "absences",
        ["project", "roster", "person"],
        unique=True,
        postgresql_where=sa.text("back_at is null"),
    )
