"""The work of a pack as it is done: its steps, and its settlements, which are chains of acts to money or goods."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from shared.policy.document.facts import Fact
from shared.policy.document.forms import Form
from shared.policy.document.settlements import Settlement
from shared.policy.document.steps import KINDS, Step
from shared.policy.document.values import Datum, ValueType
from shared.policy.expressions.condition import Compiled
from shared.policy.expressions.functions import at
from shared.policy.fact_values import FactSchema
from shared.policy.findings import Path
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of

ENDED_BY: Mapping[str, tuple[str, ...]] = {
    "work": ("done", "fail"),
    "decide": ("done", "fail"),
    "ask": ("done", "fail"),
    "contact": ("done", "fail"),
    "negotiate": ("agree", "fail"),
    "refer": ("done", "fail"),
}
"""The acts that end a step, by its behaviour; an approval ends by being given or refused."""
GOES_THERE = frozenset({"site_visit", "attend", "implement", "handle", "investigate"})
"""Labels of work to which somebody goes, and so may arrive."""
EVENTS_OF_ACT: Mapping[str, tuple[str, ...]] = {
    "receive": ("received",),
    "arrive": ("arrived",),
    "round": (),
    "done": ("done",),
    "approve": ("approved", "done"),
    "reject": ("rejected", "done"),
    "agree": ("agreed", "done"),
    "fail": ("failed",),
}
"""What happens by each act, as a pack calls it. A decision is made whichever way it goes."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does a piece of work where `when` holds: a role, or whoever a quota's measure still owes the most."""

    role: str | None
    quota: str | None
    when: Compiled | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a chain; it is left out where `when` does not hold."""

    do: str
    role: str
    form: str | None = None
    when: Compiled | None = None


@dataclass(frozen=True, slots=True)
class WorkSpec:
    """A step or a settlement.

    do: its label. behaviour: work, decide, ask, contact, negotiate or refer. fields: what may be filled in, the form's
    and its own. left: those it must leave, each with its condition. instead: a field that stands in for all of these.
    """

    name: str
    do: str
    behaviour: str
    on: frozenset[str]
    when: Path
    openers: tuple[str, ...]
    doers: tuple[Doer, ...]
    with_: tuple[Doer, ...] = ()
    parts: tuple[Part, ...] = ()
    form: str | None = None
    fields: Mapping[str, Datum] = field(default_factory=dict)
    left: Mapping[str, Compiled | None] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    merges: str | None = None
    many: bool = False
    rounds: int | None = None
    people: int = 1
    to: tuple[str, ...] = ()
    receipt: bool = False
    returns: bool = False
    instead: str | None = None
    rule: str = ""
    zh: str = ""
    en: str = ""

    def label(self, language: str) -> str:
        """What people call it."""
        return self.zh if language == "zh" else self.en


@lru_cache(maxsize=64)
def works_of(pack: Pack) -> Mapping[str, WorkSpec]:
    """Every step and settlement of the pack by name, in its order."""
    return dict(_written(pack))


@lru_cache(maxsize=64)
def follow_ups_of(pack: Pack) -> tuple[str, ...]:
    """The steps that a call to the customer completes; a visit is no call."""
    steps = pack.document.steps
    return tuple(name for name, step in steps.items() if step.do == "follow_up" and step.mode != "visit")


def _written(pack: Pack) -> Iterator[tuple[str, WorkSpec]]:
    for name, step in pack.document.steps.items():
        yield name, _of_step(pack, name, step)
    for name, settlement in pack.document.settlements.items():
        yield name, _of_settlement(pack, name, settlement)


def form_fields(pack: Pack, form: str | None) -> Mapping[str, Datum]:
    """The fields of a form; none of no form."""
    found: Form | None = pack.document.forms.get(form) if form else None
    return found.fields if found else {}


def _of_step(pack: Pack, name: str, step: Step) -> WorkSpec:
    path: Path = ("steps", name)
    form = pack.document.forms.get(step.form) if step.form else None
    left = {each: pack.conditions.get((*path, "records", each, "when")) for each in step.records}
    if form is not None and form.complete:
        place: Path = ("forms", str(step.form), "fields")
        left |= {each: pack.conditions.get((*place, each, "when")) for each in form.fields}
    parts = tuple(Part(part.do, part.by, part.form) for part in step.chain)
    forms = [step.form, *(part.form for part in step.chain)]
    fields = {key: datum for each in forms for key, datum in form_fields(pack, each).items()} | dict(step.records)
    if step.or_ is not None:
        fields.setdefault(step.or_.explain, _field_of(pack, step.or_.explain))
    opens = step.opens
    return WorkSpec(
        name=name,
        do=step.do,
        behaviour="work" if step.chain else KINDS[step.do],
        on=frozenset(opens.on) if opens else frozenset(),
        when=(*path, "opens", "when"),
        openers=(opens.by,) if opens and opens.by else (),
        doers=tuple(
            Doer(doer.role, doer.quota, pack.conditions.get((*path, "by", place_, "when")))
            for place_, doer in enumerate(step.by)
        ),
        with_=tuple(
            Doer(doer.role, doer.quota, pack.conditions.get((*path, "with", place_, "when")))
            for place_, doer in enumerate(step.with_)
        ),
        parts=parts,
        form=step.form,
        fields=fields,
        left=left,
        needs=tuple(need.key for need in step.needs),
        gives=tuple(step.gives),
        sets=tuple(step.sets),
        merges=step.merges,
        many=step.many is not None,
        rounds=step.rounds if isinstance(step.rounds, int) else None,
        people=step.people.min if step.people else 1,
        to=tuple(step.to),
        receipt=step.receipt is not None,
        returns=step.returns,
        instead=step.or_.explain if step.or_ else None,
        rule=source_of(step.rule),
        zh=step.label("zh", name),
        en=step.label("en", name),
    )


def _of_settlement(pack: Pack, name: str, settlement: Settlement) -> WorkSpec:
    path: Path = ("settlements", name)
    parts = tuple(
        Part(link.do, link.by, link.form, pack.conditions.get((*path, "chain", place, "when")))
        for place, link in enumerate(settlement.chain)
    )
    condition = pack.conditions.get((*path, "when"))
    fields = {key: datum for part in parts for key, datum in form_fields(pack, part.form).items()}
    return WorkSpec(
        name=name,
        do="pay",
        behaviour="work",
        on=frozenset(f"{each}.{past}" for each in condition.names for past in ("set", "done")) if condition else _NEVER,
        when=(*path, "when"),
        openers=(parts[0].role,),
        doers=(),
        parts=parts,
        fields=fields,
        needs=tuple(need.key for need in settlement.proof),
        sets=(settlement.amount,) if settlement.amount else (),
        rule=source_of(settlement.rule),
        zh=settlement.label("zh", name),
        en=settlement.label("en", name),
    )


_NEVER: frozenset[str] = frozenset()


def _field_of(pack: Pack, name: str) -> Datum:
    forms = (form.fields[name] for form in pack.document.forms.values() if name in form.fields)
    return next(forms, Datum(text=True))


def doer_of(pack: Pack, spec: WorkSpec, facts: Mapping[str, object], context: Context) -> Doer | None:
    """Who does the step in this case: the first whose condition surely holds, else the last one written."""
    if not spec.doers:
        return None
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        return next((doer for doer in spec.doers if situation.answer(doer.when)), spec.doers[-1])


def parts_of(
    pack: Pack, spec: WorkSpec, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> tuple[int, ...]:
    """The parts of a chain that this case goes through, by their place: those whose condition does not surely fail."""
    situation = Situation(pack, facts, measures, context)
    with at(situation.moment):
        return tuple(place for place, part in enumerate(spec.parts) if situation.answer(part.when) is not False)


def left_by(pack: Pack, spec: WorkSpec, facts: Mapping[str, object], context: Context) -> tuple[str, ...]:
    """The fields that the step must leave in this case."""
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        return tuple(name for name, when in spec.left.items() if situation.answer(when))


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
