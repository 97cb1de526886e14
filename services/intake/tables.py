"""Intake's tables: the register, the counters of case numbers, how far complaints have come; surveys."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.delivery.tables import add_delivery_tables

metadata = sa.MetaData()
add_delivery_tables(metadata)

_INSTANT = sa.TIMESTAMP(timezone=True)

# Not partitioned: the id, which is the identity of a complaint, must be unique over all months. A row is narrow and
# inserted once; everything bulky stands in `records` and `event_log`.
complaints = sa.Table(
    "complaints",
    metadata,
    sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("source_id", sa.Text),  # absent once erased
    sa.Column("digest", sa.LargeBinary),  # SHA-256 of what was sent; absent once erased
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("pack_version", sa.Integer, nullable=False),
    sa.Column("received_at", _INSTANT, nullable=False),
    sa.Column("registered_at", _INSTANT, nullable=False),
    sa.Column("withdrawn_at", _INSTANT),
    sa.Column("erased_at", _INSTANT),
    # What came since some day stands together; it costs an insert next to nothing.
    sa.Index("complaints_registered", "registered_at", postgresql_using="brin"),
)

case_counters = sa.Table(
    "case_counters",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("year", sa.Integer, primary_key=True),  # 0 where numbers do not begin anew each year
    sa.Column("n", sa.BigInteger, nullable=False),
    postgresql_with={"fillfactor": "20"},  # the hottest rows of all: room on the page keeps their updates heap-only
)

tracks = sa.Table(
    "tracks",
    metadata,
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("promises", pg.JSONB, nullable=False),  # clock id -> due instant, of running customer clocks
    sa.Column("updates", pg.JSONB, nullable=False),  # [[instant, code], …], oldest first
    postgresql_with={"fillfactor": "60"},
)

surveys = sa.Table(
    "surveys",
    metadata,
    sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("pack", sa.Text, nullable=False),
    sa.Column("pack_version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("special", sa.Boolean, nullable=False),
    sa.Column("topics", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("frame", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("seed", sa.Text, nullable=False),
    sa.Column("since", _INSTANT, nullable=False),
    sa.Column("unplaced", sa.Integer, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("opened_at", _INSTANT, nullable=False),
    sa.Column("opened_by", sa.Text, nullable=False),
    sa.Column("closed_at", _INSTANT),
    sa.Index("surveys_of_project", "project", "opened_at"),
)

survey_households = sa.Table(
    "survey_households",
    metadata,
    sa.Column("survey_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("household", sa.Text),  # absent once forgotten
    sa.Column("by_lot", sa.Boolean, nullable=False),
    sa.Column("must", pg.JSONB),  # {"zh", "en"}: why it is asked in any case
    sa.Column("mode", sa.Text),
    sa.Column("ratings", pg.JSONB),  # topic -> rating
    sa.Column("comment", sa.Text),
    sa.Column("not_reached", sa.Text),
    sa.Column("complaint_id", pg.UUID(as_uuid=True)),
    sa.Column("said_at", _INSTANT),
    sa.Column("said_by", sa.Text),
    sa.Index("survey_households_named", "survey_id", "household", unique=True),
    sa.Index("survey_households_complaint", "complaint_id", postgresql_where=sa.text("complaint_id is not null")),
)
