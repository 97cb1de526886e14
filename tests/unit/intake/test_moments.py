"""Which instants a complaint may bear."""

from datetime import UTC, datetime, timedelta

import pytest

from services.intake.policy.moments import impossible_moments

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIVE = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("received_at", "occurred_at", "wrong"),
    [
        (NOW, None, []),
        (NOW + FIVE, None, []),
        (NOW + FIVE + SECOND, None, [("/received_at", "in_the_future")]),
        (datetime(2000, 1, 1, tzinfo=UTC), None, []),
        (datetime(2000, 1, 1, tzinfo=UTC) - SECOND, None, [("/received_at", "too_early")]),
        (NOW, NOW + FIVE, []),
        (NOW, NOW + FIVE + SECOND, [("/occurred_at", "after_receipt")]),
        (NOW, datetime(1998, 7, 1, tzinfo=UTC), []),
        (NOW, datetime(1899, 12, 31, tzinfo=UTC), [("/occurred_at", "too_early")]),
        (
            datetime(1999, 1, 1, tzinfo=UTC),
            datetime(2001, 1, 1, tzinfo=UTC),
            [("/received_at", "too_early"), ("/occurred_at", "after_receipt")],
        ),
    ],
)
def test_impossible_moments_are_named(received_at, occurred_at, wrong):
    found = impossible_moments(received_at, occurred_at, NOW)
    assert [(finding.pointer, finding.code) for finding in found] == wrong
