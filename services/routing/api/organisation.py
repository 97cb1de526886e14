"""The organisation over HTTP."""

import asyncio
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.routing.api.uploads import OPENAPI, refusal, uploaded
from services.routing.directory.loading import load_directory
from services.routing.directory.reading import Known, OrganisationRefused, read_organisation
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand, reaches
from shared.access.principal import STAFF_ROLES
from shared.core import Core
from shared.events.records import Name, Post
from shared.reference.book import Reference
from shared.texts.catalogue import Language
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.requests import language_of_request


class LoadedDocument(BaseModel):
    """What a load did: created, changed, deactivated, unchanged."""

    nodes: dict[str, int]
    people: dict[str, int]


class NodeItem(BaseModel):
    code: str
    kind: str
    parent: str | None
    path: list[str]
    name: Name
    pack: str | None
    calendar: str | None
    zone: str | None
    handover: date | None
    active: bool


class PersonItem(BaseModel):
    id: str
    name: str
    language: str
    posts: list[Post]
    active: bool


class DirectoryDocument(BaseModel):
    nodes: list[NodeItem]
    people: list[PersonItem]


def routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/routing/v1/directory", tags=["directory"])

    @router.put("", responses=documented(body=True), openapi_extra=OPENAPI)
    async def load(request: Request, caller: Caller) -> LoadedDocument:
        """Load the whole organisation, YAML or JSON. What is not in it is deactivated, never deleted."""
        reference = await core.book.current()
        demand(caller, Action.LOAD_DIRECTORY, WHOLE_GROUP, reference.directory)
        text, is_json = await uploaded(request)
        known = await asyncio.to_thread(_known, reference)
        try:
            document = await asyncio.to_thread(read_organisation, text, known, is_json=is_json)
        except OrganisationRefused as refused:
            raise refusal("directory_refused", _findings(refused, language_of_request(request))) from None
        async with core.database.begin() as unit:
            loaded = await load_directory(unit, document, caller, core.ring)
        return LoadedDocument(nodes=dict(loaded.nodes), people=dict(loaded.people))

    @router.get("", responses=documented())
    async def show(caller: Caller) -> DirectoryDocument:
        """The nodes of your part of the organisation and the people with posts there."""
        directory = (await core.book.current()).directory
        scope = caller.scopes[0] if caller.scopes else WHOLE_GROUP
        demand(caller, Action.READ_REFERENCE, scope, directory)
        nodes = [node for node in directory.nodes.values() if reaches(caller, node.code, directory)]
        shown = {node.code for node in nodes}
        people = [p for p in directory.people.values() if any(post.node in shown for post in p.posts)]
        return DirectoryDocument(
            nodes=[
                NodeItem(
                    **{**node.model_dump(), "path": list(node.path)},
                    parent=node.path[-2] if len(node.path) > 1 else None,
                )
                for node in sorted(nodes, key=lambda node: (node.path, node.code))
            ],
            people=[
                PersonItem(id=p.id, name=p.name, language=p.language, posts=list(p.posts), active=p.active)
                for p in sorted(people, key=lambda p: p.id)
            ],
        )

    return router


def _known(reference: Reference) -> Known:
    """What posts may name: the product's roles and everything the published packs name."""
    packs = [reference.pack(code, version).document for code, version in reference.packs]
    if not packs:
        return Known()
    roles = STAFF_ROLES.union(*(pack.roles for pack in packs))
    units = {name for pack in packs for name, role in pack.roles.items() if role.unit}
    categories = {str(c.give) for p in packs if "category" in p.decisions for c in p.decisions["category"].choices}
    return Known(frozenset(roles), frozenset(units | categories))


def _findings(refused: OrganisationRefused, language: Language) -> list[dict[str, Any]]:
    return [
        {"pointer": p.pointer, "line": p.line, "column": p.column, "code": p.code, "message": p.words(language)}
        for p in refused.problems
    ]
