"""Which instants a complaint may bear."""

from datetime import UTC, datetime, timedelta

from services.intake.domain import Finding

EARLIEST_RECEIPT = datetime(2000, 1, 1, tzinfo=UTC)
EARLIEST_OCCURRENCE = datetime(1900, 1, 1, tzinfo=UTC)
AHEAD = timedelta(minutes=5)
"""How far clocks of feeding systems may be ahead of ours."""


def impossible_moments(received_at: datetime, occurred_at: datetime | None, now: datetime) -> list[Finding]:
    """What is impossible about when a complaint was received and when the matter occurred; all instants aware."""
    found = []
    if received_at < EARLIEST_RECEIPT:
        found.append(Finding("/received_at", "too_early", {"min": "2000-01-01"}))
    elif received_at > now + AHEAD:
        found.append(Finding("/received_at", "in_the_future", {"minutes": 5}))
    if occurred_at is not None:
        if occurred_at < EARLIEST_OCCURRENCE:
            found.append(Finding("/occurred_at", "too_early", {"min": "1900-01-01"}))
        elif occurred_at > received_at + AHEAD:
            found.append(Finding("/occurred_at", "after_receipt", {"minutes": 5}))
    return found
