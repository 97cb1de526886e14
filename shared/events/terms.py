"""Events of routing about a case's limits: agreed with the customer, set on a slip, extended, standing still."""

from datetime import datetime
from typing import ClassVar

from shared.events.envelope import EventData


class CaseAgreedV1(EventData):
    """A time was agreed. clock: the pack's clock or step it is for; absent: every clock that waits for an agreement.
    run: of several pieces of work of the step the only one it is for (`consult.2`)."""

    event_type: ClassVar[str] = "case.agreed.v1"

    until: datetime
    clock: str | None = None
    run: str | None = None


class CaseLimitSetV1(EventData):
    """The person in charge set a limit on the slip. clock: the pack's clock or step. within: a duration as packs write
    it (`3wd`); until: or an instant. One of the two is given. run: of several pieces of work of the step the only one
    it is for."""

    event_type: ClassVar[str] = "case.limit_set.v1"

    clock: str
    within: str | None = None
    until: datetime | None = None
    run: str | None = None


class CaseExtendedV1(EventData):
    """A limit was extended. by: a duration from the present due instant; until: or the new one. The reason's words are
    on `personal.v1`. tell: whom the pack wants told."""

    event_type: ClassVar[str] = "case.extended.v1"

    clock: str
    by: str | None = None
    until: datetime | None = None
    texts_version: int | None = None
    tell: tuple[str, ...] = ()


class CaseSuspendedV1(EventData):
    """Limits stand still from now on, where the pack knows this cause. clock: one of them; absent: all."""

    event_type: ClassVar[str] = "case.suspended.v1"

    cause: str
    clock: str | None = None


class CaseResumedV1(EventData):
    """What stood still runs again. clock: one of the limits; absent: all."""

    event_type: ClassVar[str] = "case.resumed.v1"

    clock: str | None = None
