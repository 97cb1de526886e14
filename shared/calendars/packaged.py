"""The calendars that come with the product: `cn-office` and `always`."""

from functools import cache
from importlib.resources import files

from shared.calendars.document import CalendarDocument
from shared.calendars.loading import load_calendar

# Published versions never change: a correction or a new year is a new file and a new version.
_FILES = ("always-1.yaml", "cn-office-1.yaml")


@cache
def packaged_calendars() -> tuple[CalendarDocument, ...]:
    """Every packaged calendar version."""
    return tuple(load_calendar(files(__package__).joinpath(name).read_text("utf-8")) for name in _FILES)


def packaged_calendar(code: str) -> CalendarDocument | None:
    """The newest packaged version of the calendar `code`; None if the product brings none."""
    versions = [each for each in packaged_calendars() if each.code == code]
    return max(versions, key=lambda each: each.version, default=None)
