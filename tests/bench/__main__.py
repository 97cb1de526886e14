"""`python -m tests.bench`: measure the rows named in ROWS (default: all), print the table, write `bench.json`.

Exit codes: 0 measured (goals reached or missed), 1 a row could not be measured, 2 ROWS names an unknown row.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

import uvloop
from rich.console import Console
from rich.status import Status

from deploy.local.errors import StackError
from shared.clock import monotonic
from shared.memory import settle_memory
from tests.bench import document, table
from tests.bench.figures import Row
from tests.bench.processes import Failed
from tests.bench.rows import ROWS
from tests.bench.stage import Stage


def chosen(names: str) -> list[Row]:
    """The rows that `names` (comma separated; empty: all) speaks of, in our order. Raises ValueError."""
    wanted = {name.strip() for name in names.split(",") if name.strip()} or set(ROWS)
    if unknown := wanted - ROWS.keys():
        raise ValueError(f"ROWS: unknown {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    return [row for row in ROWS.values() if row.name in wanted]


async def run(rows: Sequence[Row], progress: Console) -> list[dict[str, Any]]:
    """Measure one row after the other; one that cannot be measured is told and left out."""
    ourselves = asyncio.current_task()
    assert ourselves is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ourselves.cancel)
    lines = []
    for row in rows:
        began = monotonic()
        try:
            found = await _measured(row, progress)
        except (Failed, StackError, OSError, TimeoutError) as error:
            reason = str(error) or f"not done within {row.seconds:.0f} s"
            progress.print(f"{row.name}: could not be measured: {reason}", style="red", markup=False)
            continue
        lines.append(row.line(found))
        progress.print(f"{row.name}: done in {monotonic() - began:.0f} s", highlight=False)
    return lines


async def _measured(row: Row, progress: Console) -> Any:
    status = Status("", console=progress) if progress.is_terminal else None
    if status is None:
        return await _limited(row, Stage(row.name, progress, None))
    with status:
        return await _limited(row, Stage(row.name, progress, status))


async def _limited(row: Row, stage: Stage) -> Any:
    async with asyncio.timeout(row.seconds):
        return await row.measure(stage)


def main() -> int:
    progress = Console(stderr=True)
    try:
        rows = chosen(os.environ.get("ROWS", ""))
    except ValueError as error:
        progress.print(str(error), style="red", markup=False)
        return 2
    settle_memory()  # as the services do, and on their loop
    try:
        lines = uvloop.run(run(rows, progress))
    except (KeyboardInterrupt, asyncio.CancelledError):
        progress.print("stopped")
        return 130
    if lines:
        table.show(lines, Console())
    progress.print(f"written to {document.write(document.document(lines))}", highlight=False)
    return 0 if len(lines) == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
