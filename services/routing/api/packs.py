"""Packs over HTTP."""

import asyncio
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from services.routing.api.uploads import OPENAPI, refusal, text_member, uploaded
from services.routing.service.packs import publish_pack
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand
from shared.access.principal import Principal
from shared.core import Core
from shared.errors import NotFound
from shared.events.records import Name, PackV1
from shared.policy.describing import describe
from shared.policy.findings import PackRefused
from shared.reference.book import Reference
from shared.web.authentication import Caller
from shared.web.openapi import documented
from shared.web.requests import language_of_request


class PackItem(BaseModel):
    code: str
    version: int
    effective: date
    digest: str
    title: Name


class PackList(BaseModel):
    items: list[PackItem]


class PackDocument(PackItem):
    """text: the pack in plain words. yaml: as it was published."""

    language: str
    text: str
    yaml: str


def routes(core: Core) -> APIRouter:
    router = APIRouter(prefix="/routing/v1/packs", tags=["packs"])

    @router.post(
        "",
        status_code=201,
        response_model=PackItem,
        responses=documented(409, body=True) | {200: {"model": PackItem, "description": "It was published before"}},
        openapi_extra=OPENAPI,
    )
    async def publish(request: Request, caller: Caller) -> Response:
        """Publish a pack version (YAML, or JSON `{"text": …}`); it never changes again."""
        demand(caller, Action.PUBLISH_POLICY, WHOLE_GROUP, (await core.book.current()).directory)
        text, is_json = await uploaded(request)
        try:
            async with core.database.begin() as unit:
                record, new = await publish_pack(unit, text_member(text) if is_json else text, caller)
        except PackRefused as refused:
            language = language_of_request(request)
            findings: list[dict[str, Any]] = [
                {"pointer": f.path, "line": f.line, "column": f.column, "path": f.path, "code": f.code, "rule": f.rule,
                 "message": f.message(language)}
                for f in refused.findings
            ]  # fmt: skip
            raise refusal("pack_refused", findings) from None
        async with core.database.read() as connection:
            item = await asyncio.to_thread(_item, await core.book.within(connection), record)
        return Response(item.model_dump_json(), 201 if new else 200, media_type="application/json")

    @router.get("", responses=documented())
    async def show_packs(caller: Caller) -> PackList:
        """Every published pack version."""
        reference = await _reference(core, caller)
        records = sorted(reference.packs.values(), key=lambda pack: (pack.code, pack.version))
        return PackList(items=await asyncio.to_thread(lambda: [_item(reference, record) for record in records]))

    @router.get("/{code}", responses=documented(404))
    async def show_pack(
        request: Request,
        code: Annotated[str, Path(max_length=64)],
        caller: Caller,
        language: Literal["zh", "en"] | None = None,
        version: Annotated[int | None, Query(ge=1, le=100_000)] = None,
    ) -> PackDocument:
        """A pack in plain words; without a version the newest."""
        reference = await _reference(core, caller)
        versions = sorted(known for name, known in reference.packs if name == code)
        chosen = version if version is not None else next(reversed(versions), None)
        if chosen not in versions:
            raise NotFound("pack")
        record = reference.packs[code, chosen]
        told = language or language_of_request(request)
        text = await asyncio.to_thread(lambda: describe(reference.pack(code, chosen), told))
        return PackDocument(**_item(reference, record).model_dump(), language=told, text=text, yaml=record.text)

    return router


async def _reference(core: Core, caller: Principal) -> Reference:
    reference = await core.book.current()
    demand(caller, Action.READ_REFERENCE, caller.scopes[0] if caller.scopes else WHOLE_GROUP, reference.directory)
    return reference


def _item(reference: Reference, record: PackV1) -> PackItem:
    title = reference.pack(record.code, record.version).document.title
    return PackItem(
        code=record.code,
        version=record.version,
        effective=record.effective,
        digest=record.digest,
        title=Name(zh=title.zh, en=title.en),
    )
