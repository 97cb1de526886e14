"""The reference book: a snapshot of all reference records, kept as fresh as the transaction that asks.

Records reach one member of a service and are stored; every member notices by the stamp that grows with each change.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel

from shared.access.keys import KeyRecord
from shared.calendars.document import CalendarDocument
from shared.calendars.loading import load_calendar
from shared.calendars.working import WorkingCalendar
from shared.clock import monotonic
from shared.database.unit_of_work import Connection, Database
from shared.delivery import statements as sql
from shared.events.records import CalendarV1, KeyV1, NodeV1, PackV1, PersonV1, RecordData
from shared.policy.loading import load_pack
from shared.policy.pack import Pack
from shared.reference.directory import Directory

_KINDS: dict[str, type[RecordData]] = {
    "node": NodeV1,
    "person": PersonV1,
    "key": KeyV1,
    "pack": PackV1,
    "calendar": CalendarV1,
}
_FRESH_S = 0.5

Version = TypeVar("Version", PackV1, CalendarV1)


class UnknownReference(LookupError):
    """No such pack or calendar version is known here; `args[0]` is its key."""


@dataclass(frozen=True)
class Reference:
    """Everything known at one moment."""

    directory: Directory = field(default_factory=Directory)
    keys: Mapping[str, KeyRecord] = field(default_factory=dict)
    packs: Mapping[tuple[str, int], PackV1] = field(default_factory=dict)
    calendars: Mapping[tuple[str, int], CalendarV1] = field(default_factory=dict)

    def pack(self, code: str, version: int) -> Pack:
        """A published pack, compiled. Raises UnknownReference."""
        if (record := self.packs.get((code, version))) is None:
            raise UnknownReference(f"pack:{code}@{version}")
        return _compiled_pack(record.text)

    def calendar(self, code: str, version: int) -> WorkingCalendar:
        """A published calendar, compiled. Raises UnknownReference."""
        if (record := self.calendars.get((code, version))) is None:
            raise UnknownReference(f"calendar:{code}@{version}")
        return _compiled_calendar(record.text)

    def calendar_document(self, code: str, version: int) -> CalendarDocument:
        """A published calendar as written. Raises UnknownReference."""
        if (record := self.calendars.get((code, version))) is None:
            raise UnknownReference(f"calendar:{code}@{version}")
        return load_calendar(record.text)

    def pack_of(self, project: str, on: date) -> PackV1 | None:
        """The version of the pack nearest to the project that is in force there on a local day."""
        code = self.directory.nearest(project, "pack")
        return self.pack_in_force(code, on) if code else None

    def calendar_of(self, project: str, pack: Pack, on: date) -> CalendarV1 | None:
        """Likewise its calendar; the pack names one where no node does."""
        return self.calendar_in_force(self.directory.nearest(project, "calendar") or pack.document.calendar, on)

    def pack_in_force(self, code: str, on: date) -> PackV1 | None:
        """The version of `code` in force on a day; before the first takes effect, the first."""
        return _in_force(self.packs, code, on)

    def calendar_in_force(self, code: str, on: date) -> CalendarV1 | None:
        """Likewise for calendars."""
        return _in_force(self.calendars, code, on)


def _in_force(versions: Mapping[tuple[str, int], Version], code: str, on: date) -> Version | None:
    known = sorted((v for (c, _), v in versions.items() if c == code), key=lambda v: (v.effective, v.version))
    begun = [version for version in known if version.effective <= on]
    # A complaint older than the group's first version is judged by the first: it must be judged by something.
    return begun[-1] if begun else (known[0] if known else None)


@lru_cache(maxsize=64)
def _compiled_pack(text: str) -> Pack:
    return load_pack(text)


@lru_cache(maxsize=64)
def _compiled_calendar(text: str) -> WorkingCalendar:
    return WorkingCalendar.compile(load_calendar(text))


class ReferenceBook:
    """One service's reference book; also where tokens are looked up."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stamp: int | None = None
        self._read: dict[str, tuple[int, BaseModel]] = {}
        self._reference = Reference()
        self._prepared: set[tuple[object, tuple[str, int]]] = set()
        self._asked_at = -1e9
        self._lock = asyncio.Lock()
        self._asking = asyncio.Lock()

    async def within(self, connection: Connection) -> Reference:
        """The reference as this transaction sees it."""
        stamp = (await connection.execute(sql.READ_STAMP, {"topic": "reference"})).scalar_one_or_none()
        if stamp != self._stamp:
            async with self._lock:
                await self._load(connection)
            self._stamp = stamp
        return self._reference

    async def current(self, *, max_age_s: float = _FRESH_S) -> Reference:
        """The reference as it was at most `max_age_s` ago, for requests."""
        if monotonic() - self._asked_at > max_age_s:
            # One asks for all who wait: a connection for each would be made and closed again twice a second.
            async with self._asking:
                began = monotonic()
                if began - self._asked_at > max_age_s:
                    async with self._database.read() as connection:
                        await self.within(connection)
                    self._asked_at = began
        return self._reference

    async def find(self, digest: str) -> KeyRecord | None:
        """The key with this digest (a `KeyBook`). An unknown one may be brand new: then we look again."""
        found = (await self.current()).keys.get(digest)
        return found or (await self.current(max_age_s=0.02)).keys.get(digest)

    async def prepare(self) -> None:
        """Compile newly known packs and calendars beside the event loop: whoever needs one first would hold up
        everybody else for the better part of a second. One that cannot be compiled is told whoever needs it."""
        reference = await self.current()
        for compile_, records in ((_compiled_pack, reference.packs), (_compiled_calendar, reference.calendars)):
            for place, record in records.items():
                if (compile_, place) not in self._prepared:
                    self._prepared.add((compile_, place))
                    with contextlib.suppress(Exception):
                        await asyncio.to_thread(compile_, record.text)

    def known(self) -> bool:
        """Whether there is an organisation, a pack and a calendar to work with: part of being ready."""
        return bool(self._reference.directory.nodes and self._reference.packs and self._reference.calendars)

    async def _load(self, connection: Connection) -> None:
        by_kind: dict[str, list[BaseModel]] = {}
        for kind, model in _KINDS.items():
            bounds = {"topic": "reference", "prefix": f"{kind}:", "prefix_end": f"{kind};"}
            for row in await connection.execute(sql.RECORDS_BY_KIND, bounds):
                version, parsed = self._read.get(row.key, (-1, None))
                if parsed is None or version != row.version:
                    parsed = model.model_validate_json(row.body)
                    self._read[row.key] = (row.version, parsed)
                by_kind.setdefault(kind, []).append(parsed)
        self._reference = Reference(
            directory=Directory.of(by_kind.get("node", ()), by_kind.get("person", ())),  # type: ignore[arg-type]
            keys={k.digest: _key_record(k) for k in by_kind.get("key", ()) if isinstance(k, KeyV1)},
            packs={(p.code, p.version): p for p in by_kind.get("pack", ()) if isinstance(p, PackV1)},
            calendars={(c.code, c.version): c for c in by_kind.get("calendar", ()) if isinstance(c, CalendarV1)},
        )


def _key_record(key: KeyV1) -> KeyRecord:
    return KeyRecord(
        id=key.id,
        kind="system" if key.kind == "system" else "staff",
        digest=key.digest,
        created_at=key.created_at,
        source=key.source,
        projects=key.projects,
        person=key.person,
        roles=key.roles,
        node=key.node,
        revoked_at=key.revoked_at,
    )
