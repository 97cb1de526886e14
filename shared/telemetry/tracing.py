"""Traces: the W3C `traceparent` in and out, spans where somebody records, next to nothing where nobody does.

The provider is kept here and never made OpenTelemetry's global one: with a global provider FastAPI would record
requests by itself, and other libraries what they please, personal data included.
"""

import random
import re
from collections.abc import Mapping, Sequence
from contextvars import Token
from types import TracebackType
from typing import Any
from uuid import UUID

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, ParentBased
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, Status, StatusCode, TraceFlags
from opentelemetry.trace.span import INVALID_SPAN

Attributes = Mapping[str, str | int | float | bool]

_INSTRUMENTATION = "huiyin"
_TRACEPARENT = re.compile(r"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_FLAGS = (TraceFlags(0), TraceFlags(1))
_ids = RandomIdGenerator()
_provider: TracerProvider | None = None
_tracer: trace.Tracer | None = None
_ratio = 0.0


def start_tracing(
    service: str,
    *,
    version: str,
    endpoint: str | None = None,
    ratio: float = 1.0,
    processors: Sequence[SpanProcessor] = (),
) -> TracerProvider | None:
    """Start recording, once per process, if there is anywhere to send spans to.

    endpoint: base URL of an OTLP/HTTP collector (`http://collector:4318`). ratio: share of new traces recorded; a
    trace that comes in keeps the decision made upstream. processors: further receivers, such as a test's exporter.
    """
    global _provider, _tracer, _ratio  # noqa: PLW0603  one process records to one place
    receivers = list(processors)
    if endpoint:
        receivers.append(BatchSpanProcessor(_otlp_exporter(endpoint)))
    if not receivers:
        return None
    _provider = TracerProvider(
        sampler=ParentBased(ALWAYS_ON),  # whether a new trace is recorded, SpanFrom decides before the SDK is asked
        resource=Resource.create({"service.name": service, "service.version": version}),
        shutdown_on_exit=False,
    )
    for receiver in receivers:
        _provider.add_span_processor(receiver)
    _tracer = _provider.get_tracer(_INSTRUMENTATION, version)
    _ratio = ratio
    return _provider


def stop_tracing() -> None:
    """Send what is still waiting and record no more."""
    global _provider, _tracer  # noqa: PLW0603  see above
    if _provider is not None:
        _provider.shutdown()
    _provider = _tracer = None


def _otlp_exporter(endpoint: str) -> Any:
    # Imported only where it is used: it brings requests and protobuf with it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")


def traceparent_of_current() -> str | None:
    """The `traceparent` of where we are, to be stored with an event or sent with a request; None outside any trace."""
    return traceparent_of(trace.get_current_span().get_span_context())


def traceparent_of(context: SpanContext) -> str | None:
    """`00-<trace id>-<span id>-<flags>`, or None for an invalid context."""
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def current_trace_id() -> str | None:
    """The trace id of where we are, 32 hexadecimal digits, or None."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.trace_id else None


def parse_traceparent(traceparent: str | None) -> SpanContext | None:
    """The context a `traceparent` names, or None if there is none or it is not well formed."""
    found = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    # Only versions after 00 may go on behind the flags.
    if found is None or (found[5] and found[1] == "00"):
        return None
    return SpanContext(int(found[2], 16), int(found[3], 16), True, _FLAGS[int(found[4], 16) & 1])


def span_from(
    traceparent: str | None,
    name: str,
    attributes: Attributes | None = None,
    links: Sequence[str] = (),
    kind: SpanKind = SpanKind.INTERNAL,
) -> "SpanFrom":
    """Work done because of `traceparent` (None starts a trace): `with span_from(…) as span:`.

    links: traceparents of other causes, as in a batch. A span is recorded only if somebody records and the trace is
    sampled; otherwise only the trace id travels on. An exception marks the span failed with its type; its message may
    hold anything and is not recorded.
    """
    return SpanFrom(parse_traceparent(traceparent), name, attributes, links, kind)


def open_span(traceparent: str | None, name: str, service: str, case: UUID | str, kind: SpanKind) -> Span | None:
    """A span of its own for one of many things done together because of different causes; None if nobody records it.

    Nothing is made current, and the caller ends it; one that is never ended is not recorded.
    """
    if _tracer is None or (parent := parse_traceparent(traceparent)) is None or not parent.trace_flags & 1:
        return None
    return _start(_tracer, parent, name, {"huiyin.service": service, "huiyin.case": str(case)}, (), kind)


def new_traceparent(name: str) -> str | None:
    """The start of a trace for what no request and no event has caused."""
    if _tracer is not None:
        with span_from(None, name):
            return traceparent_of_current()
    return f"00-{_ids.generate_trace_id():032x}-{_ids.generate_span_id():016x}-00"  # what that says if nobody records


class SpanFrom:
    """The context manager of `span_from`; a class because it is entered for every record and request."""

    __slots__ = ("_attributes", "_kind", "_links", "_name", "_parent", "_span", "_token")

    def __init__(
        self,
        parent: SpanContext | None,
        name: str,
        attributes: Attributes | None,
        links: Sequence[str],
        kind: SpanKind,
    ) -> None:
        self._parent = parent
        self._name = name
        self._attributes = attributes
        self._links = links
        self._kind = kind
        self._span: Span = INVALID_SPAN
        self._token: Token[otel_context.Context] | None = None

    def __enter__(self) -> Span:
        parent = self._parent
        if _tracer is not None and (parent.trace_flags & 1 if parent else random.random() < _ratio):  # noqa: S311
            self._span = _start(_tracer, parent, self._name, self._attributes, self._links, self._kind)
        else:
            self._span = NonRecordingSpan(
                parent or SpanContext(_ids.generate_trace_id(), _ids.generate_span_id(), False, _FLAGS[0])
            )
        self._token = otel_context.attach(trace.set_span_in_context(self._span))
        return self._span

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._token is not None:
            otel_context.detach(self._token)
        if self._span.is_recording():
            if error is not None:
                self._span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            self._span.end()


def _start(
    tracer: trace.Tracer,
    parent: SpanContext | None,
    name: str,
    attributes: Attributes | None,
    links: Sequence[str],
    kind: SpanKind,
) -> Span:
    nowhere = otel_context.Context()
    return tracer.start_span(
        name,
        context=trace.set_span_in_context(NonRecordingSpan(parent), nowhere) if parent else nowhere,
        kind=kind,
        attributes=attributes,
        links=[Link(cause) for cause in map(parse_traceparent, links) if cause],
    )
