"""A million open clocks after a calendar change: tried first, then moved, while complaints go on coming in."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg

from services.sla.service.regimes import Regimes
from services.sla.service.trying import START, Trying
from shared.calendars.document import CalendarDocument
from shared.calendars.writing import write_calendar
from shared.clock import monotonic
from shared.events import cases
from tests.bench.figures import Goal, Measurement, Percentiles, Row
from tests.bench.open_clocks import fill
from tests.bench.stage import Stage, bare_stack
from tests.bench.worker import workers
from tests.storage.sla_service import CALENDAR, Sla, registration, sla_service

CLOCKS = 1_000_000
RECEIVED_FROM = "2026-03-02 08:00"
NOW = "2026-03-16 09:00"
HOLIDAY = "2026-03-20"
PAGE = 2_000
LONGEST_S = 600.0
TOGETHER = 2
_EVERY_S = 0.1

_BARE = """
    update clocks set due_at = due_at + interval '1 day', next_at = next_at + interval '1 day', calendar_version = 3
    where state = 'running'
"""


async def measure(stage: Stage) -> Measurement:
    with stage.home() as home:
        stage.tell("starting the stack")
        async with bare_stack(home) as stack, sla_service(stack.url, home, RECEIVED_FROM) as sla:
            clocks = await fill(sla, stack.dsn, CLOCKS, stage, RECEIVED_FROM, NOW)
            document = _with_holiday()
            stage.tell("trying")
            tried_s, moved = await _try(sla, document)
            stage.tell("moving")
            took, waits = await _move(sla, document, home)
            rows = await sla.rows(
                "select count(*) as left_behind from case_facts where state = 'open' and calendar_version = 1"
            )
            adjusted = await sla.rows("select count(*) as n from event_log where type = 'clock.adjusted.v1'")
            stage.tell("updating bare")
            bare = await _update(stack.dsn)
    also = (
        f"{clocks:,} clocks, of which {moved:,} move ({adjusted[0].n:,} were told); dry run {tried_s:.1f} s; "
        f"left behind {rows[0].left_behind}; latencies are of batches of complaints applied meanwhile."
    )
    return Measurement(took, bare, clocks, TOGETHER, Percentiles.of(waits), also)


def _with_holiday() -> CalendarDocument:
    values: dict[str, Any] = json.loads(CALENDAR.model_dump_json())
    values["holidays"][HOLIDAY] = {"zh": "临时放假", "en": "Day off"}
    return CalendarDocument.model_validate({**values, "version": 2})


async def _try(sla: Sla, document: CalendarDocument) -> tuple[float, int]:
    """Seconds of the whole dry run, and how many clocks it says move."""
    trying = Trying(sla.core.database, sla.core.book, Regimes())
    text, place, moved = write_calendar(document), START, 0
    began = monotonic()
    while True:
        trial = await trying.try_calendar(text, place, PAGE)
        moved += len(trial.moved)
        if trial.end is None:
            return monotonic() - began, moved
        place = trial.end


async def _move(sla: Sla, document: CalendarDocument, home: Path) -> tuple[float, list[float]]:
    """Seconds until every case is on the new version, and how long complaints coming in meanwhile took, in ms."""
    await sla.hear_calendar(document)
    waits: list[float] = []
    async with workers("recalculator", sla.url, sla.clock.now(), TOGETHER, home.with_name("movers.log")) as running:
        began = monotonic()
        running.begin()
        traffic = asyncio.create_task(_traffic(sla, waits))
        try:
            await running.end(LONGEST_S)
            return monotonic() - began, waits
        finally:
            traffic.cancel()


async def _traffic(sla: Sla, waits: list[float]) -> None:
    while True:
        began = monotonic()
        case = uuid4()
        said = (registration(sla.clock.now()), cases.CaseAdmittedV1())
        await sla.service.applier.process([sla.event(case, each) for each in said])
        waits.append((monotonic() - began) * 1000)
        await asyncio.sleep(_EVERY_S)


async def _update(dsn: str) -> float:
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "sla"})
    try:
        began = monotonic()
        await connection.execute(_BARE)
        return monotonic() - began
    finally:
        await connection.close()


ROW = Row(
    name="recompute",
    unit="s",
    goal=Goal(60, at_most=True),
    aim=30,
    baseline_of="one update of all open clocks that reckons nothing and tells nobody",
    limited_by="reckoning, ledgering and telling each clock that moves in Python; the others cost one update a batch.",
    measure=measure,
    seconds=1_500.0,
)
