"""What a pack decides beside validity, category, grade and route: each table asked in turn, once or again."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from services.routing.domain import CaseFile
from services.routing.policy.regime import Regime
from shared.events.cases import Decided, Words
from shared.policy.deciding import presumed_choice
from shared.policy.pack import Pack
from shared.policy.tables import rules_of
from shared.policy.verdicts import decide
from shared.values import replace

_ELSEWHERE = frozenset({"validity", "category", "grade", "route"})


def decided_beside(file: CaseFile, regime: Regime, now: datetime) -> CaseFile:
    """The case with every other decision of its pack. One that rests on another is asked after it.

    A decision without `again_on` stands once it was made; an ordered one only rises where the pack regrades upwards.
    """
    names = _names(regime.pack)
    for _ in names:  # at worst each rests on the one written after it
        before = file.decisions
        for name in names:
            file = replace(file, decisions={**file.decisions, name: _asked(name, file, regime, now)})
        if file.decisions == before:
            break
    return file


@lru_cache(maxsize=64)
def _names(pack: Pack) -> tuple[str, ...]:
    return tuple(name for name in pack.document.decisions if name not in _ELSEWHERE)


def _asked(name: str, file: CaseFile, regime: Regime, now: datetime) -> Decided:
    pack, standing = regime.pack, file.decisions.get(name)
    if standing is not None and standing.values and not pack.document.decisions[name].again_on:
        return standing
    if name not in pack.tables:
        presumed = presumed_choice(pack, name)
        values = () if presumed.value is None else (str(presumed.value),)
        reason = Words(zh=presumed.reason.zh, en=presumed.reason.en)
        return standing or Decided(values=values, provisional=True, rule=rules_of(presumed.rule), reason=reason)
    verdict = decide(pack, name, regime.facts_of(file), file.measures, regime.context_of(file, now))
    said = Decided(
        values=tuple(str(value) for value in verdict.values),
        rule=rules_of(verdict.rule),
        reason=Words(zh=verdict.reason.zh, en=verdict.reason.en),
        inputs=_plain(verdict.inputs),
        missing=verdict.missing_facts or tuple(dict.fromkeys(f for p in verdict.may_be for f in p.missing_facts)),
    )
    return said if standing is None or _may_replace(pack, name, standing, said) else standing


def _may_replace(pack: Pack, name: str, standing: Decided, said: Decided) -> bool:
    if pack.tables[name].hit != "gravest" or not standing.values or pack.document.on_regrade.direction == "any":
        return True
    order = [str(value) for value in pack.values_of(name)]
    return bool(said.values) and order.index(said.values[0]) <= order.index(standing.values[0])


def _plain(inputs: Mapping[str, object]) -> dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in inputs.items()}
