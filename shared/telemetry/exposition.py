"""The text format of Prometheus for several registries at once: each family once, its samples together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import CollectorRegistry

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family: its HELP and TYPE lines and its sample lines, each part ending in a line feed or empty."""

    name: str
    header: bytes
    samples: bytes


# What `/metrics` asks: called at every scrape. A source with very many series may render once and give the same again.
MetricsSource = Callable[[], Iterable[Family]]


def source_of(registry: CollectorRegistry) -> MetricsSource:
    """The families of a registry, rendered at every scrape."""
    return lambda: [_family_of(metric) for metric in registry.collect()]


def families_of(registry: CollectorRegistry) -> list[Family]:
    """The families of a registry as they stand now, to be given again and again."""
    return [_family_of(metric) for metric in registry.collect()]


def exposition(sources: Iterable[MetricsSource]) -> bytes:
    """All families of all sources, sorted by name.

    Raises ValueError when two sources describe one name differently: Prometheus would drop the whole scrape.
    """
    families: dict[str, list[Family]] = {}
    for source in sources:
        for family in source():
            same = families.setdefault(family.name, [])
            if same and same[0].header != family.header:
                raise ValueError(f"metric {family.name} is described in two ways")
            same.append(family)
    parts: list[bytes] = []
    for name in sorted(families):
        samples = [family.samples for family in families[name] if family.samples]
        if samples:
            parts += [families[name][0].header, *samples]
    return b"".join(parts)


class _Single:
    """A collector of one metric, which is all that the client library's renderer asks for."""

    def __init__(self, metric: Metric) -> None:
        self._metric = metric

    def collect(self) -> list[Metric]:
        return [self._metric]


def _family_of(metric: Metric) -> Family:
    kept = Metric(metric.name, metric.documentation, metric.type)
    # When a series was created is of use to OpenMetrics only; here it would be a family of its own.
    kept.samples = [sample for sample in metric.samples if not sample.name.endswith("_created")]
    text = generate_latest(_Single(kept))
    lines = text.split(b"\n", 2)
    return Family(metric.name, b"\n".join(lines[:2]) + b"\n", lines[2])
