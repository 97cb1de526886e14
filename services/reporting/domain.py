"""What reporting keeps of a case, and the key under which it is counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

UNGRADED = "none"
ENDED = frozenset({"closed", "withdrawn"})


class CountKey(NamedTuple):
    """One cell of the counts: every figure is a sum over cells."""

    project: str
    state: str
    grade: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class CaseView:
    """The projection of one case. breached: open customer clocks that ran out."""

    id: UUID
    number: str
    project: str
    state: str
    grade: str
    category: str
    mode: str
    received_at: datetime
    replied_at: datetime | None = None
    closed_at: datetime | None = None
    breached: frozenset[UUID] = frozenset()

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def key(self) -> CountKey:
        return CountKey(self.project, self.state, self.grade, bool(self.breached) and not self.ended)


class Took(NamedTuple):
    """A finished span: kind is reply or close, measured from reception."""

    kind: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SurveyView:
    """The projection of one survey: what was said of it, in households, without any of them."""

    id: UUID
    project: str
    pack_code: str
    pack_version: int
    name: str
    period: str
    special: bool
    topics: tuple[str, ...]
    target: str | None
    asked: int
    by_lot: int
    must: int
    opened_at: datetime
    closed_at: datetime | None = None
    not_reached: int | None = None
