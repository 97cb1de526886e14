"""The six functions of conditions, and the moment they look at."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from cel_expr_python import cel

from shared.policy.ages import WORKING, WorkingCalendar, end_of
from shared.policy.durations import Count, Duration

FUNCTIONS = ("yuan", "any_of", "all_of", "within", "older_than", "happened")
FEN_PER_YUAN = 100
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Moment:
    """When a condition is asked: the instant, the local zone, how days count, what happened in the current round."""

    now: datetime
    zone: tzinfo = CHINA
    count: Count = field(default_factory=Count)
    happened: Collection[str] = frozenset()
    calendar: WorkingCalendar | None = None


# Functions given to an activation are not found by checked expressions, so the moment reaches them this way.
_moment: ContextVar[Moment] = ContextVar("moment")


@contextmanager
def at(moment: Moment) -> Iterator[None]:
    """Conditions evaluated inside see `moment`."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


@lru_cache(maxsize=1024)
def duration_of(text: str) -> Duration:
    """The duration a condition's literal says; read once."""
    return Duration.parse(text)


def age_ends(start: datetime, duration: str) -> datetime:
    """When `start` becomes older than `duration` by the current moment's way of counting."""
    moment = _moment.get()
    length = duration_of(duration)
    if length.unit in WORKING and moment.calendar is not None:
        return moment.calendar.end_of(start, length, moment.count)
    return end_of(start, length, moment.count, moment.zone)


def _yuan(amount: int) -> int:
    return amount * FEN_PER_YUAN


def _any_of(given: Sequence[str], wanted: Sequence[str]) -> bool:
    return not set(given).isdisjoint(wanted)


def _all_of(given: Sequence[str], wanted: Sequence[str]) -> bool:
    return set(wanted) <= set(given)


def _within(start: datetime, duration: str) -> bool:
    return _moment.get().now < age_ends(start, duration)


def _within_at(start: datetime, instant: datetime, duration: str) -> bool:
    return instant < age_ends(start, duration)


def _older_than(start: datetime, duration: str) -> bool:
    return not _within(start, duration)


def _older_than_at(start: datetime, instant: datetime, duration: str) -> bool:
    return not _within_at(start, instant, duration)


def _happened(event: str) -> bool:
    return event in _moment.get().happened


_TEXTS = cel.Type.List(cel.Type.STRING)
_AGE = [cel.Type.TIMESTAMP, cel.Type.STRING]
_AGE_AT = [cel.Type.TIMESTAMP, cel.Type.TIMESTAMP, cel.Type.STRING]

EXTENSION = cel.CelExtension(
    "packs",
    [
        cel.FunctionDecl("yuan", [cel.Overload("yuan_int", cel.Type.INT, [cel.Type.INT], False, _yuan)]),
        cel.FunctionDecl("any_of", [cel.Overload("any_of_texts", cel.Type.BOOL, [_TEXTS, _TEXTS], False, _any_of)]),
        cel.FunctionDecl("all_of", [cel.Overload("all_of_texts", cel.Type.BOOL, [_TEXTS, _TEXTS], False, _all_of)]),
        cel.FunctionDecl(
            "within",
            [
                cel.Overload("within_now", cel.Type.BOOL, _AGE, False, _within),
                cel.Overload("within_at", cel.Type.BOOL, _AGE_AT, False, _within_at),
            ],
        ),
        cel.FunctionDecl(
            "older_than",
            [
                cel.Overload("older_than_now", cel.Type.BOOL, _AGE, False, _older_than),
                cel.Overload("older_than_at", cel.Type.BOOL, _AGE_AT, False, _older_than_at),
            ],
        ),
        cel.FunctionDecl(
            "happened", [cel.Overload("happened_text", cel.Type.BOOL, [cel.Type.STRING], False, _happened)]
        ),
    ],
)
