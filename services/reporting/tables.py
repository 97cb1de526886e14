"""Reporting's tables: every event archived, cases projected, counts and durations rolled up from them; surveys;
who answers for cases; the files of those that have ended."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.delivery.tables import add_delivery_tables

metadata = sa.MetaData()
add_delivery_tables(metadata)

_INSTANT = sa.TIMESTAMP(timezone=True)

archive = sa.Table(
    "archive",
    metadata,
    sa.Column("archived_at", _INSTANT, primary_key=True),
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("id", pg.UUID(as_uuid=True), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("occurred_at", _INSTANT, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Index("archive_case", "case_id"),
    postgresql_partition_by="RANGE (archived_at)",
)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("grade", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("received_at", _INSTANT, nullable=False),
    sa.Column("replied_at", _INSTANT),
    sa.Column("closed_at", _INSTANT),
    # Customer clocks that ran out and whose awaited thing has not happened: overdue while there is one.
    sa.Column("breached", pg.ARRAY(pg.UUID(as_uuid=True)), nullable=False, server_default="{}"),
    postgresql_with={"fillfactor": "80"},
)

case_counts = sa.Table(
    "case_counts",
    metadata,
    sa.Column("project", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, primary_key=True),
    sa.Column("grade", sa.Text, primary_key=True),
    sa.Column("overdue", sa.Boolean, primary_key=True),
    sa.Column("cases", sa.BigInteger, nullable=False),
    postgresql_with={"fillfactor": "50"},
)

durations = sa.Table(
    "durations",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),  # reply, close
    sa.Column("bucket", sa.Integer, primary_key=True),  # index into the bounds of metrics.py
    sa.Column("cases", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
)

surveys = sa.Table(
    "surveys",
    metadata,
    sa.Column("survey_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("pack_code", sa.Text, nullable=False),
    sa.Column("pack_version", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("special", sa.Boolean, nullable=False),
    sa.Column("topics", pg.ARRAY(sa.Text), nullable=False),
    sa.Column("target", sa.Text),  # `85%`
    sa.Column("asked", sa.Integer, nullable=False),  # households
    sa.Column("by_lot", sa.Integer, nullable=False),
    sa.Column("must", sa.Integer, nullable=False),
    sa.Column("opened_at", _INSTANT, nullable=False),
    sa.Column("closed_at", _INSTANT),
    sa.Column("not_reached", sa.Integer),  # known once it is closed
    sa.Index("surveys_of_project", "project", "opened_at"),
)

survey_counts = sa.Table(
    "survey_counts",
    metadata,
    sa.Column("survey_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("mode", sa.Text, primary_key=True),  # empty where the pack has no modes
    sa.Column("topic", sa.Text, primary_key=True),  # empty: households, each once
    sa.Column("rating", sa.Text, primary_key=True),
    sa.Column("answers", sa.BigInteger, nullable=False),
)

case_attributions = sa.Table(
    "case_attributions",
    metadata,
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("attribution", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),  # empty where nobody is named, as the department
    sa.Column("department", sa.Text, primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("received_at", _INSTANT, nullable=False),  # of the case: its month is that of the figures
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("party", sa.Text, nullable=False),
    sa.Column("share", sa.Integer, nullable=False),  # in percent
    sa.Column("penalty_zh", sa.Text),
    sa.Column("penalty_en", sa.Text),
    sa.Index("case_attributions_of_project", "project", "received_at"),
)

case_files = sa.Table(
    "case_files",
    metadata,
    sa.Column("case_id", pg.UUID(as_uuid=True), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("pack_code", sa.Text, nullable=False),
    sa.Column("pack_version", sa.Integer, nullable=False),
    sa.Column("file", pg.UUID(as_uuid=True), nullable=False),
    sa.Column("index", sa.Text, nullable=False),
    sa.Column("key", sa.Text),  # of a household: a keyed hash; gone once erased
    sa.Column("separate", sa.Boolean, nullable=False),
    sa.Column("by", sa.Text),
    sa.Column("department", sa.Text),
    sa.Column("parts", pg.JSONB, nullable=False),
    sa.Column("ended_at", _INSTANT, nullable=False),
    sa.Column("kept_until", _INSTANT),  # absent: without end
    sa.Column("hand_over_at", _INSTANT),
    sa.Column("held", sa.Boolean, nullable=False),
    sa.Column("removed_at", _INSTANT),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Index("case_files_of_project", "project", sa.text("ended_at desc")),
    sa.Index("case_files_due", "kept_until", postgresql_where=sa.text("removed_at is null")),
    sa.Index("case_files_of_file", "file"),
)
