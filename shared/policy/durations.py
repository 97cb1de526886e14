"""Durations as packs write them, and how a pack counts days: values only, arithmetic is the clocks' business."""

import re
from dataclasses import dataclass
from typing import Literal

Unit = Literal["min", "h", "d", "w", "mo", "y", "wh", "wd", "same_day"]

_PATTERN = re.compile(r"^([1-9][0-9]{0,4})(min|h|wh|wd|d|w|mo|y)$")


@dataclass(frozen=True, slots=True)
class Duration:
    """`15min 24h` elapsed, `8wh` working hours, `2d` days, `3wd` working days, `1w`, `1mo`, `1y`, `same_day`."""

    amount: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """Read `5wd` and the like. Raises ValueError naming the accepted forms."""
        if text == "same_day":
            return cls(0, "same_day")
        found = _PATTERN.match(text)
        if not found:
            raise ValueError(f"{text!r} is no duration; write 15min, 24h, 8wh, 2d, 3wd, 1w, 1mo, 1y or same_day")
        return cls(int(found[1]), found[2])  # type: ignore[arg-type]  # the pattern admits units only

    def __str__(self) -> str:
        return "same_day" if self.unit == "same_day" else f"{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True)
class Count:
    """How a pack counts: written in every pack, because texts differ and a day is at stake.

    day: a plain day ends at 24:00 of the last day, or at the same time of day.
    start_day: whether the day of the start is the first day counted.
    working_day: the Nth working day ends at 24:00, at the close of business, or at the same time of day.
    week: seven days on, or the end of a calendar week. on_undated: day type where the text names none.
    """

    day: Literal["end_of_day", "same_time"] = "end_of_day"
    start_day: Literal["excluded", "included"] = "excluded"
    working_day: Literal["end_of_day", "end_of_office", "same_time"] = "end_of_office"
    week: Literal["rolling", "calendar"] = "rolling"
    on_undated: Literal["calendar", "working"] = "calendar"
