"""Wires the routing service."""

from typing import Any

from services.routing.api import cases, keys, library, organisation, packs, rules, work
from services.routing.api.uploads import LIMIT, MEDIA_TYPES
from services.routing.handlers import subscription
from services.routing.metrics import RoutingMetrics
from services.routing.service.figures import figures_of
from services.routing.service.quotas import Quotas
from services.routing.service.waiting import Waiting
from shared.core import Core, Service
from shared.web.body_guard import BodyRule


def create_service(core: Core) -> Service:
    """Routing on these surroundings."""
    metrics = RoutingMetrics(core.metrics.registry)

    async def figures() -> dict[str, Any]:
        return await figures_of(core.database, core.book)

    return Service(
        core,
        subscription(core.book),
        routers=[
            work.routes(core, metrics),
            cases.routes(core, metrics),
            organisation.routes(core),
            keys.routes(core),
            library.routes(core),
            packs.routes(core),
            rules.routes(core),
        ],
        background=[Waiting(core.database, core.book, metrics), Quotas(core.database, core.book)],
        body_rules=[BodyRule(r"/routing/v1/(directory|packs)$", MEDIA_TYPES, LIMIT)],
        figures=figures,
    )
