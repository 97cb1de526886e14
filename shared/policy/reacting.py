"""What follows by itself when something happens to a case: the work, reactions and links of its pack.

A pack's own notices are notify's: it reads them in the pack itself.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.policy.attributing import attributions_of
from shared.policy.document.entry import AttributionName
from shared.policy.document.reactions import Effect
from shared.policy.expressions.functions import at
from shared.policy.expressions.syntax import Call, Literal, walk
from shared.policy.findings import Path
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of
from shared.policy.work_specs import works_of


@dataclass(frozen=True, slots=True)
class Consequence:
    """One effect that is due. event: what called for it. key: tells it apart from the others of its pack; of a reaction
    `reactions.3.0`, by its place and that of the effect in it."""

    effect: Effect
    event: str
    rule: str
    key: str


@dataclass(frozen=True, slots=True)
class Following:
    """What is due now, and what is not yet: entries whose event came while an unknown fact decided, by their key."""

    due: tuple[Consequence, ...] = ()
    waiting: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Rule:
    """An entry of the pack that reacts: to which events, when, with which effects."""

    key: str
    on: frozenset[str]
    when: Path
    effects: tuple[Effect, ...]
    rule: str


def following(
    pack: Pack,
    events: Collection[str],
    facts: Mapping[str, object],
    measures: Mapping[str, int],
    context: Context,
    waiting: Collection[str] = frozenset(),
) -> Following:
    """What `events`, which have just happened, bring about: work first, then reactions and links.

    An entry acts when its event came and its condition surely holds. One whose condition an unknown fact decides
    waits, and acts as soon as that fact is set. `waiting`: those that wait from before.
    """
    due: list[Consequence] = []
    still: set[str] = set()
    rules = [rule for rule in _rules(pack) if rule.key in waiting or not rule.on.isdisjoint(events)]
    if not rules:
        return Following()
    situation = Situation(pack, facts, measures, context)
    with at(situation.moment):
        for rule in rules:
            came = next((event for event in events if event in rule.on), None)
            condition = pack.conditions.get(rule.when)
            holds = situation.answer(condition)
            if holds is None:
                still.add(rule.key)
            elif holds:
                cause = came or min(rule.on)
                due += [Consequence(e, cause, rule.rule, f"{rule.key}.{n}") for n, e in enumerate(rule.effects)]
    return Following(tuple(due), frozenset(still))


def concerns(pack: Pack, events: Collection[str]) -> bool:
    """Whether anything of the pack reacts to any of these events."""
    return not _reacted_to(pack).isdisjoint(events)


def speaks_of(pack: Pack, event: str) -> bool:
    """Whether anything of the pack reacts to this event, or any condition asks whether it happened."""
    return event in _reacted_to(pack) or event in _asked_about(pack)


@lru_cache(maxsize=64)
def _asked_about(pack: Pack) -> frozenset[str]:
    calls = (part for condition in pack.conditions.values() for part in walk(condition.tree))
    asked = (call.args[0] for call in calls if isinstance(call, Call) and call.function == "happened")
    return frozenset(str(event.value) for event in asked if isinstance(event, Literal))


@lru_cache(maxsize=64)
def _reacted_to(pack: Pack) -> frozenset[str]:
    return frozenset[str]().union(*(rule.on for rule in _rules(pack)))


@lru_cache(maxsize=64)
def _rules(pack: Pack) -> tuple[_Rule, ...]:
    return tuple(_written(pack))


def _written(pack: Pack) -> Iterator[_Rule]:
    for name, work in works_of(pack).items():
        if work.on:
            yield _Rule(f"work.{name}", work.on, work.when, (Effect(open=name),), work.rule)
    for index, reaction in enumerate(pack.document.reactions):
        path: Path = ("reactions", index, "when")
        yield _Rule(f"reactions.{index}", frozenset(reaction.on), path, tuple(reaction.do), source_of(reaction.rule))
    for name, measure in pack.document.measures.items():
        for index, step in enumerate(measure.steps):
            if step.open:
                path = ("measures", name, "steps", index, "when")
                effects = (Effect(open=step.open),)
                crossed = frozenset({f"{name}.crossed"})
                yield _Rule(f"measures.{name}.{index}", crossed, path, effects, source_of(measure.rule))
    for name, link in pack.document.links.items():
        if link.on:
            started = Effect(link=name, process=link.process)
            yield _Rule(f"links.{name}", frozenset(link.on), ("links", name, "when"), (started,), source_of(link.rule))
    for name, spec in attributions_of(pack).items():
        if spec.on:
            recorded = Effect(attribute=AttributionName(name))
            yield _Rule(f"attributions.{name}", frozenset(spec.on), spec.when, (recorded,), spec.rule)
