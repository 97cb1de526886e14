"""Kafka in: every event of every case, duty and survey, archived and projected; cases that have ended are filed."""

from collections.abc import Sequence

from services.reporting import service
from services.reporting.queries import of_surveys, record_surveys
from services.reporting.service.attributing import record_attributions
from services.reporting.service.filing import file_cases, to_file
from services.reporting.storage import ReportingStorage
from services.reporting.storage.attributions import AttributionStorage
from services.reporting.storage.files import FileStorage
from services.reporting.storage.surveys import SurveyStorage
from shared.database.unit_of_work import UnitOfWork
from shared.delivery.subscription import Subscription
from shared.events.envelope import Event
from shared.events.registry import EVENT_TYPES
from shared.events.topics import COMPLAINTS, DUTIES, NOTICES, PROGRESS, REFERENCE
from shared.reference.book import ReferenceBook


def subscription(book: ReferenceBook) -> Subscription:
    """Reporting's subscription. book: where packs and calendars are found, by which cases are filed."""

    async def on_events(unit: UnitOfWork, events: Sequence[Event]) -> None:
        recorded = await service.record(events, ReportingStorage(unit.connection), unit.started)
        if surveys := of_surveys(events):
            await record_surveys(surveys, SurveyStorage(unit.connection))
        await record_attributions(events, recorded.views, AttributionStorage(unit.connection))
        if cases := to_file(events, recorded.ended):
            await file_cases(cases, FileStorage(unit.connection), await book.within(unit.connection))
        unit.delivery.wakes = True  # the figures have changed: the metrics are rendered anew

    return Subscription(
        service="reporting",
        topics=(COMPLAINTS, NOTICES, REFERENCE, DUTIES, PROGRESS),
        types=frozenset(EVENT_TYPES),
        apply=on_events,
    )
