"""Rows and the values they stand for."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from services.sla.domain import Clock, ClockState
from services.sla.life.case import Case, CaseState, Pin
from services.sla.life.file import Kind, Watched
from services.sla.life.regime import Regime
from services.sla.storage.terms import terms_as_json, terms_of
from shared.policy.durations import Duration

# Looked up, not called: asking an enumeration for a member is a slow call.
_STATES = {state.value: state for state in ClockState}
_KINDS = {kind.value: kind for kind in Kind}
_duration = lru_cache(maxsize=1024)(Duration.parse)


def case_of(row: Any) -> Case:
    """The case of a row."""
    return Case(
        id=row.case_id,
        project=row.project,
        pack=Pin(row.pack_code, row.pack_version),
        calendar=Pin(row.calendar_code, row.calendar_version),
        received_at=row.received_at,
        arisen_at=row.arisen_at,
        contact_type=row.contact_type,
        channel=row.channel,
        contactable=row.contactable,
        anonymous=row.anonymous,
        history=row.history,
        state=CaseState(row.state),
        round=row.round,
        facts=row.facts,
        decided=row.decided,
        happened={name: datetime.fromisoformat(at) for name, at in row.happened.items()},
        customer_response=row.customer_response,
        reply_channel=row.reply_channel,
        talks=row.talks,
        **terms_of(row.terms),
    )


def case_arrays(cases: Sequence[Case]) -> dict[str, list[Any]]:
    """Cases as arrays, one a column."""
    return {
        "cases": [c.id for c in cases],
        "projects": [c.project for c in cases],
        "packs": [c.pack.code for c in cases],
        "pack_versions": [c.pack.version for c in cases],
        "calendars": [c.calendar.code for c in cases],
        "calendar_versions": [c.calendar.version for c in cases],
        "received": [c.received_at for c in cases],
        "arisen": [c.arisen_at for c in cases],
        "types": [c.contact_type for c in cases],
        "channels": [c.channel for c in cases],
        "contactable": [c.contactable for c in cases],
        "anonymous": [c.anonymous for c in cases],
        "history": [c.history for c in cases],
        "states": [c.state.value for c in cases],
        "rounds": [c.round for c in cases],
        "facts": [json.dumps(c.facts) for c in cases],
        "decided": [json.dumps(c.decided) for c in cases],
        "happened": [json.dumps({name: at.isoformat() for name, at in c.happened.items()}) for c in cases],
        "responses": [c.customer_response for c in cases],
        "reply_channels": [c.reply_channel for c in cases],
        "talks": [c.talks for c in cases],
        "terms": [json.dumps(terms_as_json(c)) for c in cases],
    }


CLOCK_COLUMNS = (
    "id", "case_id", "name", "kind", "round", "occurrence", "state", "customer", "started_at", "due_at", "duration",
    "rule", "provisional", "calendar_code", "calendar_version", "warn_at", "warned_at", "breached_at", "met_at",
    "level", "climbs", "set_at", "next_at", "climb_at", "entries", "superseded",
)  # fmt: skip
"""What `watched_of` reads, in this order: unpacking a row takes half the time of asking it by name."""


def watched_of(row: Iterable[Any], regime: Regime) -> Watched:
    """The clock of a row of CLOCK_COLUMNS; how it counts stands in its pack, which never changes."""
    (
        id_, case, name, kind, round_, occurrence, state, customer, started_at, due_at, duration,
        from_rule, provisional, calendar_code, calendar_version, warn_at, warned_at, breached_at, met_at, level,
        climbs, set_at, next_at, climb_at, entries, superseded,
    ) = row  # fmt: skip
    rule = regime.rules.get(name)
    clock = Clock(
        id_, case, name, round_, occurrence, _STATES[state], started_at, due_at, provisional,
        _duration(duration) if duration else None, regime.pack.count, calendar_code, calendar_version, from_rule,
        customer, rule.cut_off if rule else None, rule.cap if rule else None, warn_at, warned_at, breached_at, met_at,
        level,
    )  # fmt: skip
    return Watched(clock, _KINDS[kind], set_at, climbs, next_at, climb_at, entries, superseded)


def clock_arrays(clocks: Sequence[tuple[str, Watched]]) -> dict[str, list[Any]]:
    """Clocks, each with its project, as arrays, one a column."""
    watched = [each for _, each in clocks]
    values = [each.clock for each in watched]
    return {
        "cases": [c.case for c in values],
        "projects": [project for project, _ in clocks],
        "names": [c.name for c in values],
        "kinds": [w.kind.value for w in watched],
        "rounds": [c.round for c in values],
        "occurrences": [c.occurrence for c in values],
        "customer": [c.customer for c in values],
        "started": [c.started_at for c in values],
        "durations": [str(c.limit) if c.limit else None for c in values],
        "rules": [c.rule for c in values],
        "calendars": [c.calendar_code for c in values],
        "climbs": [w.climbs for w in watched],
        "superseded": [w.superseded for w in watched],
        **moved_arrays(watched),
    }


def progress_arrays(clocks: Sequence[Watched]) -> dict[str, list[Any]]:
    """How far clocks have come as arrays, one a column."""
    values = [each.clock for each in clocks]
    return {
        "ids": [c.id for c in values],
        "states": [c.state.value for c in values],
        "warned": [c.warned_at for c in values],
        "breached": [c.breached_at for c in values],
        "met": [c.met_at for c in values],
        "levels": [c.level for c in values],
        "next": [each.next_at for each in clocks],
        "climb": [each.climb_at for each in clocks],
        "entries": [each.entries for each in clocks],
    }


def moved_arrays(clocks: Sequence[Watched]) -> dict[str, list[Any]]:
    """Until when clocks run, and how far they have come, as arrays, one a column."""
    values = [each.clock for each in clocks]
    return {
        "due": [c.due_at for c in values],
        "warn": [c.warn_at for c in values],
        "set": [each.set_at for each in clocks],
        "provisional": [c.provisional for c in values],
        "calendar_versions": [c.calendar_version for c in values],
        **progress_arrays(clocks),
    }
