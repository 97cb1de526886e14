"""Office hours of one day, as people write them: `09:00-12:00`, `22:00-06:00`."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

MINUTES_A_DAY = 24 * 60

_INTERVAL = re.compile(r"^([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)$")


@dataclass(frozen=True, slots=True)
class Interval:
    """Office hours on one day: minutes after local midnight, `start` included, `end` not.

    An `end` above 1440 lies on the following day (22:00-06:00); the hours belong to the day on which they start.
    """

    start: int
    end: int

    @classmethod
    def parse(cls, text: object) -> "Interval":
        """Read `09:00-12:00`, `22:00-06:00`, `00:00-24:00`. Raises the problem `hours_wrong`."""
        if isinstance(text, Interval):
            return text
        found = _INTERVAL.match(text) if isinstance(text, str) else None
        if not found:
            raise PydanticCustomError("hours_wrong", "{value} are no hours", {"value": str(text)[:40]})
        start = int(found[1]) * 60 + int(found[2])
        end = int(found[3]) * 60 + int(found[4]) if found[3] else MINUTES_A_DAY
        if end == start:
            raise PydanticCustomError("hours_wrong", "{value} are no hours", {"value": text})
        return cls(start, end if end > start else end + MINUTES_A_DAY)

    def __str__(self) -> str:
        end = self.end if self.end <= MINUTES_A_DAY else self.end - MINUTES_A_DAY
        return f"{self.start // 60:02}:{self.start % 60:02}-{end // 60:02}:{end % 60:02}"


def _apart(hours: tuple[Interval, ...]) -> tuple[Interval, ...]:
    ordered = tuple(sorted(hours, key=lambda interval: interval.start))
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            raise PydanticCustomError("hours_overlap", "hours overlap", {"first": str(earlier), "second": str(later)})
    return ordered


Hours = Annotated[
    tuple[
        Annotated[
            Interval,
            BeforeValidator(Interval.parse),
            PlainSerializer(str),
            WithJsonSchema({"type": "string", "pattern": _INTERVAL.pattern}),
        ],
        ...,
    ],
    Field(max_length=24),
    AfterValidator(_apart),
]
