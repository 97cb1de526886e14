"""Kafka in: complaints from projects' systems, and what routing and sla say has become of complaints."""

from collections.abc import Sequence

from services.intake.service.following import FOLLOWED, follow_all
from services.intake.service.inbound import Inbound
from services.intake.service.succeeding import Successors
from services.intake.storage import IntakeStorage
from shared.database.unit_of_work import UnitOfWork
from shared.delivery.subscription import Subscription
from shared.events.cases import CaseLinkedV1
from shared.events.envelope import Event
from shared.events.topics import COMPLAINTS, INBOUND, PROGRESS, REFERENCE


def subscription(inbound: Inbound, successors: Successors) -> Subscription:
    """What intake reads."""

    async def on_events(unit: UnitOfWork, events: Sequence[Event]) -> None:
        followed = [event for event in events if event.data.event_type in FOLLOWED]
        await follow_all(followed, IntakeStorage(unit.connection))
        await successors.register(unit, events)

    return Subscription(
        service="intake",
        topics=(COMPLAINTS, INBOUND, REFERENCE, PROGRESS),
        types=FOLLOWED | {CaseLinkedV1.event_type},
        apply=on_events,
        apply_inbound=inbound.apply,
    )
