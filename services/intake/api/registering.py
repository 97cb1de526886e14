"""POST a complaint, or many; what a project's complaints may say."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from services.intake.api.documents import Line, PinnedVersion, ProjectView, Receipt
from services.intake.domain import Outcome, Result, Way
from services.intake.metrics import IntakeMetrics
from services.intake.service.accept_queue import AcceptQueue
from services.intake.service.lines import MOST_LINES, LineResult, Lines
from services.intake.service.registering import Registrar
from services.intake.service.sender import Sender
from services.intake.service.submission import Mode, Submission, read
from shared.access.permissions import Action, may
from shared.core import Core
from shared.errors import IdempotencyConflict, NotFound, OutOfScope, Refused
from shared.texts.catalogue import Language
from shared.web.authentication import Caller
from shared.web.body_guard import NDJSON, PARSED
from shared.web.json_body import parse_json
from shared.web.openapi import documented
from shared.web.parameters import IdempotencyKey
from shared.web.problems import problem_document
from shared.web.requests import language_of_request

ModeParameter = Annotated[Mode | None, Query(description="for complaints that do not say; history: operators only")]


def routes(core: Core, registrar: Registrar, queue: AcceptQueue, lines: Lines, metrics: IntakeMetrics) -> APIRouter:
    router = APIRouter(prefix="/intake/v1", tags=["registering"])

    @router.post(
        "/complaints",
        status_code=201,
        response_model=Receipt,
        responses=documented(409, body=True) | {200: {"model": Receipt, "description": "It was registered before"}},
        openapi_extra={"requestBody": _body({"application/json": _schema()})},
    )
    async def register(
        request: Request, caller: Caller, key: IdempotencyKey = None, mode: ModeParameter = None
    ) -> Response:
        """Register a complaint; answered once it is durable. The identity is `source` and `source_id`, or the key."""
        try:
            value = request.scope[PARSED] if PARSED in request.scope else parse_json(await request.body())
            parsed = read(value, mode)
            sender = Sender.of(caller, Way.HTTP, key)
            registration = registrar.judge(parsed, sender, await core.book.current(), core.clock.now())
            outcome = await queue.accept(registration)
        except Refused as refused:
            metrics.count_refusal(Way.HTTP, refused.status)
            raise
        metrics.count(Way.HTTP, outcome.result)
        if outcome.result is Result.CONFLICT:
            raise IdempotencyConflict
        return _receipt(outcome)

    @router.post(
        "/complaints:batch",
        responses=documented(body=True)
        | {200: {"description": "One answer a line, in order", "content": {NDJSON: {"schema": _line_schema()}}}},
        response_class=Response,
        openapi_extra={"requestBody": _body({kind: {"type": "string"} for kind in (NDJSON, "application/json")})},
    )
    async def register_lines(request: Request, caller: Caller, mode: ModeParameter = None) -> Response:
        """Register many complaints, one JSON object a line (≤ 10,000 lines, 16 MiB). Bad lines harm no others."""
        content = await request.body()
        results = await lines.accept(content, caller, mode, await core.book.current(), core.clock.now())
        language = language_of_request(request)
        return Response("".join(_line(result, language) for result in results), media_type=NDJSON)

    @router.get("/projects/{project}", responses=documented(404))
    async def show_project(caller: Caller, project: Annotated[str, Path(max_length=64)]) -> ProjectView:
        """What complaints of a project may say today."""
        reference = await core.book.current()
        node = reference.directory.nodes.get(project)
        if node is None or node.kind != "project":
            raise NotFound("project")
        actions = (Action.REGISTER_COMPLAINT, Action.IMPORT_HISTORY, Action.READ_REFERENCE)
        if not any(may(caller, action, project, reference.directory) for action in actions):
            raise OutOfScope
        frame = registrar.frame(reference, project, core.clock.now())
        facts = frame.pack.document.facts
        return ProjectView(
            code=project,
            name=node.name.model_dump(),
            zone=frame.zone.key,
            pack=PinnedVersion(code=frame.pack_pin.code, version=frame.pack_pin.version),
            calendar=PinnedVersion(code=frame.calendar_pin.code, version=frame.calendar_pin.version),
            contact_types=list(frame.contact_types),
            channels=list(frame.channels),
            segments=list(frame.segments),
            categories=list(frame.categories),
            facts=[name for name, fact in facts.items() if fact.ask == "intake"],
        )

    return router


def _receipt(outcome: Outcome) -> Response:
    status = 201 if outcome.result is Result.CREATED else 200
    return Response(Receipt.of(outcome).model_dump_json(), status, media_type="application/json")


def _line(result: LineResult, language: Language) -> str:
    document: dict[str, Any] = {"line": result.line, "result": "invalid", "id": None, "number": None, "problem": None}
    if result.outcome:
        document |= {
            "result": result.outcome.result.value,
            "id": str(result.outcome.id),
            "number": result.outcome.number,
        }
    if result.refused:
        document["problem"] = problem_document(result.refused, language)
    return json.dumps(document, ensure_ascii=False) + "\n"


# -- what OpenAPI says of bodies we read ourselves ---------------------------------------------------------------------


def _body(schemas: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {kind: {"schema": schema} for kind, schema in schemas.items()}}


def _schema() -> dict[str, Any]:
    schema = Submission.model_json_schema()
    definitions = schema.pop("$defs")
    schema["properties"]["reporter"] = {
        **definitions["ReporterBody"],
        "default": {"language": "zh", "anonymous": False},
    }
    return schema


def _line_schema() -> dict[str, Any]:
    return Line.model_json_schema() | {"description": f"one a line, at most {MOST_LINES}"}
