"""The tables delivery keeps in every service's schema. Their statements stand in `statements.py`."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.events.envelope import SOURCES

_INSTANT = sa.TIMESTAMP(timezone=True)


def add_delivery_tables(metadata: sa.MetaData) -> None:
    """Attach delivery's tables to a service's metadata."""
    sa.Table(
        "case_marks",
        metadata,
        sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
        sa.Column("emitted", sa.Integer, nullable=False, server_default="0"),
        *(sa.Column(source, sa.Integer, nullable=False, server_default="0") for source in SOURCES),
        sa.Column("parked_at", _INSTANT),
        sa.Column("parked_reason", sa.Text),
        sa.Index("case_marks_parked", "parked_at", postgresql_where=sa.text("parked_at is not null")),
        # Every applied event updates this row: room on the page keeps the update heap-only.
        postgresql_with={"fillfactor": "70"},
    )
    sa.Table(
        "held_events",
        metadata,
        sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),  # waiting, failed
        sa.Column("waiting_for", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("headers", pg.JSONB, nullable=False),
        sa.Column("value", sa.LargeBinary),
        sa.Column("held_at", _INSTANT, nullable=False),
        sa.Index("held_events_waiting_for", "waiting_for"),
        sa.Index("held_events_held_at", "held_at"),
    )
    sa.Table(
        "event_log",
        metadata,
        # The columns of the Debezium outbox event router (id, aggregatetype, aggregateid, type, payload) and what the
        # CloudEvents headers need. payload is absent for versioned records: their body stands in `records` alone.
        sa.Column("recorded_at", _INSTANT, primary_key=True),
        sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
        sa.Column("aggregatetype", sa.Text, nullable=False),
        sa.Column("aggregateid", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("after", sa.Text, nullable=False, server_default=""),
        sa.Column("project", sa.Text, nullable=False, server_default=""),
        sa.Column("cause", sa.Text, nullable=False, server_default=""),
        sa.Column("actor", sa.Text, nullable=False, server_default=""),
        sa.Column("traceparent", sa.Text),
        sa.Column("occurred_at", _INSTANT, nullable=False),
        sa.Index("event_log_aggregate", "aggregateid", "sequence"),
        postgresql_partition_by="RANGE (recorded_at)",
    )
    sa.Table(
        "outbox_pending",
        metadata,
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("event_id", pg.UUID(as_uuid=True), nullable=False),
        postgresql_with={"autovacuum_vacuum_scale_factor": "0.0", "autovacuum_vacuum_threshold": "5000"},
    )
    sa.Table(
        "records",
        metadata,
        sa.Column("topic", sa.Text, primary_key=True),  # reference, personal
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary),  # absent once erased
        sa.Column("owned", sa.Boolean, nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
    )
    sa.Table(
        "record_stamps",
        metadata,
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("stamp", sa.BigInteger, nullable=False),
    )
    sa.Table(
        "relay_state",
        metadata,
        sa.Column("shard", sa.Integer, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False, server_default="1"),
    )
    sa.Table(
        "relay_confirmed",
        metadata,
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("event_id", pg.UUID(as_uuid=True), nullable=False),
        sa.Column("confirmed_at", _INSTANT, nullable=False),
    )
    sa.Table(
        "positions",
        metadata,
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("partition", sa.Integer, primary_key=True),
        sa.Column("next_offset", sa.BigInteger, nullable=False),
    )
    sa.Table(
        "progress_seen",
        metadata,
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("through", _INSTANT, primary_key=True),
        sa.Column("offsets", pg.JSONB, nullable=False),
    )
    sa.Table(
        "progress_marks",
        metadata,
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("through", _INSTANT, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("heard_at", _INSTANT, nullable=False),
        sa.Column("applied", pg.JSONB, nullable=False),
    )
    sa.Table(
        "dead_letters",
        metadata,
        sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("partition", sa.Integer, nullable=False),
        sa.Column("offset", sa.BigInteger, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("headers", pg.JSONB, nullable=False),
        sa.Column("body", sa.LargeBinary),  # sealed: it may hold anything, personal data too
        sa.Column("state", sa.Text, nullable=False, server_default="open"),  # open, replayed, dropped
        sa.Column("at", _INSTANT, nullable=False),
        sa.Index("dead_letters_open", "at", postgresql_where=sa.text("state = 'open'")),
    )
    sa.Table(
        "audit",
        metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", pg.JSONB, nullable=False),
        sa.Column("trace_id", sa.Text),
        sa.Index("audit_subject", "subject"),
    )
    sa.Table(
        "idempotency",
        metadata,
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("request_digest", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
    )
