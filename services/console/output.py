"""What commands print: tables for people, JSON for programs, errors on standard error; and the exit codes."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from shared.texts.catalogue import render

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_UNREACHABLE = 3
EXIT_REFUSED_LINES = 4
EXIT_CHECK_FAILED = 5


def fail(code: str, exit_code: int, **params: Any) -> NoReturn:
    """Say what is wrong and what to do, on standard error, and end."""
    from services.console.client import language

    typer.echo(render(code, language(), **params), err=True)
    raise typer.Exit(exit_code)


def say(code: str, **params: Any) -> None:
    """A sentence for people, on standard error, so that standard output stays data."""
    from services.console.client import language

    typer.echo(render(code, language(), **params), err=True)


def print_json(document: Any) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def print_rows(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """Rows as a table, or as a JSON list."""
    found = list(rows)
    if as_json:
        print_json(found)
        return
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in found:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    Console().print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
