"""Dead letters: records that cannot be read or used, kept until a person decides (delivery rule 3)."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.database.unit_of_work import UnitOfWork
from shared.delivery import statements as sql
from shared.events.codec import Incoming

Seal = Callable[[bytes], bytes]

# What a mirror may hold: a record that the broker refuses for its size would stop every record behind it.
_LARGEST_MIRRORED = 512 * 1024

# On personal.v1 the letter holds the reference only: an erased person must not survive in a dead letter.
WITHOUT_BODY = frozenset({"personal.v1"})


@dataclass(frozen=True, slots=True)
class Letter:
    """reason: from a closed set (label of a metric). detail: places and classes, never content."""

    record: Incoming
    reason: str
    detail: str


async def bury(unit: UnitOfWork, letters: Sequence[Letter], seal: Seal) -> list[Letter]:
    """Store letters (once each, however often the record comes) and queue their mirror; returns those that are new."""
    if not letters:
        return []
    rows = {_letter_id(letter.record): letter for letter in letters}
    bodies = {id_: _body(letter.record, seal) for id_, letter in rows.items()}
    parameters = {
        "ids": list(rows),
        "topics": [r.record.topic for r in rows.values()],
        "partitions": [r.record.partition for r in rows.values()],
        "offsets": [r.record.offset for r in rows.values()],
        "keys": [_key(r.record) for r in rows.values()],
        "reasons": [r.reason for r in rows.values()],
        "details": [r.detail[:500] for r in rows.values()],
        "headers": [json.dumps(_headers(r.record)) for r in rows.values()],
        "bodies": list(bodies.values()),
        "now": unit.started,
    }
    new = set((await unit.connection.execute(sql.ADD_DEAD_LETTERS, parameters)).scalars())
    for id_ in rows.keys() & new:
        letter, body = rows[id_], bodies[id_]
        mirror = {
            "id": str(id_),
            "topic": letter.record.topic,
            "partition": letter.record.partition,
            "offset": letter.record.offset,
            "reason": letter.reason,
            "detail": letter.detail[:500],
            # A larger one stands in the table alone.
            "sealed_body": base64.b64encode(body).decode() if body and len(body) <= _LARGEST_MIRRORED else None,
        }
        await unit.delivery.send(
            "dead-letters.v1", _key(letter.record) or str(id_), "dead_letter.added.v1", json.dumps(mirror).encode(), id_
        )
    return [letter for id_, letter in rows.items() if id_ in new]


def _letter_id(record: Incoming) -> UUID:
    # Offsets repeat after a lost log, so the content takes part in the identity.
    content = base64.b64encode((record.value or b"")[:4096]).decode()
    return uuid5(NAMESPACE_URL, f"{record.topic}/{record.partition}/{record.offset}/{_key(record)}/{content}")


def _key(record: Incoming) -> str | None:
    if record.key is None:
        return None
    return record.key[:200].decode(errors="replace").replace("\x00", "\ufffd")


def _headers(record: Incoming) -> dict[str, str]:
    return {
        name: value.replace("\x00", "\ufffd")[:500]
        for name, value in record.headers.items()
        if name.startswith(("ce_", "content-type", "traceparent"))
    }


def _body(record: Incoming, seal: Seal) -> bytes | None:
    return None if record.value is None or record.topic in WITHOUT_BODY else seal(record.value)
