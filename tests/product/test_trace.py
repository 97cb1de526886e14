"""One trace leads from the request of whoever complains, through every log and service, to the notice."""

import json
from itertools import chain
from uuid import uuid4

from tests.product.collector import Collector, Span
from tests.product.complaints import complaint
from tests.product.database import SCHEMAS, query
from tests.product.installation import Installation
from tests.product.kafka_log import read_topic, write
from tests.product.waiting import eventually

CALLER = "b7ad6b7169203331"


def ancestries(spans: list[Span], name: str, service: str) -> list[list[tuple[str, str]]]:
    """From each span of this name and service up to the first of the product, as (name, service)."""
    by_id = {span.id: span for span in spans}
    told = []
    for span in spans:
        if (span.name, span.service) == (name, service):
            found = [span]
            while found[-1].parent in by_id:
                found.append(by_id[found[-1].parent])
            assert found[-1].parent == CALLER
            told.append([(each.name, each.service) for each in found])
    return sorted(told)


def test_one_trace_from_the_request_to_the_notice(product: Installation, collector: Collector) -> None:
    trace = uuid4().hex
    answer = product.post("/intake/v1/complaints", complaint(f"trace-{trace}"), traceparent=f"00-{trace}-{CALLER}-01")
    case = answer.json()["id"]
    product.settle()

    def complete() -> list[Span] | None:
        spans = collector.of_trace(trace)
        told = [span for span in spans if (span.name, span.service) == ("apply notice.sent.v1", "reporting")]
        return spans if len(told) == 2 else None

    spans = eventually(complete, what="the last spans")
    # Whoever got the case is told, and the customer hears that the complaint was registered.
    assert ancestries(spans, "apply notice.sent.v1", "reporting") == [
        [
            ("apply notice.sent.v1", "reporting"),
            ("apply case.assigned.v1", "notify"),
            ("apply complaint.registered.v1", "routing"),
            ("POST /intake/v1/complaints", "intake"),
        ],
        [
            ("apply notice.sent.v1", "reporting"),
            ("apply complaint.registered.v1", "notify"),
            ("POST /intake/v1/complaints", "intake"),
        ],
    ]
    seen = {(span.name, span.service) for span in spans}
    assert seen >= {
        *(("apply complaint.registered.v1", service) for service in ("routing", "sla", "notify", "reporting")),
        ("relay complaint.registered.v1", "intake"),
        ("relay case.assigned.v1", "routing"),
        ("relay clock.started.v1", "sla"),
        ("send assignment", "notify"),
        ("relay notice.sent.v1", "notify"),
    }

    logged = {
        service: query(
            product.database, f"select type, traceparent from {service}.event_log where aggregateid = $1", case
        )
        for service in SCHEMAS
    }
    assert all(logged[service] for service in ("intake", "routing", "sla", "notify"))
    events = [row for row in chain.from_iterable(logged.values()) if row["type"] != "complaint.text.v1"]
    assert {row["traceparent"].split("-")[1] for row in events} == {trace}
    records = [
        record for topic in ("complaints", "notices") for record in read_topic(product.bootstrap, topic)
        if record.key == case.encode()
    ]  # fmt: skip
    assert len(records) == len(events)
    assert {record.header("traceparent").split("-")[1] for record in records} == {trace}


def test_a_trace_comes_in_by_the_inbound_topic_too(product: Installation, collector: Collector) -> None:
    trace, mark = uuid4().hex, uuid4().hex
    body = json.dumps(complaint(mark)).encode()
    headers = [("traceparent", f"00-{trace}-{CALLER}-01".encode())]
    write(product.bootstrap, "inbound", [(f"app:{mark}".encode(), body, headers)])

    def complete() -> list[Span] | None:
        spans = collector.of_trace(trace)
        return spans if any(s.name == "send assignment" for s in spans) else None

    spans = eventually(complete, what="the notice's span")
    assert [found[-1] for found in ancestries(spans, "send assignment", "notify")] == [("inbound", "intake")]


def test_what_time_alone_brings_about_begins_a_trace_of_its_own(product: Installation) -> None:
    body = complaint(uuid4().hex, received_at="2026-03-02T09:00:00+08:00")
    case = product.post("/intake/v1/complaints", body).json()["id"]

    def escalated() -> list[str] | None:
        found = query(
            product.database,
            "select traceparent from sla.event_log where aggregateid = $1 and type = 'escalation.raised.v1'",
            case,
        )
        return [row["traceparent"] for row in found] or None

    trace = eventually(escalated, what="the escalation")[0].split("-")[1]
    told = eventually(
        lambda: query(
            product.database,
            "select traceparent from notify.notices where case_id = $1 and kind in ('breach', 'escalation')",
            case,
        ),
        what="the notice of the escalation",
    )
    assert trace in {row["traceparent"].split("-")[1] for row in told}
