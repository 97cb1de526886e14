"""What delivery does inside one transaction: lock cases, admit, emit, keep versioned records, audit.

Invariants:
- a case is locked before anything of it is read or emitted, in one sorted statement, so sequence order is commit
  order (rule 1) and two batches never deadlock;
- marks and events are written once, just before commit (`flush`), whatever number was applied or emitted;
- nothing here commits: the unit of work does.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from opentelemetry.trace import Span, SpanKind
from sqlalchemy.ext.asyncio import AsyncConnection

from shared import ids
from shared.access.principal import Principal
from shared.delivery import statements as sql
from shared.delivery.causality import Marks
from shared.events.codec import format_after
from shared.events.envelope import SOURCES, Draft, Event, Need
from shared.events.records import RecordData
from shared.events.topics import CASE_TOPIC_OF_SOURCE
from shared.telemetry.tracing import (
    current_trace_id,
    new_traceparent,
    open_span,
    traceparent_of,
    traceparent_of_current,
)


@dataclass(frozen=True, slots=True)
class Record:
    """A versioned record as stored. body: JSON text, None once erased."""

    topic: str
    key: str
    version: int
    type: str
    body: bytes | None


class Delivery:
    """Delivery's side of one transaction. `started`: the instant that everything in it is recorded at."""

    def __init__(self, connection: AsyncConnection, service: str, started: datetime) -> None:
        self._connection = connection
        self._service = service
        self.started = started
        self._marks: dict[UUID, Marks] = {}
        self._dirty: set[UUID] = set()
        self._new: set[UUID] = set()
        self._outgoing: list[tuple[Any, ...]] = []
        self._traces: dict[str, str] = {}
        self._traced: dict[UUID, str] = {}
        self.spans: list[Span] = []  # of what is done here for traces that somebody records; ended by the commit
        self.wakes = False  # set when there is something to do after the commit: events to relay, notices to send

    # -- cases -------------------------------------------------------------------------------------------------------

    async def lock(self, cases: Iterable[UUID]) -> Mapping[UUID, Marks]:
        """Lock these cases until commit, making marks for those never met; returns the marks of all of them."""
        wanted = sorted(set(cases) - self._marks.keys())
        if wanted:
            await self._load(wanted)
            if missing := [case for case in wanted if case not in self._marks]:
                await self._connection.execute(sql.CREATE_MARKS, {"cases": missing})
                await self._load(missing)
        return self._marks

    async def _load(self, cases: Sequence[UUID]) -> None:
        for row in (await self._connection.execute(sql.LOCK_MARKS, {"cases": cases})).mappings():
            applied = {source: row[source] for source in SOURCES if row[source]}
            self._marks[row["case_id"]] = Marks(applied, row["emitted"], row["parked"])

    def begin_cases(self, cases: Iterable[UUID]) -> None:
        """Announce cases that this transaction itself creates: their marks are inserted, nothing need be locked."""
        for case in cases:
            self._marks[case] = Marks()
            self._new.add(case)

    def advance(self, case: UUID, marks: Marks) -> None:
        """The case's marks after applying (rule 2)."""
        self._marks[case] = marks
        self._dirty.add(case)

    def trace(self, event: Event) -> None:
        """Let what this event causes go on in its trace."""
        envelope = event.envelope
        if traceparent := envelope.traceparent:
            name = f"apply {envelope.type}"
            if span := open_span(traceparent, name, self._service, envelope.case, SpanKind.CONSUMER):
                self.spans.append(span)
                traceparent = traceparent_of(span.get_span_context()) or traceparent
            self._traced[envelope.id] = traceparent

    def trace_of(self, cause: str) -> str | None:
        """The traceparent of what `cause`, an event applied in this transaction, brings about."""
        if self._traced:  # spelling their ids is left for when somebody asks
            self._traces |= {str(id_): traceparent for id_, traceparent in self._traced.items()}
            self._traced.clear()
        return self._traces.get(cause) or traceparent_of_current()

    async def emit(self, drafts: Sequence[Draft]) -> None:
        """Rules 1 and 4: give each draft its place and append it to the event log and the outbox."""
        if not drafts:
            return
        await self.lock(draft.case for draft in drafts)
        own = CASE_TOPIC_OF_SOURCE[self._service].name
        rows = []
        for draft in drafts:
            marks = self._marks[draft.case]
            marks = Marks(marks.applied, marks.emitted + 1, marks.parked)
            self.advance(draft.case, marks)
            rows.append((
                ids.event_id(draft.cause, draft.data.event_type, draft.discriminator or str(draft.case)),
                draft.data.topic or own, str(draft.case), draft.data.event_type, draft.data.model_dump_json().encode(),
                marks.emitted,
                format_after({s: n for s, n in marks.applied.items() if s != self._service}),
                draft.project, draft.cause, draft.actor, self._trace_of(draft), draft.occurred_at,
            ))  # fmt: skip
        self._append(rows)

    def _trace_of(self, draft: Draft) -> str | None:
        if found := draft.traceparent or self.trace_of(draft.cause):
            return found
        # Time alone has caused it; the first of what it brings about begins the trace of the others.
        if begun := new_traceparent(f"emit {draft.data.event_type}"):
            self._traces[draft.cause] = begun
        return begun

    def at(self, case: UUID) -> str:
        """What a write answers with, for reading it back (rule 11): `intake=1`."""
        return f"{self._service}={self._marks[case].emitted}"

    async def flush(self) -> None:
        """Write what was emitted and the marks; called by the unit of work just before commit."""
        await self._write_outgoing()
        if new := sorted(self._new):
            await self._connection.execute(
                sql.INSERT_MARKS, {"cases": new, "emitted": [self._marks[case].emitted for case in new]}
            )
        if changed := sorted(self._dirty - self._new):
            marks = [self._marks[case] for case in changed]
            await self._connection.execute(
                sql.SAVE_MARKS,
                {"cases": changed, "emitted": [m.emitted for m in marks]}
                | {source: [m.of(source) for m in marks] for source in SOURCES},
            )
        self._new.clear()
        self._dirty.clear()

    # -- versioned records -------------------------------------------------------------------------------------------

    async def put_records(self, topic: str, records: Mapping[str, RecordData]) -> dict[str, int]:
        """Store records this service owns (key -> data) as their next version and send them; returns the versions."""
        if not records:
            return {}
        return await self._put(
            topic, {key: (data.record_type, data.model_dump_json().encode()) for key, data in records.items()}
        )

    async def erase_record(self, topic: str, key: str, record_type: str) -> int:
        """Erase a record this service owns: its body goes, a tombstone is sent. Returns the last version."""
        return (await self._put(topic, {key: (record_type, None)}))[key]

    async def _put(self, topic: str, bodies: Mapping[str, tuple[str, bytes | None]]) -> dict[str, int]:
        result = await self._connection.execute(
            sql.PUT_RECORDS,
            {
                "topics": [topic] * len(bodies),
                "keys": list(bodies),
                "types": [type_ for type_, _ in bodies.values()],
                "bodies": [body for _, body in bodies.values()],
                "now": self.started,
            },
        )
        versions = {row.key: row.version for row in result}
        if topic == "reference":
            await self._connection.execute(sql.TOUCH_STAMP, {"topic": topic})
        await self.send_records(topic, [(key, version, bodies[key][0]) for key, version in versions.items()])
        return versions

    async def send_records(self, topic: str, records: Iterable[tuple[str, int, str]]) -> None:
        """Queue owned records (key, version, type) for sending. The log keeps no body: the relay reads it when it
        sends, so that what is erased meanwhile is never sent (rule 4 and the rules on personal data)."""
        self._append([
            (ids.event_id(f"{key}@{version}", type_, topic), f"{topic}.v1", key, type_, None, version, "", "", "", "",
             None, self.started)
            for key, version, type_ in records
        ])  # fmt: skip

    async def send(self, topic: str, key: str, type_: str, payload: bytes, id_: UUID) -> None:
        """Queue a record that is neither a case event nor versioned: a dead letter's mirror, a duty."""
        self._append([(id_, topic, key, type_, payload, 0, "", "", "", "", None, self.started)])

    async def records(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Record]:
        """The stored records of these (topic, key) pairs; unknown ones are left out, erased ones have no body."""
        wanted = sorted(set(keys))
        if not wanted:
            return {}
        result = await self._connection.execute(
            sql.READ_RECORDS, {"topics": [topic for topic, _ in wanted], "keys": [key for _, key in wanted]}
        )
        return {(row.topic, row.key): Record(row.topic, row.key, row.version, row.type, row.body) for row in result}

    async def lock_record(self, topic: str, key: str) -> Record | None:
        """One record, locked until commit, for reading and writing it back."""
        row = (await self._connection.execute(sql.LOCK_RECORD, {"topic": topic, "key": key})).one_or_none()
        return Record(topic, key, row.version, row.type, row.body) if row else None

    async def unmet(self, needs: Iterable[Need]) -> set[Need]:
        """Which of these needs are not met yet. An erased record meets every need: there is nothing to wait for."""
        wanted = set(needs)
        known = await self.records((need.topic, need.key) for need in wanted)
        return {
            need
            for need in wanted
            if not (record := known.get((need.topic, need.key)))
            or (record.version < need.version and record.body is not None)
        }

    # -- decisions across cases, requests, audit ---------------------------------------------------------------------

    async def lock_scopes(self, scopes: Iterable[str]) -> None:
        """Rule 7: advisory locks on the scopes of decisions across cases, sorted, held until commit."""
        numbers = sorted({_lock_number(f"{self._service}:{scope}") for scope in scopes})
        if numbers:
            await self._connection.execute(sql.LOCK_SCOPES, {"scopes": numbers})

    async def remember_request(self, actor: str, key: str, digest: str, subject: str) -> tuple[str, str] | None:
        """Remember a request by its idempotency key; if it was there before, its (digest, subject)."""
        parameters = {"actor": actor, "key": key, "digest": digest, "subject": subject, "now": self.started}
        if (await self._connection.execute(sql.REMEMBER_REQUEST, parameters)).first():
            return None
        row = (await self._connection.execute(sql.RECALL_REQUEST, {"actor": actor, "key": key})).one()
        return row.request_digest, row.subject

    async def audit(
        self, principal: Principal, action: str, subjects: Sequence[str], detail: Mapping[str, Any] | None = None
    ) -> None:
        """One audit row a subject. `detail` holds codes and figures, never words of people."""
        count = len(subjects)
        if count:
            await self._connection.execute(
                sql.ADD_AUDIT,
                {
                    "ats": [self.started] * count,
                    "actors": [principal.actor] * count,
                    "roles": [",".join(sorted(principal.roles))] * count,
                    "actions": [action] * count,
                    "subjects": list(subjects),
                    "details": [json.dumps(detail or {}, ensure_ascii=False)] * count,
                    "trace_ids": [current_trace_id()] * count,
                },
            )

    def _append(self, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self._outgoing.extend(rows)
            self.wakes = True

    async def _write_outgoing(self) -> None:
        if not self._outgoing:
            return
        names = ("ids", "topics", "keys", "types", "payloads", "sequences", "afters", "projects", "causes", "actors",
                 "traceparents", "occurred")  # fmt: skip
        columns = dict(zip(names, map(list, zip(*self._outgoing, strict=True)), strict=True))
        self._outgoing.clear()
        await self._connection.execute(sql.APPEND_EVENTS, {**columns, "now": self.started})


def _lock_number(scope: str) -> int:
    return int.from_bytes(hashlib.blake2b(scope.encode(), digest_size=8).digest(), "big", signed=True)
