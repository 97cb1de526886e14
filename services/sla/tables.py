"""Sla's tables: what clocks ask of a case, the clocks, and the ledger of everything that happened to them."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.delivery.tables import add_delivery_tables

metadata = sa.MetaData()
add_delivery_tables(metadata)

_INSTANT = sa.TIMESTAMP(timezone=True)
_SHOWN = sa.text("state in ('running', 'breached') and kind <> 'age'")

case_facts = sa.Table(
    "case_facts",
    metadata,
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("pack_code", sa.Text, nullable=False),
    sa.Column("pack_version", sa.Integer, nullable=False),
    sa.Column("calendar_code", sa.Text, nullable=False),
    sa.Column("calendar_version", sa.Integer, nullable=False),
    sa.Column("received_at", _INSTANT, nullable=False),
    sa.Column("arisen_at", _INSTANT),
    sa.Column("contact_type", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("contactable", sa.Boolean, nullable=False),
    sa.Column("anonymous", sa.Boolean, nullable=False),
    sa.Column("history", sa.Boolean, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("facts", pg.JSONB, nullable=False),
    sa.Column("decided", pg.JSONB, nullable=False),
    sa.Column("happened", pg.JSONB, nullable=False),
    sa.Column("customer_response", sa.Text),
    sa.Column("reply_channel", sa.Text),
    sa.Column("talks", sa.Integer, nullable=False),
    sa.Column("terms", pg.JSONB, nullable=False, server_default="{}"),  # agreed, set, extended, resting
    # Whom a new version of a calendar concerns.
    sa.Index(
        "case_facts_calendar",
        "calendar_code",
        "calendar_version",
        "case_id",
        postgresql_where=sa.text("state = 'open'"),
    ),
    postgresql_with={"fillfactor": "80"},
)

clocks = sa.Table(
    "clocks",
    metadata,
    sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("case_id", pg.UUID(as_uuid=True), nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # limit, cadence, age, ladder
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("customer", sa.Boolean, nullable=False),
    sa.Column("started_at", _INSTANT, nullable=False),
    sa.Column("due_at", _INSTANT, nullable=False),
    sa.Column("duration", sa.Text),  # as the pack writes it; absent for an instant that was agreed or set
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("calendar_code", sa.Text, nullable=False),
    sa.Column("calendar_version", sa.Integer, nullable=False),
    sa.Column("warn_at", _INSTANT),
    sa.Column("warned_at", _INSTANT),
    sa.Column("breached_at", _INSTANT),
    sa.Column("met_at", _INSTANT),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("climbs", sa.Boolean, nullable=False),
    sa.Column("set_at", _INSTANT, nullable=False),
    sa.Column("next_at", _INSTANT),  # when it is warned of, breached or reached
    sa.Column("climb_at", _INSTANT),  # when its next level is due
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("superseded", sa.Boolean, nullable=False),
    sa.Index("clocks_case", "case_id"),
    # The monitor's two questions; whatever the number of open clocks, each is the beginning of an index.
    sa.Index("clocks_next", "next_at", postgresql_where=sa.text("next_at is not null")),
    sa.Index("clocks_climb", "climb_at", postgresql_where=sa.text("climb_at is not null")),
    # The board: by due instant, of one project or of all.
    sa.Index("clocks_of_project", "project", "due_at", "id", postgresql_where=_SHOWN),
    sa.Index("clocks_due", "due_at", "id", postgresql_where=_SHOWN),
    postgresql_with={"fillfactor": "80", "autovacuum_vacuum_scale_factor": "0.05"},
)

duty_starts = sa.Table(
    "duty_starts",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("pack_code", sa.Text, primary_key=True),
    sa.Column("since", _INSTANT, nullable=False),
)

duties = sa.Table(
    "duties",
    metadata,
    sa.Column("id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("pack_code", sa.Text, nullable=False),
    sa.Column("pack_version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("due_at", _INSTANT),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("done_at", _INSTANT),
    sa.Column("done_by", sa.Text),
    sa.Column("about", pg.ARRAY(sa.Text), nullable=False, server_default="{}"),  # topics an improvement is about
    sa.Index("duties_due", "due_at", postgresql_where=sa.text("state = 'due'")),
    sa.Index("duties_period", "period", "project", "name"),
)

clock_ledger = sa.Table(
    "clock_ledger",
    metadata,
    sa.Column("recorded_at", _INSTANT, primary_key=True),
    sa.Column("clock_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # of the clock, from 0, without gaps
    sa.Column("case_id", pg.UUID(as_uuid=True), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("at", _INSTANT, nullable=False),
    sa.Column("due_at", _INSTANT, nullable=False),
    sa.Column("duration", sa.Text),
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("because", sa.Text),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Index("clock_ledger_case", "case_id"),
    postgresql_partition_by="RANGE (recorded_at)",
)
