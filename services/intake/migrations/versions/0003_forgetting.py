"""Which answer of a survey started a complaint: erasing it empties the answer, too."""

import sqlalchemy as sa
from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "survey_households_complaint", "survey_households", ["complaint_id"],
        postgresql_where=sa.text("complaint_id is not null"),
    )  # fmt: skip
