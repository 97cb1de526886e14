"""Files cases that have ended, and finds them again: what is kept, by whom, and until when."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.reporting.domain import Filing
from services.reporting.policy.filing import FILED_AGAIN_ON, filings_of, in_causal_order, pins_of, whole_of
from services.reporting.storage.files import FileStorage, Position, Wanted
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.errors import NotFound
from shared.events.complaints import ComplaintRegisteredV1
from shared.events.envelope import Event
from shared.policy.archiving import archive_of
from shared.reference.book import Reference

_ENDINGS = frozenset({"case.closed.v1", "complaint.withdrawn.v1"})


def to_file(events: Sequence[Event], ended: frozenset[UUID]) -> list[UUID]:
    """The cases whose filing these events may change. ended: those that had ended before."""
    return sorted(
        {
            event.case
            for event in events
            if event.envelope.type in _ENDINGS or (event.case in ended and event.envelope.type in FILED_AGAIN_ON)
        }
    )


async def file_cases(cases: Sequence[UUID], storage: FileStorage, reference: Reference) -> None:
    """File these cases anew, from all that is archived of them; those that are open again are in no file."""
    filings: list[Filing] = []
    for case, events in (await storage.events(cases)).items():
        ordered = in_causal_order(events)
        registered = next((event for event in ordered if isinstance(event.data, ComplaintRegisteredV1)), None)
        if registered is not None:
            told = [registered, *(event for event in ordered if event is not registered)]
            filings += _filings(case, told, reference)
    await storage.put(cases, filings)


def _filings(case: UUID, events: Sequence[Event], reference: Reference) -> Sequence[Filing]:
    pin = pins_of(events)
    pack = reference.pack(pin.code, pin.version)
    if not archive_of(pack):
        return ()
    whole = whole_of(events, pack)
    calendar = reference.calendar(whole.calendar.code, whole.calendar.version)
    directory, building = reference.directory, whole.registered.building
    node = directory.nodes.get(building) if building else None
    zone = ZoneInfo(directory.zone(whole.registered.project))
    return filings_of(case, whole, pack, calendar, zone, node.handover if node else None)


async def find_filings(
    storage: FileStorage,
    node: str,
    wanted: Wanted,
    caller: Principal,
    reference: Reference,
    *,
    before: Position | None,
    now: datetime,
    limit: int,
) -> list[Filing]:
    """Cases in files of a node's subtree, the last ended first. Raises NotFound, OutOfScope."""
    directory = reference.directory
    if node not in directory.nodes:
        raise NotFound("node")
    demand(caller, Action.READ_CASE, node, directory)
    return await storage.page(directory.projects_within([node]), wanted, before, now, limit)
