"""What is known of one case when its pack is asked, and how conditions see it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import Any

from shared.policy.ages import WorkingCalendar
from shared.policy.document.facts import Fact
from shared.policy.document.values import ValueType
from shared.policy.expressions.condition import Compiled, Known
from shared.policy.expressions.functions import CHINA, Moment, at
from shared.policy.names import OWN
from shared.policy.pack import Pack


@dataclass(slots=True, unsafe_hash=True, kw_only=True)  # as good as frozen
class Context:
    """What the asking service knows beside the facts. None means unknown; instants are time-zone aware.

    `decided` holds decisions and step results by name (`category`, `validity`, `grade`), `records` the filled fields
    and the kinds of evidence at hand, `happened` the events of the current round (since the last reopening).
    """

    now: datetime
    zone: tzinfo = CHINA
    calendar: WorkingCalendar | None = None
    happened: Collection[str] = frozenset()
    decided: Mapping[str, int | str] = field(default_factory=dict)
    records: Mapping[str, object] = field(default_factory=dict)
    contact_type: str | None = None
    channel: str | None = None
    medium: str | None = None
    reply_medium: str | None = None
    registered_at: datetime | None = None
    arisen_at: datetime | None = None
    open: bool | None = True
    off_hours: bool | None = None
    contactable: bool | None = None
    anonymous: bool | None = None
    agreement: bool | None = False
    rounds: int | None = 0
    reopened_count: int | None = 0
    customer_response: str | None = None
    compensated: bool | None = False


_OF_CONTEXT = frozenset({known.name for known in OWN} | {"contact_type", "channel"})


class Situation:
    """One case as the conditions of one pack see it: facts, measures, decisions, and what follows from them."""

    def __init__(self, pack: Pack, facts: Mapping[str, object], measures: Mapping[str, int], context: Context) -> None:
        self._pack = pack
        self._facts = facts
        self._measures = measures
        self._context = context
        self._values: dict[str, Any] = {}
        self.moment = Moment(context.now, context.zone, pack.count, context.happened, context.calendar)

    def known(self, names: Iterable[str], *, presuming: bool = False) -> Known:
        """The known values of `names`; with `presuming`, an unknown fact counts as its `unknown_as`."""
        values = {}
        for name in names:
            value = self.value(name, presuming=presuming)
            if value is not None:
                values[name] = value
        return Known(self._pack.environment, values)

    def answer(self, condition: Compiled | None, *, presuming: bool = True) -> bool | None:
        """Whether the condition holds; None where an unknown fact decides. No condition holds always."""
        return True if condition is None else condition.value(self.known(condition.names, presuming=presuming))

    def holds(self, condition: Compiled | None) -> bool | None:
        """The same at this situation's own moment, for whoever asks one thing only."""
        with at(self.moment):
            return self.answer(condition)

    def value(self, name: str, *, presuming: bool = False) -> Any:
        """The value of one name as conditions take it, or None when it is unknown."""
        if name in self._values:
            value = self._values[name]
        else:
            value = self._values[name] = self._known_value(name)
        if value is not None or not presuming or (fact := self._pack.document.facts.get(name)) is None:
            return value
        if fact.derive is not None and fact.derive.expression is not None:
            value = self._derived(name, fact, presuming=True)
            if value is not None:
                return value
        return self._as_condition_takes_it(name, fact.unknown_as)

    def _known_value(self, name: str) -> Any:
        fact = self._pack.document.facts.get(name)
        if fact is None:
            return self._other(name)
        value = self._facts.get(name)
        if value is None and fact.derive is not None:
            return self._derived(name, fact, presuming=False)
        return self._as_condition_takes_it(name, value)

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of `names` those that are unknown and can be asked, in the order of the pack."""
        asked = {part for name in names for part in self._askable(name)}
        return tuple(sorted(asked, key=self._pack.place_of.__getitem__))

    def _askable(self, name: str) -> list[str]:
        if self.value(name) is not None:
            return []
        fact = self._pack.document.facts.get(name)
        if fact is None and name in self._pack.document.measures:
            return [part for source in self._behind(name) for part in self._askable(source)]
        if fact is None or fact.derive is None:
            return [name]
        if fact.derive.max_known:
            return [part for source in fact.derive.max_known for part in self._askable(source)]
        expression = self._pack.conditions["facts", name, "derive", "expression"]
        return [part for source in sorted(expression.names) for part in self._askable(source)]

    def _behind(self, measure: str) -> list[str]:
        where = self._pack.conditions.get(("measures", measure, "where"))
        compared = {*self._pack.document.measures[measure].same, *(where.names if where else ())}
        return sorted(compared & self._pack.document.facts.keys())

    def _derived(self, name: str, fact: Fact, *, presuming: bool) -> Any:
        if fact.derive is not None and fact.derive.max_known:
            known = [self.value(source) for source in fact.derive.max_known]
            return max((value for value in known if value is not None), default=None)
        expression = self._pack.conditions["facts", name, "derive", "expression"]
        return expression.value(self.known(expression.names, presuming=presuming))

    def _other(self, name: str) -> Any:
        measure = self._pack.document.measures.get(name)
        if measure is not None:
            # Where a case is not counted, nothing is counted or summed up; but of no cases there is no share.
            return self._measures.get(name, 0 if measure.share is None else None)
        context = self._context
        if name in context.decided:
            return self._as_condition_takes_it(name, context.decided[name])
        if name == "medium" and context.medium is None and context.channel is not None:
            return self._pack.channels.get(context.channel)
        if name == "off_hours" and context.off_hours is None:
            return self._came_off_hours()
        if name in _OF_CONTEXT:
            return getattr(context, name)
        return self._as_condition_takes_it(name, context.records.get(name))

    def _came_off_hours(self) -> bool | None:
        context = self._context
        if context.calendar is None or context.registered_at is None:
            return None
        return not context.calendar.is_open(context.registered_at)

    def _as_condition_takes_it(self, name: str, value: Any) -> Any:
        # Facts come back from events and tables as JSON: instants as text, lists frozen into tuples.
        if isinstance(value, str) and name in self._pack.names:
            kind = self._pack.names[name].type
            if kind is ValueType.INSTANT:
                return datetime.fromisoformat(value)
            if kind is ValueType.DATE:
                value = date.fromisoformat(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time.min, self._context.zone)
        return list(value) if isinstance(value, tuple | set | frozenset) else value
