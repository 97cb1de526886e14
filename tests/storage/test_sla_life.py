"""Lives of cases on PostgreSQL under the default pack: which clocks run, until when, and what is said of them.

Working days of February and March 2026 in China: 12 Thu, 13 Fri, 14 Sat (made up), then the Spring Festival to the
23rd, 24 to 27, 28 Sat (made up), 2 March and on.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.database.migrating import differences
from shared.events import cases, complaints
from tests.storage.sla_service import Sla, assessed, sla_service
from tests.unit.sla.examples import cn, local

RECEIVED = "2026-02-12 10:00"


@pytest.fixture
async def sla(database_url: str, tmp_path: Path) -> AsyncIterator[Sla]:
    async with sla_service(database_url, tmp_path, RECEIVED) as running:
        yield running


async def test_the_migrations_make_the_tables_as_defined(sla: Sla) -> None:
    assert await differences(sla.url, "sla") == []


async def test_admission_starts_every_clock_of_the_pack_around_the_spring_festival(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    clocks = await sla.clocks(case)
    assert {name: local(clock.due_at) for name, clock in clocks.items()} == {
        "reply": "Thu 2026-02-26 18:00",  # 13, 14 (made up), 24, 25, 26
        "close": "Wed 2026-03-11 18:00",  # and 27, 28 (made up), 2-6, 9-11 March
        "tracking": "Fri 2026-02-20 00:00",  # seven plain days, the festival included
        "grade.registered_at.15d": "Sat 2026-02-28 00:00",
    }
    started = {each.data.name: each.data for each in await sla.said(case)}
    assert started.keys() == {"reply", "close", "tracking"}  # an age is nobody's promise
    assert (started["reply"].customer, started["tracking"].customer) == (True, False)
    assert (started["reply"].limit, started["reply"].rule) == ("5wd", ("R-001-18/r18",))
    assert started["reply"].calendar == "cn-office@1"
    assert started["reply"].started_at == cn(RECEIVED)


async def test_coordination_moves_the_reply_and_keeps_its_start(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.tell(case, cases.CaseFactSetV1(facts={"needs_coordination": True}), at="2026-02-13 09:00")
    reply = (await sla.clocks(case))["reply"]
    assert (local(reply.due_at), reply.started_at) == ("Wed 2026-03-04 18:00", cn(RECEIVED))
    [adjusted] = await sla.said(case, "clock.adjusted")
    assert (adjusted.data.name, adjusted.data.limit, adjusted.data.because) == ("reply", "10wd", "facts")
    assert (reply.rule, reply.duration) == ("R-001-18/r19", "10wd")


async def test_a_fact_that_concerns_no_limit_moves_nothing(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.tell(case, cases.CaseFactSetV1(facts={"delay_cause": "ours"}), assessed("3"), assessed("2", "3"))
    assert await sla.said(case, "clock.adjusted") == []
    await sla.tell(case, cases.CaseFactSetV1(facts={"needs_coordination": False}))
    assert await sla.said(case, "clock.adjusted") == []


async def test_a_life_without_delay(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-02-13 15:00")
    await sla.tell(case, assessed(), cases.CaseAssignedV1(department="property", person="li.na"))
    await sla.tell(case, cases.CaseRepliedV1(channel="phone", texts_version=1))
    await sla.tell(case, cases.CaseResolvedV1(texts_version=2))
    clocks = await sla.clocks(case)
    assert local(clocks["follow_up"].due_at) == "Wed 2026-02-25 18:00"  # 14 (made up), 24, 25
    [owed] = await sla.said(case, "follow_up.due")
    assert owed.data.due_at == clocks["follow_up"].due_at
    await sla.tell(case, cases.CaseFollowedUpV1(reached=False, texts_version=3))
    assert (await sla.clocks(case))["follow_up"].state == "running"  # nobody was spoken to
    await sla.tell(case, cases.CaseFollowedUpV1(reached=True, satisfied=True, texts_version=4))
    await sla.tell(case, cases.CaseClosedV1(ground="accepted"))
    states = {name: clock.state for name, clock in (await sla.clocks(case)).items()}
    assert states == {
        "reply": "met",
        "close": "met",
        "follow_up": "met",
        "tracking": "cancelled",
        "grade.registered_at.15d": "cancelled",
    }
    assert not await sla.said(case, "clock.breached", "clock.warned", "escalation.raised")
    assert [each.data.late for each in await sla.said(case, "clock.met")] == [False, False, False]
    await sla.live_to("2026-04-01 12:00")
    assert not await sla.said(case, "clock.breached", "clock.reached")


async def test_nobody_is_called_back_without_contact_data(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED, contactable=False)
    await sla.tell(case, cases.CaseResolvedV1(texts_version=2))
    assert "follow_up" not in await sla.clocks(case)


async def test_resolving_again_owes_another_call(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.tell(case, cases.CaseResolvedV1(texts_version=2), at="2026-02-13 10:00")
    await sla.tell(case, cases.CaseFollowedUpV1(reached=True, satisfied=False, texts_version=3), at="2026-02-13 11:00")
    await sla.tell(case, cases.CaseResolvedV1(texts_version=4), at="2026-02-24 10:00")
    follow_up = (await sla.clocks(case))["follow_up"]
    assert (follow_up.occurrence, follow_up.state, local(follow_up.due_at)) == (1, "running", "Fri 2026-02-27 18:00")


async def test_a_case_left_alone_is_warned_of_breached_and_climbs_its_ladder(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-03-04 00:00")
    told = [
        (each.name, each.data.name, getattr(each.data, "level", None), local(each.occurred_at))
        for each in await sla.said(case)
        if each.name != "clock.started"
    ]
    assert told == [
        ("clock.warned", "tracking", None, "Wed 2026-02-18 11:36"),  # 80 % of 182 hours
        ("clock.breached", "tracking", None, "Fri 2026-02-20 00:00"),
        ("escalation.raised", "tracking", 1, "Fri 2026-02-20 00:00"),
        ("clock.warned", "reply", None, "Wed 2026-02-25 16:42"),  # 80 % of 44 office hours
        ("escalation.raised", "tracking", 2, "Wed 2026-02-25 18:00"),
        ("clock.breached", "reply", None, "Thu 2026-02-26 18:00"),
        ("escalation.raised", "reply", 1, "Thu 2026-02-26 18:00"),
        ("clock.breached", "tracking", None, "Fri 2026-02-27 00:00"),  # another week: the same ladder goes on
        ("escalation.raised", "tracking", 3, "Fri 2026-02-27 18:00"),
        ("clock.reached", "grade.registered_at.15d", None, "Sat 2026-02-28 00:00"),
        ("escalation.raised", "reply", 2, "Sat 2026-02-28 18:00"),
        ("escalation.raised", "reply", 3, "Tue 2026-03-03 18:00"),
    ]


async def test_the_cadence_begins_anew_with_every_record(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-02-16 10:00")
    await sla.tell(case, cases.CaseProgressedV1(texts_version=1))
    first = await sla.rows("select * from clocks where name = 'tracking' and occurrence = 0")
    assert first[0].state == "met"
    tracking = (await sla.clocks(case))["tracking"]
    assert (tracking.occurrence, local(tracking.due_at)) == (1, "Tue 2026-02-24 00:00")
    await sla.tell(case, cases.CaseFactSetV1(facts={"principle_told": True}), at="2026-02-17 10:00")
    assert local((await sla.clocks(case))["tracking"].due_at) == "Tue 2026-03-17 00:00"  # 1mo from the last record
    await sla.tell(case, complaints.CustomerRespondedV1(kind="accepted", personal_version=1), at="2026-02-18 10:00")
    # Agreement brings the weekly rhythm back; the week is reckoned from the last record.
    assert local((await sla.clocks(case))["tracking"].due_at) == "Tue 2026-02-24 00:00"
    assert not await sla.said(case, "clock.breached")


async def test_a_missed_interval_is_one_breach_and_the_next_one_begins(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-02-27 00:00")
    await sla.tell(case, cases.CaseProgressedV1(texts_version=1), at="2026-02-27 09:00")
    rows = await sla.rows("select * from clocks where name = 'tracking' order by occurrence")
    assert [(row.state, row.breached_at is not None, local(row.due_at)) for row in rows] == [
        ("met", True, "Fri 2026-02-20 00:00"),
        ("met", True, "Fri 2026-02-27 00:00"),
        ("met", False, "Fri 2026-03-06 00:00"),
        ("running", False, "Sat 2026-03-07 00:00"),
    ]
    assert [each.data.late for each in await sla.said(case, "clock.met")] == [True, True, False]


async def test_a_reply_that_arrives_late_but_happened_in_time_takes_the_breach_back(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-02-26 18:00")
    assert [each.data.name for each in await sla.said(case, "clock.breached")] == ["tracking", "reply"]
    sla.clock.move_to(cn("2026-02-26 18:05"))
    await sla.tell(case, cases.CaseRepliedV1(channel="phone", texts_version=1), at="2026-02-26 18:00")
    [revoked] = await sla.said(case, "clock.breach_revoked")
    assert (revoked.data.name, revoked.data.met_at) == ("reply", cn("2026-02-26 18:00"))
    [met] = await sla.said(case, "clock.met")
    assert met.data.late is False
    reply = (await sla.clocks(case))["reply"]
    assert (reply.state, reply.breached_at, reply.climb_at) == ("met", None, None)
    await sla.live_to("2026-03-10 00:00")
    assert [each.data.level for each in await sla.said(case, "escalation.raised") if each.data.name == "reply"] == [1]


async def test_a_late_reply_meets_the_clock_late(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-02-27 09:00")
    await sla.tell(case, cases.CaseRepliedV1(channel="phone", texts_version=1))
    [met] = await sla.said(case, "clock.met")
    assert (met.data.name, met.data.late) == ("reply", True)
    assert (await sla.clocks(case))["reply"].breached_at == cn("2026-02-26 18:00")


async def test_a_late_reply_that_comes_before_the_monitor_looks_is_a_breach_all_the_same(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    sla.clock.move_to(cn("2026-02-27 09:00"))
    await sla.tell(case, cases.CaseRepliedV1(channel="phone", texts_version=1))
    told = [(each.name, local(each.occurred_at)) for each in await sla.said(case) if each.name != "clock.started"]
    assert told == [("clock.breached", "Thu 2026-02-26 18:00"), ("clock.met", "Fri 2026-02-27 09:00")]


async def test_a_longer_limit_takes_back_a_breach_that_never_was(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-02-27 09:00")
    await sla.tell(case, cases.CaseFactSetV1(facts={"needs_coordination": True}))
    assert [each.name for each in await sla.said(case) if each.data.name == "reply"][-2:] == [
        "clock.breach_revoked",
        "clock.adjusted",
    ]
    [revoked] = await sla.said(case, "clock.breach_revoked")
    assert (revoked.data.met_at, local(revoked.data.due_at)) == (None, "Wed 2026-03-04 18:00")
    await sla.live_to("2026-03-04 18:00")
    breaches = [each for each in await sla.said(case, "clock.breached") if each.data.name == "reply"]
    assert [local(each.data.due_at) for each in breaches] == ["Thu 2026-02-26 18:00", "Wed 2026-03-04 18:00"]
    levels = [each.data.level for each in await sla.said(case, "escalation.raised") if each.data.name == "reply"]
    assert levels == [1, 1]
    assert len({each.id for each in await sla.said(case)}) == len(await sla.said(case))
