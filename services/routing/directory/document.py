"""The organisation as people write it."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from shared.events.records import Name

NodeCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
PersonId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
PackCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
# Apprise's own form, such as mailto://user:password@example.com.
Address = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9+.-]*://\S+$", max_length=500)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _both(value: Any) -> Any:
    return {"zh": value, "en": value} if isinstance(value, str) else value


class NameDocument(_Part):
    zh: str = Field(min_length=1, max_length=100)
    en: str = Field(min_length=1, max_length=100)

    def name(self) -> Name:
        return Name(zh=self.zh, en=self.en)


class _Place(_Part):
    """What the group and every node may say; it holds for the whole subtree, the nearest counts."""

    code: NodeCode
    name: Annotated[NameDocument, BeforeValidator(_both)]
    pack: PackCode | None = None
    calendar: PackCode | None = None
    zone: str | None = Field(default=None, max_length=64)


class GroupDocument(_Place):
    """The root of the tree."""


class NodeDocument(_Place):
    """A region, project or building. handover: of a building (集中交付)."""

    kind: Literal["region", "project", "building"]
    parent: NodeCode
    handover: date | None = None


class PostDocument(_Part):
    """A role at a node. department: a unit role of the pack, or a category, for roles that belong to one."""

    role: RoleName
    node: NodeCode
    department: RoleName | None = None


class PersonDocument(_Part):
    """A member of staff. addresses: where to reach them; kept sealed."""

    id: PersonId
    name: str = Field(min_length=1, max_length=100)
    language: Literal["zh", "en"] = "zh"
    posts: list[PostDocument] = Field(default_factory=list, max_length=100)
    addresses: list[Address] = Field(default_factory=list, max_length=10)


class OrganisationDocument(_Part):
    """The whole organisation. Whoever and whatever is not in it is deactivated."""

    group: GroupDocument
    nodes: list[NodeDocument] = Field(default_factory=list, max_length=100_000)
    people: list[PersonDocument] = Field(default_factory=list, max_length=100_000)
