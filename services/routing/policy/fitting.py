"""Whether a case can go on under another version of its pack: nothing it holds may be unknown there."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from services.routing.domain import CaseFile, Work, WorkState
from services.routing.policy.assigning import is_department
from services.routing.policy.regime import Regime, value_of
from shared.policy.pack import Pack
from shared.policy.work_specs import works_of


class Obstacle(NamedTuple):
    """What keeps a case under its version. what: not_in_force, work, part, department, keeper, category, validity,
    contact_type, fact or parked. name: of the thing in the pack."""

    what: str
    name: str = ""


def obstacles_to(file: CaseFile, old: Regime, new: Regime, now: datetime) -> tuple[Obstacle, ...]:
    """All that keeps the case from going on under `new`; none where it may."""
    return tuple(dict.fromkeys(_obstacles(file, old.pack, new, now)))


def waits_still(file: CaseFile, old: Pack, new: Pack) -> frozenset[str]:
    """Of the entries that wait for an unknown fact those that the new version has too. Reactions are known by their
    place: one counts as the same where the same stands at it."""
    return frozenset(key for key in file.course.waiting if _is_same(key, old, new))


def _obstacles(file: CaseFile, old: Pack, new: Regime, now: datetime) -> Iterator[Obstacle]:
    pack = new.pack
    if pack.document.effective > now.astimezone(new.zone).date():
        yield Obstacle("not_in_force")
    if file.registration.contact_type not in pack.contact_types:
        yield Obstacle("contact_type", file.registration.contact_type)
    for work in file.works:
        yield from _of_work(work, old, pack)
    if file.department and is_department(file.department, old) and not is_department(file.department, pack):
        yield Obstacle("department", file.department)
    if file.keeper and file.keeper.role not in pack.document.roles:
        yield Obstacle("keeper", file.keeper.role)
    standing = file.assessment
    for name, value in (("category", standing.category.code), ("validity", standing.validity.value)):
        if value_of(old, name, value) is not None and value_of(pack, name, value) is None:
            yield Obstacle(name, value)
    for name, value in file.facts.items():
        if name in pack.document.facts:
            _, wrong = pack.validate_facts({name: value}, "handling")
            if any(error.code != "fact_not_given_here" for error in wrong):
                yield Obstacle("fact", name)


def _of_work(work: Work, old: Pack, new: Pack) -> Iterator[Obstacle]:
    spec = works_of(new).get(work.name)
    if spec is None:
        yield Obstacle("work", work.name)
    elif work.state is WorkState.OPEN and [part.do for part in works_of(old)[work.name].parts] != [
        part.do for part in spec.parts
    ]:
        yield Obstacle("part", work.name)


def _is_same(key: str, old: Pack, new: Pack) -> bool:
    section, _, name = key.partition(".")
    match section:
        case "work":
            return name in works_of(new)
        case "links":
            return name in new.document.links
        case _:
            place = int(name)
            here, there = old.document.reactions, new.document.reactions
            return place < len(there) and here[place] == there[place]
