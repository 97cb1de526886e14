"""Events of routing: what happens to a case from admission to closing."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.events.complaints import PackPin
from shared.events.envelope import EventData, Need


class Words(BaseModel):
    """A reason in both languages, made of rule, facts and figures: never of what a person wrote."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    zh: str
    en: str


class Validity(BaseModel):
    """provisional: presumed by the pack until a person confirms or corrects it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    value: str
    provisional: bool
    rule: tuple[str, ...] = ()
    reason: Words


class Category(BaseModel):
    """matched: the pack's keywords that were found, when the category was suggested by them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    code: str
    provisional: bool
    matched: tuple[str, ...] = ()


class PossibleGrade(BaseModel):
    """A graver grade that cannot be excluded while `missing` facts are unknown."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    value: str
    missing: tuple[str, ...]
    reason: Words


class Grade(BaseModel):
    """value: as text, whatever the pack calls its grades (`1`, `major`)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    value: str
    rule: tuple[str, ...] = ()
    reason: Words
    may_be: tuple[PossibleGrade, ...] = ()


class Decided(BaseModel):
    """Any other decision of the pack. values: as text; more than one where all rows that hold are taken, none while
    `missing` facts are unknown. inputs: the known values it looked at. provisional: a person has yet to decide."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    values: tuple[str, ...]
    provisional: bool = False
    rule: tuple[str, ...] = ()
    reason: Words
    inputs: dict[str, Any] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()


class CaseAdmittedV1(EventData):
    """The case was taken on (受理). by: `pack` where the pack admits of itself, else `person`."""

    event_type: ClassVar[str] = "case.admitted.v1"

    by: str = "pack"


class CaseAssessedV1(EventData):
    """Validity, category and grade, with their reasons; emitted at first and at every change.

    because: registered, amended, repeated (a neighbour's case changed the count), aged, decided (by a person), rules
    (another version of the pack).
    decisions: whatever else the pack decides, by name.
    """

    event_type: ClassVar[str] = "case.assessed.v1"

    validity: Validity
    category: Category
    grade: Grade
    previous_grade: str | None = None
    because: str = "registered"
    decisions: dict[str, Decided] = Field(default_factory=dict)


class CaseAssignedV1(EventData):
    """department: a unit role of the pack (`property`). person: who answers for it, absent while nobody holds the
    role. hop: 1 for the first assignment."""

    event_type: ClassVar[str] = "case.assigned.v1"

    department: str
    person: str | None = None
    hop: int = 1
    rule: tuple[str, ...] = ()
    reason: Words | None = None


class CaseKeptV1(EventData):
    """Somebody keeps the case as their own, whoever handles it. until: `replied` or `closed`."""

    event_type: ClassVar[str] = "case.kept.v1"

    role: str
    person: str | None = None
    until: str


class CaseAcceptedV1(EventData):
    """The person in charge took the case over (接单)."""

    event_type: ClassVar[str] = "case.accepted.v1"

    person: str


class CaseReturnedV1(EventData):
    """The person in charge sent the case back to the desk; the words are on `personal.v1`."""

    event_type: ClassVar[str] = "case.returned.v1"

    texts_version: int


class CaseFactSetV1(EventData):
    """Facts decided while handling (coordination needed, cause of delay); the changed ones only."""

    event_type: ClassVar[str] = "case.fact_set.v1"

    facts: dict[str, Any]


class CaseRulesChangedV1(EventData):
    """An operator put the open case under another version of its pack; what follows from that is told by the events
    after it. pack: the version that governs it from now on. previous: the one until now. facts: what is known of the
    case, never what a person wrote: readers may have kept only what the previous version asked about. happened: events
    of the present round, as packs call them. grade: what the version makes of it; an assessment follows if that is new.
    """

    event_type: ClassVar[str] = "case.rules_changed.v1"

    pack: PackPin
    previous: PackPin
    facts: dict[str, Any] = Field(default_factory=dict)
    happened: tuple[str, ...] = ()
    grade: str

    def needs(self, case: UUID) -> tuple[Need, ...]:
        return (Need("reference", self.pack.key, 1), *EventData.needs(self, case))


class CaseLinkedV1(EventData):
    """Another record was started from the case. link: its name in the pack. kind: what it is. process: the process
    outside that takes it. carries: facts of the case that go with it, never what a person wrote. back: it comes back.
    successor: the id of the complaint that intake registers as this one's successor.
    """

    event_type: ClassVar[str] = "case.linked.v1"

    link: str
    kind: str
    process: str | None = None
    carries: dict[str, Any] = Field(default_factory=dict)
    back: bool = False
    successor: UUID | None = None
    rule: tuple[str, ...] = ()


class CaseLinkReturnedV1(EventData):
    """What was started from the case came back; the words are on `personal.v1`."""

    event_type: ClassVar[str] = "case.link_returned.v1"

    link: str
    texts_version: int


class CaseToldV1(EventData):
    """The pack has these roles told that something happened. event: what, in the pack's language (`risk.set`).
    content: the fields to be shown. ack: each has to confirm; within: until when, as the pack writes it (`24h`)."""

    event_type: ClassVar[str] = "case.told.v1"

    to: tuple[str, ...]
    event: str
    content: tuple[str, ...] = ()
    ack: bool = False
    within: str | None = None
    rule: tuple[str, ...] = ()


class CaseProgressedV1(EventData):
    """A progress entry was written; its words are on `personal.v1`. move: the pack's own move that left it, if one
    did (`inform_delay`). informed: the customer was told."""

    event_type: ClassVar[str] = "case.progressed.v1"

    texts_version: int
    move: str | None = None
    informed: bool = False


class CaseRepliedV1(EventData):
    """The customer was answered. channel: how. The words are on `personal.v1` under `case:<id>`."""

    event_type: ClassVar[str] = "case.replied.v1"

    channel: str
    texts_version: int


class CaseResolvedV1(EventData):
    """The matter was handled; follow-up begins."""

    event_type: ClassVar[str] = "case.resolved.v1"

    texts_version: int


class CaseFollowedUpV1(EventData):
    """The customer was called back. reached: somebody answered. satisfied: their word, if reached."""

    event_type: ClassVar[str] = "case.followed_up.v1"

    reached: bool
    satisfied: bool | None = None
    texts_version: int


class CaseClosedV1(EventData):
    """ground: one of the pack's closing grounds, or `withdrawn`."""

    event_type: ClassVar[str] = "case.closed.v1"

    ground: str
    rule: tuple[str, ...] = ()


class CaseOrderedV1(EventData):
    """What a reaction of the pack orders. act: `start` or `cancel` a clock, `climb` a ladder by one level, or `require`
    that something be there. name: of the clock or ladder. requires, at: what must be there, and the
    move that asks for it. event: what it reacts to."""

    event_type: ClassVar[str] = "case.ordered.v1"

    act: str
    event: str
    name: str | None = None
    requires: tuple[str, ...] = ()
    at: str | None = None
    rule: tuple[str, ...] = ()


class CaseReopenedV1(EventData):
    """round: the new round, 2 for the first reopening."""

    event_type: ClassVar[str] = "case.reopened.v1"

    round: int = Field(ge=2)
    texts_version: int
