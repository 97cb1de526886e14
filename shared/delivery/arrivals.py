"""Sorting what Kafka brings: case events by case, versioned records, progress, inbound; and what cannot be read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared.delivery.transaction import Record
from shared.events.codec import (
    LARGEST_VERSION,
    Incoming,
    Undecodable,
    read_data,
    read_envelope,
    read_model,
    read_number,
)
from shared.events.envelope import Envelope, Event, EventData
from shared.events.records import RECORD_TYPES

_CASE_TOPICS = frozenset({"complaints.v1", "notices.v1", "duties.v1"})
"""What happens to a duty travels as what happens to a case does: in order, once, with all before it."""
_RECORD_TOPICS = frozenset({"reference.v1", "personal.v1"})
_LONGEST_KEY = 500


@dataclass(slots=True, eq=False)
class Arrival:
    """A case event as it came or was held: envelope and the record it was read from. source, sequence, after: the
    envelope's, at hand because admission asks for them again and again."""

    envelope: Envelope
    record: Incoming
    source: str = field(init=False)
    sequence: int = field(init=False)
    after: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        envelope = self.envelope
        self.source, self.sequence, self.after = envelope.source, envelope.sequence, envelope.after

    def decode(self) -> EventData:
        """The typed data. Raises Undecodable."""
        return read_data(self.envelope.type, self.record.value)

    def event(self, data: EventData) -> Event:
        return Event(self.envelope, data, self.record.value)


@dataclass(slots=True)
class Sorted:
    """A batch by kind. origins: what each record of `records` came as, by topic and key. undecodable: with why."""

    cases: dict[UUID, list[Arrival]] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    origins: dict[tuple[str, str], Incoming] = field(default_factory=dict)
    progress: list[Incoming] = field(default_factory=list)
    inbound: list[Incoming] = field(default_factory=list)
    undecodable: list[tuple[Incoming, Undecodable]] = field(default_factory=list)
    positions: dict[tuple[str, int], int] = field(default_factory=dict)


def sort(records: Iterable[Incoming], reader: str = "") -> Sorted:
    """Sort a batch. Never raises: what cannot be read is in `undecodable`. What `reader` itself has emitted comes back
    to it on its own topics and is left out: it had it before anybody else."""
    found = Sorted()
    newest: dict[tuple[str, str], Record] = {}
    for record in records:
        if record.offset >= 0:
            found.positions[record.topic, record.partition] = record.offset + 1
        try:
            if record.topic in _CASE_TOPICS:
                envelope = read_envelope(record)
                if envelope.source != reader:
                    found.cases.setdefault(envelope.case, []).append(Arrival(envelope, record))
            elif record.topic in _RECORD_TOPICS:
                read = read_record(record)
                known = newest.get((read.topic, read.key))
                # Within a batch only the newest version of a key counts; a statement may touch a row once.
                if known is None or known.version < read.version:
                    newest[read.topic, read.key] = read
                    found.origins[read.topic, read.key] = record
            elif record.topic == "progress.v1":
                found.progress.append(record)
            else:
                found.inbound.append(record)
        except Undecodable as error:
            found.undecodable.append((record, error))
    found.records.extend(newest.values())
    return found


def read_record(record: Incoming) -> Record:
    """A versioned record, its body as its type says or absent. Raises Undecodable.

    It is stored as it came and read by whoever needs it: a body that nobody can read must not get that far.
    """
    if record.broken_header:
        raise Undecodable("broken_header", f"header {record.broken_header!r} is null or not UTF-8")
    if not record.key:
        raise Undecodable("no_key", "a versioned record needs a key")
    try:
        key = record.key.decode()
        version = read_number(record.headers["ce_sequence"], LARGEST_VERSION)
        type_ = record.headers["ce_type"]
    except KeyError as error:
        raise Undecodable("missing_header", f"header {error.args[0]} is missing") from error
    except ValueError as error:
        raise Undecodable("broken_header", type(error).__name__) from error
    if len(key) > _LONGEST_KEY or "\x00" in key:
        raise Undecodable("wrong_key", f"a key has at most {_LONGEST_KEY} characters and no null character")
    if type_ not in RECORD_TYPES:
        raise Undecodable("unknown_type", "no record type of this name and version is known here")
    if record.value is not None:
        read_model(RECORD_TYPES[type_], record.value)
    return Record(record.topic.removesuffix(".v1"), key, version, type_, record.value)
