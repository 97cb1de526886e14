"""The monitor on PostgreSQL: each level once however many look, nobody told before it is sure, parked cases let be."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.sla.main import create_service
from services.sla.monitor import Monitor
from services.sla.service.regimes import Regimes
from services.sla.service.watching import Watching
from services.sla.storage.due import DueStorage
from shared.clock import SystemClock
from shared.core import Core
from shared.database.unit_of_work import Database
from shared.events import cases
from shared.policy.loading import default_pack_text
from shared.reference.book import ReferenceBook
from shared.stepping import drive
from tests.storage.sla_service import Sla, sla_service
from tests.unit.sla.examples import cn, local

RECEIVED = "2026-02-12 10:00"
REPLY_DUE = "2026-02-26 18:00"


@pytest.fixture
async def sla(database_url: str, tmp_path: Path) -> AsyncIterator[Sla]:
    async with sla_service(database_url, tmp_path, RECEIVED) as running:
        yield running


async def at_reply_due(sla: Sla) -> UUID:
    """A case whose tracking was kept and whose reply is due this very instant; nothing is believed yet."""
    case = await sla.open_case(RECEIVED)
    await sla.tell(case, cases.CaseFactSetV1(facts={"principle_told": True}))
    await sla.live_to("2026-02-26 17:59")
    sla.clock.move_to(cn(REPLY_DUE))
    return case


async def test_a_breach_shows_at_once_and_people_are_told_when_nothing_can_contradict_it(sla: Sla) -> None:
    case = await at_reply_due(sla)
    await sla.believe("2026-02-26 17:59")
    await sla.watch()
    assert [each.data.name for each in await sla.said(case, "clock.breached")] == ["reply"]
    assert await sla.said(case, "escalation.raised") == []
    await sla.believe(REPLY_DUE, "routing")
    await sla.watch()
    assert await sla.said(case, "escalation.raised") == []  # intake may still have news
    await sla.believe(REPLY_DUE, "intake")
    await sla.watch()
    [raised] = await sla.said(case, "escalation.raised")
    assert (raised.data.name, raised.data.level, raised.data.roles) == ("reply", 1, ("owner", "cs"))


async def test_a_breach_that_cannot_be_confirmed_is_unconfirmed_after_a_minute(sla: Sla) -> None:
    await at_reply_due(sla)
    await sla.believe("2026-02-26 17:59")
    await sla.watch()
    assert await unconfirmed(sla) == 0
    sla.clock.move_to(cn(REPLY_DUE) + timedelta(seconds=60))
    assert await unconfirmed(sla) == 1
    await sla.believe(sla.clock.now())
    await sla.watch()
    assert await unconfirmed(sla) == 0


async def unconfirmed(sla: Sla) -> int:
    async with sla.core.database.read() as connection:
        return (await DueStorage(connection).unconfirmed(sla.clock.now()))[0]


async def test_a_stop_that_arrives_before_anything_is_sure_spares_everybody(sla: Sla) -> None:
    case = await at_reply_due(sla)
    await sla.believe("2026-02-26 17:59")
    await sla.watch()
    await sla.tell(case, cases.CaseRepliedV1(channel="phone", texts_version=1), at=REPLY_DUE)
    await sla.live_to("2026-02-28 00:00")
    names = [each.name for each in await sla.said(case) if each.data.name == "reply"]
    assert names == ["clock.started", "clock.warned", "clock.breached", "clock.breach_revoked", "clock.met"]


async def test_nothing_runs_out_while_this_service_is_behind(sla: Sla) -> None:
    case = await at_reply_due(sla)
    behind = Monitor(sla.core.database, Watching(sla.core.book, Regimes()), lambda: False, Nobody())
    assert await behind.step() == cn("2026-02-28 00:00")  # the age; what is due already waits until we are caught up
    assert await sla.said(case, "clock.breached") == []
    await sla.watch()
    assert len(await sla.said(case, "clock.breached")) == 1


class Nobody:
    """Nobody wants to know what the monitor meets."""

    def noticed(self, lags: Sequence[timedelta]) -> None:
        pass

    def set_aside(self, cases: int) -> None:
        pass


async def test_a_parked_case_is_left_alone_until_it_is_free_again(sla: Sla) -> None:
    case = await at_reply_due(sla)
    other = await sla.open_case(RECEIVED)
    await set_parked(sla, case, sla.clock.now())
    await sla.live_to("2026-02-26 18:00")
    assert await sla.said(case, "clock.breached") == []
    assert await sla.said(other, "clock.breached") != []
    assert (await sla.service.figures())["waiting"] == 0  # type: ignore[misc]
    await set_parked(sla, case, None)
    await sla.watch()
    assert len(await sla.said(case, "clock.breached")) == 1


async def set_parked(sla: Sla, case: UUID, at: datetime | None) -> None:
    async with sla.core.database.begin() as unit:
        await unit.connection.execute(
            sa.text("update case_marks set parked_at = :at where case_id = :case"), {"case": case, "at": at}
        )


async def test_a_case_with_a_held_event_is_left_alone_until_it_is_applied(sla: Sla) -> None:
    case = await at_reply_due(sla)
    progressed = sla.event(case, cases.CaseProgressedV1(texts_version=1), "2026-02-26 17:00")
    replied = sla.event(case, cases.CaseRepliedV1(channel="phone", texts_version=2), "2026-02-26 17:30")
    await sla.service.applier.process([replied])  # held: what came before it has not arrived
    await sla.live_to(REPLY_DUE)
    assert await sla.said(case, "clock.breached") == []
    await sla.service.applier.process([progressed])
    await sla.live_to(REPLY_DUE)
    assert await sla.said(case, "clock.breached") == []
    assert (await sla.clocks(case))["reply"].state == "met"


async def test_two_monitors_and_a_consumer_do_every_level_once(sla: Sla) -> None:
    some = [await sla.open_case(RECEIVED, case=UUID(int=n)) for n in range(1, 121)]
    second = Database(sla.url, "sla", sla.clock)
    watchings = [
        Monitor(database, Watching(ReferenceBook(database), Regimes(), batch=7), lambda: True, Nobody())
        for database in (sla.core.database, second)
    ]
    sla.clock.move_to(cn(REPLY_DUE))
    await sla.believe(sla.clock.now())
    replies = [
        sla.event(case, cases.CaseRepliedV1(channel="phone", texts_version=1), "2026-02-26 18:00") for case in some[::3]
    ]
    await asyncio.gather(
        *(until_done(monitor, sla.clock.now()) for monitor in watchings),
        *(sla.service.applier.process(replies[i::4]) for i in range(4)),
    )
    for monitor in watchings:
        await until_done(monitor, sla.clock.now())
    rows = await sla.rows("select aggregateid, type, payload from event_log where type not like 'clock.started%'")
    assert not {type_: n for (_, type_, _), n in Counter(tuple(row) for row in rows).items() if n > 1}
    for case in some[1::3]:
        levels = [(each.data.name, each.data.level) for each in await sla.said(case, "escalation.raised")]
        assert sorted(levels) == [("reply", 1), ("tracking", 2)]
        assert [each.data.name for each in await sla.said(case, "clock.breached")].count("reply") == 1
    for case in some[::3]:
        reply = (await sla.clocks(case))["reply"]
        assert (reply.state, reply.breached_at) == ("met", None)
        names = [each.name for each in await sla.said(case) if each.data.name == "reply"]
        assert names.count("clock.breached") == names.count("clock.breach_revoked")
    # Sequence order is commit order: no gap and no number twice, whoever wrote.
    gaps = """select 1 from event_log group by aggregateid
              having count(*) <> max(sequence) or count(distinct sequence) <> count(*)"""
    assert await sla.rows(gaps) == []
    await second.close()


async def test_a_case_the_monitor_fails_at_holds_up_no_other(sla: Sla) -> None:
    broken = await at_reply_due(sla)
    others = [await sla.open_case(RECEIVED) for _ in range(3)]
    spoil = "update case_facts set calendar_version = 99 where case_id = :case"
    mend = "update case_facts set calendar_version = 1 where case_id = :case"
    await change(sla, spoil, broken)  # a calendar that nobody has
    await sla.believe(sla.clock.now())
    await sla.watch()
    assert await sla.said(broken, "clock.breached") == []
    for case in others:
        assert {each.data.name for each in await sla.said(case, "clock.breached")} == {"reply", "tracking"}
    assert aside(sla) == 1
    await change(sla, mend, broken)
    await sla.watch()
    assert await sla.said(broken, "clock.breached") == []  # left alone for ten minutes, by this process
    fresh = Monitor(sla.core.database, Watching(sla.core.book, Regimes()), lambda: True, Nobody())
    await until_done(fresh, sla.clock.now())
    assert [each.data.name for each in await sla.said(broken, "clock.breached")] == ["reply"]


async def test_a_backlog_is_worked_off_in_one_step_whatever_fails_on_the_way(sla: Sla) -> None:
    cases_ = [await sla.open_case(RECEIVED, case=UUID(int=n)) for n in range(1, 31)]
    broken = {cases_[3], cases_[17]}
    for case in broken:
        await change(sla, "update case_facts set calendar_version = 99 where case_id = :case", case)
    sla.clock.move_to(cn(REPLY_DUE))
    await sla.believe(sla.clock.now())
    watching = Watching(sla.core.book, Regimes(), batch=4)
    counted = Counted()
    await Monitor(sla.core.database, watching, lambda: True, counted).step()
    breached = {case for case in cases_ if await sla.said(case, "clock.breached")}
    assert breached == {*cases_} - broken
    assert counted.most_aside == 2
    assert counted.lags == 2 * len(breached)  # of the reply and of the tracking


class Counted:
    """How many breaches the monitor has noticed, how many cases it has set aside."""

    lags = 0
    most_aside = 0

    def noticed(self, lags: Sequence[timedelta]) -> None:
        self.lags += len(lags)

    def set_aside(self, cases: int) -> None:
        self.most_aside = max(self.most_aside, cases)


async def change(sla: Sla, statement: str, case: UUID) -> None:
    async with sla.core.database.begin() as unit:
        await unit.connection.execute(sa.text(statement), {"case": case})


def aside(sla: Sla) -> float | None:
    return sla.core.metrics.registry.get_sample_value("huiyin_sla_cases_set_aside")


async def until_done(monitor: Monitor, now: datetime) -> None:
    while (due := await monitor.step()) is not None and due <= now:
        await asyncio.sleep(0)


async def test_after_an_outage_the_highest_level_alone_is_raised(sla: Sla) -> None:
    case = await sla.open_case(RECEIVED)
    sla.clock.move_to(cn("2026-03-04 00:00"))
    await sla.believe(sla.clock.now())
    await sla.watch()
    raised = [(each.data.name, each.data.level) for each in await sla.said(case, "escalation.raised")]
    assert sorted(raised) == [("reply", 3), ("tracking", 3)]
    [reply] = [each.data for each in await sla.said(case, "escalation.raised") if each.data.name == "reply"]
    assert (reply.ladder, reply.roles) == ("late", ("regional_leader",))
    assert not await sla.said(case, "clock.warned")


async def test_the_monitor_says_when_to_look_again(sla: Sla) -> None:
    assert await sla.watch() is None
    await sla.open_case(RECEIVED)
    assert local(await sla.watch() or sla.clock.now()) == "Wed 2026-02-18 11:36"  # the first warning
    await sla.live_to("2026-02-19 00:00")
    assert local(await sla.watch() or sla.clock.now()) == "Fri 2026-02-20 00:00"


async def test_in_real_time_a_breach_is_noticed_within_a_second(database_url: str, tmp_path: Path) -> None:
    within_a_minute = default_pack_text().replace(
        "{within: 5wd, rule: R-001-18/r18}", "{within: 1min, rule: R-001-18/r18}"
    )
    async with sla_service(database_url, tmp_path, RECEIVED, within_a_minute) as prepared:
        core = Core("sla", prepared.core.settings, SystemClock())
        core.standing.note_caught_up()
        sla = Sla(core, create_service(core), prepared.clock, database_url)
        woken = asyncio.Event()
        core.database.after_commit.append(woken.set)
        watching = asyncio.create_task(drive(sla.service.background[0], core.clock, woken))
        due = core.clock.now() + timedelta(milliseconds=700)
        received = due - timedelta(minutes=1)
        case = await sla.open_case(received)
        async with asyncio.timeout(5):
            while not await sla.said(case, "clock.breached"):
                core.standing.note_caught_up()
                await asyncio.sleep(0.02)
        watching.cancel()
        [row] = await sla.rows("select recorded_at from event_log where type = 'clock.breached.v1'")
        assert timedelta() <= row.recorded_at - due < timedelta(seconds=1)
        await core.database.close()
