"""What a service tells delivery about itself: what it reads, what it uses, what to do."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared.database.unit_of_work import UnitOfWork
from shared.delivery.transaction import Record
from shared.events.codec import Incoming
from shared.events.envelope import Event
from shared.events.topics import CASE_TOPIC_OF_SOURCE, Topic

Apply = Callable[[UnitOfWork, Sequence[Event]], Awaitable[None]]
ApplyRecords = Callable[[UnitOfWork, Sequence[Record]], Awaitable[None]]
ApplyInbound = Callable[[UnitOfWork, Sequence[Incoming]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """service: name and consumer group. topics: read by one consumer. types: event types that `apply` wants, in causal
    order per case; all others only move the marks.

    apply_records: called with newly applied reference and personal records. apply_inbound: complaints from outside,
    raw; raising ValueError for a record sends it to the dead letters.
    """

    service: str
    topics: tuple[Topic, ...]
    types: frozenset[str]
    apply: Apply
    apply_records: ApplyRecords | None = None
    apply_inbound: ApplyInbound | None = None
    names: frozenset[str] = field(init=False)
    judged: frozenset[str] = field(init=False)
    record_topics: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        topics = {topic.name for topic in self.topics}
        object.__setattr__(self, "names", frozenset(t.rpartition(".v")[0] for t in self.types))
        object.__setattr__(
            self, "judged", frozenset(source for source, topic in CASE_TOPIC_OF_SOURCE.items() if topic.name in topics)
        )
        object.__setattr__(
            self,
            "record_topics",
            frozenset(topic.removesuffix(".v1") for topic in topics if topic in _RECORD_TOPICS),
        )


_RECORD_TOPICS = ("reference.v1", "personal.v1")
