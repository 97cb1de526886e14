"""The queue in front of the register: requests that wait together share one transaction."""

import asyncio
import contextvars
from collections import deque

from services.intake.domain import Outcome, Registration
from services.intake.service.accepting import accept_all
from shared.database.unit_of_work import Database
from shared.errors import Unavailable

_Waiting = tuple[Registration, "asyncio.Future[Outcome]"]


class AcceptQueue:
    """Each caller is answered after the commit that holds its complaint.

    A writer takes all that wait and ends when nothing does: nobody waits for company, and company forms by itself
    while a transaction is under way.
    """

    TOGETHER = 200
    LONGEST = 2000
    WRITERS = 1
    RETRY_AFTER_S = 1

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[_Waiting] = deque()
        self._writers: set[asyncio.Task[None] | None] = set()

    def __len__(self) -> int:
        """How many wait for a writer."""
        return len(self._waiting)

    async def accept(self, registration: Registration) -> Outcome:
        """Enter a registration. Raises Unavailable while too many wait, and whatever its own entering raises."""
        if len(self._waiting) >= self.LONGEST:
            raise Unavailable(self.RETRY_AFTER_S)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((registration, answer))
        if len(self._writers) < self.WRITERS:
            # A context of its own: the writer works for many requests, not inside the first one's trace.
            writer = asyncio.create_task(self._write(), context=contextvars.Context())
            self._writers.add(writer)
        return await answer

    async def _write(self) -> None:
        try:
            await self._write_all()
        finally:
            # Not by a callback of the task: until it ran, whoever comes would wait for a writer that has ended.
            self._writers.discard(asyncio.current_task())

    async def _write_all(self) -> None:
        while self._waiting:
            taken = [self._waiting.popleft() for _ in range(min(len(self._waiting), self.TOGETHER))]
            try:
                outcomes = await accept_all(self._database, [registration for registration, _ in taken])
            except BaseException as error:
                for _, answer in taken:
                    if not answer.done():
                        answer.set_exception(error if isinstance(error, Exception) else Unavailable(self.RETRY_AFTER_S))
                if not isinstance(error, Exception):
                    raise
                continue
            for (_, answer), outcome in zip(taken, outcomes, strict=True):
                if answer.done():
                    continue  # the caller went away; the complaint stands
                if isinstance(outcome, Exception):
                    answer.set_exception(outcome)
                else:
                    answer.set_result(outcome)
