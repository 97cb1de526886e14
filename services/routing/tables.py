"""Routing's tables: the case files, their timelines, who counts for a measure, whose turn it is."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.delivery.tables import add_delivery_tables

metadata = sa.MetaData()
add_delivery_tables(metadata)

_INSTANT = sa.TIMESTAMP(timezone=True)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    # What the register said, as JSON; of it only the pack's version may change. What lists need stands beside it.
    sa.Column("registration", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("received_at", _INSTANT, nullable=False),
    sa.Column("opened_at", _INSTANT, nullable=False),
    # What changes. standing: facts, assessment, counts and course as JSON; grade and category repeat what it says.
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("standing", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("department", sa.Text),
    sa.Column("person", sa.Text),
    sa.Column("hops", sa.Integer, nullable=False),
    sa.Column("closed_at", _INSTANT),
    sa.Column("ground", sa.Text),
    sa.Column("reporter", sa.Text),
    sa.Column("erased", sa.Boolean, nullable=False),
    sa.Index("cases_received", "received_at", "case_id"),
    sa.Index("cases_project", "project", "received_at", "case_id"),
    # Also answers the counts by state and grade without touching the table.
    sa.Index("cases_state", "state", "received_at", "case_id", postgresql_include=["grade"]),
    sa.Index("cases_person", "person", "received_at", "case_id", postgresql_where=sa.text("person is not null")),
    sa.Index(
        "cases_unassigned",
        "state",
        "project",
        "department",
        "category",
        "opened_at",
        postgresql_where=sa.text("person is null and state <> 'closed' and state <> 'withdrawn'"),
    ),
    postgresql_with={"fillfactor": "80"},
)

timeline = sa.Table(
    "timeline",
    metadata,
    sa.Column("recorded_at", _INSTANT, primary_key=True),
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("occurred_at", _INSTANT, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("params", sa.Text, nullable=False),  # JSON, read whole
    sa.Column("texts_version", sa.BigInteger),
    sa.Index("timeline_case", "case_id", "place"),
    postgresql_partition_by="RANGE (recorded_at)",
)

library = sa.Table(
    "library",
    metadata,
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("run", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("at", _INSTANT, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    # Where the words stand in the personal records; they go when the case is erased.
    sa.Column("texts_version", sa.BigInteger),
    sa.Index("library_project", "project", "at", "case_id", "run"),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("scope", sa.Text, primary_key=True),
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("at", _INSTANT, nullable=False),
    sa.Column("reporter", sa.Text),
    sa.Column("amount", sa.BigInteger, server_default="1"),
    sa.Column("counted", sa.BigInteger),
    sa.Index("members_window", "scope", "at"),
    sa.Index("members_case", "case_id"),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("department", sa.Text, primary_key=True),
    sa.Column("taken", sa.BigInteger, nullable=False),
)
