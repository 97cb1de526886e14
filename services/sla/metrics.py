"""The metrics of sla."""

from collections.abc import Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry, Gauge, Histogram

_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)


class SlaMetrics:
    """Counted as things happen, or set by `Gauges`: a scrape asks nobody."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lag = Histogram(
            "huiyin_sla_breach_notice_lag_seconds",
            "From a due instant, or from when it was set if it had passed by then, to the record of its breach",
            buckets=_BUCKETS,
            registry=registry,
        )
        self.open = Gauge("huiyin_sla_open_clocks", "Clocks that run or ran out and are not met", registry=registry)
        self.breached = Gauge("huiyin_sla_breached_clocks", "Open clocks that ran out", registry=registry)
        self.unconfirmed = Gauge(
            "huiyin_sla_unconfirmed_breaches",
            "Breaches nobody has been told of for a minute, because a service does not report its progress",
            registry=registry,
        )
        self._aside = Gauge(
            "huiyin_sla_cases_set_aside",
            "Cases at which the monitor failed and that it leaves alone",
            registry=registry,
        )
        self.orphans = Gauge(
            "huiyin_sla_clocks_without_open_case", "Clocks that run although their case does not", registry=registry
        )

    def set_aside(self, cases: int) -> None:
        """So many cases wait for somebody to look."""
        self._aside.set(cases)

    def noticed(self, lags: Sequence[timedelta]) -> None:
        """Breaches were recorded so long after they could have been."""
        for lag in lags:
            self._lag.observe(max(0.0, lag.total_seconds()))
