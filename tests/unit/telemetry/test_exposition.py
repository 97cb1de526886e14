"""Several registries read as one, each family once."""

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry.exposition import Family, exposition, families_of, source_of
from shared.telemetry.metrics import ServiceMetrics

CONTRACT = {
    "huiyin_consumer_lag_records",
    "huiyin_consumer_poll_age_seconds",
    "huiyin_outbox_rows",
    "huiyin_outbox_oldest_age_seconds",
    "huiyin_held_events",
    "huiyin_parked_cases",
}


def scrape(*services: ServiceMetrics) -> dict[str, dict[str, float]]:
    text = exposition(source_of(service.registry) for service in services).decode()
    lines = [line for line in text.splitlines() if line.startswith("# ")]
    assert len(lines) == len(set(lines)), "a HELP or TYPE line stands twice"
    return {
        family.name: {sample.labels["service"]: sample.value for sample in family.samples}
        for family in text_string_to_metric_families(text)
    }


def test_five_services_in_one_process_make_one_family_each() -> None:
    services = [ServiceMetrics(name) for name in ("intake", "routing", "sla", "notify", "reporting")]
    services[1].outbox_rows.set(7)
    families = scrape(*services)
    assert set(families) >= CONTRACT
    assert families["huiyin_outbox_rows"] == {"intake": 0, "routing": 7, "sla": 0, "notify": 0, "reporting": 0}


def test_dead_letters_count_by_service_and_reason() -> None:
    intake = ServiceMetrics("intake")
    intake.count_dead_letter("undecodable")
    intake.count_dead_letter("undecodable", 2)
    text = exposition([source_of(intake.registry)]).decode()
    assert 'huiyin_dead_letters_total{reason="undecodable",service="intake"} 3.0' in text
    assert "_created" not in text


def test_a_gauge_may_be_read_at_the_scrape() -> None:
    sla = ServiceMetrics("sla")
    ages = iter([1.5, 2.5])
    sla.consumer_poll_age.set_function(lambda: next(ages))
    assert scrape(sla)["huiyin_consumer_poll_age_seconds"] == {"sla": 1.5}
    assert scrape(sla)["huiyin_consumer_poll_age_seconds"] == {"sla": 2.5}


def test_histograms_stay_whole() -> None:
    registry = CollectorRegistry()
    histogram = Histogram("huiyin_reply_seconds", "How long", ["project"], buckets=(1, 10), registry=registry)
    histogram.labels("P01").observe(3)
    (family,) = text_string_to_metric_families(exposition([source_of(registry)]).decode())
    assert family.type == "histogram"
    assert [sample.value for sample in family.samples] == [0, 1, 1, 1, 3]


def test_what_was_rendered_before_is_given_again() -> None:
    registry = CollectorRegistry()
    gauge = Gauge("huiyin_backlog_cases", "Open cases", ["project"], registry=registry)
    gauge.labels("P01").set(1)
    rendered = families_of(registry)
    gauge.labels("P01").set(2)
    assert b'huiyin_backlog_cases{project="P01"} 1.0' in exposition([lambda: rendered])


def test_a_family_without_series_is_left_out() -> None:
    registry = CollectorRegistry()
    Counter("huiyin_never", "Nothing yet", ["reason"], registry=registry)
    assert exposition([source_of(registry)]) == b""


def test_two_meanings_of_one_name_are_an_error() -> None:
    first = [Family("huiyin_x", b"# HELP huiyin_x one\n# TYPE huiyin_x gauge\n", b"huiyin_x 1\n")]
    second = [Family("huiyin_x", b"# HELP huiyin_x other\n# TYPE huiyin_x gauge\n", b"huiyin_x 2\n")]
    with pytest.raises(ValueError, match="huiyin_x"):
        exposition([lambda: first, lambda: second])
