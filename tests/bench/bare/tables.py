"""Two plain tables like the product's register and event log, and the statements that fill them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg

CREATE = """
    create table complaints (id uuid primary key, source text not null, source_id text not null, project text not null,
                             number text not null, received_at timestamptz not null);
    create table event_log (recorded_at timestamptz not null, id uuid not null, aggregatetype text not null,
                            aggregateid text not null, type text not null, payload bytea not null,
                            sequence bigint not null, primary key (recorded_at, id));
    create index on event_log (aggregateid, sequence);
"""
_INSERT_COMPLAINTS = """
    insert into complaints
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
"""
_INSERT_EVENTS = """
    insert into event_log
    select * from unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bigint[])
"""


async def insert(connection: asyncpg.Connection, bodies: Sequence[bytes]) -> list[str]:
    """One transaction: a row in each table for every body. Returns the ids."""
    at, n = datetime.now(UTC), len(bodies)
    ids = [uuid4() for _ in bodies]
    names = [str(id_) for id_ in ids]
    async with connection.transaction():
        await connection.execute(
            _INSERT_COMPLAINTS, ids, ["bench"] * n, names, ["P01"] * n, [f"P01-{name}" for name in names], [at] * n
        )
        types = ["complaint.registered.v1"] * n
        events = [uuid4() for _ in bodies]
        await connection.execute(_INSERT_EVENTS, [at] * n, events, ["complaints.v1"] * n, names, types, bodies, [1] * n)
    return names
