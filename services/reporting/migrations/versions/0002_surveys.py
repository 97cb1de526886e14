"""Surveys of satisfaction and the counts of their ratings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "reporting_0002"
down_revision = "reporting_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "surveys",
        sa.Column("survey_id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("pack_code", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("special", sa.Boolean(), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("target", sa.Text()),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("by_lot", sa.Integer(), nullable=False),
        sa.Column("must", sa.Integer(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("closed_at", instant),
        sa.Column("not_reached", sa.Integer()),
    )
    op.create_index("surveys_of_project", "surveys", ["project", "opened_at"])
    op.create_table(
        "survey_counts",
        sa.Column("survey_id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("mode", sa.Text(), primary_key=True),
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("rating", sa.Text(), primary_key=True),
        sa.Column("answers", sa.BigInteger(), nullable=False),
    )
