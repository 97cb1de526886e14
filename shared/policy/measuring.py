"""The measures of a pack: which cases are counted together, and how far back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from shared.policy.ages import earliest_within
from shared.policy.durations import Duration
from shared.policy.expressions.functions import at
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of


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


def window_start(pack: Pack, measure: str, newest: datetime, zone: tzinfo) -> datetime:
    """The first instant that still counts for `measure` when the newest case came at `newest`."""
    return earliest_within(_window(pack, measure), newest, pack.count, zone)


def counts(pack: Pack, measure: str, facts: Mapping[str, object], context: Context) -> bool:
    """Whether a case counts for `measure`; one with an unknown fact that decides does not."""
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        return bool(situation.answer(pack.conditions.get(("measures", measure, "where"))))


def _window(pack: Pack, measure: str) -> Duration:
    window = pack.duration(pack.document.measures[measure].window)
    assert window is not None, "the loader refuses a measure without a window"  # noqa: S101
    return window
