"""A million open clocks: the rows that sla itself wrote for some hundred cases, multiplied by the database."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from shared.events import cases
from tests.bench.stage import Stage
from tests.storage.sla_service import Sla, assessed, registration
from tests.unit.sla.examples import cn

PATTERNS = 400
SPREAD = timedelta(days=14)  # over which the cases were received

_MULTIPLY = """
    create temporary table copies as
    select f.case_id as pattern, gen_random_uuid() as copy from case_facts f cross join generate_series(1, $1);
    create index on copies (pattern);
"""
_COLUMNS = """
    select string_agg(quote_ident(column_name), ', ' order by ordinal_position) as columns,
           string_agg(case when column_name = 'case_id' then 'copies.copy'
                           when table_name = 'clocks' and column_name = 'id' then 'gen_random_uuid()'
                           else 't.' || quote_ident(column_name) end, ', ' order by ordinal_position) as values
    from information_schema.columns where table_schema = 'sla' and table_name = $1
"""
_COUNT = """
    select count(*) from clocks where state in ('running', 'breached') and not superseded
"""


async def fill(sla: Sla, dsn: str, clocks: int, stage: Stage, received_from: str, until: str | None = None) -> int:
    """Open cases received over two weeks, until at least so many clocks are open; the number of open clocks.

    until: the instant up to which the monitor watches them: what ran out by then has been breached and has climbed.
    Marks, facts and clocks are copied with new ids; the ledger's first lines are left out, which nothing here reads.
    """
    stage.tell("opening the patterns")
    for number in range(PATTERNS):
        case, at = UUID(int=number + 1), cn(received_from) + SPREAD * number / PATTERNS
        said = (registration(at), cases.CaseAdmittedV1(), assessed())
        await sla.service.applier.process([sla.event(case, each, at) for each in said])
    if until:
        stage.tell("watching the patterns")
        await sla.live_to(until)
    connection = await asyncpg.connect(dsn, server_settings={"search_path": "sla"})
    try:
        each = await connection.fetchval(_COUNT)
        stage.tell(f"multiplying {each:,} open clocks")
        await connection.execute(_MULTIPLY.replace("$1", str(-(-clocks // each) - 1)))
        for table in ("case_marks", "case_facts", "clocks"):
            names = await connection.fetchrow(_COLUMNS, table)
            await connection.execute(
                f"insert into {table} ({names['columns']}) select {names['values']} "  # our own names
                f"from {table} t join copies on copies.pattern = t.case_id"
            )
        await connection.execute("analyze case_marks, case_facts, clocks")
        return int(await connection.fetchval(_COUNT))
    finally:
        await connection.close()
