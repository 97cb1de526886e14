"""Intake's tables: the register, the counters of case numbers, how far complaints have come."""

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
