"""Gives cases to departments and people, and counts whose turn it is."""

from collections.abc import Iterable

from services.routing.domain import CaseFile, State
from services.routing.policy.assigning import departments_of, picks_by_category, route_of, whose_turn
from services.routing.policy.hearing import happened
from services.routing.service.docket import ROUTING, Docket
from services.routing.storage.neighbours import NeighbourStorage, Place
from shared.events.cases import CaseAssignedV1, Words
from shared.policy.tables import rules_of

HANDLER = "handler"


class Turns:
    """Whose turn it is at each (project, department) that several people share; locked before use."""

    def __init__(self, docket: Docket, taken: dict[Place, int]) -> None:
        self._docket = docket
        self._taken = taken
        self._before = dict(taken)

    @classmethod
    async def of(cls, docket: Docket, files: Iterable[CaseFile]) -> "Turns":
        """The turns at every department these cases may be sent to."""
        # One question for all cases of a project, a category and a regime.
        alike = {(file.project, file.assessment.category.code, file.registration.pack.key): file for file in files}
        places = {
            (file.project, department)
            for file in alike.values()
            for department in departments_of(docket.regime(file).pack)
            if len(candidates(docket, file, department)) > 1
        }
        storage = NeighbourStorage(docket.unit.connection)
        return cls(docket, await storage.lock_turns(sorted(places)))

    def next(self, file: CaseFile, department: str) -> str | None:
        """The person whose turn it is; None while nobody holds the role."""
        people = candidates(self._docket, file, department)
        place = (file.project, department)
        if len(people) < 2 or place not in self._taken:
            return whose_turn(people, 0)
        self._taken[place] += 1
        return whose_turn(people, self._taken[place] - 1)

    async def save(self) -> None:
        """Note the turns that were taken."""
        changed = {place: taken for place, taken in self._taken.items() if taken != self._before[place]}
        await NeighbourStorage(self._docket.unit.connection).save_turns(changed)


def candidates(docket: Docket, file: CaseFile, department: str) -> tuple[str, ...]:
    """Who may get the case at a department. A department that stands for several asks for the category's people first;
    whom the complaint is about gets it never."""
    category = file.assessment.category.code
    holders = docket.directory.holders(HANDLER, file.project, department)
    if picks_by_category(department, docket.regime(file).pack):
        of_category = docket.directory.holders(HANDLER, file.project, category)
        holders = tuple(holder for holder in of_category if holder.department == category) or holders
    return tuple(dict.fromkeys(holder.person for holder in holders if holder.person not in file.accused))


def assign_by_route(docket: Docket, file: CaseFile, turns: Turns, cause: str, actor: str = ROUTING) -> CaseFile:
    """Send the case where the pack's routes lead, unless it is there already or a fact is missing."""
    decision = route_of(file, docket.regime(file), docket.now)
    if decision.to is None or decision.to == file.department:
        return file
    reason = Words(zh=decision.reason.zh, en=decision.reason.en)
    person = turns.next(file, decision.to)
    return assign(docket, file, decision.to, person, cause, actor, rules_of(decision.rule), reason)


def assign(
    docket: Docket,
    file: CaseFile,
    department: str,
    person: str | None,
    cause: str,
    actor: str,
    rule: tuple[str, ...] = (),
    reason: Words | None = None,
) -> CaseFile:
    """Give the case to a department and a person, who has yet to accept it."""
    # Finding somebody for a department that had nobody is not another hop.
    hops = file.hops if file.person is None and department == file.department else file.hops + 1
    given = happened(file, "assigned", state=State.ASSIGNED, department=department, person=person, hops=hops)
    data = CaseAssignedV1(department=department, person=person, hop=hops, rule=rule, reason=reason)
    docket.say(given, data, cause, docket.now, actor)
    docket.note(given, "assigned", docket.now, actor, {"department": department, "person": person, "hop": hops})
    return given
