"""Clocks like the product's, run out, ledgered and said in one statement that decides nothing."""

import asyncpg

from shared.clock import monotonic

_CREATE = """
    create table clocks (id uuid primary key, case_id uuid not null, state text not null, level smallint not null,
                         due_at timestamptz not null, next_at timestamptz, climb_at timestamptz);
    create index on clocks (next_at) where next_at is not null;
    create index on clocks (case_id);
    create table ledger (recorded_at timestamptz not null, clock_id uuid not null, number int not null, what text,
                         case_id uuid not null, primary key (recorded_at, clock_id, number));
    create index on ledger (case_id);
    create table event_log (recorded_at timestamptz not null, id uuid not null, aggregateid text not null,
                            type text not null, payload bytea not null, primary key (recorded_at, id));
    create index on event_log (aggregateid);
    create table outbox (position bigint generated always as identity primary key, id uuid not null);
"""
_FILL = """
    insert into clocks
    select gen_random_uuid(), gen_random_uuid(), 'running', 0, now(), now(), null from generate_series(1, $1)
"""
_ESCALATE = """
    with due as (
        update clocks set state = 'breached', level = 1, next_at = null, climb_at = due_at + interval '1 day'
        where next_at <= now() returning id, case_id
    ), said as (
        select gen_random_uuid() as id, due.id as clock, due.case_id, number, what
        from due cross join (values (1, 'breached'), (2, 'escalated')) v(number, what)
    ), lines as (
        insert into ledger select now(), clock, number, what, case_id from said
    ), logged as (
        insert into event_log
        select now(), id, case_id::text, what, convert_to(repeat('x', 300), 'UTF8') from said
    )
    insert into outbox (id) select id from said
"""


async def clocks_a_second(dsn: str, clocks: int) -> float:
    """Escalate so many clocks in one transaction."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("create schema bare; set search_path = bare")
        await connection.execute(_CREATE)
        await connection.execute(_FILL, clocks)
        began = monotonic()
        await connection.execute(_ESCALATE)
        return clocks / (monotonic() - began)
    finally:
        await connection.close()
