"""`huiyin import`: a file into the register, in batches, as often as one likes."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from errno import EACCES, ENOENT
from itertools import islice
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.console.client import Client, language, problem_text
from services.console.mapping import BadMapping, LineMapper, NoTime, parse_mapping
from services.console.output import EXIT_FAILED, EXIT_USAGE, fail
from services.console.reading import Line, UnknownFormat, count_lines, read_lines
from shared.texts.catalogue import render

_BATCH = 500
_BATCH_BYTES = 8 * 1024 * 1024


@dataclass
class Tally:
    """What became of the lines."""

    read: int = 0
    created: int = 0
    existing: int = 0
    refused: int = 0


class Refusals:
    """Writes the refused lines to `path`: number, reason and the line; made only when there is something to write.

    Where nothing can be written, or the import itself would be overwritten, the command ends before it begins.
    """

    def __init__(self, path: Path, source: Path) -> None:
        self.path = path
        self._file: TextIO | None = None
        try:
            if path.exists() and source.exists() and path.samefile(source):
                fail("console.refused_is_import", EXIT_USAGE, file=str(path))
            folder = path.absolute().parent
            if not os.access(folder, os.W_OK | os.X_OK):
                code = EACCES if folder.is_dir() else ENOENT
                raise OSError(code, os.strerror(code))
            path.unlink(missing_ok=True)
        except OSError as error:
            fail("console.refused_unwritable", EXIT_USAGE, file=str(path), reason=error.strerror)

    def add(self, line: Line, reason: str, errors: Any = None) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8")
            self.path.chmod(0o600)
        entry = {"line": line.number, "reason": reason, "errors": errors, "values": line.values}
        self._file.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")
        self._file.flush()


def import_file(client: Client, path: Path, project: str, mapping: list[str], mode: str, refused: Path) -> Tally:
    """Import a file; returns the tally. Run again, it finds everything it has already brought in. refused: where the
    lines that are not taken go, with reasons."""
    token = client.system_key(project) if mode == "live" else client.staff_token("operator")
    answer = client.request("GET", f"/intake/v1/projects/{project}", token=token).json()
    try:
        mapper = LineMapper(project, parse_mapping(mapping), ZoneInfo(answer["zone"]), history=mode == "history")
        lines = read_lines(path)
        refusals = Refusals(refused, path)
        return _import_lines(client, token, lines, mapper, refusals, count_lines(path), path.name)
    except BadMapping as error:
        fail("console.bad_mapping", EXIT_USAGE, given=str(error))
    except UnknownFormat:
        fail("console.unknown_format", EXIT_USAGE, file=path.name)
    except OSError as error:
        fail("console.unreadable_file", EXIT_USAGE, file=str(path), reason=error.strerror or type(error).__name__)


def _import_lines(
    client: Client,
    token: str,
    lines: Iterator[Line],
    mapper: LineMapper,
    refusals: Refusals,
    total: int | None,
    name: str,
) -> Tally:
    tally = Tally()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        task = progress.add_task(name, total=total)
        while batch := list(islice(lines, _BATCH)):
            tally.read += len(batch)
            _send_batch(client, token, _mapped(batch, mapper, refusals, tally), refusals, tally)
            progress.update(task, advance=len(batch))
    return tally


def _mapped(
    batch: list[Line], mapper: LineMapper, refusals: Refusals, tally: Tally
) -> list[tuple[Line, dict[str, Any]]]:
    mapped = []
    for line in batch:
        reason, params = line.reason, {}
        if line.values is not None:
            try:
                mapped.append((line, mapper.body(line.values)))
                continue
            except NoTime as error:
                reason, params = "no_time", {"value": str(error)}
        tally.refused += 1
        refusals.add(line, render(f"console.line.{reason}", language(), **params))
    return mapped


def _send_batch(
    client: Client, token: str, mapped: list[tuple[Line, dict[str, Any]]], refusals: Refusals, tally: Tally
) -> None:
    if not mapped:
        return
    bodies = [json.dumps(body, ensure_ascii=False).encode() for _, body in mapped]
    if sum(map(len, bodies)) > _BATCH_BYTES and len(mapped) > 1:
        middle = len(mapped) // 2
        _send_batch(client, token, mapped[:middle], refusals, tally)
        _send_batch(client, token, mapped[middle:], refusals, tally)
        return
    response = client.request(
        "POST",
        "/intake/v1/complaints:batch",
        token=token,
        content=b"\n".join(bodies) + b"\n",
        headers={"Content-Type": "application/x-ndjson"},
    )
    results = [json.loads(line) for line in response.text.splitlines() if line]
    if len(results) != len(mapped):
        fail("console.refused", EXIT_FAILED, problem=problem_text(response))
    for (line, _), result in zip(mapped, results, strict=True):
        if result["result"] in {"created", "existing"}:
            setattr(tally, result["result"], getattr(tally, result["result"]) + 1)
        else:
            tally.refused += 1
            problem = result.get("problem") or {}
            refusals.add(line, problem.get("detail") or result["result"], problem.get("errors"))


def as_dict(tally: Tally) -> dict[str, int]:
    return asdict(tally)
