"""Wires the reporting service."""

from pathlib import Path

from services.reporting import api, pages
from services.reporting.api.archive import archive_routes
from services.reporting.api.attributions import attribution_routes
from services.reporting.gauges import Gauges
from services.reporting.handlers import subscription
from shared.core import Core, Service
from shared.web.pages import Pages

_TEMPLATES = Path(__file__).parent / "templates"


def create_service(core: Core) -> Service:
    """Reporting on these surroundings."""
    gauges = Gauges(core.database)
    return Service(
        core,
        subscription(core.book),
        routers=[
            api.routes(core),
            archive_routes(core),
            attribution_routes(core),
            pages.routes(core, Pages(_TEMPLATES)),
        ],
        background=[gauges],
        metrics=[gauges.families],
        templates=_TEMPLATES,
    )
