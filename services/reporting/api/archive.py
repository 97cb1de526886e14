"""The archive over HTTP: cases that have ended, the files they are in, and what is past its time."""

import base64
import binascii
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.reporting.api.labels import Label
from services.reporting.api.nodes import own_node
from services.reporting.domain import Filing, Keeping
from services.reporting.service.filing import find_filings
from services.reporting.storage.files import FileStorage, Position, Wanted
from shared.clock import format_instant, require_aware
from shared.core import Core
from shared.errors import invalid
from shared.policy.document.entry import Labelled
from shared.policy.pack import Pack
from shared.reference.book import Reference
from shared.web.authentication import Caller
from shared.web.openapi import documented

Index = Literal["case", "household", "year", "department"]
_MOST_FILES = 1000  # of one case, more than any pack writes


class PartDocument(BaseModel):
    """A form of the case. at: when it first came to be."""

    form: str
    label: Label
    at: datetime


class FileDocument(BaseModel):
    """One file: all cases with the same id lie in it. index: what it is made of (`case`, `household`, `year`,
    `department`); key: which of them, for a household a keyed hash. separate: apart from the rest."""

    id: UUID
    index: str
    key: str | None = Field(description="null where nobody named a household, and once it is erased")
    separate: bool


class FiledCase(BaseModel):
    """A case that has ended, in a file. state: `due_for_removal` once its time is over; removing it is erasing the
    complaint, and a person decides on that. `held` is beyond its time but must stay."""

    case: UUID
    number: str
    project: str
    file: FileDocument
    kept_by: str | None = Field(description="a role of the pack")
    kept_by_label: Label | None
    department: str | None = Field(description="that handled the case")
    parts: list[PartDocument]
    closed_at: datetime
    kept_until: datetime | None = Field(description="null: without end")
    hand_over_at: datetime | None = Field(description="when it goes to the archivist, if the pack says so")
    state: Keeping
    removed_at: datetime | None
    rule: str


class FiledCases(BaseModel):
    """A page, the case that ended last first. next_cursor: null on the last page."""

    items: list[FiledCase]
    next_cursor: str | None


def archive_routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/reporting/v1", tags=["archive"])

    @router.get("/archive", responses=documented(404))
    async def archive(
        caller: Caller,
        node: Annotated[str | None, Query(max_length=64, description="default: your own node")] = None,
        state: Keeping | None = None,
        file: Annotated[UUID | None, Query(description="the cases of one file")] = None,
        case: UUID | None = None,
        index: Index | None = None,
        separate: bool | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before")] = None,
    ) -> FiledCases:
        """What is kept of the cases of a node's subtree that have ended: in which file, by whom, and until when."""
        reference = await core.book.current()
        now = core.clock.now()
        async with core.database.read() as connection:
            # One more than asked for tells whether there is another page.
            found = await find_filings(
                FileStorage(connection),
                node or own_node(caller, reference.directory),
                Wanted(state, file, case, index, separate),
                caller,
                reference,
                before=_position(cursor) if cursor else None,
                now=now,
                limit=limit + 1,
            )
        page = found[:limit]
        return FiledCases(
            items=[_filed(filing, reference, now) for filing in page],
            next_cursor=_cursor(page[-1]) if found[limit:] else None,
        )

    return router


def _filed(filing: Filing, reference: Reference, now: datetime) -> FiledCase:
    pack = reference.pack(filing.pack_code, filing.pack_version)
    return FiledCase(
        case=filing.case,
        number=filing.number,
        project=filing.project,
        file=FileDocument(id=filing.file, index=filing.index, key=filing.key, separate=filing.separate),
        kept_by=filing.by,
        kept_by_label=_role(pack, filing.by) if filing.by else None,
        department=filing.department,
        parts=[PartDocument(form=part.form, label=_form(pack, part.form), at=part.at) for part in filing.parts],
        closed_at=filing.ended_at,
        kept_until=filing.kept_until,
        hand_over_at=filing.hand_over_at,
        state=filing.keeping(now),
        removed_at=filing.removed_at,
        rule=filing.rule,
    )


def _role(pack: Pack, role: str) -> Label:
    return Label(zh=pack.role_label(role, "zh"), en=pack.role_label(role, "en"))


def _form(pack: Pack, form: str) -> Label:
    # A form of before the case was put under this version of the pack may have no name in it.
    entry = pack.document.forms.get(form) or Labelled()
    return Label(zh=entry.label("zh", form), en=entry.label("en", form))


def _cursor(last: Filing) -> str:
    return base64.urlsafe_b64encode(f"{format_instant(last.ended_at)} {last.case} {last.place}".encode()).decode()


def _position(cursor: str) -> Position:
    try:
        at, case, place = base64.b64decode(cursor, altchars=b"-_", validate=True).decode().split(" ")
        if not place.isdecimal() or int(place) > _MOST_FILES:
            raise ValueError(place)
        return Position(require_aware(datetime.fromisoformat(at)), UUID(case), int(place))
    except (ValueError, binascii.Error, OverflowError):
        raise invalid("/query/cursor", "bad_format", pattern="next_cursor") from None
