"""Reporting's use cases: keep every event, project cases, roll up, answer with figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.reporting import projections
from services.reporting.domain import ENDED, CaseView, CountKey, Took
from services.reporting.metrics import bucket_of
from services.reporting.storage import ReportingStorage
from shared.events.complaints import ComplaintRegisteredV1
from shared.events.envelope import Event


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a subtree. registered = backlog + closed; overdue is part of the backlog."""

    registered: int
    backlog: int
    overdue: int
    closed: int
    by_grade: dict[str, int]
    by_state: dict[str, int]

    @property
    def overdue_ratio(self) -> float:
        """overdue / backlog, 0 when there is no backlog."""
        return self.overdue / self.backlog if self.backlog else 0.0


@dataclass(frozen=True, slots=True)
class Recorded:
    """views: of every case of the batch, as it is after it. ended: those that had ended before."""

    views: Mapping[UUID, CaseView]
    ended: frozenset[UUID]


async def record(events: Sequence[Event], storage: ReportingStorage, now: datetime) -> Recorded:
    """Archive a batch and bring projection, counts and durations up to it."""
    await storage.archive(events, now)
    before = await storage.load({event.case for event in events})
    views: dict[UUID, CaseView] = dict(before)
    took: list[Took] = []
    for event in events:
        if isinstance(event.data, ComplaintRegisteredV1):
            views.setdefault(event.case, projections.registered(event))
        elif view := views.get(event.case):
            views[event.case], finished = projections.apply(view, event)
            took.extend(finished)
    changed = [view for case, view in views.items() if view != before.get(case)]
    if changed:
        await storage.save(changed)
        await storage.count(_deltas(before, changed))
    await storage.measure(_cells(took))
    return Recorded(views, frozenset(case for case, view in before.items() if view.ended))


def _deltas(before: dict[UUID, CaseView], changed: Iterable[CaseView]) -> Counter[CountKey]:
    deltas: Counter[CountKey] = Counter()
    for view in changed:
        if old := before.get(view.id):
            deltas[old.key] -= 1
        deltas[view.key] += 1
    return deltas


def _cells(took: Iterable[Took]) -> dict[tuple[str, int], tuple[int, float]]:
    cells: dict[tuple[str, int], tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for kind, seconds in took:
        cases, total = cells[kind, bucket_of(seconds)]
        cells[kind, bucket_of(seconds)] = (cases + 1, total + seconds)
    return cells


def summarise(counts: Counter[CountKey]) -> Summary:
    """The figures of these counts."""
    by_grade: Counter[str] = Counter()
    by_state: Counter[str] = Counter()
    backlog = overdue = closed = 0
    for key, cases in counts.items():
        by_grade[key.grade] += cases
        by_state[key.state] += cases
        if key.state in ENDED:
            closed += cases
        else:
            backlog += cases
            overdue += cases if key.overdue else 0
    return Summary(
        backlog + closed, backlog, overdue, closed, dict(sorted(by_grade.items())), dict(sorted(by_state.items()))
    )


def by_project(counts: Counter[CountKey]) -> dict[str, Summary]:
    """The figures of each project."""
    parts: dict[str, Counter[CountKey]] = defaultdict(Counter)
    for key, cases in counts.items():
        parts[key.project][key] += cases
    return {project: summarise(part) for project, part in sorted(parts.items())}
