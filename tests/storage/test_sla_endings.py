"""How lives of cases end and begin again on PostgreSQL, and lives that were read in afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.events import cases, complaints
from tests.storage.sla_service import Sla, assessed, sla_service
from tests.unit.sla.examples import cn, local

RECEIVED = "2026-02-12 10:00"


@pytest.fixture
async def sla(database_url: str, tmp_path: Path) -> AsyncIterator[Sla]:
    async with sla_service(database_url, tmp_path, RECEIVED) as running:
        yield running


@pytest.mark.parametrize(
    ("ending", "because"),
    [
        (cases.CaseClosedV1(ground="accepted"), "closed"),
        (complaints.ComplaintWithdrawnV1(), "withdrawn"),
        (complaints.ComplaintErasedV1(), "erased"),
    ],
)
async def test_no_clock_outlives_its_case(sla: Sla, ending, because) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.tell(case, ending, at="2026-02-13 10:00")
    cancelled = {each.data.name: each.data.because for each in await sla.said(case, "clock.cancelled")}
    expected = {"reply": because, "close": because, "tracking": because}
    if because == "closed":
        del expected["close"]
    assert cancelled == expected
    assert not await sla.rows("select 1 from clocks where next_at is not null or climb_at is not null")
    await sla.live_to("2026-04-01 00:00")
    assert not await sla.said(case, "clock.breached", "clock.reached")


async def test_what_ran_out_before_the_case_was_closed_stays_a_breach(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    sla.clock.move_to(cn("2026-02-27 09:00"))
    await sla.tell(case, cases.CaseClosedV1(ground="accepted"))
    assert [each.name for each in await sla.said(case) if each.data.name == "reply"] == [
        "clock.started",
        "clock.breached",
        "clock.cancelled",
    ]


async def test_reopening_arms_the_clocks_for_a_new_round(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.tell(case, cases.CaseRepliedV1(channel="phone", texts_version=1), at="2026-02-13 10:00")
    await sla.tell(case, cases.CaseClosedV1(ground="accepted"), at="2026-02-13 11:00")
    await sla.tell(case, cases.CaseReopenedV1(round=2, texts_version=2), at="2026-02-26 09:00")
    clocks = await sla.clocks(case)
    assert {name: (clock.round, local(clock.due_at)) for name, clock in clocks.items()} == {
        "reply": (2, "Wed 2026-03-04 18:00"),  # 27, 28 (made up), 2, 3, 4
        "close": (2, "Wed 2026-03-18 18:00"),
        "tracking": (2, "Fri 2026-03-06 00:00"),
        "grade.registered_at.15d": (2, "Sat 2026-02-28 00:00"),
    }


async def test_withdrawn_beats_closed_and_erased_beats_both(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.tell(case, complaints.ComplaintWithdrawnV1(), at="2026-02-13 10:00")
    await sla.tell(case, cases.CaseClosedV1(ground="withdrawn"), at="2026-02-13 10:00")
    await sla.tell(case, cases.CaseReopenedV1(round=2, texts_version=1), at="2026-02-13 11:00")
    [row] = await sla.rows("select state, round from case_facts")
    assert (row.state, row.round) == ("withdrawn", 1)
    await sla.tell(case, complaints.ComplaintErasedV1(), at="2026-02-13 12:00")
    [row] = await sla.rows("select state from case_facts")
    assert row.state == "erased"


async def test_history_is_reckoned_but_nobody_is_told(sla: Sla) -> None:
    case = await sla.open_case("2025-09-22 10:00", mode="history")
    await sla.live_to("2026-02-13 00:00")
    breached = {each.data.name: each.data for each in await sla.said(case, "clock.breached")}
    # 23, 24, 25, 26, 28 (made up), 29, 30; National Day and the Mid-Autumn Festival; 9, 10, 11 (made up), 13 to 17.
    assert local(breached["reply"].due_at) == "Sun 2025-09-28 18:00"
    assert local(breached["close"].due_at) == "Fri 2025-10-17 18:00"
    assert all(data.late_detected for data in breached.values())
    assert all(each.data.late_detected for each in await sla.said(case, "clock.started"))
    assert await sla.said(case, "escalation.raised", "clock.warned") == []
    assert len(await sla.said(case, "clock.reached")) == 1
    assert len([each for each in await sla.said(case, "clock.breached") if each.data.name == "tracking"]) == 1


async def test_every_state_of_a_case_answers_every_event(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    everything = [
        complaints.ComplaintAmendedV1(facts={"people": 4}, personal_version=1),
        complaints.CustomerRespondedV1(kind="dissatisfied", personal_version=1),
        cases.CaseAdmittedV1(),
        assessed("3"),
        cases.CaseAssignedV1(department="property"),
        cases.CaseAcceptedV1(person="li.na"),
        cases.CaseReturnedV1(texts_version=1),
        cases.CaseFactSetV1(facts={"needs_coordination": True, "principle_told": True}),
        cases.CaseProgressedV1(texts_version=1),
        cases.CaseRepliedV1(channel="phone", texts_version=1),
        cases.CaseResolvedV1(texts_version=1),
        cases.CaseFollowedUpV1(reached=True, satisfied=False, texts_version=1),
        cases.CaseReopenedV1(round=2, texts_version=1),
        cases.CaseClosedV1(ground="accepted"),
        complaints.ComplaintWithdrawnV1(),
        complaints.ComplaintErasedV1(),
    ]
    endings = (
        (),
        (cases.CaseClosedV1(ground="accepted"),),
        (complaints.ComplaintWithdrawnV1(),),
        (complaints.ComplaintErasedV1(),),
    )
    for ending in endings:
        for data in everything:
            case = await sla.open_case(RECEIVED)
            await sla.tell(case, *ending, data, at="2026-02-13 10:00")
            await sla.live_to("2026-02-13 10:00")
    assert not await sla.rows("select 1 from case_marks where parked_at is not null")
    assert not await sla.rows("select 1 from held_events")
    orphans = """select 1 from clocks join case_facts f using (case_id)
                 where (next_at is not null or climb_at is not null) and f.state <> 'open'"""
    assert not await sla.rows(orphans)
