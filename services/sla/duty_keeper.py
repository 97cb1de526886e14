"""The duty keeper: opens what is to be done by the calendar as its periods begin, and marks what was missed."""

from datetime import datetime

from services.sla.service.duties import Duties
from services.sla.storage.duties import DutyStorage
from shared.database.unit_of_work import Database
from shared.reference.book import ReferenceBook


class DutyKeeper:
    """A stepper; between the instants at which something begins or ends it looks only whether packs have changed."""

    name = "duties"
    poll_s = 30.0

    def __init__(self, database: Database, book: ReferenceBook, duties: Duties) -> None:
        self._database = database
        self._book = book
        self._duties = duties
        self._next: datetime | None = None
        self._seen: object = None

    async def step(self) -> datetime | None:
        """What begins and ends now; returns when to look again."""
        reference = await self._book.current()
        if reference is self._seen and (self._next is None or self._database.clock.now() < self._next):
            # An improvement that a survey called for begins at any time, and may be due before anything else.
            async with self._database.read() as connection:
                due = await DutyStorage(connection).next_due()
            if due is not None and (self._next is None or due < self._next):
                self._next = due
            return self._next
        async with self._database.begin() as unit:
            self._next = await self._duties.begin(unit)
        self._seen = reference
        return self._next
