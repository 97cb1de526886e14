"""The metrics every service has. A service's own stand in its `metrics.py`, on the same registry."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class ServiceMetrics:
    """The shared metrics of one service, labelled `service`, on a registry of its own.

    Each gauge can be set, or read at scrape time with `.set_function(…)`; a function must answer from memory.
    """

    def __init__(self, service: str, registry: CollectorRegistry | None = None) -> None:
        self.service = service
        self.registry = registry or CollectorRegistry()
        self.consumer_lag = self._gauge(
            "huiyin_consumer_lag_records", "Records of subscribed topics not yet processed, over all partitions"
        )
        self.consumer_poll_age = self._gauge(
            "huiyin_consumer_poll_age_seconds", "Seconds since the consumer last polled; 0 while nothing is assigned"
        )
        self.outbox_rows = self._gauge("huiyin_outbox_rows", "Events stored and not yet confirmed by the broker")
        self.outbox_oldest_age = self._gauge(
            "huiyin_outbox_oldest_age_seconds", "Age of the oldest event not yet confirmed by the broker; 0 if none"
        )
        self.held_events = self._gauge("huiyin_held_events", "Events waiting for an earlier one of their case")
        self.parked_cases = self._gauge("huiyin_parked_cases", "Cases stopped at an event that failed")
        self._dead_letters = Counter(
            "huiyin_dead_letters",
            "Records put aside because they could not be read or accepted",
            ["service", "reason"],
            registry=self.registry,
        )

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(name, meaning, ["service"], registry=self.registry).labels(self.service)

    def count_dead_letter(self, reason: str, number: int = 1) -> None:
        """Count dead letters. reason: a code from a closed set, never words of an error."""
        self._dead_letters.labels(self.service, reason).inc(number)
