"""What must never leak: people's words, names and addresses stand in no row, event, metric or log of notify."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest
import structlog

from shared.events.cases import CaseAssignedV1, CaseRepliedV1
from shared.events.complaints import ComplaintErasedV1
from shared.events.records import CaseTextsV1, ComplaintTextV1
from shared.telemetry.logging import configure_logging
from tests.storage.notify_receiver import Receiver, receiving
from tests.storage.notify_world import NotifyWorld, notify_world
from tests.unit.notify.examples import raised, started

CASE = UUID(int=7)
ASSIGNED = CaseAssignedV1(department="property", person="li.na")
CANARIES = ("canary-name", "13900001111", "canary-words", "canary-narrative", "canary-path", "canary@example.com")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
async def notify(database_url: str, tmp_path: Path) -> AsyncIterator[NotifyWorld]:
    async with notify_world(database_url, tmp_path) as world:
        yield world


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything logged, at the most talkative level."""
    stream = io.StringIO()
    root = logging.getLogger()
    before = (list(root.handlers), root.level)
    configure_logging("DEBUG", stream=stream)
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()


async def test_personal_data_stand_in_no_row_no_event_and_no_log(
    database_url: str, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, logged: io.StringIO
) -> None:
    monkeypatch.setenv("HUIYIN_NOTIFY__CUSTOMER_URL", f"{receiver.address}/canary-path/{{phone}}")
    async with notify_world(database_url, tmp_path) as notify:
        addresses = notify.addresses(f"{receiver.address}/canary-path", "mailto://canary@example.com:x@127.0.0.1:9")
        await notify.service.applier.process([notify.record("personal", "person:li.na", addresses)])
        await notify.register(CASE, ASSIGNED, started())
        contact = notify.complaint(name="canary-name", phone="13900001111", email="canary@example.com")
        await notify.service.applier.process(
            [
                notify.record("personal", str(CASE), contact, 2),
                notify.record("personal", f"case:{CASE}", notify.staff_text("canary-words")),
            ]
        )
        await notify.tell(CASE, CaseRepliedV1(channel="phone", texts_version=1), raised(1))
        receiver.answer = 500  # failing says more than succeeding
        await notify.send()
        receiver.answer = 200
        notify.clock.move(seconds=10)
        await notify.send()
        assert any("canary-words" in body["message"] for _, _, body in receiver.got)  # it did go out
        for table in ("cases", "notices", "notice_counts", "event_log"):
            content = str(await notify.rows(f"select t::text from {table} t"))
            if table == "event_log":
                content += str(await notify.rows("select convert_from(payload, 'UTF8') from event_log"))
            assert "acknowledgement" in content or table == "cases"
            assert not [canary for canary in CANARIES if canary in content], table
        # Bodies of records are the one place; contact stands there sealed only.
        records = str(await notify.rows("select convert_from(body, 'UTF8') from records where topic = 'personal'"))
        assert "canary-words" in records
        assert not [canary for canary in ("canary-name", "13900001111", "canary@", "canary-path") if canary in records]
        exposed = str([metric.samples for metric in notify.core.metrics.registry.collect()])
        written = logged.getvalue()
        assert not [canary for canary in CANARIES if canary in exposed + written]
        assert "新派单" not in written


async def test_erasure_leaves_no_words_behind(notify: NotifyWorld) -> None:
    await notify.register(CASE)
    await notify.service.applier.process([notify.record("personal", f"case:{CASE}", notify.staff_text("canary-words"))])
    await notify.tell(CASE, CaseRepliedV1(channel="phone", texts_version=1), ComplaintErasedV1())
    await notify.service.applier.process(
        [
            notify.record("personal", f"case:{CASE}", CaseTextsV1, 2),
            notify.record("personal", str(CASE), ComplaintTextV1, 2),
        ]
    )
    notify.clock.move(seconds=10)
    await notify.send()
    assert await notify.rows("select 1 from records where topic = 'personal' and body is not null") == []
    assert notify.lines() == []
