"""The files of cases that have ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "reporting_0003"
down_revision = "reporting_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "case_files",
        sa.Column("case_id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("pack_code", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("file", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("index", sa.Text(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("separate", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text()),
        sa.Column("department", sa.Text()),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("ended_at", instant, nullable=False),
        sa.Column("kept_until", instant),
        sa.Column("hand_over_at", instant),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("removed_at", instant),
        sa.Column("rule", sa.Text(), nullable=False),
    )
    op.create_index("case_files_of_project", "case_files", ["project", sa.text("ended_at desc")])
    op.create_index("case_files_due", "case_files", ["kept_until"], postgresql_where=sa.text("removed_at is null"))
    op.create_index("case_files_of_file", "case_files", ["file"])
