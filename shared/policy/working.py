"""The work of a pack as it is done in one case: by whom, how, in which parts, leaving what."""

from collections.abc import Mapping
from functools import lru_cache

from shared.policy.document.facts import Fact
from shared.policy.document.values import ValueType
from shared.policy.expressions.functions import at
from shared.policy.fact_values import FactSchema
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.work_specs import Doer, Part, WorkSpec


def doer_of(
    pack: Pack, spec: WorkSpec, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> Doer | None:
    """Who does the step in this case: the first whose condition surely holds, else the last one written."""
    if not spec.doers:
        return None
    situation = Situation(pack, facts, measures, context)
    with at(situation.moment):
        return next((doer for doer in spec.doers if situation.answer(doer.when)), spec.doers[-1])


def manner_of(
    spec: WorkSpec, pack: Pack, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> str | None:
    """How somebody goes about the step in this case, `visit`, `call` or `letter`, where the pack says so: the first way
    whose condition surely holds, else the last one written (R-004-06/r02)."""
    if not spec.manners:
        return None
    situation = Situation(pack, facts, measures, context)
    with at(situation.moment):
        return next((manner for manner, when in spec.manners if situation.answer(when)), spec.manners[-1][0])


def parts_of(
    pack: Pack, spec: WorkSpec, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> tuple[int, ...]:
    """The parts of a chain that this case goes through, by their place: those whose condition does not surely fail."""
    situation = Situation(pack, facts, measures, context)
    with at(situation.moment):
        return tuple(place for place, part in enumerate(spec.parts) if situation.answer(part.when) is not False)


def left_by(
    pack: Pack, work: WorkSpec | Part, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> tuple[str, ...]:
    """The fields that the step, or the part of a chain, must leave in this case."""
    situation = Situation(pack, facts, measures, context)
    with at(situation.moment):
        return tuple(name for name, when in work.left.items() if situation.answer(when))


@lru_cache(maxsize=64)
def field_schema(pack: Pack) -> FactSchema:
    """What values the fields of forms, steps and moves may have."""
    fields = {name: datum for form in pack.document.forms.values() for name, datum in form.fields.items()}
    fields |= {name: datum for step in pack.document.steps.values() for name, datum in step.records.items()}
    fields |= {name: datum for move in pack.document.moves.named.values() for name, datum in move.records.items()}
    written = {name: datum.model_dump(by_alias=True, exclude_unset=True) for name, datum in fields.items()}
    return FactSchema({name: Fact.model_validate({**datum, "ask": "handling"}) for name, datum in written.items()})


def is_text(pack: Pack, name: str) -> bool:
    """Whether a field is filled with a person's words, which never leave the personal records."""
    known = pack.names.get(name)
    return known is None or known.type is ValueType.TEXT
