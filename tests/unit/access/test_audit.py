"""The value of an audit row."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.access.audit import AuditEntry
from shared.access.principal import Principal


def test_an_entry_names_actor_roles_and_codes_at_an_instant_in_utc() -> None:
    at = datetime(2026, 11, 20, 9, tzinfo=timezone(timedelta(hours=8)))
    principal = Principal("li.na", frozenset({"handler", "auditor"}), ("P01",))
    entry = AuditEntry.of(principal, "case.close", "c1", at, trace_id="a" * 32, ground="accepted", version=3)
    assert entry.at == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert (entry.actor, entry.roles) == ("li.na", ("auditor", "handler"))
    assert entry.detail == {"ground": "accepted", "version": 3}


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        AuditEntry.of(Principal("li.na"), "case.close", "c1", datetime(2026, 1, 1))  # noqa: DTZ001
