"""Logs: one JSON object a line, or readable lines on a terminal; always with the trace, never with personal data."""

import logging
import sys
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from structlog.types import EventDict, Processor, WrappedLogger

from shared.clock import monotonic
from shared.telemetry.redaction import describe_exception, redact

# Ours at the chosen level; of others only what somebody should see.
_QUIET = ("uvicorn", "uvicorn.error", "aiokafka", "kafka", "sqlalchemy", "faststream", "asyncio", "httpx", "alembic")

# While the broker is away the Kafka client says so a thousand times a second.
_REPETITIVE = "aiokafka"
_SELDOM_S = 10.0
_MOST_MESSAGES = 1_000


def configure_logging(level: str = "INFO", *, stream: TextIO | None = None, human: bool | None = None) -> None:
    """Send everything, the standard library's logging included, to `stream` (standard error).

    human: readable lines instead of JSON; by default where `stream` is a terminal.
    """
    target = stream or sys.stderr
    readable = target.isatty() if human is None else human
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        add_trace,
        describe_exception,
        redact,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    rendering: list[Processor] = (
        [_spell_exception, structlog.dev.ConsoleRenderer(colors=target.isatty())]
        if readable
        else [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    )
    handler = logging.StreamHandler(target)
    handler.addFilter(_Seldom())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(max(logging.WARNING, root.level))
    # Its lines hold whole addresses with their queries, tokens of sign-in links included.
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    access.disabled = True
    logging.captureWarnings(capture=True)


class _Seldom(logging.Filter):
    """Lets the same message of a repetitive library through once in ten seconds, with how often it was held back."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        if record.name.partition(".")[0] != _REPETITIVE:
            return True
        message, now = (record.name, str(record.msg)), monotonic()
        at, held_back = self._said.get(message, (now - _SELDOM_S, 0))
        if now - at < _SELDOM_S:
            self._said[message] = at, held_back + 1
            return False
        if len(self._said) >= _MOST_MESSAGES:
            self._said.clear()
        self._said[message] = now, 0
        if held_back:
            record.msg = f"{record.msg} (and {held_back} times before)"
        return True


def add_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Structlog processor: the trace and span we are in."""
    context = trace.get_current_span().get_span_context()
    if context.trace_id:
        event["trace_id"] = f"{context.trace_id:032x}"
        event["span_id"] = f"{context.span_id:016x}"
    return event


def bound(**codes: Any) -> Any:
    """`with bound(case=str(case_id)):` adds codes to every line logged inside, also by others."""
    return structlog.contextvars.bound_contextvars(**codes)


def _spell_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    chain = event.pop("exception", None)
    if chain:
        lines = [str(event.get("event", ""))]
        for link in chain:
            says = ", ".join(str(link[key]) for key in ("message", "sqlstate") if key in link)
            lines.append(f"  {link['type']}{f': {says}' if says else ''}")
            lines.extend(f"    {frame}" for frame in link["frames"])
        event["event"] = "\n".join(lines)
    return event
