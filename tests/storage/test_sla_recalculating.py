"""A calendar version on PostgreSQL: open cases move to it once, with history, and only those it meets are touched."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from services.sla.recalculator import Recalculator
from services.sla.service.recalculating import Recalculating
from services.sla.service.regimes import Regimes
from services.sla.storage.board import BoardStorage
from shared.database.unit_of_work import Database
from shared.events import cases
from shared.policy.loading import default_pack_text
from shared.reference.book import ReferenceBook
from tests.storage.sla_service import CALENDAR, Sla, sla_service
from tests.unit.sla.examples import cn, local
from tests.unit.sla.lives import pack_text
from tests.unit.sla.test_ahead import CONFIRMED, VISIT, confirm

RECEIVED = "2026-03-09 10:00"  # a Monday
HOLIDAY = "2026-03-12"


@pytest.fixture
async def sla(database_url: str, tmp_path: Path) -> AsyncIterator[Sla]:
    async with sla_service(database_url, tmp_path, RECEIVED) as running:
        yield running


async def publish(sla: Sla, *holidays: str, version: int = 2, effective: str = "2026-01-01") -> None:
    values = CALENDAR.model_dump(mode="json")
    feast = {"zh": "节", "en": "Feast"}
    values["holidays"] = {**values["holidays"], **dict.fromkeys(holidays, feast)}
    document = type(CALENDAR).model_validate({**values, "version": version, "effective": effective})
    await sla.hear_calendar(document)


def recalculator(database: Database, batch: int = 500) -> Recalculator:
    return Recalculator(database, Recalculating(ReferenceBook(database), Regimes(), batch))


async def until_done(stepper: Recalculator) -> None:
    while await stepper.step() is not None:
        pass


async def versions(sla: Sla) -> dict[UUID, int]:
    return {row.case_id: row.calendar_version for row in await sla.rows("select * from case_facts")}


async def test_a_holiday_moves_the_due_instant_it_lies_before_and_says_so(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    assert local((await sla.clocks(case))["reply"].due_at) == "Mon 2026-03-16 18:00"
    await publish(sla, HOLIDAY)
    await until_done(recalculator(sla.core.database))
    reply = (await sla.clocks(case))["reply"]
    assert (local(reply.due_at), reply.calendar_version) == ("Tue 2026-03-17 18:00", 2)
    said = [each for each in await sla.said(case, "clock.adjusted") if each.data.name == "reply"]
    assert [(each.data.because, each.cause) for each in said] == [("calendar", f"calendar:{CALENDAR.code}@2")]
    lines = await sla.rows("select what, because from clock_ledger where clock_id = :id order by number", id=reply.id)
    assert [tuple(line) for line in lines] == [("started", None), ("adjusted", "calendar")]


async def test_a_holiday_after_a_breach_moves_the_next_level_of_its_ladder(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-03-17 09:00")
    before = (await sla.clocks(case))["reply"]
    assert (before.state, before.level, local(before.climb_at)) == ("breached", 1, "Wed 2026-03-18 18:00")
    await publish(sla, "2026-03-18")
    await until_done(recalculator(sla.core.database))
    after = (await sla.clocks(case))["reply"]
    assert (after.due_at, local(after.climb_at)) == (before.due_at, "Thu 2026-03-19 18:00")


async def test_what_is_counted_back_from_an_instant_moves_with_the_days_before_it(
    database_url: str, tmp_path: Path
) -> None:
    text = pack_text(confirm("1wd"), facts=(VISIT, CONFIRMED))
    async with sla_service(database_url, tmp_path, RECEIVED, text) as sla:
        case, other = await sla.open_case(RECEIVED), await sla.open_case(RECEIVED)
        for each, day in ((case, "13"), (other, "11")):
            await sla.tell(each, cases.CaseFactSetV1(facts={"visit_at": f"2026-03-{day}T10:00:00+08:00"}))
        assert local((await sla.clocks(case))["confirm"].due_at) == "Thu 2026-03-12 18:00"
        await publish(sla, HOLIDAY)
        await until_done(recalculator(sla.core.database))
        assert local((await sla.clocks(case))["confirm"].due_at) == "Wed 2026-03-11 18:00"
        await publish(sla, version=3)  # the holiday lies between the due instant and the visit, and is taken back
        await until_done(recalculator(sla.core.database))
        assert local((await sla.clocks(case))["confirm"].due_at) == "Thu 2026-03-12 18:00"
        assert local((await sla.clocks(other))["confirm"].due_at) == "Tue 2026-03-10 18:00"


async def test_what_the_change_does_not_meet_is_moved_without_a_word(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    before = await sla.clocks(case)
    await publish(sla, "2026-11-18")
    await until_done(recalculator(sla.core.database))
    assert (await versions(sla))[case] == 2
    assert await sla.clocks(case) == before
    assert await sla.said(case, "clock.adjusted") == []


async def test_a_closed_case_keeps_its_calendar_and_a_version_of_tomorrow_waits(sla: Sla) -> None:
    closed, open_ = await sla.open_case(RECEIVED), await sla.open_case(RECEIVED)
    await sla.tell(closed, cases.CaseClosedV1(ground="accepted"))
    await publish(sla, HOLIDAY, effective="2026-03-10")
    stepper = recalculator(sla.core.database)
    await until_done(stepper)
    assert await versions(sla) == {closed: 1, open_: 1}
    sla.clock.move_to(cn("2026-03-10 00:00"))
    await until_done(stepper)
    assert await versions(sla) == {closed: 1, open_: 2}


async def test_a_breach_that_never_was_is_revoked(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-03-17 09:00")
    assert (await sla.clocks(case))["reply"].state == "breached"
    await publish(sla, HOLIDAY)
    await until_done(recalculator(sla.core.database))
    reply = (await sla.clocks(case))["reply"]
    assert (reply.state, local(reply.next_at)) == ("running", "Tue 2026-03-17 18:00")
    assert [each.data.name for each in await sla.said(case, "clock.breach_revoked")] == ["reply"]


async def test_two_processes_and_a_consumer_do_every_case_once(sla: Sla) -> None:
    some = [await sla.open_case(RECEIVED, case=UUID(int=n)) for n in range(1, 61)]
    await publish(sla, HOLIDAY)
    second = Database(sla.url, "sla", sla.clock)
    steppers = [recalculator(database, batch=7) for database in (sla.core.database, second)]
    replies = [sla.event(case, cases.CaseRepliedV1(channel="phone", texts_version=1)) for case in some[::3]]
    await asyncio.gather(
        *(until_done(each) for each in steppers), *(sla.service.applier.process(replies[i::4]) for i in range(4))
    )
    for each in steppers:
        await until_done(each)
    await second.close()
    assert set((await versions(sla)).values()) == {2}
    for case in some[1::3]:
        adjusted = [each.data.name for each in await sla.said(case, "clock.adjusted")]
        assert len(adjusted) == len(set(adjusted))
        assert "reply" in adjusted
    gaps = """select 1 from event_log group by aggregateid
              having count(*) <> max(sequence) or count(distinct sequence) <> count(*)"""
    assert await sla.rows(gaps) == []


async def test_what_was_interrupted_goes_on_where_it_stood(sla: Sla) -> None:
    for n in range(1, 11):
        await sla.open_case(RECEIVED, case=UUID(int=n))
    await publish(sla, HOLIDAY)
    await recalculator(sla.core.database, batch=4).step()
    assert sorted((await versions(sla)).values()) == [1] * 6 + [2] * 4
    await until_done(recalculator(sla.core.database))
    assert set((await versions(sla)).values()) == {2}


async def test_only_what_moves_is_told_and_no_warning_is_given_twice(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    await sla.live_to("2026-03-10 17:00")
    before = await sla.clocks(case)
    warned = len(await sla.said(case, "clock.warned"))
    await publish(sla, HOLIDAY)
    await until_done(recalculator(sla.core.database))
    after = await sla.clocks(case)
    told = {each.data.name for each in await sla.said(case, "clock.adjusted")}
    moved = {name for name in before if before[name].due_at != after[name].due_at}
    assert told == {name for name in moved if before[name].kind != "age"}
    assert {after[name].calendar_version for name in moved} == {2}
    await sla.watch()
    assert len(await sla.said(case, "clock.warned")) == warned


async def test_what_follows_a_closed_case_moves_too(database_url: str, tmp_path: Path) -> None:
    pack = default_pack_text().replace(
        "\n  reply: {", "\n  after: {from: closed, until: follow_up.done, within: 3wd, assume: x}\n  reply: {", 1
    )
    async with sla_service(database_url, tmp_path, RECEIVED, pack) as sla:
        case = await sla.open_case(RECEIVED)
        await sla.tell(case, cases.CaseClosedV1(ground="accepted"))
        assert local((await sla.clocks(case))["after"].due_at) == "Thu 2026-03-12 18:00"
        assert await orphans(sla) == 0
        await publish(sla, HOLIDAY)
        await until_done(recalculator(sla.core.database))
        assert local((await sla.clocks(case))["after"].due_at) == "Fri 2026-03-13 18:00"
        assert (await versions(sla))[case] == 2
        await sla.rows("update case_facts set state = 'withdrawn' returning 1")
        assert await orphans(sla) == 1


async def orphans(sla: Sla) -> int:
    async with sla.core.database.read() as connection:
        return await BoardStorage(connection).orphans()
