"""Many clocks that run out at one instant: each breached and its ladder climbed, once, by however many monitors."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.clock import monotonic
from shared.events import cases
from tests.bench.bare import escalating
from tests.bench.figures import Goal, Measurement, Percentiles, Row
from tests.bench.processes import Failed
from tests.bench.stage import Stage, bare_stack
from tests.bench.worker import workers
from tests.storage.sla_service import Sla, assessed, registration, sla_service
from tests.unit.sla.examples import cn

CLOCKS = 10_000
TOGETHER = 250  # cases opened in one batch
RECEIVED = "2026-02-12 10:00"
DUE = "2026-02-26 18:00"
LONGEST_S = 60.0

_LEVELS = """
    select count(*) as levels, count(distinct (payload::text)) as different from (
        select convert_from(payload, 'UTF8') as payload from event_log where type = 'escalation.raised.v1'
    ) e
"""


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        stage.tell("starting the stack")
        async with bare_stack(home, "one") as stack:
            postgres = stack.stack.postgres
            alone, _ = await _run(stage, stack.url, home, monitors=1)
            postgres.sql("create database two", database="postgres")
            both, rounds = await _run(stage, postgres.url("two"), home, monitors=2)
            postgres.sql("create database three", database="postgres")
            await _run(stage, postgres.url("three"), home, monitors=2, kill=True)
            stage.tell("updating bare")
            bare = await escalating.clocks_a_second(stack.dsn, CLOCKS)
    also = f"One monitor: {alone:,.0f}/s. With one of two killed on the way the other did the rest, each level once."
    return Measurement(both, bare, CLOCKS, 2, Percentiles.of(rounds), also)


async def _run(stage: Stage, url: str, home: Path, *, monitors: int, kill: bool = False) -> tuple[float, list[float]]:
    """Clocks escalated a second, and what each round took, in ms; every clock once, or Failed."""
    async with sla_service(url, home, RECEIVED) as sla:
        await _open(sla, stage)
        now = cn(DUE)
        sla.clock.move_to(now)
        await sla.believe(now)
        async with workers("monitor", url, now, monitors, home.with_name("monitors.log")) as running:
            stage.tell(f"escalating by {monitors}{', one is killed' if kill else ''}")
            began = monotonic()
            running.begin()
            if kill:
                await _until_raised(sla, CLOCKS // 5)
                await running.kill_one()
            rounds = await running.end(LONGEST_S)
            took = monotonic() - began
        found = await _levels(sla)
        if (found.levels, found.different) != (CLOCKS, CLOCKS):
            raise Failed(f"{found.levels:,} levels were raised, {found.different:,} different ones, not {CLOCKS:,}")
        return CLOCKS / took, rounds


async def _levels(sla: Sla) -> Any:
    [found] = await sla.rows(_LEVELS)
    return found


async def _until_raised(sla: Sla, levels: int) -> None:
    while (await _levels(sla)).levels < levels:
        await asyncio.sleep(0.02)


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


ROW = Row(
    name="breach",
    unit="clocks/s",
    goal=Goal(5_000),
    aim=10_000,
    baseline_of="one update of the same clocks, returning them, with an insert of their ledger lines and events",
    limited_by="two monitors, a process each, on two cores, which they share with the database: two events, two ledger "
    "lines and a decided state for each clock.",
    measure=measure,
)
