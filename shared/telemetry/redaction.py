"""What never reaches a log: values under telling names, messages of exceptions, locals of frames."""

import re
import sys
import traceback
from types import TracebackType
from typing import Any

from structlog.types import EventDict, WrappedLogger

from shared.errors import Refused

HIDDEN = "[hidden]"
_PERSONAL = re.compile(
    r"narrative|phone|mobile|(^|_)(name|unit|room|title|text|body|payload|content|contact|email|address|reporter|"
    r"identity|id_number|params|parameters|headers|cookie|query)($|_)|token|secret|password|authorization|api_?key|digest",
    re.IGNORECASE,
)
# Names that look alike but tell only about ourselves.
_HARMLESS = frozenset({"logger_name", "event_name", "service_name", "clock_name", "topic_name", "text_code"})

# What these say comes from the interpreter or the operating system, never from a request.
_SAFE_MESSAGES = (OSError, ImportError, AttributeError, NameError, TypeError, AssertionError, Refused)
_MOST_FRAMES = 30


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Structlog processor: hides the values of keys named like personal data or secrets, at any depth."""
    return {key: HIDDEN if _is_telling(key) else _redact(value) for key, value in event.items()}


def _redact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: HIDDEN if _is_telling(str(key)) else _redact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redact(inner) for inner in value]
    # Bytes are bodies, records and keys.
    return HIDDEN if isinstance(value, bytes | bytearray | memoryview) else value


def _is_telling(key: str) -> bool:
    return key not in _HARMLESS and _PERSONAL.search(key) is not None


def describe_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Structlog processor: `exc_info` becomes `exception`, a chain of `{type, message?, sqlstate?, frames}`.

    A message may quote anything: a row, a value that failed validation. It stands only where it cannot; otherwise the
    type, the SQLSTATE and the place in the code must do.
    """
    error = _exception_of(event.pop("exc_info", None))
    if error is not None:
        event["exception"] = [_link(link) for link in _chain(error)]
    return event


def _exception_of(given: Any) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple) and len(given) == 3:
        return given[1] if isinstance(given[1], BaseException) else None
    if given:
        return sys.exception()
    return None


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain and len(chain) < 5:
        chain.append(following)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return chain


def _link(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    link: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if isinstance(error, _SAFE_MESSAGES):
        link["message"] = str(error)[:500]
    sqlstate = getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None)
    if isinstance(sqlstate, str):
        link["sqlstate"] = sqlstate
    link["frames"] = _frames(error.__traceback__)
    return link


def _frames(start: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(start)[-_MOST_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}: {frame.line or ''}" for frame in frames]
