"""Who answers for cases: kept up as it is recorded, counted by month and part of the organisation."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.reporting.domain import AttributionCount, AttributionView, CaseView
from services.reporting.storage.attributions import AttributionStorage
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.errors import NotFound
from shared.events.attributions import CaseAttributedV1
from shared.events.envelope import Event
from shared.policy.periods import period_at
from shared.reference.directory import Directory


async def record_attributions(
    events: Sequence[Event], views: Mapping[UUID, CaseView], storage: AttributionStorage
) -> None:
    """Bring the attributions up to a batch of events; of the same one to the same party the last counts."""
    found: dict[tuple[UUID, str, str, str], AttributionView] = {}
    for event in events:
        data = event.data
        if isinstance(data, CaseAttributedV1) and (view := views.get(event.case)):
            made = AttributionView(
                case=view.id,
                attribution=data.attribution,
                person=data.person or "",
                department=data.department or "",
                project=view.project,
                received_at=view.received_at,
                kind=data.kind,
                party=data.party,
                share=data.share,
                penalty_zh=data.penalty.zh if data.penalty else None,
                penalty_en=data.penalty.en if data.penalty else None,
            )
            found[made.case, made.attribution, made.person, made.department] = made
    await storage.put(list(found.values()))


async def count_attributions(
    storage: AttributionStorage, node: str, month: date, caller: Principal, directory: Directory, limit: int
) -> list[AttributionCount]:
    """Of cases of a node's subtree received in the month of the local day `month`. Raises NotFound, OutOfScope."""
    if node not in directory.nodes:
        raise NotFound("node")
    demand(caller, Action.READ_FIGURES, node, directory)
    zone, period = group_zone(node, directory), period_at("month", month)
    first = datetime.combine(period.first, time.min, zone)
    after = datetime.combine(period.last + timedelta(days=1), time.min, zone)
    return await storage.counts(directory.projects_within([node]), first, after, limit)


def group_zone(node: str, directory: Directory) -> ZoneInfo:
    """The zone of the whole group: everybody's months are the same."""
    return ZoneInfo(directory.zone(directory.path(node)[0]))
