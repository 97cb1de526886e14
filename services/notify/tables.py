"""The tables of notify: cases as notices need them, the ledger of notices, its totals.

The ledger is not partitioned: a notice is found by its id alone, and every row is updated at least once.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.delivery.tables import add_delivery_tables

metadata = sa.MetaData()
add_delivery_tables(metadata)

_INSTANT = sa.TIMESTAMP(timezone=True)
_UUID = pg.UUID(as_uuid=True)

sa.Table(
    "absences",
    metadata,
    sa.Column("id", _UUID, primary_key=True),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("roster", sa.Text, nullable=False),
    sa.Column("person", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("forward_to", sa.Text),
    sa.Column("left_at", _INSTANT, nullable=False),
    sa.Column("back_at", _INSTANT),
    sa.Index(
        "absences_open",
        "project",
        "roster",
        "person",
        unique=True,
        postgresql_where=sa.text("back_at is null"),
    ),
)
sa.Table(
    "cases",
    metadata,
    sa.Column("case_id", _UUID, primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("pack_code", sa.Text, nullable=False),
    sa.Column("pack_version", sa.Integer, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),  # live, history
    sa.Column("language", sa.Text, nullable=False),  # the reporter's
    sa.Column("contactable", sa.Boolean, nullable=False),
    sa.Column("first_receiver", sa.Text),
    sa.Column("department", sa.Text),
    sa.Column("person", sa.Text),
    sa.Column("state", sa.Text, nullable=False),  # open, withdrawn, erased
    sa.Column("building", sa.Text),
    sa.Column("segment", sa.Text),
    sa.Column("reporter", sa.Text),  # keyed hash
    sa.Column("known", pg.JSONB, nullable=False, server_default="{}"),  # what conditions may ask about
    sa.Column("waiting", pg.JSONB, nullable=False, server_default="[]"),  # notices held back by an unknown fact
    sa.Index("cases_place", "project", "building"),
    postgresql_with={"fillfactor": "80"},
)
sa.Table(
    "notices",
    metadata,
    sa.Column("id", _UUID, primary_key=True),
    sa.Column("case_id", _UUID, nullable=False),
    sa.Column("project", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("person", sa.Text),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("cause", _UUID, nullable=False),
    sa.Column("traceparent", sa.Text),  # of the cause, for what the sender does and says of it
    sa.Column("code", sa.Text, nullable=False),  # of the text
    sa.Column("params", pg.JSONB, nullable=False),
    sa.Column("clock", _UUID),
    sa.Column("suppress", sa.Text),  # decided not to be sent; the sender makes it the outcome
    sa.Column("revoked_by", _UUID),  # the event that took the alarm back
    sa.Column("runs_until", _INSTANT),  # the limit that counts since then, if one does
    sa.Column("outcome", sa.Text, nullable=False),  # pending, sent, failed, suppressed
    sa.Column("reason", sa.Text),  # of the outcome, or of the last failed attempt
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("claimed", sa.Boolean, nullable=False, server_default="false"),
    # When to try, while pending; while claimed, when the claim lapses.
    sa.Column("next_attempt_at", _INSTANT),
    sa.Column("at", _INSTANT, nullable=False),
    sa.Column("settled_at", _INSTANT),
    sa.Column("acknowledged_by", sa.Text),
    sa.Column("acknowledged_at", _INSTANT),
    sa.Column("origin", _UUID),  # the case that called for it, where it is told to the reporter of another
    sa.Index("notices_case", "case_id"),
    sa.Index("notices_origin", "origin", postgresql_where=sa.text("origin is not null")),
    sa.Index("notices_due", "channel", "next_attempt_at", postgresql_where=sa.text("outcome = 'pending'")),
    sa.Index("notices_listing", "kind", "outcome", "at", "id"),
    sa.Index("notices_project", "project", "kind", "outcome", "at", "id"),
    postgresql_with={"fillfactor": "80", "autovacuum_vacuum_scale_factor": "0.02"},
)
sa.Table(
    "notice_counts",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("outcome", sa.Text, primary_key=True),
    sa.Column("count", sa.BigInteger, nullable=False),
)
