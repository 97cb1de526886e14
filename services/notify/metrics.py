"""The metrics of notify."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter

from services.notify.domain import Kind, Outcome


class NotifyMetrics:
    """kind and outcome are closed sets: at most 24 series."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._notices = Counter(
            "huiyin_notify_notices",
            "Notices that came to an end: sent, failed for good, or decided against",
            ["kind", "outcome"],
            registry=registry,
        )

    def add(self, counts: Mapping[tuple[Kind, Outcome], int]) -> None:
        """Count what a committed transaction settled."""
        for (kind, outcome), number in counts.items():
            self._notices.labels(kind.value, outcome.value).inc(number)
