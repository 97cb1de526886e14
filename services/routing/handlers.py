"""Kafka in: complaints, what customers say, clocks that run out."""

from collections.abc import Sequence

from services.routing.service.applying import HEARD_TYPES, apply
from shared.database.unit_of_work import UnitOfWork
from shared.delivery.subscription import Subscription
from shared.events.envelope import Event
from shared.events.topics import COMPLAINTS, PERSONAL, PROGRESS, REFERENCE
from shared.reference.book import ReferenceBook


def subscription(book: ReferenceBook) -> Subscription:
    """What routing reads and does with it. People and nodes it writes itself; calendars come from sla."""

    async def on_events(unit: UnitOfWork, events: Sequence[Event]) -> None:
        await apply(unit, events, book)

    return Subscription(
        service="routing", topics=(COMPLAINTS, PERSONAL, REFERENCE, PROGRESS), types=HEARD_TYPES, apply=on_events
    )
