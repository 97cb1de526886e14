"""Traces go on from a traceparent, are recorded only when sampled, and never hold words of errors."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.telemetry.tracing import (
    current_trace_id,
    parse_traceparent,
    span_from,
    start_tracing,
    stop_tracing,
    traceparent_of,
    traceparent_of_current,
)

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    start_tracing("test", version="1", processors=[SimpleSpanProcessor(exporter)])
    yield exporter
    stop_tracing()


def test_nothing_records_without_somewhere_to_send() -> None:
    assert start_tracing("test", version="1") is None
    with span_from(SAMPLED, "work") as span:
        assert not span.is_recording()
        assert current_trace_id() == TRACE


def test_a_sampled_trace_goes_on_as_a_child(exporter: InMemorySpanExporter) -> None:
    with span_from(SAMPLED, "work", {"case": "c1"}):
        inside = traceparent_of_current()
    (span,) = exporter.get_finished_spans()
    assert span.name == "work"
    assert dict(span.attributes or {}) == {"case": "c1"}
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == SPAN
    assert inside == traceparent_of(span.get_span_context())
    assert str(inside).startswith(f"00-{TRACE}-")
    assert str(inside).endswith("-01")


def test_an_unsampled_trace_is_carried_and_not_recorded(exporter: InMemorySpanExporter) -> None:
    with span_from(UNSAMPLED, "work"):
        assert traceparent_of_current() == UNSAMPLED
    assert exporter.get_finished_spans() == ()


def test_work_without_a_traceparent_starts_a_trace(exporter: InMemorySpanExporter) -> None:
    with span_from(None, "outer"):
        outer = current_trace_id()
        with span_from(traceparent_of_current(), "inner"):
            assert current_trace_id() == outer
    assert [span.name for span in exporter.get_finished_spans()] == ["inner", "outer"]
    assert traceparent_of_current() is None


def test_a_ratio_of_zero_records_no_new_trace_but_a_sampled_one() -> None:
    exporter = InMemorySpanExporter()
    start_tracing("test", version="1", ratio=0.0, processors=[SimpleSpanProcessor(exporter)])
    try:
        with span_from(None, "new") as span:
            assert span.get_span_context().is_valid
        with span_from(SAMPLED, "old"):
            pass
    finally:
        stop_tracing()
    assert [span.name for span in exporter.get_finished_spans()] == ["old"]


def test_a_batch_links_its_causes(exporter: InMemorySpanExporter) -> None:
    with span_from(None, "batch", links=[SAMPLED, "nonsense", UNSAMPLED]):
        pass
    (span,) = exporter.get_finished_spans()
    assert [f"{link.context.trace_id:032x}" for link in span.links] == [TRACE, TRACE]


def test_a_failure_is_recorded_by_its_type_alone(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="13800138000"), span_from(SAMPLED, "work"):
        raise ValueError("13800138000")
    (span,) = exporter.get_finished_spans()
    assert span.status.description == "ValueError"
    assert span.events == ()


@pytest.mark.parametrize(
    "traceparent",
    [
        "",
        "00",
        f"00-{'0' * 32}-{SPAN}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{SPAN}-01",
        f"00-{TRACE.upper()}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01-more",
        f"00-{TRACE}-{SPAN}-0g",
        f"00-{TRACE}-{SPAN}",
        f" 00-{TRACE}-{SPAN}-01",
        f"00-{TRACE}-{SPAN}-01\n",
    ],
)
def test_a_broken_traceparent_is_passed_over(traceparent: str) -> None:
    assert parse_traceparent(traceparent) is None


def test_a_later_version_is_read_as_far_as_we_know_it() -> None:
    context = parse_traceparent(f"cc-{TRACE}-{SPAN}-0f-what-comes-later")
    assert context is not None
    assert traceparent_of(context) == SAMPLED


@given(st.text(max_size=80))
def test_no_traceparent_breaks_the_reader(traceparent: str) -> None:
    parse_traceparent(traceparent)
