"""The work of a pack as it is written: its steps, and its settlements, which are chains of acts to money or goods."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from shared.policy.document.forms import Form
from shared.policy.document.settlements import ChainLink, Settlement
from shared.policy.document.steps import KINDS, Step
from shared.policy.document.steps import Part as ChainPart
from shared.policy.document.values import Datum
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Path
from shared.policy.pack import Pack
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
    """One part of a chain; it is left out where `when` does not hold.

    left, needs: as of a whole step. signer: whoever signs its form.
    """

    do: str
    role: str
    form: str | None = None
    when: Compiled | None = None
    left: Mapping[str, Compiled | None] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    signer: str | None = None


@dataclass(frozen=True, slots=True)
class WorkSpec:
    """A step or a settlement.

    do: its label. behaviour: work, decide, ask, contact, negotiate or refer. manners: ways to go about it, each with
    its condition. fields: what may be filled in, the form's and its own. left: those it must leave, each with its
    condition. instead: a field that stands in for all of these.
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
    manners: tuple[tuple[str, Compiled | None], ...] = ()
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
    """The steps that a call to the customer completes, unless the case is one to be visited; a visit is no call."""
    steps = pack.document.steps
    return tuple(name for name, step in steps.items() if step.do == "follow_up" and step.mode != "visit")


@lru_cache(maxsize=64)
def needs_of(pack: Pack) -> frozenset[str]:
    """Everything that the pack's work, its moves and its grounds for closing need, by the needs' keys."""
    asked = [spec.needs for spec in works_of(pack).values()]
    asked += [part.needs for spec in works_of(pack).values() for part in spec.parts]
    moves = pack.document.moves
    written = [*(move.needs for move in moves.named.values()), *(ground.needs for ground in moves.close)]
    return frozenset(need for needs in asked for need in needs) | {need.key for needs in written for need in needs}


def signers_of(pack: Pack) -> frozenset[str]:
    """The roles whose signature the pack asks for anywhere."""
    asked = {need.removeprefix("signature:") for need in needs_of(pack) if need.startswith("signature:")}
    return frozenset(asked | {str(form.signed_by) for form in pack.document.forms.values() if form.signed_by})


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
    left = {each: pack.conditions.get((*path, "records", each, "when")) for each in step.records}
    left |= _complete_fields(pack, step.form)
    parts = tuple(_part(pack, part, None) for part in step.chain)
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
        manners=_manners(pack, name, step),
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


def _manners(pack: Pack, name: str, step: Step) -> tuple[tuple[str, Compiled | None], ...]:
    rows = step.intensity.pick if step.intensity else ()
    path: Path = ("steps", name, "intensity", "pick")
    chosen = tuple((row.give, pack.conditions.get((*path, place, "when"))) for place, row in enumerate(rows))
    return chosen or (((step.mode, None),) if step.mode else ())


def _complete_fields(pack: Pack, form: str | None) -> dict[str, Compiled | None]:
    """The fields of a form that is always filled in whole, each with its condition."""
    found = pack.document.forms.get(form) if form else None
    if found is None or not found.complete:
        return {}
    return {name: pack.conditions.get(("forms", str(form), "fields", name, "when")) for name in found.fields}


def _part(pack: Pack, part: ChainPart | ChainLink, when: Compiled | None) -> Part:
    form = pack.document.forms.get(part.form) if part.form else None
    return Part(
        do=part.do,
        role=part.by,
        form=part.form,
        when=when,
        left=_complete_fields(pack, part.form),
        needs=tuple(need.key for need in part.needs),
        signer=form.signed_by if form else None,
    )


def _of_settlement(pack: Pack, name: str, settlement: Settlement) -> WorkSpec:
    path: Path = ("settlements", name)
    parts = tuple(
        _part(pack, link, pack.conditions.get((*path, "chain", place, "when")))
        for place, link in enumerate(settlement.chain)
    )
    # What proves the payment is there once it was made: by the act that pays, else by the last one.
    paying = next((place for place, part in enumerate(parts) if part.do == "pay"), len(parts) - 1)
    proof = tuple(need.key for need in settlement.proof)
    parts = tuple(replace(part, needs=(*part.needs, *proof)) if at == paying else part for at, part in enumerate(parts))
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
        sets=(settlement.amount,) if settlement.amount else (),
        rule=source_of(settlement.rule),
        zh=settlement.label("zh", name),
        en=settlement.label("en", name),
    )


_NEVER: frozenset[str] = frozenset()


def _field_of(pack: Pack, name: str) -> Datum:
    forms = (form.fields[name] for form in pack.document.forms.values() if name in form.fields)
    return next(forms, Datum(text=True))
