"""Sla over HTTP."""

from fastapi import APIRouter

from services.sla.api import board, calendars, clocks
from services.sla.service.reading import Reading
from shared.core import Core

BODY_RULES = calendars.BODY_RULES


def routes(core: Core, reading: Reading) -> APIRouter:
    """All routes of sla."""
    router = APIRouter()
    router.include_router(clocks.routes(core, reading))
    router.include_router(board.routes(core, reading))
    router.include_router(calendars.routes(core))
    return router
