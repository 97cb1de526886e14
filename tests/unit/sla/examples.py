"""Clocks and calendars for tests."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.sla.calendar import WorkingCalendar
from services.sla.domain import Clock, ClockState, Named, Pause
from shared.calendars.packaged import packaged_calendar
from shared.policy.durations import Count, Duration

SHANGHAI = ZoneInfo("Asia/Shanghai")
AWAY = Named("客户不在", "customer away")


def calendar(code: str = "cn-office") -> WorkingCalendar:
    document = packaged_calendar(code)
    assert document is not None
    return WorkingCalendar.compile(document)


def cn(text: str) -> datetime:
    """`2026-02-13 17:00` in China, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def local(instant: datetime) -> str:
    """As clocks in China show it, with the weekday."""
    return instant.astimezone(SHANGHAI).strftime("%a %Y-%m-%d %H:%M")


def pause(start: str, end: str | None) -> Pause:
    return Pause(cn(start), None if end is None else cn(end), AWAY)


def clock(
    started: str,
    due: str,
    limit: str | None = "2wd",
    *,
    state: ClockState = ClockState.RUNNING,
    count: Count | None = None,
    **more: object,
) -> Clock:
    return Clock(
        id=UUID(int=1),
        case=UUID(int=2),
        name="reply",
        round=1,
        occurrence=0,
        state=state,
        started_at=cn(started),
        due_at=cn(due),
        provisional=False,
        limit=None if limit is None else Duration.parse(limit),
        count=count or Count(),
        calendar_code="cn-office",
        calendar_version=1,
        rule="R-001-18/r18",
        customer=True,
        **more,  # type: ignore[arg-type]
    )
