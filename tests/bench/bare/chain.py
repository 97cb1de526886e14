"""The rows all five services keep of a complaint, written by one program in one transaction each."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

from shared.clock import monotonic

CLOCKS = 3
NOTICES = 2
EVENTS = 11

_CREATE = """
    create table complaints (id uuid primary key, source text not null, source_id text not null, project text not null,
                             number text not null, received_at timestamptz not null);
    create table personal (id uuid primary key, body bytea not null);
    create table cases (id uuid primary key, project text not null, state text not null, grade int not null,
                        category text not null, department text not null, version int not null);
    create index on cases (project, state);
    create table clocks (id uuid primary key, case_id uuid not null, name text not null, due_at timestamptz not null,
                         ledger bytea not null);
    create index on clocks (due_at);
    create table notices (id uuid primary key, case_id uuid not null, kind text not null, body bytea not null,
                          due_at timestamptz);
    create index on notices (due_at);
    create table event_log (recorded_at timestamptz not null, id uuid not null, aggregateid text not null,
                            type text not null, payload bytea not null, primary key (recorded_at, id));
    create index on event_log (aggregateid);
    create table views (id uuid primary key, project text not null, state text not null, grade int not null);
"""
_COMPLAINT = "insert into complaints values ($1, 'bench', $2, $3, $4, $5)"
_PERSONAL = "insert into personal values ($1, $2)"
_CASE = "insert into cases values ($1, $2, 'assigned', 3, 'quality', 'property', 1)"
_CLOCKS = "insert into clocks select unnest($1::uuid[]), $2, 'reply', $3, $4"
_NOTICES = "insert into notices select unnest($1::uuid[]), $2, 'assigned', $3, $4"
_EVENTS = "insert into event_log select $1, unnest($2::uuid[]), $3, 'case.assigned.v1', $4"
_VIEW = "insert into views values ($1, $2, 'assigned', 3)"


async def complaints_a_second(dsn: str, bodies: list[bytes], connections: int) -> float:
    """Write one transaction a complaint over so many connections at once."""
    async with asyncpg.create_pool(dsn, min_size=connections, max_size=connections) as pool:
        await pool.execute(_CREATE)
        waiting = list(bodies)

        async def work() -> None:
            async with pool.acquire() as connection:
                while waiting:
                    await _write(connection, waiting.pop())

        began = monotonic()
        await asyncio.gather(*(work() for _ in range(connections)))
        return len(bodies) / (monotonic() - began)


async def _write(connection: asyncpg.Connection, body: bytes) -> None:
    case, at, project = uuid4(), datetime.now(UTC), "P01"
    async with connection.transaction():
        await connection.execute(_COMPLAINT, case, str(case), project, f"{project}-{case}", at)
        await connection.execute(_PERSONAL, case, body)
        await connection.execute(_CASE, case, project)
        await connection.execute(_CLOCKS, [uuid4() for _ in range(CLOCKS)], case, at, body[:300])
        await connection.execute(_NOTICES, [uuid4() for _ in range(NOTICES)], case, body[:300], at)
        await connection.execute(_EVENTS, at, [uuid4() for _ in range(EVENTS)], str(case), body[:600])
        await connection.execute(_VIEW, case, project)
