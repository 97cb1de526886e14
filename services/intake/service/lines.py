"""A batch: one complaint a line, each judged and entered for itself, written in chunks of one transaction each."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain import Outcome, Registration, Result, Way
from services.intake.metrics import IntakeMetrics
from services.intake.service.accepting import accept_all
from services.intake.service.registering import Registrar
from services.intake.service.sender import Sender
from services.intake.service.submission import Mode, parse
from shared.access.principal import Principal
from shared.database.unit_of_work import Database
from shared.errors import IdempotencyConflict, Refused, Unavailable, invalid
from shared.reference.book import Reference

MOST_LINES = 10_000
CHUNK = 500
"""Lines a transaction: enough to share its cost, few enough that nobody waits long for a case number."""
_BREATH = 20
"""Lines judged between two looks at what else the process has to do."""
_AT_ONCE = 2
_MOST_WAITING = 8


@dataclass(frozen=True, slots=True)
class LineResult:
    """What became of a line, numbered from 1. refused: why it was not taken."""

    line: int
    outcome: Outcome | None = None
    refused: Refused | None = None


class Lines:
    """Takes batches, two at a time."""

    def __init__(self, database: Database, registrar: Registrar, metrics: IntakeMetrics) -> None:
        self._database = database
        self._registrar = registrar
        self._metrics = metrics
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def accept(
        self, content: bytes, caller: Principal, mode: Mode | None, reference: Reference, now: datetime
    ) -> list[LineResult]:
        """The results of all lines that are not empty, in order.

        Raises Invalid for too many lines, Unavailable while too many batches wait, and outages: then some lines may
        have been entered, and sending all of them again finds those.
        """
        lines = list(_lines(content))
        if len(lines) > MOST_LINES:
            raise invalid("", "too_many_lines", max=MOST_LINES)
        if self._waiting >= _MOST_WAITING:
            raise Unavailable
        self._waiting += 1
        try:
            async with self._turn:
                return [r async for r in self._accept(lines, Sender.of(caller, Way.BATCH), mode, reference, now)]
        finally:
            self._waiting -= 1

    async def _accept(
        self, lines: Sequence[tuple[int, bytes]], sender: Sender, mode: Mode | None, reference: Reference, now: datetime
    ) -> AsyncIterator[LineResult]:
        for start in range(0, len(lines), CHUNK):
            judged: list[tuple[int, Registration | Refused]] = []
            for number, raw in lines[start : start + CHUNK]:
                judged.append((number, self._judge(raw, sender, mode, reference, now)))
                if number % _BREATH == 0:
                    await asyncio.sleep(0)
            valid = [judgement for _, judgement in judged if isinstance(judgement, Registration)]
            entered = iter(await accept_all(self._database, valid) if valid else ())
            for number, judgement in judged:
                result = judgement if isinstance(judgement, Refused) else next(entered)
                yield self._told(number, result)

    def _judge(
        self, raw: bytes, sender: Sender, mode: Mode | None, reference: Reference, now: datetime
    ) -> Registration | Refused:
        try:
            return self._registrar.judge(parse(raw, mode), sender, reference, now)
        except Unavailable:
            raise
        except Refused as refused:
            return refused

    def _told(self, number: int, result: Outcome | Exception) -> LineResult:
        if isinstance(result, Outcome):
            self._metrics.count(Way.BATCH, result.result)
            return LineResult(number, result, IdempotencyConflict() if result.result is Result.CONFLICT else None)
        refused = result if isinstance(result, Refused) else Refused(500, "internal_error")
        self._metrics.count_refusal(Way.BATCH, refused.status)
        return LineResult(number, refused=refused)


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    for number, raw in enumerate(content.split(b"\n"), start=1):
        if line := raw.strip():
            yield number, line
