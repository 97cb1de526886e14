"""What follows by itself: after each change of a case its pack's reactions are carried out, in the same transaction."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from services.routing.domain import CaseFile, Demand, Link
from services.routing.policy.assigning import is_department
from services.routing.policy.hearing import happened
from services.routing.policy.keeping import ended
from services.routing.policy.regime import decided
from services.routing.policy.working import is_open, may_work, opened, specs_of
from services.routing.service.assigning import assign, candidates
from services.routing.service.attributing import attribute_by_event, line_of
from services.routing.service.docket import ROUTING, Docket
from services.routing.service.grading import regrade
from services.routing.service.telling import opened_step
from shared.clock import format_instant
from shared.events.cases import CaseFactSetV1, CaseLinkedV1, CaseOrderedV1, CaseToldV1
from shared.events.envelope import EventData
from shared.events.steps import CaseStepOpenedV1
from shared.ids import successor_id
from shared.policy.document.values import ValueType
from shared.policy.pack import Pack
from shared.policy.reacting import Consequence, concerns, following
from shared.policy.tables import rules_of
from shared.values import replace

MOST_ROUNDS = 20
"""Reactions that react to reactions: more than any regime needs, and few enough to see at once that it never ends."""
_TOLD_ANYWAY = {("registered", "customer"), ("replied", "customer")}
"""The product itself tells the customer that the complaint is registered, and the reply."""


class EndlessReactions(ValueError):
    """A pack's reactions keep bringing each other about: the case parks, and the pack must be mended."""


def react(docket: Docket, file: CaseFile, cause: str, *, opening: bool = False) -> CaseFile:
    """Carry out what the fresh events of a case bring about, and what that brings about in turn.

    opening: they are those of its registration. What a successor was told by its predecessor starts no further one.
    Raises EndlessReactions.
    """
    inherits = opening and file.registration.previous_id is not None
    for round_ in range(MOST_ROUNDS):
        events = tuple(dict.fromkeys(file.course.fresh))
        if not events:
            return docket.settle(ended(file))
        regime = docket.regime(file)
        waiting = file.course.waiting
        if not waiting and not concerns(regime.pack, events):
            file = replace(file, course=replace(file.course, fresh=()))
            continue
        found = following(
            regime.pack, events, regime.facts_of(file), file.measures, regime.context_of(file, docket.now), waiting
        )
        file = replace(file, course=replace(file.course, fresh=(), waiting=found.waiting))
        begun = [due for due in found.due if due.effect.open]
        file = begin_work(docket, file, begun, cause, f"{file.id}.{round_}")
        for due in found.due:
            if inherits and _succeeds(due, regime.pack):
                continue
            file = _carry_out(docket, file, due, cause, f"{file.id}.{round_}.{due.key}")
    raise EndlessReactions(", ".join(file.course.fresh))


def _succeeds(due: Consequence, pack: Pack) -> bool:
    link = pack.document.links.get(due.effect.link or "")
    return link is not None and link.successor


def _carry_out(docket: Docket, file: CaseFile, due: Consequence, cause: str, discriminator: str) -> CaseFile:
    effect = due.effect
    deed = next((deed for act, deed in _DEEDS.items() if getattr(effect, act)), None)
    if deed is None:  # work was opened before
        return file

    def say(of: CaseFile, data: EventData) -> None:
        docket.say(of, data, cause, docket.now, ROUTING, discriminator)

    return deed(docket, file, due, say, cause, discriminator)


def begin_work(
    docket: Docket, file: CaseFile, begun: Sequence[Consequence], cause: str, discriminator: str
) -> CaseFile:
    """Open what is not under way yet, and tell of it at once: one event a turn, however much begins."""
    regime, steps, told = docket.regime(file), [], []
    for due in begun:
        name = str(due.effect.open)
        if is_open(file, name) or not may_work(file):
            continue
        spec = specs_of(regime)[name]
        file, work = opened(file, regime, spec, docket.directory, docket.now, docket.deal)
        steps.append(opened_step(spec, work))
        if work.role and _has_to_hear(work.role, file, regime.pack):
            told.append(CaseToldV1(to=(work.role,), event=f"{name}.opened", ack=spec.receipt, rule=rules_of(due.rule)))
    if steps:
        docket.say(file, CaseStepOpenedV1(steps=tuple(steps)), cause, docket.now, ROUTING, discriminator)
        docket.note(file, "step_opened", docket.now, ROUTING, {"steps": [step.run for step in steps]})
    for data in told:
        docket.say(file, data, cause, docket.now, ROUTING, f"{discriminator}.{data.event}")
    return file


def _has_to_hear(role: str, file: CaseFile, pack: Pack) -> bool:
    """The desk that owns every case works from its list, and the person in charge from the case: others are told."""
    entry = pack.document.roles.get(role)
    if role in ("customer", "owner", "handler", "first_receiver") or entry is None or entry.owner:
        return False
    return not (entry.unit and (entry.pick is not None or role == file.department))


Say = Callable[[CaseFile, EventData], None]


