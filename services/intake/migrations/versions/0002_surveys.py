"""Surveys of satisfaction: whom each asks, and what they say."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.TIMESTAMP(timezone=True)
    op.create_index("complaints_registered", "complaints", ["registered_at"], postgresql_using="brin")
    op.create_table(
        "surveys",
        sa.Column("id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("special", sa.Boolean(), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("frame", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("unplaced", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("closed_at", instant),
    )
    op.create_index("surveys_of_project", "surveys", ["project", "opened_at"])
    op.create_table(
        "survey_households",
        sa.Column("survey_id", postgresql.UUID(as_uuid=True), primary_key=True),
        sa.Column("place", sa.Integer(), primary_key=True),
        sa.Column("household", sa.Text()),
        sa.Column("by_lot", sa.Boolean(), nullable=False),
        sa.Column("must", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("mode", sa.Text()),
        sa.Column("ratings", postgresql.JSONB(astext_type=sa.Text())),
        sa.Column("comment", sa.Text()),
        sa.Column("not_reached", sa.Text()),
        sa.Column("complaint_id", postgresql.UUID(as_uuid=True)),
        sa.Column("said_at", instant),
        sa.Column("said_by", sa.Text()),
    )
    op.create_index("survey_households_named", "survey_households", ["survey_id", "household"], unique=True)
