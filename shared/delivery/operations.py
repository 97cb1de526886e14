"""What operations may do with held events and dead letters: read, edit, replay, drop; every act with a reason."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.access.principal import Principal
from shared.database.unit_of_work import Database, UnitOfWork
from shared.delivery import held
from shared.delivery import statements as sql
from shared.delivery.applying import Applier
from shared.delivery.arrivals import Arrival
from shared.delivery.dead_letters import WITHOUT_BODY
from shared.errors import NotFound, Refused
from shared.events.codec import LARGEST_SEQUENCE, Incoming, Undecodable, case_headers, read_data, read_number
from shared.events.envelope import SOURCES, Envelope
from shared.secrets import KeyRing

Fetch = Callable[[str, int, int], Awaitable[Incoming | None]]

# The type of an event that was given up: nobody uses it, so it only moves the marks when its turn has come.
_BLANK_TYPE = "event.dropped.v1"


@dataclass(frozen=True, slots=True)
class Place:
    """Which held event: case, source and sequence."""

    case: UUID
    source: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.case}/{self.source}/{self.sequence}"


async def _nothing_kept(_topic: str, _partition: int, _offset: int) -> Incoming | None:
    return None


class Operations:
    """Use cases on one service's held events and dead letters."""

    def __init__(self, database: Database, applier: Applier, ring: KeyRing, fetch: Fetch = _nothing_kept) -> None:
        """fetch: reads the record at (topic, partition, offset) again; None if it is not there any more."""
        self._database = database
        self._applier = applier
        self._ring = ring
        self._fetch = fetch

    async def list_held(self, case: UUID | None, limit: int) -> list[dict[str, Any]]:
        async with self._database.read() as connection:
            rows = await connection.execute(sql.LIST_HELD, {"case_id": case, "limit": limit})
            return [dict(row) for row in rows.mappings()]

    async def show_held(self, place: Place) -> dict[str, Any]:
        """One held event with its data. Raises NotFound."""
        async with self._database.begin() as unit:
            row = await self._held(unit, place)
        return {
            "case_id": row.case_id,
            "source": row.source,
            "sequence": row.sequence,
            "type": row.type,
            "reason": row.reason,
            "waiting_for": row.waiting_for,
            "error": row.error,
            "held_at": row.held_at,
            "headers": _parsed(row.headers),
            "data": _data(row.value),
        }

    async def edit_held(self, place: Place, data: Any, reason: str, principal: Principal) -> None:
        """Put other data into a held event; it keeps its place, so whoever waits for it goes on after it."""
        value = json.dumps(data, ensure_ascii=False).encode()
        async with self._database.begin() as unit:
            row = await self._held(unit, place)
            try:
                read_data(row.type, value)
            except (Undecodable, KeyError) as error:
                raise Refused(422, "event_data_invalid", {"detail": str(error)}) from None
            await unit.connection.execute(sql.EDIT_HELD, _parameters(place) | {"value": value})
            await unit.delivery.audit(principal, "held.edit", [str(place)], {"reason": reason})

    async def replay_held(self, place: Place, reason: str | None, principal: Principal) -> None:
        """Unpark the case and try again; it parks again if it fails again."""
        async with self._database.begin() as unit:
            await unit.delivery.lock([place.case])
            await self._held(unit, place)
            await self._unpark(unit, place.case)
            await unit.delivery.audit(principal, "held.replay", [str(place)], {"reason": reason})
        await self._applier.process_cases([place.case])

    async def drop_held(self, place: Place, reason: str, principal: Principal) -> None:
        """Give an event up: its place counts as applied, and the case goes on without it.

        It is held, or it is missing and others wait for it.
        """
        async with self._database.begin() as unit:
            marks = (await unit.delivery.lock([place.case]))[place.case]
            kept = (await held.load(unit, [place.case])).get(place.case, [])
            itself = [h.arrival for h in kept if h.place == _key(place)]
            if not itself and all(h.waiting_for != f"{place.source}={place.sequence}" for h in kept):
                raise NotFound("held_event")
            if marks.of(place.source) != place.sequence - 1:
                raise Refused(409, "held_not_next", {"sequence": marks.of(place.source) + 1})
            unit.delivery.advance(place.case, replace(marks, applied={**marks.applied, place.source: place.sequence}))
            await held.release(unit, itself)
            await self._unpark(unit, place.case)
            await unit.delivery.audit(principal, "held.drop", [str(place)], {"reason": reason})
        await self._applier.process_cases([place.case])

    async def list_dead_letters(self, state: str | None, limit: int) -> list[dict[str, Any]]:
        async with self._database.read() as connection:
            rows = await connection.execute(sql.LIST_DEAD_LETTERS, {"state": state, "limit": limit})
            return [dict(row) for row in rows.mappings()]

    async def show_dead_letter(self, id_: UUID, principal: Principal) -> dict[str, Any]:
        """One dead letter with its unsealed content; that it was read is audited, for it may name people."""
        async with self._database.begin() as unit:
            row = await self._letter(unit, id_)
            await unit.delivery.audit(principal, "dead_letter.read", [str(id_)])
        body = self._ring.unseal(row.body) if row.body else None
        return {
            "id": row.id,
            "topic": row.topic,
            "partition": row.partition,
            "offset": row.offset,
            "key": row.key,
            "reason": row.reason,
            "detail": row.detail,
            "state": row.state,
            "at": row.at,
            "headers": _parsed(row.headers),
            "content": body.decode(errors="replace") if body else None,
        }

    async def replay_dead_letter(self, id_: UUID, reason: str | None, principal: Principal) -> None:
        """Read the record again, as if it came now. What fails again is a dead letter again."""
        async with self._database.begin() as unit:
            row = await self._open_letter(unit, id_)
            await self._unpark_of(unit, row.key)
        record = await self._content(row)
        # A place of its own, and one that counts as no position: should it fail again, that is a new letter.
        place = -int(unit.started.timestamp() * 1_000_000)
        await self._applier.process([replace(record, partition=-1, offset=place)])
        # Only now: an outage before leaves the letter open. What was applied already is not applied again.
        async with self._database.begin() as unit:
            await unit.connection.execute(sql.MARK_DEAD_LETTER, {"id": id_, "state": "replayed"})
            await unit.delivery.audit(principal, "dead_letter.replay", [str(id_)], {"reason": reason})

    async def drop_dead_letter(self, id_: UUID, reason: str, principal: Principal) -> None:
        """Give the record up; the case it parked goes on, without it where its headers say which place it had."""
        async with self._database.begin() as unit:
            row = await self._open_letter(unit, id_)
            await unit.connection.execute(sql.MARK_DEAD_LETTER, {"id": id_, "state": "dropped"})
            case = await self._unpark_of(unit, row.key)
            if case and (blank := _blank(case, row, unit.started)):
                await held.hold(unit, [held.Hold(blank, held.REPLAY)])
            await unit.delivery.audit(principal, "dead_letter.drop", [str(id_)], {"reason": reason})
        if case:
            await self._applier.process_cases([case])

    async def _content(self, row: Any) -> Incoming:
        """The record of a letter. One about a person is not kept, so the log is asked for it."""
        key = row.key.encode() if row.key is not None else None
        if row.topic not in WITHOUT_BODY:
            body = self._ring.unseal(row.body) if row.body else None
            return Incoming(row.topic, row.partition, row.offset, key, _parsed(row.headers), body)
        found = await self._fetch(row.topic, row.partition, row.offset) if row.offset >= 0 else None
        if found is None or found.key != key:
            raise Refused(409, "dead_letter_content_gone")
        return found

    async def _held(self, unit: UnitOfWork, place: Place) -> Any:
        row = (await unit.connection.execute(sql.READ_HELD, _parameters(place))).one_or_none()
        if row is None:
            raise NotFound("held_event")
        return row

    async def _open_letter(self, unit: UnitOfWork, id_: UUID) -> Any:
        row = await self._letter(unit, id_)
        if row.state != "open":
            raise Refused(409, "dead_letter_settled", {"state": row.state})
        return row

    async def _letter(self, unit: UnitOfWork, id_: UUID) -> Any:
        row = (await unit.connection.execute(sql.READ_DEAD_LETTER, {"id": id_})).one_or_none()
        if row is None:
            raise NotFound("dead_letter")
        return row

    async def _unpark(self, unit: UnitOfWork, case: UUID) -> None:
        await unit.connection.execute(sql.UNPARK_CASE, {"case_id": case})
        await unit.connection.execute(sql.UNPARK_HELD, {"case_id": case})

    async def _unpark_of(self, unit: UnitOfWork, key: str | None) -> UUID | None:
        try:
            case = UUID(key or "")
        except ValueError:
            return None
        await unit.delivery.lock([case])
        await self._unpark(unit, case)
        return case


def _parameters(place: Place) -> dict[str, Any]:
    return {"case_id": place.case, "source": place.source, "sequence": place.sequence}


def _key(place: Place) -> tuple[UUID, str, int]:
    return place.case, place.source, place.sequence


def _blank(case: UUID, letter: Any, now: datetime) -> Arrival | None:
    """An event without effect at the place of one that cannot be read, if its headers say which place that is."""
    headers = _parsed(letter.headers)
    try:
        source = headers["ce_source"].rpartition("/")[2]
        sequence = read_number(headers["ce_sequence"], LARGEST_SEQUENCE)
    except (KeyError, ValueError):
        return None
    if source not in SOURCES:
        return None
    envelope = Envelope(letter.id, _BLANK_TYPE, source, case, sequence, {}, now, "", str(letter.id), "")
    written = {name: value.decode() for name, value in case_headers(envelope)}
    return Arrival(envelope, Incoming(letter.topic, -1, -1, str(case).encode(), written, None))


def _parsed(headers: Any) -> dict[str, str]:
    found: dict[str, str] = json.loads(headers) if isinstance(headers, str) else dict(headers)
    return found


def _data(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return value.decode(errors="replace")
