"""What every event carries around its data: identity, causes, instants, actor (delivery rule 1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict

# Services that put case events on the wire. Each keeps a contiguous sequence per case.
SOURCES = ("intake", "routing", "sla", "notify")


class Need(NamedTuple):
    """A versioned record an event speaks of. topic: reference or personal; any version from `version` on will do."""

    topic: str
    key: str
    version: int


# Fields that name a version of somebody's words, and how the keys of those records begin.
_WORDS = {"personal_version": "", "texts_version": "case:"}


class EventData(BaseModel):
    """The data of one event type in one version. Readers ignore fields they do not know (delivery rule 9).

    Enumerated values are plain strings with a documented known set: a reader must expect one it has never seen.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_type: ClassVar[str]  # "complaint.registered.v1"
    topic: ClassVar[str | None] = None  # where it travels, unless with the other events of its owner
    _words: ClassVar[tuple[tuple[str, str], ...]] = ()

    def needs(self, case: UUID) -> tuple[Need, ...]:
        """Versioned records this event speaks of: it is held until they are known (delivery rule 2)."""
        return tuple(
            Need("personal", f"{prefix}{case}", version)
            for name, prefix in self._words
            if (version := getattr(self, name)) is not None
        )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        cls._words = tuple((name, prefix) for name, prefix in _WORDS.items() if name in cls.model_fields)


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen, and made in a third of the time
class Envelope:
    """The CloudEvents attributes of a case event.

    sequence: 1, 2, 3 … per (case, source), without gaps. after: the highest sequence of each other source that the
    emitter had applied for this case. occurred_at: when the thing happened, which is not when it was sent.
    """

    id: UUID
    type: str
    source: str
    case: UUID
    sequence: int
    after: Mapping[str, int]
    occurred_at: datetime
    project: str
    cause: str
    actor: str
    traceparent: str | None = None

    @property
    def name(self) -> str:
        """The type without its version: `complaint.registered`."""
        return self.type.rpartition(".v")[0]


@dataclass(slots=True, unsafe_hash=True)
class Event:
    """A case event as services see it: envelope, typed data, and the bytes it came as, for archives."""

    envelope: Envelope
    data: EventData
    value: bytes | None = None

    @property
    def id(self) -> UUID:
        return self.envelope.id

    @property
    def case(self) -> UUID:
        return self.envelope.case

    @property
    def occurred_at(self) -> datetime:
        return self.envelope.occurred_at

    @property
    def project(self) -> str:
        return self.envelope.project

    @property
    def actor(self) -> str:
        return self.envelope.actor


@dataclass(slots=True)  # nobody changes it; freezing it would cost three times the making
class Draft:
    """An event a service wants to emit; delivery adds id, sequence and `after`.

    cause: the causing event's id, the request's idempotency key, or `clock id:round:level`.
    discriminator: tells apart several events of one type with one cause. traceparent: of the request that wants it,
    where one transaction serves many; otherwise that of the transaction.
    """

    case: UUID
    data: EventData
    occurred_at: datetime
    project: str
    cause: str
    actor: str
    discriminator: str = field(default="")
    traceparent: str | None = None
