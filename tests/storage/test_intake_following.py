"""What routing and sla say reaches the tracking view, once and in order."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from shared.events import cases, clocks
from tests.storage.intake_world import COMPLAINTS, IntakeWorld, intake


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[IntakeWorld]:
    async with intake(database_url) as world:
        yield world


async def view(world: IntakeWorld, case: UUID, language: str = "en") -> dict[str, object]:
    response = await world.request("GET", f"{COMPLAINTS}/{case}", language=language)
    assert response.status_code == 200
    return response.json()  # type: ignore[no-any-return]


def reply_clock(world: IntakeWorld, *, customer: bool = True) -> clocks.ClockStartedV1:
    return clocks.ClockStartedV1(
        clock=UUID(int=7), name="reply", customer=customer, started_at=world.clock.now(),
        due_at=world.clock.now() + timedelta(days=7), limit="5wd", calendar="cn-office@1",
    )  # fmt: skip


async def test_a_new_complaint_is_registered_and_nothing_is_promised_yet(world: IntakeWorld) -> None:
    case = await world.registered()
    assert await view(world, case) == {
        "id": str(case),
        "number": "P01-2026-0001",
        "state": "registered",
        "promised_by": None,
        "updates": [{"at": "2026-11-20T01:00:00Z", "text": "Your complaint was registered."}],
    }


async def test_events_move_the_view_forward_and_a_second_delivery_changes_nothing(world: IntakeWorld) -> None:
    case = await world.registered()
    world.clock.move(minutes=1)
    records = [
        world.said(case, cases.CaseAdmittedV1()),
        world.said(case, cases.CaseAssignedV1(department="property", person="li.na")),
        world.said(case, reply_clock(world)),
        world.said(case, cases.CaseAcceptedV1(person="li.na")),
    ]
    await world.service.applier.process(records[:2])
    await world.service.applier.process(records)
    seen = await view(world, case)
    assert (seen["state"], seen["promised_by"]) == ("accepted", "2026-11-27T01:01:00Z")
    assert [update["text"] for update in (await view(world, case, "zh"))["updates"]] == [
        "您的投诉已登记。", "您的投诉已受理。", "您的投诉已转交责任部门。", "已有专人负责您的投诉。"
    ]  # fmt: skip


async def test_many_cases_in_one_batch_each_get_their_own(world: IntakeWorld) -> None:
    first, second = await world.registered(), await world.registered()
    await world.service.applier.process(
        [
            world.said(first, cases.CaseAdmittedV1()),
            world.said(second, cases.CaseAdmittedV1()),
            world.said(second, cases.CaseClosedV1(ground="accepted")),
        ]
    )
    assert [(await view(world, case))["state"] for case in (first, second)] == ["admitted", "closed"]


async def test_internal_clocks_stay_inside(world: IntakeWorld) -> None:
    case = await world.registered()
    await world.service.applier.process([world.said(case, reply_clock(world, customer=False))])
    assert (await view(world, case))["promised_by"] is None
    assert await world.rows("select 1 from tracks") == []


async def test_own_words_and_foreign_events_share_one_view(world: IntakeWorld) -> None:
    case = await world.registered()
    await world.service.applier.process([world.said(case, cases.CaseAdmittedV1())])
    world.clock.move(minutes=1)
    await world.request("POST", f"{COMPLAINTS}/{case}/responses", json={"kind": "information", "text": "在三楼"})
    world.clock.move(minutes=1)
    await world.service.applier.process([world.said(case, cases.CaseProgressedV1(texts_version=1))])
    seen = await view(world, case)
    assert seen["state"] == "in_progress"
    assert len(seen["updates"]) == 4
