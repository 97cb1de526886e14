"""The bench as people read it: a table, and below it what limits each row and what it is compared with."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

NARROWEST = 140


def show(lines: Sequence[dict[str, Any]], console: Console) -> None:
    """Print the rows; a missed goal stands there as missed."""
    if not console.is_terminal:
        console.width = max(console.width, NARROWEST)
    table = Table(title="Huiyin bench", title_justify="left", pad_edge=False)
    table.add_column("row", no_wrap=True)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("p50 / p95 / p99 ms", justify="right", no_wrap=True)
    table.add_column("bare", justify="right", no_wrap=True)
    table.add_column("ratio", justify="right", no_wrap=True)
    table.add_column("goal", no_wrap=True)
    table.add_column("aim", justify="right", no_wrap=True)
    table.add_column("n × at once", justify="right", no_wrap=True)
    for line in lines:
        table.add_row(*_cells(line), style="" if line["reached"] else "yellow")
    console.print(table)
    for line in lines:
        console.print(f"{line['name']}: {line['limited_by']} Bare: {line['baseline_of']}.", markup=False)


def _cells(line: dict[str, Any]) -> list[str]:
    latency = " / ".join(figure(line[name]) for name in ("p50_ms", "p95_ms", "p99_ms"))
    return [
        line["name"],
        f"{figure(line['value'])} {line['unit']}",
        latency,
        figure(line["baseline"]),
        figure(line["ratio"]),
        f"{line['goal_text']}: {'reached' if line['reached'] else 'missed'}",
        figure(line["aim"]),
        f"{line['n']:,} × {line['concurrency']}",
    ]


def figure(value: float | None) -> str:
    """A number as people write it; a dash for none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
