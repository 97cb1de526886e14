"""A collector of traces: what the product exports over OTLP, span by span."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.product.listening import Listening


class Span(NamedTuple):
    """Ids as hexadecimal digits; parent empty for the first of a trace."""

    trace: str
    id: str
    parent: str
    name: str
    service: str
    case: str


class Collector(Listening):
    """Listens at `url` while entered; raw: everything it was sent, as it came."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.spans: list[Span] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector._take(self.rfile.read(int(self.headers["Content-Length"])))
                answer = ExportTraceServiceResponse().SerializeToString()
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(Handler)

    def of_trace(self, trace: str) -> list[Span]:
        """The spans of one trace that have arrived."""
        return [span for span in self.spans if span.trace == trace]

    def _take(self, body: bytes) -> None:
        self.raw.append(body)
        self.spans.extend(_spans_in(ExportTraceServiceRequest.FromString(body)))


def _spans_in(request: ExportTraceServiceRequest) -> Iterator[Span]:
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                attributes = {pair.key: pair.value.string_value for pair in span.attributes}
                yield Span(
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    span.name,
                    attributes.get("huiyin.service", ""),
                    attributes.get("huiyin.case", ""),
                )
