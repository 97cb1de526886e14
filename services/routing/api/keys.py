"""Keys and tokens over HTTP."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.routing.service import keys
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand, may
from shared.access.principal import STAFF_ROLES
from shared.core import Core
from shared.errors import FieldError, Invalid
from shared.events.records import KeyV1
from shared.reference.directory import Directory
from shared.web.authentication import Caller
from shared.web.openapi import documented

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class KeyBody(BaseModel):
    """A key for a system (source, projects) or a token for staff (person, roles, node)."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["system", "staff"]
    source: Name | None = None
    projects: list[Name] = Field(default_factory=list, max_length=10_000)
    person: Name | None = None
    roles: list[Name] = Field(default_factory=list, max_length=20)
    node: Name | None = None


class KeyItem(BaseModel):
    id: str
    kind: str
    source: str | None
    projects: list[str]
    person: str | None
    roles: list[str]
    node: str | None
    created_at: datetime
    revoked_at: datetime | None


class NewKey(KeyItem):
    token: str = Field(description="shown once, kept nowhere")


class KeyList(BaseModel):
    items: list[KeyItem]


def routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/routing/v1/keys", tags=["keys"])

    @router.post("", status_code=201, responses=documented(body=True))
    async def add(body: KeyBody, caller: Caller) -> NewKey:
        """Make a key; its secret is shown in this answer only."""
        directory = (await core.book.current()).directory
        _check(body, directory)
        for place in _places(body.projects, body.node):
            demand(caller, Action.MANAGE_KEYS, place, directory)
        async with core.database.begin() as unit:
            key, token = await keys.add_key(
                unit,
                caller,
                kind=body.kind,
                source=body.source,
                projects=body.projects,
                person=body.person,
                roles=body.roles,
                node=body.node,
            )
        await _see(core)
        return NewKey(**_item(key).model_dump(), token=token)

    @router.get("", responses=documented())
    async def show(caller: Caller) -> KeyList:
        """Keys of your part of the organisation, without their secrets."""
        directory = (await core.book.current()).directory
        demand(caller, Action.MANAGE_KEYS, caller.scopes[0] if caller.scopes else WHOLE_GROUP, directory)
        async with core.database.begin() as unit:
            found = await keys.list_keys(unit)
        return KeyList(
            items=[
                _item(key)
                for key in found
                if all(may(caller, Action.MANAGE_KEYS, place, directory) for place in _places(key.projects, key.node))
            ]
        )

    @router.delete("/{key}", responses=documented(404))
    async def revoke(key: Annotated[str, Path(max_length=64)], caller: Caller) -> KeyItem:
        """Revoke a key for good; once more changes nothing."""
        directory = (await core.book.current()).directory
        async with core.database.begin() as unit:
            found = await keys.find_key(unit, key)
            for place in _places(found.projects, found.node):
                demand(caller, Action.MANAGE_KEYS, place, directory)
            revoked = await keys.revoke_key(unit, caller, found)
        await _see(core)
        return _item(revoked)

    return router


async def _see(core: Core) -> None:
    """Here a new key opens and a revoked one no longer does as soon as the answer is given; elsewhere within half a
    second."""
    async with core.database.read() as connection:
        await core.book.within(connection)


def _places(projects: Iterable[str], node: str | None) -> list[str]:
    return [*projects, *([node] if node else [])] or [WHOLE_GROUP]


def _check(body: KeyBody, directory: Directory) -> None:
    """Raises Invalid unless the key has what its kind needs, and names what there is."""
    wanted = {"system": ("source", "projects"), "staff": ("person", "roles", "node")}
    errors = [FieldError(f"/{name}", "missing") for name in wanted[body.kind] if not getattr(body, name)]
    other = wanted["staff" if body.kind == "system" else "system"]
    errors += [FieldError(f"/{name}", "unknown") for name in other if getattr(body, name)]
    errors += [
        FieldError(f"/projects/{index}", "no_such_node")
        for index, project in enumerate(body.projects)
        if project not in directory.nodes
    ]
    if body.node is not None and body.node not in directory.nodes:
        errors.append(FieldError("/node", "no_such_node"))
    errors += [
        FieldError(f"/roles/{index}", "not_one_of", {"expected": sorted(STAFF_ROLES)})
        for index, role in enumerate(body.roles)
        if role not in STAFF_ROLES
    ]
    if errors:
        raise Invalid(*errors[:20])


def _item(key: KeyV1) -> KeyItem:
    return KeyItem(
        id=key.id,
        kind=key.kind,
        source=key.source,
        projects=list(key.projects),
        person=key.person,
        roles=list(key.roles),
        node=key.node,
        created_at=key.created_at,
        revoked_at=key.revoked_at,
    )
