"""The rosters of packs: who is there, who has left the post and where calls go, and who hears that nobody is there."""

from dataclasses import dataclass
from uuid import uuid4
from zoneinfo import ZoneInfo

from services.notify.domain import NoticeCase
from services.notify.policy.intents import uncovered
from services.notify.service.intending import Intending
from services.notify.storage.absences import Absence, AbsenceStorage
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound, OutOfScope, invalid
from shared.policy.document.rosters import Roster
from shared.policy.holding import Parties, holders_of
from shared.policy.pack import Pack
from shared.reference.book import Reference, ReferenceBook


@dataclass(frozen=True, slots=True)
class Watch:
    """One roster of a project. people: who holds its role; away: those of them who have left the post. uncovered:
    fewer are there than it wants."""

    name: str
    roster: Roster
    people: tuple[str, ...]
    away: tuple[str, ...]

    @property
    def uncovered(self) -> bool:
        return len(self.people) - len(self.away) < self.roster.min


class Rosters:
    """Commands and queries about rosters."""

    def __init__(self, book: ReferenceBook, intending: Intending) -> None:
        self._book = book
        self._intending = intending

    async def list(self, unit: UnitOfWork, principal: Principal, project: str) -> list[Watch]:
        """Every roster of the project's pack. Raises OutOfScope and NotFound."""
        reference = await self._book.within(unit.connection)
        demand(principal, Action.READ_CASE, project, reference.directory)
        pack = _pack(reference, project, unit)
        absences = await AbsenceStorage(unit.connection).open(project)
        return [_watch(reference, pack, project, name, absences) for name in pack.document.rosters]

    async def leave(
        self,
        unit: UnitOfWork,
        principal: Principal,
        project: str,
        name: str,
        reason: str | None,
        forward_to: str | None,
    ) -> tuple[Absence, Roster]:
        """Leave the post: with what the pack wants said (R-004-02/r02, r04). Raises NotFound, OutOfScope, Invalid, and
        Conflict for whoever is away already."""
        reference, pack, watch = await self._at_post(unit, principal, project, name)
        wanted = watch.roster.away
        given = {"reason": reason, "forward_to": forward_to}
        for need in wanted.needs if wanted else ():
            if given.get(need, "-") is None:
                raise invalid(f"/{need}", "missing")
        if forward_to is not None and (wanted is None or forward_to not in wanted.forward_to):
            raise invalid("/forward_to", "not_one_of", expected=list(wanted.forward_to) if wanted else ["none"])
        if principal.actor in watch.away:
            raise Conflict("away_already")
        absence = Absence(uuid4(), project, name, principal.actor, reason or "", forward_to, unit.started)
        await AbsenceStorage(unit.connection).leave(absence)
        await unit.delivery.audit(principal, "roster.away", [project], {"roster": name, "forward_to": forward_to})
        left = Watch(name, watch.roster, watch.people, (*watch.away, principal.actor))
        if left.uncovered and watch.roster.gap is not None:
            case = _place(absence, pack, name)
            await self._intending.tell(
                unit, case, uncovered(name, watch.roster.gap.tell, case, pack, reference.directory)
            )
        return absence, watch.roster

    async def come_back(
        self, unit: UnitOfWork, principal: Principal, project: str, name: str
    ) -> tuple[Absence, Roster]:
        """Be back at the post. Raises NotFound, OutOfScope, and Conflict for whoever was not away."""
        _, _, watch = await self._at_post(unit, principal, project, name)
        absence = await AbsenceStorage(unit.connection).come_back(project, name, principal.actor, unit.started)
        if absence is None:
            raise Conflict("not_away")
        await unit.delivery.audit(principal, "roster.back", [project], {"roster": name})
        return absence, watch.roster

    async def _at_post(
        self, unit: UnitOfWork, principal: Principal, project: str, name: str
    ) -> tuple[Reference, Pack, Watch]:
        reference = await self._book.within(unit.connection)
        demand(principal, Action.WORK_STEP, project, reference.directory)
        pack = _pack(reference, project, unit)
        if name not in pack.document.rosters:
            raise NotFound("roster")
        watch = _watch(reference, pack, project, name, await AbsenceStorage(unit.connection).open(project))
        if principal.actor not in watch.people:
            raise OutOfScope
        return reference, pack, watch


def _watch(reference: Reference, pack: Pack, project: str, name: str, absences: list[Absence]) -> Watch:
    roster = pack.document.rosters[name]
    people = holders_of(roster.role, Parties(project), pack, reference.directory)
    away = tuple(each.person for each in absences if each.roster == name and each.person in people)
    return Watch(name, roster, people, away)


def _pack(reference: Reference, project: str, unit: UnitOfWork) -> Pack:
    zone = ZoneInfo(reference.directory.zone(project))
    in_force = reference.pack_of(project, unit.started.astimezone(zone).date())
    if in_force is None:
        raise NotFound("project")
    return reference.pack(in_force.code, in_force.version)


def _place(absence: Absence, pack: Pack, name: str) -> NoticeCase:
    """What is told of has no complaint; it goes by the roster's name."""
    label = pack.document.rosters[name].label("zh", name)
    return NoticeCase(
        absence.id, label, absence.project, pack.code, pack.version, mode="live", language="zh", contactable=False
    )
