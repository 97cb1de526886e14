"""TY: the types of contact and what each starts."""

from typing import Any, Literal

from pydantic import Field, StrictBool, model_validator

from shared.policy.document.entry import Entry, Labelled


class Start(Entry):
    """A case, a mere record, or a link to another process."""

    kind: Literal["case", "record", "link"]
    link: str | None = None
    process: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"kind": data}
        if isinstance(data, dict) and "link" in data and "kind" not in data:
            return {"kind": "link", **data}
        return data


class ContactType(Labelled):
    """One type of contact; `grade: false` where it is never graded."""

    starts: Start
    lane: str | None = None
    grade: StrictBool = Field(default=True)
