"""CloudEvents 1.0, Kafka binary mode: events and versioned records to and from Kafka records.

Reading is in two steps, because marks advance by headers alone: `read_envelope` for every record, `read_data` only for
types a service uses. Headers may hold anything; nothing here raises but `Undecodable`.
"""

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

from shared.clock import format_instant, require_aware
from shared.events.envelope import SOURCES, Envelope, EventData
from shared.events.registry import EVENT_TYPES
from shared.ids import read_id

Model = TypeVar("Model", bound=BaseModel)

Headers = tuple[tuple[str, bytes], ...]

_CONTENT_TYPE = ("content-type", b"application/json")
_SPEC = ("ce_specversion", b"1.0")

# What the columns for them hold.
LARGEST_SEQUENCE = 2**31 - 1
LARGEST_VERSION = 2**63 - 1
_LONGEST_TYPE = 200


class Undecodable(ValueError):
    """A record that cannot be read. detail: never its content.

    code: for people and metrics, one of broken_header, missing_header, no_key, wrong_key, unknown_source, unknown_type,
    no_value, invalid_data.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be sent. value None is a tombstone."""

    topic: str
    key: str
    headers: Headers
    value: bytes | None
    event_id: UUID


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen, and made in a third of the time
class Incoming:
    """A record as it came. headers: UTF-8 ones only, last one wins; broken_header: the name of one that was not."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Mapping[str, str]
    value: bytes | None
    broken_header: str | None = None


def clean_headers(raw: Iterable[tuple[str, bytes | None]]) -> tuple[dict[str, str], str | None]:
    """Readable headers, and the name of the first that is not (None if all are): null, not UTF-8, or with a null
    character, which no database stores."""
    headers = tuple(raw)
    # Almost always all of them are fine: decoded at once, parted by the one character that none may hold.
    with contextlib.suppress(TypeError, ValueError):
        names, encoded = zip(*headers, strict=True)
        values = b"\x00".join(encoded).decode().split("\x00")
        if len(values) == len(names) and "\x00" not in "".join(names):
            return dict(zip(names, values, strict=True)), None
    found: dict[str, str] = {}
    broken = None
    for name, value in headers:
        try:
            if value is None or b"\x00" in value or "\x00" in name:
                raise ValueError(name)
            found[name] = value.decode()
        except ValueError:  # UnicodeDecodeError is one
            broken = broken or name.replace("\x00", "\ufffd")
    return found, broken


def case_headers(envelope: Envelope) -> Headers:
    """The CloudEvents headers of a case event."""
    headers = [
        _SPEC,
        ("ce_id", str(envelope.id).encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_source", f"/huiyin/{envelope.source}".encode()),
        ("ce_subject", str(envelope.case).encode()),
        ("ce_time", format_instant(envelope.occurred_at).encode()),
        ("ce_dataschema", f"urn:huiyin:schema:{envelope.type}".encode()),
        ("ce_sequence", str(envelope.sequence).encode()),
        ("ce_after", format_after(envelope.after).encode()),
        ("ce_project", envelope.project.encode()),
        ("ce_causationid", envelope.cause.encode()),
        ("ce_actor", envelope.actor.encode()),
        _CONTENT_TYPE,
    ]
    if envelope.traceparent:
        headers.append(("traceparent", envelope.traceparent.encode()))
    return tuple(headers)


def record_headers(*, id_: UUID, type_: str, source: str, key: str, version: int, recorded_at: datetime) -> Headers:
    """The CloudEvents headers of a versioned record; `ce_sequence` is its version."""
    return (
        _SPEC,
        ("ce_id", str(id_).encode()),
        ("ce_type", type_.encode()),
        ("ce_source", f"/huiyin/{source}".encode()),
        ("ce_subject", key.encode()),
        ("ce_time", format_instant(recorded_at).encode()),
        ("ce_dataschema", f"urn:huiyin:schema:{type_}".encode()),
        ("ce_sequence", str(version).encode()),
        _CONTENT_TYPE,
    )


def read_envelope(record: Incoming) -> Envelope:
    """The envelope of a case event. Raises Undecodable."""
    if record.broken_header:
        raise Undecodable("broken_header", f"header {record.broken_header!r} is null or not UTF-8")
    if record.key is None:
        raise Undecodable("no_key", "a case event needs its complaint id as key")
    headers = record.headers
    try:
        case = read_id(headers["ce_subject"])
        if record.key.decode() != str(case):
            raise Undecodable("wrong_key", "key and ce_subject differ")
        source = headers["ce_source"].rpartition("/")[2]
        if source not in SOURCES:
            # There is no mark for it, so nobody could tell its events from their duplicates.
            raise Undecodable("unknown_source", "ce_source names no service that puts case events on the wire")
        if len(headers["ce_type"]) > _LONGEST_TYPE:
            raise Undecodable("broken_header", f"ce_type has at most {_LONGEST_TYPE} characters")
        return Envelope(
            id=read_id(headers["ce_id"]),
            type=headers["ce_type"],
            source=source,
            case=case,
            sequence=read_number(headers["ce_sequence"], LARGEST_SEQUENCE),
            after=parse_after(headers.get("ce_after", "")),
            occurred_at=require_aware(datetime.fromisoformat(headers["ce_time"])),
            project=headers["ce_project"],
            cause=headers.get("ce_causationid", ""),
            actor=headers.get("ce_actor", ""),
            traceparent=headers.get("traceparent"),
        )
    except KeyError as error:
        raise Undecodable("missing_header", f"header {error.args[0]} is missing") from error
    except Undecodable:
        raise
    except (ValueError, OverflowError) as error:  # an instant at the edge of time overflows in another zone
        raise Undecodable("broken_header", type(error).__name__) from error


def read_number(text: str, largest: int) -> int:
    """A sequence or version, counted from 1. Raises ValueError."""
    if not 1 <= (number := int(text)) <= largest:
        raise ValueError("a sequence starts at 1 and has an end")
    return number


def read_data(type_: str, value: bytes | None) -> EventData:
    """The typed data of a known type. Raises Undecodable naming the fields, never their content."""
    return read_model(EVENT_TYPES[type_], value)


def read_model(model: type[Model], value: bytes | None) -> Model:
    """`value` as `model`. Raises Undecodable naming the fields, never their content."""
    if value is None:
        raise Undecodable("no_value", "the record has no value")
    try:
        return model.model_validate_json(value)
    except ValidationError as error:
        places = ", ".join(".".join(str(part) for part in e["loc"]) or "document" for e in error.errors()[:5])
        raise Undecodable("invalid_data", places) from None


def format_after(after: Mapping[str, int]) -> str:
    """`intake=2,sla=5`, sorted."""
    return ",".join(f"{source}={sequence}" for source, sequence in sorted(after.items()) if sequence)


def parse_after(text: str) -> dict[str, int]:
    """The reverse of `format_after`. Raises ValueError."""
    if not text:
        return {}
    return {source: int(sequence) for source, _, sequence in (part.partition("=") for part in text.split(","))}
