"""Successors: complaints that go on where others end, registered because a case's pack says so."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

import structlog

from services.intake.domain import Registration, Way
from services.intake.metrics import IntakeMetrics
from services.intake.service.accepting import accept
from services.intake.service.registering import Registrar
from services.intake.service.submission import digest_of
from services.intake.storage import IntakeStorage
from shared.database.unit_of_work import UnitOfWork
from shared.events.cases import CaseLinkedV1
from shared.events.complaints import ComplaintRegisteredV1
from shared.events.envelope import Event
from shared.events.records import ComplaintTextV1
from shared.reference.book import Reference, ReferenceBook

log = structlog.get_logger()
_ACTOR = "service:intake"


class Successors:
    """Registers the successors that routing announces."""

    def __init__(self, registrar: Registrar, book: ReferenceBook, metrics: IntakeMetrics) -> None:
        self._registrar = registrar
        self._book = book
        self._metrics = metrics

    async def register(self, unit: UnitOfWork, events: Sequence[Event]) -> None:
        """Enter what these links announce, each once. Nothing succeeds a complaint that was erased meanwhile: there is
        nobody left to go on for. Raises Invalid where no pack is in force for the project any more."""
        for event in events:
            if not isinstance(event.data, CaseLinkedV1) or event.data.successor is None:
                continue
            before = await IntakeStorage(unit.connection).registered(event.case)
            record = await unit.delivery.lock_record("personal", str(event.case))
            if before is None or record is None or record.body is None:
                log.info("no_successor", case=str(event.case), link=event.data.link)
                continue
            reference = await self._book.within(unit.connection)
            text = ComplaintTextV1.model_validate_json(record.body)
            registration = self._registration(event, event.data, event.data.successor, before, text, reference)
            outcome = (await accept(unit, [registration], apart=True))[0]
            unit.committed.append(partial(self._metrics.count, Way.SUCCESSOR, outcome.result))

    def _registration(
        self,
        event: Event,
        link: CaseLinkedV1,
        id_: UUID,
        before: ComplaintRegisteredV1,
        text: ComplaintTextV1,
        reference: Reference,
    ) -> Registration:
        """Of the same person, about the same place, with what the link carries; under the pack in force now."""
        frame = self._registrar.frame(reference, before.project, event.occurred_at)
        local = event.occurred_at.astimezone(frame.zone)
        category = str(link.carries["category"]) if "category" in link.carries else None
        facts = {name: value for name, value in link.carries.items() if name in frame.pack.document.facts}
        data = before.model_copy(
            update={
                "contact_type": before.contact_type if before.contact_type in frame.contact_types else frame.usual_type,
                "channel": before.channel if before.channel in frame.channels else None,
                "segment": before.segment if before.segment in frame.segments else None,
                "category": category if category in frame.categories else None,
                "facts": frame.pack.validate_facts(facts, "handling")[0],
                "received_at": event.occurred_at,
                "pack": frame.pack_pin,
                "calendar": frame.calendar_pin,
                "personal_version": 1,
                "previous_id": event.case,
            }
        )
        return Registration(
            id=id_,
            source=before.source,
            source_id=f"{event.case}/{link.link}/{event.id}",
            digest=digest_of([str(event.case), link.link, str(event.id)]),
            data=data,
            text=text.model_copy(update={"said": ()}),
            pack=frame.pack,
            received_local=local,
            numbered_in=local.year if frame.numbers_by_year else 0,
            actor=_ACTOR,
            roles=frozenset(),
            way=Way.SUCCESSOR,
        )
