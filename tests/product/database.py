"""The database seen from outside, as its owner."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg

SCHEMAS = ("intake", "routing", "sla", "notify", "reporting")


def query(url: str, statement: str, *values: Any) -> list[dict[str, Any]]:
    """The rows of a statement."""
    return asyncio.run(_query(url, statement, values))


def tables(url: str) -> list[str]:
    """`schema.table` of all five services; a partitioned table stands for its partitions."""
    rows = query(
        url,
        """
        select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition order by 1
        """,
        list(SCHEMAS),
    )
    return [row["name"] for row in rows]


def rows_of(url: str, table: str) -> Iterator[dict[str, Any]]:
    """Every row of a table."""
    yield from query(url, f"select * from {table}")


async def _query(url: str, statement: str, values: Any) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(url)
    try:
        return [dict(row) for row in await connection.fetch(statement, *values)]
    finally:
        await connection.close()
