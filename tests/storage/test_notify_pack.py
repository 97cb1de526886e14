"""A pack's own notices on PostgreSQL: sent when surely due, to everybody of a place, ahead of time, once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from shared.events.cases import CaseFactSetV1
from shared.events.complaints import ComplaintAmendedV1, PackPin
from shared.events.records import PackV1
from shared.policy.loading import default_pack_text, load_pack, packaged_pack_text
from tests.storage.notify_world import NotifyWorld, notify_world
from tests.unit.notify.examples import NOW, started

CASE, NEIGHBOUR, SAME_PERSON, ELSEWHERE = (UUID(int=n) for n in (7, 8, 9, 10))
MANY = """notices:
  many: {zh: 多人事项, en: many people, on: registered, to: cs_head, when: "people >= 5", content: people, ack: true, rule: R-001-18/r14}
"""  # noqa: E501
STAFF = PackPin(code="developer-property", version=2, digest="0")
HOUSE = PackPin(code="owner-communication", version=1, digest="0")


@pytest.fixture
async def notify(database_url: str, tmp_path: Path) -> AsyncIterator[NotifyWorld]:
    async with notify_world(database_url, tmp_path) as world:
        texts = {
            STAFF.key: default_pack_text().replace("notices:\n", MANY, 1),
            HOUSE.key: packaged_pack_text("owner-communication"),
        }
        for key, text in texts.items():
            pack = load_pack(text)
            version = int(key.rpartition("@")[2])
            record = PackV1(code=pack.code, version=version, effective=pack.effective, digest="0", text=text)
            await world.service.applier.process([world.record("reference", key, record)])
        yield world


async def named(notify: NotifyWorld) -> list[tuple[str, UUID, str]]:
    """(name, whose case, outcome) of the pack's own notices."""
    rows = [row for row in await notify.ledger() if row.kind == "notice"]
    return sorted((row.params["notice"], row.case_id, row.outcome) for row in rows)


async def resident(notify: NotifyWorld, case: UUID, reporter: str, building: str = "B1") -> None:
    await notify.register(case, pack=HOUSE, building=building, reporter_hash=reporter, number=f"P01-{case.int}")


async def test_a_notice_waits_for_the_fact_that_decides_and_is_then_sent_once(notify: NotifyWorld) -> None:
    await notify.register(CASE, started(), pack=STAFF)
    assert await named(notify) == []
    await notify.tell(CASE, ComplaintAmendedV1(facts={"people": 6}, personal_version=1))
    assert await named(notify) == [("many", CASE, "pending")]
    await notify.tell(CASE, ComplaintAmendedV1(facts={"people": 7}, personal_version=1))
    await notify.send()
    assert await named(notify) == [("many", CASE, "sent")]
    (line,) = [line for line in notify.lines() if line["kind"] == "notice"]
    assert line["to"] == {"role": "cs_head", "person": "wu.fang"}
    assert "多人事项" in line["title"]
    assert "6" in line["text"]
    assert "请收到后确认" in line["text"]


async def test_a_notice_whose_condition_surely_fails_is_never_sent(notify: NotifyWorld) -> None:
    await notify.register(CASE, started(), pack=STAFF, facts={"people": 1})
    await notify.tell(CASE, ComplaintAmendedV1(facts={"people": 9}, personal_version=1))
    assert await named(notify) == []


async def test_everybody_of_a_building_hears_of_an_interruption_once_and_ahead_of_it(notify: NotifyWorld) -> None:
    """R-003/r05: one row for each person known there, whatever number of cases they have."""
    await resident(notify, NEIGHBOUR, "h2")
    await resident(notify, SAME_PERSON, "h2")
    await resident(notify, ELSEWHERE, "h3", building="B2")
    await resident(notify, CASE, "h1")
    at = (NOW + timedelta(days=10)).isoformat()
    batch = await notify.tell(CASE, CaseFactSetV1(facts={"interruption_at": at}))
    assert await named(notify) == [("interruption", CASE, "pending"), ("interruption", SAME_PERSON, "pending")]
    await notify.service.applier.process(batch)
    await notify.send()
    assert [outcome for _, _, outcome in await named(notify)] == ["pending", "pending"]
    notify.clock.move(days=9, hours=12)
    await notify.send()
    assert [outcome for _, _, outcome in await named(notify)] == ["sent", "sent"]
    (first, _) = [line for line in notify.lines() if line["kind"] == "notice"]
    assert "计划停水停电" in first["title"]
    assert "2026年11月30日 09:00" in first["text"]


async def test_another_instant_takes_the_place_of_the_notice_not_yet_sent(notify: NotifyWorld) -> None:
    await resident(notify, CASE, "h1")
    await resident(notify, NEIGHBOUR, "h2")
    for days in (10, 12):
        at = (NOW + timedelta(days=days)).isoformat()
        await notify.tell(CASE, CaseFactSetV1(facts={"interruption_at": at}))
    notify.clock.move(days=12)
    await notify.send()
    outcomes = [(row.case_id, row.outcome, row.reason) for row in await notify.ledger() if row.kind == "notice"]
    assert sorted(outcomes, key=str) == sorted(
        [(case, "sent", None) for case in (CASE, NEIGHBOUR)]
        + [(case, "suppressed", "superseded") for case in (CASE, NEIGHBOUR)],
        key=str,
    )
