"""Sla over HTTP."""

from fastapi import APIRouter

from services.sla.api import board, calendars, clocks, duties, trials
from services.sla.service.duties import Duties
from services.sla.service.reading import Reading
from services.sla.service.trying import Trying
from shared.core import Core

BODY_RULES = (*calendars.BODY_RULES, *trials.BODY_RULES)


def routes(core: Core, reading: Reading, trying: Trying, owed: Duties) -> APIRouter:
    """All routes of sla."""
    router = APIRouter()
    router.include_router(clocks.routes(core, reading))
    router.include_router(board.routes(core, reading))
    router.include_router(calendars.routes(core))
    router.include_router(trials.routes(core, trying))
    router.include_router(duties.routes(core, owed))
    return router
