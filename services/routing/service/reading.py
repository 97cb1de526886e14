"""Reads case files: one with everything about it, or a page of many."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain import CaseFile, Demand, Entry, Work, WorkState
from services.routing.policy.assessing import deciders_of
from services.routing.policy.moves import Allowed, allowed_moves
from services.routing.policy.regime import Regime
from services.routing.policy.requiring import required_of
from services.routing.policy.working import acts_of, doers_of, may_work, missing_of, specs_of
from services.routing.service.bodies import Assess
from services.routing.service.docket import regime_of
from services.routing.storage.cases import CaseStorage
from services.routing.storage.lists import CaseLists, Page
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand, may, move_action
from shared.access.principal import Principal
from shared.clock import format_instant
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound, invalid
from shared.events.records import CaseTextsV1, StaffText
from shared.policy.attributing import attributions_of
from shared.policy.holding import holders_of
from shared.policy.work_specs import WorkSpec
from shared.reference.book import Reference
from shared.reference.directory import Directory


@dataclass(frozen=True, slots=True)
class WorkView:
    """A piece of work as somebody sees it. acts: what they may do with it now. missing: before it is done."""

    work: Work
    spec: WorkSpec
    acts: Sequence[str]
    missing: Sequence[str]


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as somebody sees it. allowed: moves this person may make now. words: what staff wrote, by version; empty
    for whoever may not read it."""

    file: CaseFile
    regime: Regime
    allowed: tuple[Allowed, ...]
    timeline: Sequence[Entry]
    words: Mapping[int, Sequence[StaffText]]
    reference: Reference
    works: Sequence[WorkView] = ()
    required: Sequence[Demand] = ()


async def view_case(unit: UnitOfWork, reference: Reference, principal: Principal, case: UUID) -> CaseView:
    """Everything about a case. Raises NotFound and OutOfScope."""
    storage = CaseStorage(unit.connection)
    file = (await storage.load([case])).get(case)
    if file is None:
        raise NotFound("case")
    return await view_file(unit, reference, principal, file)


async def view_file(unit: UnitOfWork, reference: Reference, principal: Principal, file: CaseFile) -> CaseView:
    """The same of a file at hand. Raises OutOfScope."""
    tree, accused = reference.directory, file.accused
    demand(principal, Action.READ_CASE, file.project, tree, accused=accused)
    regime = regime_of(reference, file)
    allowed = tuple(
        move
        for move in allowed_moves(file, regime, unit.started)
        if may(principal, move_action(move.move), file.project, tree, accused=accused)
        and (move.move != "assess" or may_assess(principal, file, regime, tree))
        and (move.move != "attribute" or may_attribute(principal, file, regime, tree))
    )
    timeline = await CaseStorage(unit.connection).timeline(file.id)
    words: dict[int, list[StaffText]] = {}
    if may(principal, Action.READ_PERSONAL, file.project, tree, accused=accused):
        place = ("personal", f"case:{file.id}")
        record = (await unit.delivery.records([place])).get(place)
        if record is not None and record.body is not None:
            for text in CaseTextsV1.model_validate_json(record.body).texts:
                words.setdefault(text.version, []).append(text)
    works = tuple(_work_view(unit, reference, principal, file, regime, work) for work in file.works)
    required = required_of(file, regime, unit.started)
    return CaseView(file, regime, allowed, timeline, words, reference, works, required)


def may_act(
    principal: Principal, file: CaseFile, regime: Regime, work: Work, directory: Directory, now: datetime
) -> bool:
    """Whether this piece of work is theirs to act on: they hold a role that does it, or direct the case."""
    if may(principal, Action.DIRECT_CASE, file.project, directory, accused=file.accused):
        return True
    return principal.actor in doers_of(file, regime, specs_of(regime)[work.name], work, directory, now)


def may_assess(
    principal: Principal, file: CaseFile, regime: Regime, directory: Directory, wanted: Assess | None = None
) -> bool:
    """Whether they may assess the case, as `wanted` if that is given: they direct it, or they hold the roles that
    decide what is asked for (R-003/r02). A fact that no role decides goes with any decision of theirs."""
    if may(principal, Action.DIRECT_CASE, file.project, directory, accused=file.accused):
        return True
    deciders = deciders_of(regime.pack)
    held = {
        name for name, role in deciders.items() if principal.actor in holders_of(role, file, regime.pack, directory)
    }
    if wanted is None:
        return bool(held)
    decisions = {name for name in ("validity", "category", "grade") if getattr(wanted, name)} | wanted.decisions.keys()
    decided = {name for name in wanted.facts if name in deciders}
    others = wanted.facts.keys() - decided
    return held >= decisions | decided and not (others and held.isdisjoint(regime.pack.document.decisions))


def may_attribute(
    principal: Principal, file: CaseFile, regime: Regime, directory: Directory, name: str | None = None
) -> bool:
    """Whether they may record this attribution, or any: they direct the case, or hold the role that records it."""
    if may(principal, Action.DIRECT_CASE, file.project, directory, accused=file.accused):
        return True
    specs = [spec for spec in attributions_of(regime.pack).values() if name in (None, spec.name) and spec.by]
    return any(principal.actor in holders_of(str(spec.by), file, regime.pack, directory) for spec in specs)


def _work_view(
    unit: UnitOfWork, reference: Reference, principal: Principal, file: CaseFile, regime: Regime, work: Work
) -> WorkView:
    spec, tree, now = specs_of(regime)[work.name], reference.directory, unit.started
    acts = acts_of(work, spec) if may_work(file) else ()
    if acts and not may(principal, Action.WORK_STEP, file.project, tree, accused=file.accused):
        acts = ()
    if acts and not may_act(principal, file, regime, work, tree, now):
        acts = ()
    missing: Sequence[str] = ()
    if work.state is WorkState.OPEN:
        left, first = missing_of(file, regime, spec, work.part, now, {})
        missing = (*left, *first)
    return WorkView(work, spec, acts, missing)


async def list_cases(
    unit: UnitOfWork,
    reference: Reference,
    principal: Principal,
    *,
    project: str | None,
    state: str | None,
    grade: str | None,
    person: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[CaseFile], str | None]:
    """A page of the caller's cases, newest received first, and the cursor of the next one. Cases about the caller are
    left out. Raises OutOfScope, and Invalid for a cursor that is none."""
    tree = reference.directory
    if project is not None:
        demand(principal, Action.READ_CASE, project, tree)
        projects: Sequence[str] | None = [project]
    elif WHOLE_GROUP in principal.scopes:
        demand(principal, Action.READ_CASE, WHOLE_GROUP, tree)
        projects = None
    else:
        demand(principal, Action.READ_CASE, principal.scopes[0] if principal.scopes else WHOLE_GROUP, tree)
        projects = sorted(tree.projects_within(principal.scopes))
    page = Page(projects, state, grade, person, _read_cursor(cursor), limit + 1)
    found = await CaseLists(unit.connection).page(page)
    more = found[limit - 1] if len(found) > limit else None
    shown = [file for file in found[:limit] if principal.actor not in file.accused]
    return shown, _cursor(more) if more else None


def _cursor(file: CaseFile) -> str:
    place = f"{format_instant(file.registration.received_at)} {file.id}"
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _read_cursor(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    try:
        at, case = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split(" ")
        return datetime.fromisoformat(at), UUID(case)
    except (ValueError, binascii.Error):
        raise invalid("/query/cursor", "impossible") from None
