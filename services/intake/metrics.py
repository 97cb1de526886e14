"""Intake's metrics."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge

from services.intake.domain import Result, Way

INVALID = "invalid"
REFUSED = "refused"
RESULTS = (*(result.value for result in Result), INVALID, REFUSED)


class IntakeMetrics:
    """huiyin_intake_accepts_total{way,result}: complaints that came in. way: http, batch, inbound, successor. result:
    created, existing, conflict, invalid (fields at fault), refused (no permission, too large, not now).

    huiyin_intake_waiting_accepts: registrations that wait for a transaction now.
    """

    def __init__(self, registry: CollectorRegistry, waiting: Callable[[], int]) -> None:
        accepts = Counter(
            "huiyin_intake_accepts",
            "Complaints that came in, by way and by what became of them",
            ["way", "result"],
            registry=registry,
        )
        # Looking a child up by its labels costs more than counting.
        self._accepts = {(way.value, result): accepts.labels(way.value, result) for way in Way for result in RESULTS}
        Gauge(
            "huiyin_intake_waiting_accepts", "Registrations that wait for a transaction", registry=registry
        ).set_function(waiting)

    def count(self, way: Way, result: str, number: int = 1) -> None:
        """Count complaints."""
        self._accepts[way.value, result].inc(number)

    def count_refusal(self, way: Way, status: int) -> None:
        """Count one that was refused with this HTTP status."""
        self.count(way, INVALID if status in {400, 422} else REFUSED)
