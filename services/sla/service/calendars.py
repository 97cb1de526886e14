"""Publishing calendars: immutable versions, flat documents, sent to everyone."""

from dataclasses import dataclass

from services.sla.storage.records import RecordStorage
from shared.access.principal import Principal
from shared.calendars.document import CalendarDocument
from shared.calendars.loading import load_calendar
from shared.calendars.writing import write_calendar
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.events.records import CalendarV1


@dataclass(frozen=True, slots=True)
class Published:
    """A calendar version as it stands. created: it was not there before."""

    document: CalendarDocument
    created: bool


async def publish_calendar(unit: UnitOfWork, text: str, principal: Principal) -> Published:
    """Publish the calendar in `text` (YAML); an override is laid upon the newest version of what it extends.

    The same content again changes nothing. Raises CalendarError with every problem and its place, and Conflict
    `calendar_version_taken` where this version has other content: calendars in use never change.
    """
    await unit.delivery.lock_scopes(["calendars"])
    versions = await RecordStorage(unit.connection).calendars()

    def newest(code: str) -> CalendarDocument | None:
        found = max((each for each in versions if each.code == code), key=lambda each: each.version, default=None)
        return load_calendar(found.text) if found else None

    document = load_calendar(text, newest)
    digest = document.digest()
    for each in versions:
        if (each.code, each.version) == (document.code, document.version):
            if each.digest != digest:
                known = max(other.version for other in versions if other.code == each.code)
                params = {"calendar": document.reference, "next": known + 1}
                raise Conflict("calendar_version_taken", params)
            return Published(document, created=False)
    record = CalendarV1(
        code=document.code,
        version=document.version,
        effective=document.effective,
        digest=digest,
        text=write_calendar(document),
    )
    await unit.delivery.put_records("reference", {f"calendar:{document.reference}": record})
    await unit.delivery.audit(principal, "calendar.publish", [f"calendar:{document.reference}"], {"digest": digest})
    return Published(document, created=True)
