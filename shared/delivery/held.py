"""Held events in the database: what waits for its causes and what has failed (delivery rules 2 and 3)."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.database.unit_of_work import UnitOfWork
from shared.delivery import statements as sql
from shared.delivery.arrivals import Arrival
from shared.events.codec import Incoming, read_envelope

# What an event waits for when it is neither an earlier event nor a record.
NEXT = "next"  # its turn has come: the case is being applied event by event
REPLAY = "replay"  # operations let its case go on
PARKED = "parked"  # its case has failed


@dataclass(frozen=True, slots=True)
class Hold:
    """An arrival to be held. reason: waiting, failed. error: a class of error, never its words."""

    arrival: Arrival
    waiting_for: str
    reason: str = "waiting"
    error: str | None = None

    @property
    def place(self) -> tuple[UUID, str, int]:
        return self.arrival.envelope.case, self.arrival.source, self.arrival.sequence


async def load(unit: UnitOfWork, cases: Iterable[UUID]) -> dict[UUID, list[Hold]]:
    """What is held of these cases."""
    found: dict[UUID, list[Hold]] = {}
    for row in await unit.connection.execute(sql.HELD_OF_CASES, {"cases": sorted(cases)}):
        record = restore(row.topic, row.case_id, row.headers, row.value)
        kept = Hold(Arrival(read_envelope(record), record), row.waiting_for, row.reason, row.error)
        found.setdefault(row.case_id, []).append(kept)
    return found


def restore(topic: str, case: UUID, headers: str | Mapping[str, str], value: bytes | None) -> Incoming:
    """A held row as the record it came as."""
    read = json.loads(headers) if isinstance(headers, str) else headers
    return Incoming(topic, -1, -1, str(case).encode(), read, value)


async def cases_waiting_for(unit: UnitOfWork, keys: Sequence[str]) -> list[UUID]:
    """Cases with an event that waits for one of these records."""
    return list((await unit.connection.execute(sql.CASES_WAITING_FOR, {"keys": list(keys)})).scalars())


async def hold(unit: UnitOfWork, holds: Sequence[Hold]) -> None:
    """Keep these; safe to repeat."""
    if not holds:
        return
    arrivals = [h.arrival for h in holds]
    await unit.connection.execute(
        sql.HOLD,
        {
            "cases": [a.envelope.case for a in arrivals],
            "sources": [a.source for a in arrivals],
            "sequences": [a.sequence for a in arrivals],
            "types": [a.envelope.type for a in arrivals],
            "reasons": [h.reason for h in holds],
            "waiting_for": [h.waiting_for for h in holds],
            "errors": [h.error for h in holds],
            "topics": [a.record.topic for a in arrivals],
            "headers": [json.dumps(dict(a.record.headers)) for a in arrivals],
            "values": [a.record.value for a in arrivals],
            "now": unit.started,
        },
    )


async def keep(unit: UnitOfWork, before: Sequence[Hold], after: Sequence[Hold]) -> None:
    """Let go what is not held any more and keep the rest.

    A row that waits for the same as before stays as it is, and with it since when it waits.
    """
    was = {h.place: h for h in before}
    wanted = {h.place for h in after}
    await release(unit, [h.arrival for h in before if h.place not in wanted])
    await hold(unit, [h for h in after if h.place not in was or was[h.place].waiting_for != h.waiting_for])


async def release(unit: UnitOfWork, arrivals: Sequence[Arrival]) -> None:
    """Let these go: applied, dropped or duplicates."""
    if arrivals:
        await unit.connection.execute(
            sql.RELEASE,
            {
                "cases": [a.envelope.case for a in arrivals],
                "sources": [a.source for a in arrivals],
                "sequences": [a.sequence for a in arrivals],
            },
        )
