"""How the database looks rows up while tables are new and empty: as it must when they are large, for it keeps plans."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import TextClause

from services.sla.storage import due
from shared.delivery import statements as delivery
from tests.storage.sla_service import Sla, sla_service

GROWING = ("event_log", "clocks", "case_marks", "outbox_pending", "records")


@pytest.fixture
async def sla(database_url: str, tmp_path: Path) -> AsyncIterator[Sla]:
    async with sla_service(database_url, tmp_path, "2026-02-12 10:00") as running:
        yield running


@pytest.mark.parametrize(
    "statement",
    [delivery.FETCH_PENDING, delivery.LOCK_MARKS, delivery.SAVE_MARKS, delivery.READ_RECORDS, delivery.CONFIRM_PENDING,
     due._CLAIM_DUE, due._CLAIM_CLIMBING],
    ids=["fetch_pending", "lock_marks", "save_marks", "read_records", "confirm_pending", "claim_due", "claim_climbing"],
)  # fmt: skip
async def test_large_tables_are_looked_up_by_index_from_the_first_day(sla: Sla, statement: TextClause) -> None:
    async with sla.core.database.begin() as unit:
        # A generic plan, as is kept for a statement that was used often.
        await unit.connection.exec_driver_sql("set local plan_cache_mode = force_generic_plan")
        compiled = statement.compile(dialect=unit.connection.dialect)
        await unit.connection.exec_driver_sql(f"prepare kept as {compiled}")
        nothing = ", ".join(["null"] * len(compiled.positiontup or ()))
        plan = await unit.connection.exec_driver_sql(f"explain execute kept({nothing})")
        lines = [line for (line,) in plan]
        await unit.connection.exec_driver_sql("deallocate kept")
    wholes = [line for line in lines if "Seq Scan" in line and any(f" on {table}" in line for table in GROWING)]
    joins = [line for line in lines if "Hash Join" in line or "Merge Join" in line]
    assert (wholes, joins) == ([], []), "\n".join(lines)
