"""What callers send: the body of a complaint, read and checked for everything that needs no project."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    ValidationError,
)

from shared.clock import require_aware
from shared.errors import FieldError, Invalid, TooLarge
from shared.policy.findings import nearest
from shared.web.json_body import parse_json, pointer_of
from shared.web.validation import field_error, invalid_body

LARGEST = 256 * 1024
LONGEST_NARRATIVE = 20_000

Mode = Literal["live", "history"]

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}")
_FIRST_YEAR, _LAST_YEAR = 1000, 9000


def _written_out(value: Any) -> Any:
    # Numbers and digits alone would be read as seconds since 1970: nobody means that.
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise field_error("not_an_instant")
    return value


def _in_range(value: datetime) -> datetime:
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise field_error("impossible")
    return require_aware(value)


def not_blank(value: str) -> str:
    """`value`, unless it is made of spaces only."""
    if not value.strip():
        raise field_error("too_short", min=1)
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_range)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Text = Annotated[str, Field(max_length=LONGEST_NARRATIVE), AfterValidator(not_blank)]


class ReporterBody(BaseModel):
    """Who reports. Of an anonymous reporter nothing else is kept."""

    model_config = ConfigDict(extra="forbid", title="Reporter")

    name: str | None = Field(None, max_length=100)
    phone: str | None = Field(None, max_length=40, description="any spelling; without a country code a Chinese number")
    email: str | None = Field(None, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    language: Literal["zh", "en"] = "zh"
    anonymous: StrictBool = False


class Submission(BaseModel):
    """A complaint as a caller sends it. Channel, segment, contact type, category and facts are the project's pack's."""

    model_config = ConfigDict(extra="forbid", title="Complaint")

    project: Code
    source: str | None = Field(None, pattern=r"^[^:\s]{1,64}$", description="the feeding system; default: the caller's")
    source_id: str | None = Field(None, min_length=1, max_length=200, description="what the source calls it")
    contact_type: Code | None = None
    channel: Code | None = None
    title: str | None = Field(None, max_length=200)
    narrative: Text
    category: Code | None = None
    segment: Code | None = None
    unit: str | None = Field(None, max_length=64, description="building-entrance-flat, as 3-1-502")
    building: Code | None = Field(None, description="node code, where it does not follow from the unit")
    first_receiver: str | None = Field(None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$", description="person id")
    received_at: Instant | None = Field(None, description="default: now; with mode history it must be given")
    occurred_at: Instant | None = None
    reporter: ReporterBody = ReporterBody()
    facts: dict[str, Any] = Field(default_factory=dict, description="money in fen")
    mode: Mode | None = Field(None, description="history: an old complaint, no ladder and no notices; operators only")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A readable submission. digest: SHA-256 of what the caller asked for, the same however it was spaced."""

    body: Submission
    digest: bytes
    history: bool


def parse(raw: bytes, mode: Mode | None = None) -> Parsed:
    """One complaint from its JSON. Raises TooLarge, Malformed or Invalid."""
    if len(raw) > LARGEST:
        raise TooLarge(LARGEST)
    return read(parse_json(raw), mode)


def read(value: Any, mode: Mode | None = None) -> Parsed:
    """One complaint from a JSON value that `parse_json` gave; `mode` holds where the body does not say.

    Raises Invalid.
    """
    try:
        body = Submission.model_validate(value)
    except ValidationError as error:
        raise refusal_of(Submission, error.errors(include_url=False)) from None
    history = (body.mode or mode) == "history"
    asked = {name: given for name, given in value.items() if name != "mode"}
    return Parsed(body, digest_of([asked, "history"] if history else asked), history)


def digest_of(value: Any) -> bytes:
    """SHA-256 of a JSON value in its canonical spelling."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).digest()


def refusal_of(model: type[BaseModel], errors: Iterable[Mapping[str, Any]]) -> Invalid:
    """The refusal for pydantic's errors, with a proposal for misspelt fields."""
    found = []
    for error in errors:
        meant = _meant(model, error) if error["type"] == "extra_forbidden" else None
        if meant:
            found.append(FieldError(pointer_of(*error["loc"]), "misspelt", {"meant": meant}))
        else:
            found.extend(invalid_body([error]).errors)
    return Invalid(*found[:20])


def _meant(model: type[BaseModel], error: Mapping[str, Any]) -> str | None:
    *path, name = error["loc"]
    fields = ReporterBody.model_fields if path == ["reporter"] else model.model_fields
    return nearest(str(name)[:100], fields)
