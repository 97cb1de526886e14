"""Complaints of our own invention, as feeding systems send them."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

PROJECTS = ("P01", "P02", "P03")

# What is said, the category it suggests, and the department that gets it.
SAID = (
    ("The lift of our building has stopped again, third time this month.", "property", "property"),
    ("卧室外墙渗水，墙皮已经脱落，雨天更严重。", "quality", "dept"),
    ("前台接待态度敷衍，来电两次都没有回复。", "other_service", "property"),
    ("The salesperson promised a kindergarten that is nowhere to be seen.", "sales", "dept"),
    ("地下车库长期堆放杂物，停车很不方便。", "property", "property"),
)


def complaint(source_id: str, number: int = 0, **fields: Any) -> dict[str, Any]:
    """The body of a complaint; `number` chooses project and words. Fields given as None are left out."""
    body = {
        "project": PROJECTS[number % len(PROJECTS)],
        "source": "app",
        "source_id": source_id,
        "channel": "app",
        "title": f"No. {number}",
        "narrative": SAID[number % len(SAID)][0],
        "segment": "buyer",
        "unit": f"1-1-{number % 90 + 100}",
        "reporter": {"name": f"Resident {number}", "phone": f"+86139{number:08d}"},
        "facts": {"people": 1},
    } | fields
    return {name: value for name, value in body.items() if value is not None}


def complaints(prefix: str, count: int, **fields: Any) -> list[dict[str, Any]]:
    """`count` complaints with identities of their own."""
    return [complaint(f"{prefix}-{number}", number, **fields) for number in range(count)]


def ndjson(bodies: Iterable[Mapping[str, Any]]) -> bytes:
    """One a line."""
    return b"".join(json.dumps(body, ensure_ascii=False).encode() + b"\n" for body in bodies)


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """A file as people export it from a spreadsheet, byte order mark included."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def exported(prefix: str, count: int) -> list[dict[str, Any]]:
    """Rows of such a file: `huiyin import` knows the columns id, time, subject and body."""
    return [
        {
            "id": f"{prefix}-{number}",
            "time": f"2026-11-{number % 20 + 1:02d} 10:30:00",
            "subject": f"No. {number}",
            "body": SAID[number % len(SAID)][0],
        }
        for number in range(count)
    ]
