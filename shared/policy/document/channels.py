"""CH: the ways in, who must be reachable on them and where they are made known."""

from typing import Any, Literal

from pydantic import Field, StrictBool, model_validator

from shared.policy.document.entry import ByName, Entry, FormName, Labelled, Many, RoleName

Medium = Literal["oral", "written", "forwarded", "online"]
MEDIA: tuple[str, ...] = ("oral", "written", "forwarded", "online")


class Channel(Labelled):
    """One way in: its medium, the form that is filled, whom it comes from."""

    medium: Medium
    form: FormName | None = None
    from_: RoleName | None = Field(default=None, alias="from")
    collect: StrictBool = False


class Staffing(Entry):
    """What a level must offer, so that people can be reached."""

    require: Many[str]
    level: str


class Publication(Entry):
    """Where the channels are made known, and on what."""

    at: str
    on: Many[str]


class Channels(Entry):
    """The ways in by name, beside the two duties about them."""

    ways: ByName[Channel]
    staffing: Staffing | None = None
    publish: tuple[Publication, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, data: Any) -> Any:
        if not isinstance(data, dict) or "ways" in data:
            return data
        duties = {key: data[key] for key in ("staffing", "publish") if key in data}
        return {**duties, "ways": {key: value for key, value in data.items() if key not in duties}}
