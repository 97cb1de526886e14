"""Live counts of cases, for `huiyin status`."""

from collections import Counter
from typing import Any

from services.routing.service.waiting import assignable
from services.routing.storage.lists import CaseLists
from shared.database.unit_of_work import Database
from shared.reference.book import ReferenceBook


async def figures_of(database: Database, book: ReferenceBook) -> dict[str, Any]:
    """cases: total, by_state, by_grade, unassigned (open and with nobody). waiting: those of them that somebody could
    have by now."""
    async with database.begin() as unit:
        lists = CaseLists(unit.connection)
        counts = await lists.counts()
        unassigned = await lists.unassigned(unit.started)
        reference = await book.within(unit.connection)
    by_state: Counter[str] = Counter()
    by_grade: Counter[str] = Counter()
    for (state, grade), cases in counts.items():
        by_state[state] += cases
        by_grade[grade] += cases
    return {
        "cases": {
            "total": by_state.total(),
            "by_state": dict(sorted(by_state.items())),
            "by_grade": dict(sorted(by_grade.items())),
            "unassigned": sum(place.cases for place in unassigned),
        },
        "waiting": sum(place.cases for place in assignable(reference, unassigned)),
    }
