"""What operations may do with held events and dead letters: read, edit, replay, drop; every act with a reason."""

import json
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from shared.access.principal import Principal
from shared.database.unit_of_work import Database, UnitOfWork
from shared.delivery import held
from shared.delivery import statements as sql
from shared.delivery.applying import Applier
from shared.errors import NotFound, Refused
from shared.events.codec import Incoming, Undecodable, read_data
from shared.secrets import KeyRing


@dataclass(frozen=True, slots=True)
class Place:
    """Which held event: case, source and sequence."""

    case: UUID
    source: str
    sequence: int

    def __str__(self) -> str:
        return f"{self.case}/{self.source}/{self.sequence}"


class Operations:
    """Use cases on one service's held events and dead letters."""

    def __init__(self, database: Database, applier: Applier, ring: KeyRing) -> None:
        self._database = database
        self._applier = applier
        self._ring = ring

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
        """Give a held event up: its place counts as applied, and the case goes on without it."""
        async with self._database.begin() as unit:
            marks = (await unit.delivery.lock([place.case]))[place.case]
            await self._held(unit, place)
            if marks.of(place.source) != place.sequence - 1:
                raise Refused(409, "held_not_next", {"sequence": marks.of(place.source) + 1})
            unit.delivery.advance(place.case, replace(marks, applied={**marks.applied, place.source: place.sequence}))
            await held.release(
                unit, [h.arrival for h in (await held.load(unit, [place.case]))[place.case] if h.place == _key(place)]
            )
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
            row = await self._letter(unit, id_)
            if row.state != "open":
                raise Refused(409, "dead_letter_settled", {"state": row.state})
            await unit.connection.execute(sql.MARK_DEAD_LETTER, {"id": id_, "state": "replayed"})
            await self._unpark_of(unit, row.key)
            await unit.delivery.audit(principal, "dead_letter.replay", [str(id_)], {"reason": reason})
        body = self._ring.unseal(row.body) if row.body else None
        key = row.key.encode() if row.key is not None else None
        # A place of its own: should it fail again, that is a new letter.
        await self._applier.process([Incoming(row.topic, -1, -1 - row.offset, key, _parsed(row.headers), body)])

    async def drop_dead_letter(self, id_: UUID, reason: str, principal: Principal) -> None:
        """Give the record up; the case it parked goes on."""
        async with self._database.begin() as unit:
            row = await self._letter(unit, id_)
            await unit.connection.execute(sql.MARK_DEAD_LETTER, {"id": id_, "state": "dropped"})
            case = await self._unpark_of(unit, row.key)
            await unit.delivery.audit(principal, "dead_letter.drop", [str(id_)], {"reason": reason})
        if case:
            await self._applier.process_cases([case])

    async def _held(self, unit: UnitOfWork, place: Place) -> Any:
        row = (await unit.connection.execute(sql.READ_HELD, _parameters(place))).one_or_none()
        if row is None:
            raise NotFound("held_event")
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
