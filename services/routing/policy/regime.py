"""The regime a case is judged by, and the case as its conditions see it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any

from services.routing.domain import CaseFile
from shared.calendars.counting import Counting
from shared.calendars.working import WorkingCalendar
from shared.policy.pack import Pack
from shared.policy.situation import Context

_HANDOVER = "unit.collective_handover"


@dataclass(frozen=True, slots=True)
class Regime:
    """pack: as pinned at the register. zone: the project's. handover: of the building, as the directory has it."""

    pack: Pack
    calendar: WorkingCalendar
    zone: tzinfo
    handover: date | None = None

    def facts_of(self, file: CaseFile) -> Mapping[str, Any]:
        """The case's facts with those that the directory and the registration give."""
        given = {"segment": file.registration.segment, _HANDOVER: self.handover}
        known = {name: given[source] for name, source in _given_facts(self.pack) if given[source] is not None}
        return {**known, **file.facts}

    def context_of(self, file: CaseFile, now: datetime) -> Context:
        """What conditions may ask about the case beside its facts, at the instant `now`."""
        registration, course = file.registration, file.course
        return Context(
            now=now,
            zone=self.zone,
            calendar=Counting(self.calendar),
            happened=course.happened,
            decided=decided(self.pack, file),
            records=course.records,
            contact_type=registration.contact_type,
            channel=registration.channel,
            registered_at=registration.received_at,
            arisen_at=registration.happened_at,
            open=not file.ended,
            contactable=registration.contactable,
            anonymous=registration.anonymous,
            agreement=course.agreement,
            rounds=course.talks,
            reopened_count=file.round - 1,
            customer_response=course.customer_response,
            compensated=any("paid" in work.marks for work in file.works),
        )


def decided(pack: Pack, file: CaseFile) -> dict[str, int | str]:
    """Decisions by name, in the pack's own values: grades travel as text, packs may count in numbers."""
    standing = file.assessment
    texts = {"validity": standing.validity.value, "category": standing.category.code, "grade": standing.grade.value}
    texts |= {name: said.values[0] for name, said in file.decisions.items() if said.values}
    return {name: value for name, text in texts.items() if (value := value_of(pack, name, text)) is not None}


def value_of(pack: Pack, decision: str, text: str) -> int | str | None:
    """The pack's own value whose text is `text`, or None where nothing was decided."""
    return _values(pack, decision).get(text)


@lru_cache(maxsize=256)
def _values(pack: Pack, decision: str) -> Mapping[str, int | str]:
    found = pack.document.decisions.get(decision)
    return {str(value): value for value in found.values()} if found else {}


@lru_cache(maxsize=64)
def _given_facts(pack: Pack) -> tuple[tuple[str, str], ...]:
    registered = (("segment", "segment"),) if "segment" in pack.document.facts else ()
    from_directory = ((name, fact.from_) for name, fact in pack.document.facts.items())
    return (*registered, *((name, source) for name, source in from_directory if source == _HANDOVER))
