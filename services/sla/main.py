"""Wires the sla service."""

from services.sla.api import BODY_RULES, routes
from services.sla.duty_keeper import DutyKeeper
from services.sla.gauges import Gauges
from services.sla.handlers import subscription
from services.sla.metrics import SlaMetrics
from services.sla.monitor import Monitor
from services.sla.recalculator import Recalculator
from services.sla.service.applying import Applying
from services.sla.service.duties import Duties
from services.sla.service.reading import Reading
from services.sla.service.recalculating import Recalculating
from services.sla.service.regimes import Regimes
from services.sla.service.trying import Trying
from services.sla.service.watching import Watching
from shared.core import Core, Service

# What happened a moment ago is still on its way to everybody; later than this we have fallen behind.
_CAUGHT_UP_WITHIN_S = 2.0


def create_service(core: Core) -> Service:
    """Sla on these surroundings."""
    regimes = Regimes()
    metrics = SlaMetrics(core.metrics.registry)
    duties = Duties(core.book)
    reading = Reading(core.database, core.book, regimes)
    monitor = Monitor(
        core.database,
        Watching(core.book, regimes),
        caught_up=lambda: core.standing.behind_s() < _CAUGHT_UP_WITHIN_S,
        watcher=metrics,
    )
    return Service(
        core,
        subscription(Applying(core.book, regimes), duties),
        routers=[routes(core, reading, Trying(core.database, core.book, regimes), duties)],
        background=[
            monitor,
            Gauges(core.database, metrics),
            Recalculator(core.database, Recalculating(core.book, regimes)),
            DutyKeeper(core.database, core.book, duties),
        ],
        body_rules=BODY_RULES,
        figures=reading.figures,
    )
