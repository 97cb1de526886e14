"""Wires the intake service."""

from typing import Any

from services.intake.api import complaint, registering, surveys
from services.intake.handlers import subscription
from services.intake.metrics import IntakeMetrics
from services.intake.service.accept_queue import AcceptQueue
from services.intake.service.inbound import Inbound
from services.intake.service.lines import Lines
from services.intake.service.registering import Registrar
from services.intake.service.succeeding import Successors
from services.intake.storage import IntakeStorage
from shared.core import Core, Service
from shared.web.body_guard import BATCH_LIMIT, JSON, NDJSON, BodyRule
from shared.web.short_way import short_way


def create_service(core: Core) -> Service:
    """Intake on these surroundings."""
    queue = AcceptQueue(core.database)
    metrics = IntakeMetrics(core.metrics.registry, lambda: len(queue))
    registrar = Registrar(core.ring)
    lines = Lines(core.database, registrar, metrics)
    inbound = Inbound(registrar, core.book, core.ring.seal, metrics, core.metrics)

    async def figures() -> dict[str, Any]:
        async with core.database.read() as connection:
            return {"complaints": await IntakeStorage(connection).count(), "waiting": len(queue)}

    register = registering.routes(core, registrar, queue, lines, metrics)
    return Service(
        core,
        subscription(inbound, Successors(registrar, core.book, metrics)),
        routers=[register, complaint.routes(core), surveys.routes(core, registrar, metrics)],
        short_ways=short_way(register, "POST", "/intake/v1/complaints"),
        body_rules=[BodyRule(r"/intake/v1/complaints:batch$", (NDJSON, JSON), BATCH_LIMIT, lines=True)],
        figures=figures,
    )
