"""What routing knows: the case file, its states, what stands in its timeline, who counts for a measure.

States of a case, and what brings them:

    received --admit--> admitted --assign--> assigned --accept--> accepted --reply--> replied --resolve--> resolved
    assigned, accepted --return--> admitted          any state in hand --close--> closed --reopen--> reopened
    any state --the customer takes it back--> withdrawn, for good

A reply or a resolution may come from any state in which somebody has the case; assigning anew leads back to `assigned`.
Erasure is no state but a mark: the figures stay as they are, the words are gone and none come back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.events.cases import Category, Decided, Grade, Validity
from shared.events.complaints import CalendarPin, PackPin

NONE = "none"
"""Stands for a grade, category or validity that the pack does not decide."""
FILLED = "*"
"""Stands for the words of a field."""


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ADMITTED = "admitted"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    REPLIED = "replied"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


ENDED = frozenset({State.CLOSED, State.WITHDRAWN})
IN_HAND = frozenset({State.ADMITTED, State.ASSIGNED, State.ACCEPTED, State.REPLIED, State.RESOLVED, State.REOPENED})
"""The case was taken on and has not ended."""


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Registration:
    """What the register said of the complaint. facts stand in the case file, for they change; so does nothing here but
    the pack's version, if an operator puts the open case under another."""

    id: UUID
    number: str
    project: str
    building: str | None
    contact_type: str
    channel: str | None
    segment: str | None
    first_receiver: str | None
    anonymous: bool
    contactable: bool
    received_at: datetime
    happened_at: datetime | None
    opened_at: datetime  # when routing took note
    pack: PackPin
    calendar: CalendarPin
    mode: str
    previous_id: UUID | None = None  # the complaint that this one succeeds


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Assessment:
    """Validity, category and grade as they stand, each with its reason."""

    validity: Validity
    category: Category
    grade: Grade


@dataclass(frozen=True, slots=True)
class Demand:
    """What must be there at a move (`close`) because a reaction of the pack asked for it, and the rules behind it."""

    at: str
    needs: tuple[str, ...]
    rule: tuple[str, ...] = ()


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Course:
    """What conditions of moves and grounds ask about the present round (since the last reopening).

    happened: event names of the policy language (`replied`, `follow_up.done`). records: fields that were filled and
    evidence at hand, each with its value; of words stands FILLED, they are kept with the personal records. talks: how
    often the customer did not accept.
    waiting: entries of the pack that would react, were an unknown fact known. required: what reactions ask for from
    then on. fresh: what happened in this transaction
    and nothing has reacted to yet; it is never stored.
    """

    happened: frozenset[str] = frozenset()
    records: Mapping[str, Any] = field(default_factory=dict)
    customer_response: str | None = None
    agreement: bool = False
    talks: int = 0
    waiting: frozenset[str] = frozenset()
    required: tuple[Demand, ...] = ()
    fresh: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Link:
    """Another record started from the case. name: in the pack. process: outside, in the pack's words. back_at: when it
    came back. successor: the id of the complaint that goes on in its place."""

    name: str
    process: str | None
    at: str
    back_at: str | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who keeps the case as their own, whoever handles it (首问责任). until: `replied` or `closed`, then it is over."""

    role: str
    person: str | None
    until: str
    ended: bool = False


class WorkState(StrEnum):
    """Where a piece of work stands."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Work:
    """A step or a settlement of the case. run: its name in the pack, with `.2`, `.3` … where it was opened again.

    role, person: who does it, of a chain its present part. unit: the department asked, where several are. marks: what
    has happened to it (`received`, `arrived`, `approved`, `paid`). part: the place of the present part of a chain.
    talks: rounds of a negotiation so far. result: what it gave. manner: how somebody goes about it (`visit`, `call`,
    `letter`), where the pack says so. Instants as texts.
    """

    run: str
    name: str
    opened_at: str
    round: int
    role: str | None = None
    person: str | None = None
    unit: str | None = None
    state: WorkState = WorkState.OPEN
    marks: tuple[str, ...] = ()
    part: int | None = None
    talks: int = 0
    result: str | None = None
    manner: str | None = None
    ended_at: str | None = None
    ended_by: str | None = None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who answers for what of the case. name: of the pack's attribution. party: `person`, `department`, `third_party`,
    `customer`, or a role. share: in percent; those of one kind make up 100 at most. by: who recorded it."""

    name: str
    kind: str
    party: str
    person: str | None
    department: str | None
    share: int
    rule: tuple[str, ...]
    at: str
    by: str


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class CaseFile:
    """One case. version: grows with every change of what stands here. entries: how many lines its timeline has.

    measures: counts over other cases as they were when they last decided this grade (`same_complaint`: 3).
    decisions: what the pack decides beside validity, category, grade and route, by name. works: its steps and
    settlements, in the order in which they were opened. keeper: whoever keeps it to its end, where the pack wants one.
    department: a unit role of the pack. hops: how often the case was assigned.
    """

    registration: Registration
    reporter: str | None  # keyed hash; gone once erased
    facts: Mapping[str, Any]
    assessment: Assessment
    state: State = State.RECEIVED
    version: int = 1
    round: int = 1
    entries: int = 0
    measures: Mapping[str, int] = field(default_factory=dict)
    department: str | None = None
    person: str | None = None
    hops: int = 0
    course: Course = field(default_factory=Course)
    closed_at: datetime | None = None
    ground: str | None = None
    erased: bool = False
    links: tuple[Link, ...] = ()
    decisions: Mapping[str, Decided] = field(default_factory=dict)
    works: tuple[Work, ...] = ()
    keeper: Keeper | None = None
    attributions: tuple[Attribution, ...] = ()

    @property
    def id(self) -> UUID:
        return self.registration.id

    @property
    def project(self) -> str:
        return self.registration.project

    @property
    def category(self) -> str | None:
        """A value of the pack's categories, while there is one."""
        code = self.assessment.category.code
        return None if code == NONE else code

    @property
    def ended(self) -> bool:
        return self.state in ENDED

    @property
    def kept_by(self) -> str | None:
        """The person who keeps the case now."""
        return self.keeper.person if self.keeper and not self.keeper.ended else None

    @property
    def first_receiver(self) -> str | None:
        return self.registration.first_receiver

    @property
    def accused(self) -> frozenset[str]:
        """Members of staff the complaint is about, where the pack has a fact `accused`: they are recused."""
        named = self.facts.get("accused")
        return frozenset(named if isinstance(named, list) else [named] if named else [])


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Entry:
    """A line of a case's timeline: a code of `shared/texts/timeline.py` with its parameters, never words of people.

    place: 1, 2, 3 … within the case. texts_version: where the words of the move stand in the personal records.
    """

    case: UUID
    place: int
    occurred_at: datetime
    round: int
    code: str
    actor: str
    params: Mapping[str, Any]
    texts_version: int | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """An entry of the case library: a lesson that somebody wrote down of a case. run: the step. texts_version: where
    its words stand in the personal records, None where it has none."""

    case: UUID
    run: str
    project: str
    category: str
    at: datetime
    by: str
    texts_version: int | None = None


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Member:
    """A case that counts for a measure in one scope. reporter: keyed hash, None where anonymous. amount: what it brings
    in, None where unknown. counted: the highest count or sum, or the newest share, that decided about it."""

    case: UUID
    at: datetime
    reporter: str | None
    amount: int | None = 1
    counted: int | None = None
