"""Many clocks that run out at one instant: each breached and its ladder climbed, once, by one monitor and by two."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from services.sla.monitor import Monitor
from services.sla.service.regimes import Regimes
from services.sla.service.watching import Watching
from shared.clock import monotonic
from shared.database.unit_of_work import Database
from shared.events import cases
from shared.reference.book import ReferenceBook
from tests.bench.bare import escalating
from tests.bench.figures import Goal, Measurement, Percentiles, Row
from tests.bench.processes import Failed
from tests.bench.stage import Stage, bare_stack
from tests.storage.sla_service import Sla, assessed, registration, sla_service
from tests.unit.sla.examples import cn

CLOCKS = 10_000
TOGETHER = 250  # cases opened in one batch
RECEIVED = "2026-02-12 10:00"
DUE = "2026-02-26 18:00"

_LEVELS = """
    select count(*) as levels, count(distinct (payload::text)) as different from (
        select convert_from(payload, 'UTF8') as payload from event_log where type = 'escalation.raised.v1'
    ) e
"""


class Nobody:
    def noticed(self, lags: Any) -> None:
        """Told of lags, keeps nothing."""

    def set_aside(self, cases: int) -> None:
        """Nobody looks."""


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        stage.tell("starting the stack")
        async with bare_stack(home, "one") as stack:
            alone, rounds = await _run(stage, stack.url, home, monitors=1)
            stack.stack.postgres.sql("create database two", database="postgres")
            both, _ = await _run(stage, stack.stack.postgres.url("two"), home, monitors=2)
            stage.tell("updating bare")
            bare = await escalating.clocks_a_second(stack.dsn, CLOCKS)
    also = f"Two monitors in one process: {both:,.0f}/s."
    return Measurement(alone, bare, CLOCKS, 1, Percentiles.of(rounds), also)


async def _run(stage: Stage, url: str, home: Any, *, monitors: int) -> tuple[float, list[float]]:
    """Clocks escalated a second, and what each round took, in ms."""
    async with sla_service(url, home, RECEIVED) as sla:
        await _open(sla, stage)
        sla.clock.move_to(cn(DUE))
        await sla.believe(sla.clock.now())
        databases = [Database(url, "sla", sla.clock) for _ in range(monitors)]
        try:
            watching = [
                Monitor(each, Watching(ReferenceBook(each), Regimes()), lambda: True, Nobody()) for each in databases
            ]
            stage.tell(f"escalating by {monitors}")
            rounds: list[float] = []
            began = monotonic()
            await asyncio.gather(*(_until_done(monitor, sla, rounds) for monitor in watching))
            took = monotonic() - began
        finally:
            for each in databases:
                await each.close()
        [found] = await sla.rows(_LEVELS)
        if (found.levels, found.different) != (CLOCKS, CLOCKS):
            raise Failed(f"{found.levels:,} levels were raised, {found.different:,} different ones, not {CLOCKS:,}")
        return CLOCKS / took, rounds


async def _open(sla: Sla, stage: Stage) -> None:
    """Cases whose only clock that runs out is that of the reply; all are warned already."""
    facts = cases.CaseFactSetV1(facts={"principle_told": True})
    for start in range(0, CLOCKS, TOGETHER):
        stage.count("opening cases", start, CLOCKS)
        told = []
        for number in range(start, start + TOGETHER):
            case = UUID(int=number + 1)
            received = cn(RECEIVED) + timedelta(milliseconds=number)
            said = (registration(received), cases.CaseAdmittedV1(), assessed(), facts)
            told += [sla.event(case, each, received) for each in said]
        await sla.service.applier.process(told)
    sla.clock.move_to(cn(DUE) - timedelta(minutes=1))
    await sla.believe(sla.clock.now())
    await sla.watch()


async def _until_done(monitor: Monitor, sla: Sla, rounds: list[float]) -> None:
    while True:
        began = monotonic()
        due = await monitor.step()
        if due is None or due > sla.clock.now():
            return
        rounds.append((monotonic() - began) * 1000)


ROW = Row(
    name="breach",
    unit="clocks/s",
    goal=Goal(5_000),
    aim=10_000,
    baseline_of="one update of the same clocks, returning them, with an insert of their ledger lines and events",
    limited_by="processor time of one Python process: two events, two ledger lines and a decided state for each clock.",
    measure=measure,
)
