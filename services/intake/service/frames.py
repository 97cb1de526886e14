"""What governs a complaint of one project received on one day: pack, calendar, zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from shared.errors import invalid
from shared.events.complaints import CalendarPin, PackPin
from shared.policy.pack import Pack
from shared.reference.book import Reference

_MOST = 20_000


@dataclass(frozen=True)
class Frame:
    """The pinned versions, and the names that the pack knows."""

    project: str
    zone: ZoneInfo
    pack: Pack
    pack_pin: PackPin
    calendar_pin: CalendarPin
    contact_types: tuple[str, ...]
    channels: tuple[str, ...]
    segments: tuple[str, ...]
    categories: tuple[str, ...]
    numbers_by_year: bool

    @property
    def usual_type(self) -> str:
        """The contact type of what says none."""
        return "complaint" if "complaint" in self.contact_types else self.contact_types[0]


class Frames:
    """Frames by project and local day, made once for each reference."""

    def __init__(self) -> None:
        self._reference: Reference | None = None
        self._made: dict[tuple[str, date], Frame] = {}
        self._zones: dict[str, ZoneInfo] = {}

    def zone(self, reference: Reference, project: str) -> ZoneInfo:
        """The project's zone."""
        self._follow(reference)
        if (zone := self._zones.get(project)) is None:
            zone = self._zones[project] = ZoneInfo(reference.directory.zone(project))
        return zone

    def of(self, reference: Reference, project: str, received_at: datetime) -> tuple[Frame, datetime]:
        """The frame, and `received_at` in the project's zone. Raises Invalid where the project has no pack or
        calendar."""
        local = received_at.astimezone(self.zone(reference, project))
        place = (project, local.date())
        if (frame := self._made.get(place)) is None:
            if len(self._made) >= _MOST:
                self._made.clear()
            frame = self._made[place] = _make(reference, project, local)
        return frame, local

    def _follow(self, reference: Reference) -> None:
        if reference is not self._reference:
            self._reference = reference
            self._made.clear()
            self._zones.clear()


def _make(reference: Reference, project: str, local: datetime) -> Frame:
    directory = reference.directory
    in_force = reference.pack_of(project, local.date())
    if in_force is None:
        raise invalid("/project", "no_pack")
    pack = reference.pack(in_force.code, in_force.version)
    calendar = reference.calendar_of(project, pack, local.date())
    if calendar is None:
        raise invalid("/project", "no_calendar")
    return Frame(
        project=project,
        zone=ZoneInfo(directory.zone(project)),
        pack=pack,
        pack_pin=PackPin(code=in_force.code, version=in_force.version, digest=in_force.digest),
        calendar_pin=CalendarPin(code=calendar.code, version=calendar.version, digest=calendar.digest),
        contact_types=pack.contact_types,
        channels=tuple(pack.channels),
        segments=pack.segments,
        categories=_categories(pack),
        numbers_by_year="{year}" in pack.document.number.pattern,
    )


def _categories(pack: Pack) -> tuple[str, ...]:
    named: Mapping[object, object] = pack.names["category"].values if "category" in pack.names else {}
    return tuple(str(value) for value in named)
