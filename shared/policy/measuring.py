"""The measures of a pack: which cases are counted together, how far back, and what each of them brings into it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache

from shared.policy.ages import earliest_within
from shared.policy.document.measures import CALENDAR_WINDOWS, Measure
from shared.policy.durations import Duration
from shared.policy.expressions.functions import at
from shared.policy.names import PLACES
from shared.policy.pack import Pack
from shared.policy.periods import Period, period_at
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of

ACCUSED = "accused"
"""The fact that says which employees a case is about."""
_STEADY = frozenset(PLACES) | {
    "contact_type", "channel", "medium", "registered_at", "arisen_at", "anonymous", "contactable", "off_hours",
    "validity", "category",
}  # fmt: skip
"""What never changes of a case, or only when a person assesses it."""


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """One count: `cases` or `distinct_reporters`, of cases that agree in `same` and lie `within` one place."""

    name: str
    count: str
    same: tuple[str, ...]
    within: str
    window: Duration
    rule: str
    zh: str
    en: str


def measures_of(pack: Pack) -> tuple[MeasureSpec, ...]:
    """Every measure that counts neighbouring cases in a rolling window."""
    return tuple(
        MeasureSpec(
            name=name,
            count=measure.count,
            same=tuple(measure.same),
            within=measure.within,
            window=_window(pack, name),
            rule=source_of(measure.rule),
            zh=measure.label("zh", name),
            en=measure.label("en", name),
        )
        for name, measure in pack.document.measures.items()
        if measure.of_neighbours and measure.count is not None
    )


@lru_cache(maxsize=64)
def counted_by(pack: Pack) -> Mapping[str, Measure]:
    """The measures that are worked out over cases; quotas are not, they hand work out."""
    return {name: measure for name, measure in pack.document.measures.items() if not measure.is_quota}


@lru_cache(maxsize=64)
def followed_in(pack: Pack) -> frozenset[str]:
    """The measures that any change of a case may change, so that it is counted anew with each. The others, counts in a
    rolling window of what is known at registration or assessed by a person, are not: they cost a case nothing more."""
    followed = {name for name, measure in counted_by(pack).items() if not _is_steady(pack, name, measure)}
    return frozenset(followed)


def window_start(pack: Pack, measure: str, newest: datetime, zone: tzinfo) -> datetime:
    """The first instant that still counts for `measure` when the newest case came at `newest`."""
    return earliest_within(_window(pack, measure), newest, pack.count, zone)


def period_of(pack: Pack, measure: str, moment: datetime, zone: tzinfo) -> Period | None:
    """The calendar window that `moment` lies in by local time; None where the window rolls."""
    window = pack.document.measures[measure].window
    if window not in CALENDAR_WINDOWS:
        return None
    return period_at(window.removeprefix("calendar_"), moment.astimezone(zone).date())


def edges_of(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first and the last instant of a period of local days."""
    starts, ends = (datetime.combine(day, time.min, zone) for day in (period.first, period.last + timedelta(days=1)))
    # Subtracted in UTC: the last local day may be shorter or longer than others.
    return starts, ends.astimezone(UTC) - timedelta(microseconds=1)


def counts(pack: Pack, measure: str, facts: Mapping[str, object], context: Context) -> bool:
    """Whether a case counts for `measure`; one with an unknown fact that decides does not. Of a share all cases do that
    agree: its `where` says which of them it is the share of."""
    if pack.document.measures[measure].share is not None:
        return True
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        return bool(situation.answer(pack.conditions.get(("measures", measure, "where"))))


def brought_by(pack: Pack, measure: str, facts: Mapping[str, object], context: Context) -> int | None:
    """What a case brings into `measure`: its own amount into a sum (money in fen), 1 or 0 into a share, 1 into a count.
    None where that is unknown, or the event that it goes by (`over`) has not happened: such a case is left out. What a
    fact counts as while it is unknown (`unknown_as`) is not summed up."""
    entry = pack.document.measures[measure]
    if entry.over != "cases" and entry.over not in context.happened:
        return None
    if entry.sum is None and entry.share is None:
        return 1
    if entry.sum is not None:
        amount = value_for(pack, entry.sum, facts, context)
        return amount if isinstance(amount, int) and not isinstance(amount, bool) else None
    if entry.share != "cases" and entry.share not in context.happened:
        return 0
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        holds = situation.answer(pack.conditions.get(("measures", measure, "where")))
    return None if holds is None else int(holds)


def value_for(pack: Pack, name: str, facts: Mapping[str, object], context: Context) -> object:
    """The value of one name of the pack as cases are compared by it; None while it is unknown."""
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        return situation.value(name)


def _is_steady(pack: Pack, name: str, measure: Measure) -> bool:
    if not measure.of_neighbours:
        return False
    where = pack.conditions.get(("measures", name, "where"))
    return all(_stays(pack, each) for each in {*measure.same, *(where.names if where else ())})


def _stays(pack: Pack, name: str) -> bool:
    fact = pack.document.facts.get(name)
    if fact is None:
        return name in _STEADY
    if fact.derive is not None:
        return all(_stays(pack, each) for each in _sources(pack, name))
    return name not in _set_by_reactions(pack)


def _sources(pack: Pack, name: str) -> Iterable[str]:
    derive = pack.document.facts[name].derive
    compiled = pack.conditions.get(("facts", name, "derive", "expression"))
    return compiled.names if compiled else derive.max_known if derive else ()


@lru_cache(maxsize=64)
def _set_by_reactions(pack: Pack) -> frozenset[str]:
    return frozenset(name for reaction in pack.document.reactions for effect in reaction.do for name in effect.set_)


def _window(pack: Pack, measure: str) -> Duration:
    window = pack.duration(pack.document.measures[measure].window)
    assert window is not None, "the loader refuses a measure without a window"  # noqa: S101
    return window
