"""`huiyin calendar try`: what a draft would do to open cases, page by page, told as one."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from services.console.client import Client, language, problem_text
from services.console.output import EXIT_CHECK_FAILED, say
from shared.texts.catalogue import render

CASES_A_PAGE = 1000
CLOCKS_A_PAGE = 200
SHOWN = 50
"""Rows of a table; JSON has them all."""
_EFFECTS = ("newly_breached", "relieved", "earlier", "later")
_ALARMING = frozenset({"newly_breached", "relieved"})


def try_calendar(client: Client, text: str) -> dict[str, Any]:
    """What the calendar in `text` would do: `calendar zone as_of open_cases looked_at by_project items more`.

    items: the clocks that would newly be breached or relieved, as the API has them. more: whether a page had more of
    them than it tells. A calendar that cannot be used ends the command with exit code 5.
    """
    found: dict[str, Any] = {}
    counted: dict[str, Counter[str]] = {}
    items: list[dict[str, Any]] = []
    looked_at, more = 0, False
    with progress_bar("console.trying") as advance:
        for page in _pages(client, text):
            found, looked_at = page, looked_at + page["looked_at"]
            alarming = [each for each in page["items"] if each["effect"] in _ALARMING]
            items += alarming
            more = more or len(alarming) == CLOCKS_A_PAGE
            for row in page["by_project"]:
                counted.setdefault(row["project"], Counter()).update({effect: row[effect] for effect in _EFFECTS})
            advance(page["looked_at"], page["open_cases"])
    return {
        **{name: found[name] for name in ("calendar", "zone", "as_of", "open_cases")},
        "looked_at": looked_at,
        "by_project": [
            {"project": project, **{effect: counted[project][effect] for effect in _EFFECTS}}
            for project in sorted(counted)
        ],
        "items": items,
        "more": more,
    }


def print_trial(trial: Mapping[str, Any]) -> None:
    """The trial for people: cases by project, then the clocks it alarms or relieves, in local time."""
    say("console.tried", calendar=trial["calendar"], open_cases=trial["open_cases"])
    if not trial["by_project"]:
        say("console.nothing_moves")
        return
    counts = ("project", *_EFFECTS)
    print_table(counts, ([str(row[name]) for name in counts] for row in trial["by_project"]))
    zone, items = ZoneInfo(trial["zone"]), trial["items"]
    if items:
        columns = ("effect", "project", "case", "clock", "old_due", "new_due")
        print_table(columns, (_row(each, zone) for each in items[:SHOWN]))
    if trial["more"] or len(items) > SHOWN:
        say("console.more_rows", shown=min(len(items), SHOWN))


@contextmanager
def progress_bar(code: str) -> Iterator[Callable[[int, int | None], None]]:
    """A bar on a terminal's standard error; call what it gives with how many more are done, and of how many."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(render(code, language()), total=None)
        yield lambda more, total: progress.update(task, advance=more, total=total)


def print_table(columns: Iterable[str], rows: Iterable[list[str]]) -> None:
    """A table whose columns are called in the language of the terminal."""
    names = (render(f"console.column.{name}", language()) for name in columns)
    table = Table(*names, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def local_time(instant: str | None, zone: ZoneInfo | None = None) -> str:
    """An instant of the API as a clock in `zone` shows it, by default where the terminal is."""
    return "" if instant is None else datetime.fromisoformat(instant).astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _pages(client: Client, text: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while True:
        response = client.request(
            "POST",
            "/sla/v1/calendars:try",
            token=client.staff_token("operator"),
            accept=(httpx.codes.UNPROCESSABLE_ENTITY,),
            content=text.encode(),
            headers={"Content-Type": "application/yaml"},
            params={"limit": CASES_A_PAGE, "items": CLOCKS_A_PAGE} | ({"cursor": cursor} if cursor else {}),
        )
        if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            typer.echo(problem_text(response), err=True)
            raise typer.Exit(EXIT_CHECK_FAILED)
        page: dict[str, Any] = response.json()
        yield page
        if (cursor := page["next_cursor"]) is None:
            return


def _row(item: Mapping[str, Any], zone: ZoneInfo) -> list[str]:
    effect = render(f"console.column.{item['effect']}", language())
    instants = [local_time(item[name], zone) for name in ("old_due_at", "new_due_at")]
    return [effect, item["project"], item["case"], item["label"][language()], *instants]