def _tell(docket: Docket, file: CaseFile, due: Consequence, say: Say, _: str, __: str) -> CaseFile:
    roles = tuple(role for role in due.effect.tell if (due.event, role) not in _TOLD_ANYWAY)
    if roles:
        limit = due.effect.within.within if due.effect.within else None
        within = docket.regime(file).pack.duration(limit)
        say(
            file,
            CaseToldV1(
                to=roles,
                event=due.event,
                content=due.effect.content,
                ack=due.effect.ack,
                within=None if within is None else str(within),
                rule=rules_of(due.rule),
            ),
        )
        docket.note(file, "told", docket.now, ROUTING, {"roles": list(roles), "event": due.event, "rule": due.rule})
    return file


def _assign(docket: Docket, file: CaseFile, due: Consequence, _: Say, cause: str, __: str) -> CaseFile:
    """To a unit of the pack, else to whoever holds the role, who then leads while the department stays."""
    role = str(due.effect.assign)
    if is_department(role, docket.regime(file).pack):
        department, people = role, candidates(docket, file, role)
    else:
        department = file.department or role
        holders = docket.directory.holders(role, file.project)
        people = tuple(holder.person for holder in holders if holder.person not in file.accused)
    person = people[0] if people else None
    if file.ended or (file.department, file.person) == (department, person):
        return file
    return assign(docket, file, department, person, cause, ROUTING, rules_of(due.rule))


def _link(docket: Docket, file: CaseFile, due: Consequence, say: Say, _: str, __: str) -> CaseFile:
    """Started once: while it has not come back, the same link is not started again."""
    name, pack = str(due.effect.link), docket.regime(file).pack
    if any(link.name == name and link.back_at is None for link in file.links):
        return file
    declared = pack.document.links.get(name)
    process = due.effect.process or (declared.process if declared else None)
    earlier = sum(link.name == name for link in file.links)
    successor = successor_id(file.id, name, earlier) if declared and declared.successor else None
    link = Link(name, process, format_instant(docket.now), successor=str(successor) if successor else None)
    file = happened(file, "linked", links=(*file.links, link))
    say(
        file,
        CaseLinkedV1(
            link=name,
            kind=declared.kind if declared else name,
            process=process,
            carries=_carried(file, pack, declared.carries if declared else ()),
            back=declared.back if declared else False,
            successor=successor,
            rule=rules_of(due.rule),
        ),
    )
    docket.note(file, "linked", docket.now, ROUTING, {"link": name, "process": process, "rule": due.rule})
    return file


def _set(docket: Docket, file: CaseFile, due: Consequence, say: Say, cause: str, discriminator: str) -> CaseFile:
    changed = {name: value for name, value in due.effect.set_.items() if file.facts.get(name) != value}
    if not changed:
        return file
    file = happened(file, *(f"{name}.set" for name in changed), facts={**file.facts, **changed})
    say(file, CaseFactSetV1(facts=changed))
    docket.note(file, "facts_set", docket.now, ROUTING, {"facts": sorted(changed)})
    return regrade(docket, docket.put(file), "amended", cause, ROUTING, discriminator=discriminator)


def _attribute(docket: Docket, file: CaseFile, due: Consequence, say: Say, _: str, __: str) -> CaseFile:
    file, said = attribute_by_event(docket, file, str(due.effect.attribute))
    if said is not None:
        say(file, said)
        docket.note(file, "attributed", docket.now, ROUTING, line_of(file.attributions[-1]))
    return file


def _order(docket: Docket, file: CaseFile, due: Consequence, say: Say, _: str, __: str) -> CaseFile:
    """Clocks and ladders are sla's: it is told what the pack wants of them."""
    order = due.effect.order
    if order is not None:
        act, name = order
        say(file, CaseOrderedV1(act=act, name=name, event=due.event, rule=rules_of(due.rule)))
        docket.note(file, f"ordered_{act}", docket.now, ROUTING, {"clock": name, "event": due.event, "rule": due.rule})
    return file


def _require(docket: Docket, file: CaseFile, due: Consequence, say: Say, _: str, __: str) -> CaseFile:
    """Asked for from now on, once in a round; the guards look at it (`guarding.require`)."""
    demand = Demand(due.effect.at or "close", due.effect.require, rules_of(due.rule))
    if demand in file.course.required:
        return file
    file = replace(file, course=replace(file.course, required=(*file.course.required, demand)))
    said = CaseOrderedV1(act="require", requires=demand.needs, at=demand.at, event=due.event, rule=demand.rule)
    say(file, said)
    docket.note(
        file, "required", docket.now, ROUTING, {"needs": list(demand.needs), "event": due.event, "rule": due.rule}
    )
    return file


def _carried(file: CaseFile, pack: Pack, names: tuple[str, ...]) -> dict[str, Any]:
    """Facts and decisions of these names, without what is a person's words."""
    facts = pack.document.facts
    known = {name: file.facts[name] for name in names if name in file.facts and name in facts}
    plain = {name: value for name, value in known.items() if facts[name].type is not ValueType.TEXT}
    return plain | {name: value for name, value in decided(pack, file).items() if name in names}


_DEEDS: Mapping[str, Callable[[Docket, CaseFile, Consequence, Say, str, str], CaseFile]] = {
    "tell": _tell,
    "assign": _assign,
    "link": _link,
    "set_": _set,
    "order": _order,
    "require": _require,
    "attribute": _attribute,
}
