"""What a pack's own notices need: facts of a case, what waits for one, and where a mass notice came from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "notify_0002"
down_revision = "notify_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("building", "segment", "reporter"):
        op.add_column("cases", sa.Column(name, sa.Text(), nullable=True))
    json_ = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("cases", sa.Column("known", json_, server_default="{}", nullable=False))
    op.add_column("cases", sa.Column("waiting", json_, server_default="[]", nullable=False))
    op.create_index("cases_place", "cases", ["project", "building"], unique=False)
    op.add_column("notices", sa.Column("origin", sa.UUID(), nullable=True))
    op.create_index(
        "notices_origin", "notices", ["origin"], unique=False, postgresql_where=sa.text("origin is not null")
    )
