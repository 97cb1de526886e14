"""Open cases under another version of their pack: told beforehand, and moved when an operator says so.

A case keeps the version it was registered under; publishing another one changes nothing for it. Whoever moves open
cases does so by an explicit act, page by page, which may be repeated: a case that is moved is not met again.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain import CaseFile
from services.routing.policy.assessing import graded_under
from services.routing.policy.assigning import may_route
from services.routing.policy.fitting import Obstacle, obstacles_to, waits_still
from services.routing.policy.regime import Regime
from services.routing.service.assigning import Turns, assign_by_route
from services.routing.service.docket import Docket, regime_of
from services.routing.service.grading import tell_grade
from services.routing.service.neighbours import Touch, meet, scopes
from services.routing.service.reacting import begin_work, react
from services.routing.service.recounting import carry_on
from services.routing.storage.cases import CaseStorage
from services.routing.storage.lists import CaseLists
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.events.cases import CaseRulesChangedV1
from shared.events.complaints import PackPin
from shared.policy.document.values import ValueType
from shared.policy.pack import Pack
from shared.policy.reacting import following
from shared.policy.work_specs import works_of
from shared.reference.book import Reference, ReferenceBook
from shared.values import replace

FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Judged:
    """One case by the other version. before: as it stands. after: as it would be, or is now. obstacles: why it stays
    where it is; none where it moves. facts, happened: what the other version's clocks may ask about."""

    before: CaseFile
    after: CaseFile
    obstacles: tuple[Obstacle, ...]
    facts: dict[str, object]
    happened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """end: the last case looked at, None on the last page."""

    cases: Sequence[Judged]
    end: UUID | None


async def change_rules(
    unit: UnitOfWork,
    book: ReferenceBook,
    principal: Principal,
    code: str,
    version: int,
    *,
    dry_run: bool,
    after: UUID = FIRST,
    limit: int = 200,
) -> Page:
    """Put the open cases behind `after`, at most `limit`, under `version` of the pack `code`; with `dry_run` only say
    what would become of them, by the counts of neighbours as they stand. Raises NotFound, OutOfScope."""
    reference = await book.within(unit.connection)
    demand(principal, Action.PUBLISH_POLICY, WHOLE_GROUP, reference.directory)
    record = reference.packs.get((code, version))
    if record is None:
        raise NotFound("pack")
    pin = PackPin(code=code, version=version, digest=record.digest)
    found = await CaseLists(unit.connection).under_pack(code, version, after, limit)
    end = found[-1].id if len(found) == limit else None
    if dry_run:
        return Page([_judged(reference, file, pin, unit.started) for file in found], end)
    marks = await unit.delivery.lock([file.id for file in found])
    docket = await Docket.open(unit, book, [file.id for file in found])
    cases = [
        _judged(reference, file, pin, unit.started, parked=marks[file.id].parked)
        for file in docket.files.values()
        if not file.ended and file.registration.pack.version != version
    ]
    moving = {each.before.id for each in cases if not each.obstacles}
    done = await _move(docket, [each for each in cases if each.before.id in moving], pin, principal)
    if moving:
        detail = {"cases": len(moving)}
        await unit.delivery.audit(principal, "pack.apply", [pin.key, *map(str, sorted(moving))], detail)
    return Page([replace(each, after=done.get(each.before.id, each.after)) for each in cases], end)


def _judged(reference: Reference, file: CaseFile, pin: PackPin, now: datetime, *, parked: bool = False) -> Judged:
    old = regime_of(reference, file)
    moved = _under(file, pin)
    new = regime_of(reference, moved)
    obstacles = obstacles_to(file, old, new, now)
    if parked:
        obstacles = (*obstacles, Obstacle("parked"))
    after = file if obstacles else graded_under(moved, old, new, now)
    return Judged(file, after, obstacles, _facts(file, old), tuple(sorted(file.course.happened)))


async def _move(docket: Docket, cases: Sequence[Judged], pin: PackPin, principal: Principal) -> dict[UUID, CaseFile]:
    before = {each.before.id: each.before for each in cases}
    moved = {id_: docket.put(_waiting(docket, file, _under(file, pin))) for id_, file in before.items()}
    touches = {id_: Touch(file, scopes(docket, file)) for id_, file in moved.items()}
    effects = dict(zip(touches, await meet(docket, list(touches.values())), strict=True))
    turns = await Turns.of(docket, moved.values())
    for each in cases:
        cause = f"{pin.key}:{each.before.id}:{each.before.version}"
        old, new = regime_of(docket.reference, each.before), docket.regime(moved[each.before.id])
        graded = graded_under(moved[each.before.id], old, new, docket.now, effects[each.before.id].own)
        _tell(docket, each, graded, principal.actor, cause)
        file = tell_grade(docket, moved[each.before.id], graded, "rules", cause, principal.actor)
        if may_route(file):
            file = docket.put(assign_by_route(docket, file, turns, cause, principal.actor))
        react(docket, docket.put(_with_new_work(docket, file, old.pack, new, cause)), cause)
        await carry_on(docket, file.id, effects[file.id], cause, principal.actor)
    await turns.save()
    await docket.store()
    done = {id_: docket.files[id_] for id_ in before}
    await CaseStorage(docket.unit.connection).repin(list(done.values()))
    return done


def _tell(docket: Docket, each: Judged, file: CaseFile, actor: str, cause: str) -> None:
    previous, pin = each.before.registration.pack, file.registration.pack
    grade = file.assessment.grade.value
    data = CaseRulesChangedV1(pack=pin, previous=previous, facts=each.facts, happened=each.happened, grade=grade)
    docket.say(file, data, cause, docket.now, actor)
    docket.note(file, "rules_changed", docket.now, actor, {"old_rules": previous.version, "new_rules": pin.version})


def _with_new_work(docket: Docket, file: CaseFile, old: Pack, new: Regime, cause: str) -> CaseFile:
    """Open the work that only the new version asks for and whose occasion this round has seen: grounds for closing may
    wait for it. What else the new version would have done then is not made up for."""
    found = following(
        new.pack, sorted(file.course.happened), new.facts_of(file), file.measures, new.context_of(file, docket.now)
    )
    known = works_of(old).keys() | {work.name for work in file.works}
    begun = [due for due in found.due if due.effect.open and due.effect.open not in known]
    return begin_work(docket, file, begun, cause, f"{file.id}.rules")


def _under(file: CaseFile, pin: PackPin) -> CaseFile:
    return replace(file, registration=replace(file.registration, pack=pin))


def _waiting(docket: Docket, file: CaseFile, moved: CaseFile) -> CaseFile:
    waiting = waits_still(file, docket.regime(file).pack, docket.regime(moved).pack)
    return replace(moved, course=replace(moved.course, waiting=waiting))


def _facts(file: CaseFile, regime: Regime) -> dict[str, object]:
    """What is known of the case and may travel with events, dates as text."""
    facts = regime.pack.document.facts
    known = {n: v for n, v in regime.facts_of(file).items() if n in facts and facts[n].type is not ValueType.TEXT}
    return dict(json.loads(json.dumps(known, default=str)))
