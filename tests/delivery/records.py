"""Records and drafts as tests need them: what Kafka would bring, what a service would say."""

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid5

from shared.events.cases import CaseProgressedV1, CaseRepliedV1
from shared.events.codec import Incoming, Outgoing, case_headers, record_headers
from shared.events.complaints import ComplaintWithdrawnV1
from shared.events.envelope import Draft, Envelope
from shared.ids import event_id

AT = datetime.fromisoformat("2026-11-20T09:00:00+08:00")

_VALUES = {
    "case.assigned.v1": {"department": "property"},
    "case.progressed.v1": {"texts_version": 1},
}


def case_event(
    case: UUID, source: str, sequence: int, after: dict[str, int] | None = None, type_: str = "case.assigned.v1"
) -> Incoming:
    """A record of a case event as Kafka would bring it."""
    envelope = Envelope(
        id=uuid5(case, f"{source} {sequence}"),
        type=type_,
        source=source,
        case=case,
        sequence=sequence,
        after=after or {},
        occurred_at=AT,
        project="P01",
        cause="test",
        actor="service:test",
    )
    topic = "notices.v1" if source == "notify" else "complaints.v1"
    value = json.dumps(_VALUES.get(type_, {})).encode()
    return incoming(Outgoing(topic, str(case), case_headers(envelope), value, envelope.id))


def incoming(record: Outgoing, offset: int = 0) -> Incoming:
    headers = {name: value.decode() for name, value in record.headers}
    return Incoming(record.topic, 0, offset, record.key.encode(), headers, record.value)


def personal_record(case: UUID, version: int, value: bytes | None) -> Incoming:
    key = f"case:{case}"
    headers = record_headers(
        id_=event_id(key, "case.texts.v1", str(version)),
        type_="case.texts.v1",
        source="routing",
        key=key,
        version=version,
        recorded_at=AT,
    )
    return incoming(Outgoing("personal.v1", key, headers, value, UUID(int=5)), offset=version)


def progressed(case: UUID, version: int = 1) -> Draft:
    return Draft(case, CaseProgressedV1(texts_version=version), AT, "P01", f"cause-{version}", "li.na")


def replied(case: UUID) -> Draft:
    return Draft(case, CaseRepliedV1(channel="phone", texts_version=1), AT, "P01", "cause", "li.na")


def said(case: UUID, cause: object = "cause") -> Draft:
    """An event that needs nothing to be known before it is applied."""
    return Draft(case, ComplaintWithdrawnV1(), AT, "P01", str(cause), "customer")


def saying(cases: Iterable[UUID], causes: Iterable[object]) -> list[Draft]:
    """One event for each case and cause, the cases taking turns."""
    wanted = list(cases)
    return [said(case, cause) for cause in causes for case in wanted]
