"""Reading import files: CSV, JSONL and XLSX, gzipped or not, line by line; what cannot be read is said, not dropped."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file (1 first, a CSV's header not counted), its values, or why it cannot be read."""

    number: int
    values: dict[str, Any] | None
    reason: str | None = None


class UnknownFormat(ValueError):
    """The file's name ends in none of .csv, .jsonl, .ndjson, .xlsx, each also with .gz."""


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a file. Raises UnknownFormat, OSError."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    zipped = bool(suffixes) and suffixes[-1] == ".gz"
    kind = (suffixes[:-1] or [""])[-1] if zipped else (suffixes or [""])[-1]
    readers = {".csv": _read_csv, ".jsonl": _read_jsonl, ".ndjson": _read_jsonl, ".xlsx": _read_xlsx}
    if kind not in readers:
        raise UnknownFormat(path.name)
    with gzip.open(path) if zipped else path.open("rb") as file:
        yield from readers[kind](file)  # type: ignore[arg-type]  # both are binary files


def count_lines(path: Path) -> int | None:
    """How many lines there are, for a progress bar; None where counting means reading everything."""
    if path.suffix.lower() == ".xlsx":
        return None
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
    except (OSError, EOFError, zlib.error):
        return None


def _text_lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Raw lines; None at the point where a damaged archive ends."""
    try:
        yield from file
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield None


def _read_jsonl(file: BinaryIO) -> Iterator[Line]:
    number = 0
    for raw in _text_lines(file):
        number += 1
        if raw is None:
            yield Line(number, None, "archive_damaged")
            return
        if not raw.strip():
            continue
        try:
            values = json.loads(raw)
        except ValueError:
            yield Line(number, None, "not_json")
            continue
        if isinstance(values, dict):
            yield Line(number, values)
        else:
            yield Line(number, None, "not_an_object")


def _read_csv(file: BinaryIO) -> Iterator[Line]:
    damaged = False

    def text() -> Iterator[str]:
        nonlocal damaged
        for index, raw in enumerate(_text_lines(file)):
            if raw is None:
                damaged = True
                return
            yield raw.decode("utf-8-sig" if index == 0 else "utf-8", errors="strict")

    number = 0
    try:
        for number, values in enumerate(csv.DictReader(text(), strict=True), 1):
            if None in values or None in values.values():
                yield Line(number, None, "wrong_number_of_columns")
            else:
                yield Line(number, {name: value or None for name, value in values.items()})
    except UnicodeDecodeError:
        yield Line(number + 1, None, "not_utf8")
    except csv.Error:
        yield Line(number + 1, None, "not_csv")
    if damaged:
        yield Line(number + 1, None, "archive_damaged")


def _read_xlsx(file: BinaryIO) -> Iterator[Line]:
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(file.read())).get_sheet_by_index(0).iter_rows()
        header = [str(cell).strip() for cell in next(rows, [])]
        for number, row in enumerate(rows, 1):
            values = {name: _plain(cell) for name, cell in zip(header, row, strict=False) if name}
            if any(value is not None for value in values.values()):
                yield Line(number, values)
    except (CalamineError, EOFError, zlib.error, OSError):
        yield Line(1, None, "not_xlsx")


def _plain(cell: Any) -> Any:
    if cell == "" or cell is None:
        return None
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell.isoformat(sep=" ") if hasattr(cell, "isoformat") else cell
