"""What reporting keeps of a case, and the key under which it is counted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
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


@dataclass(frozen=True, slots=True)
class AttributionView:
    """Who answers for something of a case, as it was recorded last. person, department: empty where nobody is named.
    share: in percent. penalty_zh, penalty_en: what the pack says follows from it."""

    case: UUID
    attribution: str
    person: str
    department: str
    project: str
    received_at: datetime
    kind: str
    party: str
    share: int
    penalty_zh: str | None
    penalty_en: str | None


@dataclass(frozen=True, slots=True)
class AttributionCount:
    """Cases of a project for which the same party answers in the same way; shares: the sum of their percent."""

    project: str
    kind: str
    attribution: str
    party: str
    person: str
    department: str
    penalty_zh: str | None
    penalty_en: str | None
    cases: int
    shares: int


class Keeping(StrEnum):
    """What is to become of a case in a file. held: its time is over, but it must not go yet. removed: everything
    personal in it was erased."""

    KEPT = "kept"
    DUE_FOR_REMOVAL = "due_for_removal"
    HELD = "held"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Part:
    """A form of the case, and when it first came to be."""

    form: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """A case that has ended, in a file.

    place: tells the files of one case apart. file: its id, one for all cases of a household, a year or a department.
    key: of the file within its index, for a household a keyed hash; None where nobody knows it. by: the role that keeps
    it; department: that handled the case. kept_until: None without end.
    """

    case: UUID
    place: int
    project: str
    number: str
    pack_code: str
    pack_version: int
    file: UUID
    index: str
    key: str | None
    separate: bool
    by: str | None
    department: str | None
    parts: tuple[Part, ...]
    ended_at: datetime
    kept_until: datetime | None
    hand_over_at: datetime | None
    held: bool
    removed_at: datetime | None
    rule: str

    def keeping(self, now: datetime) -> Keeping:
        """What is to become of it at `now`."""
        if self.removed_at is not None:
            return Keeping.REMOVED
        if self.kept_until is None or now < self.kept_until:
            return Keeping.KEPT
        return Keeping.HELD if self.held else Keeping.DUE_FOR_REMOVAL
