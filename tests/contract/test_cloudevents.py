"""Case events on the wire: CloudEvents 1.0 in Kafka's binary mode, as anybody's tools read them."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat

from shared.delivery.relay import Relay
from shared.events.envelope import Draft
from shared.events.notices import NoticeSentV1
from shared.events.topics import COMPLAINTS, NOTICES, PERSONAL, PROGRESS
from shared.kafka.provisioning import provision
from shared.kafka.writing import KafkaLog
from shared.settings import KafkaSettings
from tests.delivery.plain_service import PlainService, create
from tests.delivery.records import case_event, said
from tests.delivery.topics import records_of

CASE = UUID("0194c1f6-1111-7222-8333-444455556666")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
async def kafka(bootstrap: str, kafka_prefix: str) -> KafkaSettings:
    settings = KafkaSettings(bootstrap=bootstrap, prefix=kafka_prefix)
    await provision(settings)
    return settings


@pytest.fixture
async def routing(new_database_url: str, kafka: KafkaSettings) -> AsyncIterator[PlainService]:
    service = await create(new_database_url, "routing", kafka)
    yield service
    await service.database.close()


async def send_pending(service: PlainService, kafka: KafkaSettings) -> None:
    relay = Relay(service.database, KafkaLog(kafka))
    assert await relay.keep_lease()
    while await relay.step():
        pass
    await relay._hand_over()


async def test_a_case_event_has_exactly_the_headers_of_the_contract(
    routing: PlainService, kafka: KafkaSettings
) -> None:
    await routing.applier.process([case_event(CASE, "intake", 1), case_event(CASE, "sla", 1)])
    draft = said(CASE, "request-7")
    traced = Draft(CASE, draft.data, draft.occurred_at, "P01", "request-7", "li.na", traceparent=TRACE)
    await routing.emit(traced)
    await send_pending(routing, kafka)
    (record,) = await records_of(kafka)
    headers = {name: value.decode() for name, value in record.headers}
    event_id = await routing.one("select id from event_log")
    assert record.key == str(CASE).encode()
    assert json.loads(record.value) == {}
    assert len(record.headers) == len(headers)
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_type": "complaint.withdrawn.v1",
        "ce_source": "/huiyin/routing",
        "ce_subject": str(CASE),
        "ce_time": "2026-11-20T01:00:00.000000Z",
        "ce_dataschema": "urn:huiyin:schema:complaint.withdrawn.v1",
        "ce_sequence": "1",
        "ce_after": "intake=1,sla=1",
        "ce_project": "P01",
        "ce_causationid": "request-7",
        "ce_actor": "li.na",
        "traceparent": TRACE,
        "content-type": "application/json",
    }


async def test_the_cloudevents_sdk_reads_our_records(new_database_url: str, kafka: KafkaSettings) -> None:
    notify = await create(new_database_url, "notify", kafka)
    data = NoticeSentV1(notice=UUID(int=9), kind="acknowledgement", role="customer", channel="file")
    await notify.emit(Draft(CASE, data, datetime(2026, 11, 20, 1, tzinfo=UTC), "P01", "cause", "service:notify"))
    await send_pending(notify, kafka)
    await notify.database.close()
    (record,) = await records_of(kafka, NOTICES)
    event = sdk_event(record)
    assert event.get_id() == dict(record.headers)["ce_id"].decode()
    assert event.get_type() == "notice.sent.v1"
    assert event.get_source() == "/huiyin/notify"
    assert event.get_subject() == str(CASE)
    assert event.get_time() == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert event.get_dataschema() == "urn:huiyin:schema:notice.sent.v1"
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("sequence") == "1"
    assert event.get_extension("after") == ""
    assert event.get_extension("project") == "P01"
    assert event.get_data() == json.loads(data.model_dump_json())


async def test_records_of_compacted_topics_are_cloudevents_too(routing: PlainService, kafka: KafkaSettings) -> None:
    async with routing.database.begin() as unit:
        await unit.delivery.erase_record("personal", str(CASE), "complaint.text.v1")
    await send_pending(routing, kafka)
    (erased,) = await records_of(kafka, PERSONAL)
    assert (erased.key, erased.value) == (str(CASE).encode(), None)
    assert dict(erased.headers)["ce_sequence"] == b"1"
    reports = [sdk_event(record) for record in await records_of(kafka, PROGRESS)]
    assert {(event.get_type(), event.get_subject()) for event in reports} == {("progress.reported.v1", "routing")}


@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed")
async def test_kcat_reads_our_records(routing: PlainService, kafka: KafkaSettings) -> None:
    await routing.emit(said(CASE))
    await send_pending(routing, kafka)
    topic = COMPLAINTS.full_name(kafka.prefix)
    command = ["kcat", "-C", "-b", kafka.bootstrap, "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%k|%h|%s\n"]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True, timeout=30)
    key, headers, value = ran.stdout.strip().split("|")
    assert (key, value) == (str(CASE), "{}")
    assert "ce_type=complaint.withdrawn.v1" in headers.split(",")


def sdk_event(record: ConsumerRecord):
    return from_binary(KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value), JSONFormat())
