"""Kafka in: every event of every case, duty and survey, archived and projected."""

from collections.abc import Sequence

from services.reporting import service
from services.reporting.queries import of_surveys, record_surveys
from services.reporting.storage import ReportingStorage
from services.reporting.storage.surveys import SurveyStorage
from shared.database.unit_of_work import UnitOfWork
from shared.delivery.subscription import Subscription
from shared.events.envelope import Event
from shared.events.registry import EVENT_TYPES
from shared.events.topics import COMPLAINTS, DUTIES, NOTICES, PROGRESS, REFERENCE


async def on_events(unit: UnitOfWork, events: Sequence[Event]) -> None:
    await service.record(events, ReportingStorage(unit.connection), unit.started)
    if surveys := of_surveys(events):
        await record_surveys(surveys, SurveyStorage(unit.connection))
    unit.delivery.wakes = True  # the figures have changed: the metrics are rendered anew


SUBSCRIPTION = Subscription(
    service="reporting",
    topics=(COMPLAINTS, NOTICES, REFERENCE, DUTIES, PROGRESS),
    types=frozenset(EVENT_TYPES),
    apply=on_events,
)
