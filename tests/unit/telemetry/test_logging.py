"""Logs carry the trace and the case, and nothing personal."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import NotFound
from shared.telemetry.logging import bound, configure_logging
from shared.telemetry.redaction import HIDDEN, redact
from shared.telemetry.tracing import span_from


class Lines(io.StringIO):
    """What was logged, read back."""

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]

    def last(self) -> dict[str, Any]:
        return self.all()[-1]


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = Lines()
    configure_logging("INFO", stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_knows_its_trace_and_case(lines: Lines) -> None:
    with span_from("00-" + "a" * 32 + "-" + "b" * 16 + "-00", "work"), bound(case="c1"):
        structlog.get_logger("routing").info("assigned", hops=2)
    line = lines.last()
    assert line["event"] == "assigned"
    assert line["hops"] == 2
    assert (line["level"], line["logger"], line["case"]) == ("info", "routing", "c1")
    assert (line["trace_id"], line["span_id"]) == ("a" * 32, "b" * 16)
    assert line["timestamp"].endswith("Z")


def test_what_the_kafka_client_repeats_is_said_seldom(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("shared.telemetry.logging.monotonic", lambda: now)
    for place in ("aiokafka", "aiokafka.consumer.fetcher", "ours"):
        for number in range(4):
            logging.getLogger(place).error("Unable to reach %s", number)
    said = [(line["logger"], line["event"]) for line in lines.all()]
    assert said[:2] == [("aiokafka", "Unable to reach 0"), ("aiokafka.consumer.fetcher", "Unable to reach 0")]
    assert said[2:] == [("ours", f"Unable to reach {number}") for number in range(4)]
    logging.getLogger("aiokafka").error("Able to reach %s", 9)
    assert lines.last()["event"] == "Able to reach 9"
    now += 10
    logging.getLogger("aiokafka").error("Unable to reach %s", 4)
    assert lines.last()["event"] == "Unable to reach 4 (and 3 times before)"


def test_the_case_is_forgotten_afterwards(lines: Lines) -> None:
    with bound(case="c1"):
        pass
    structlog.get_logger("x").info("later")
    assert "case" not in lines.last()


@pytest.mark.parametrize(
    "key",
    [
        "narrative",
        "phone",
        "reporter_phone",
        "mobile",
        "name",
        "reporter_name",
        "unit",
        "title",
        "text",
        "body",
        "payload",
        "value_text",
        "contact",
        "email",
        "address",
        "token",
        "access_token",
        "authorization",
        "Authorization",
        "cookie",
        "secret",
        "api_key",
        "password",
        "parameters",
        "headers",
    ],
)
def test_values_under_telling_names_are_hidden(lines: Lines, key: str) -> None:
    structlog.get_logger("x").info("seen", **{key: "张三 13800138000"}, nested={"list": [{key: "张三"}]})
    assert "张三" not in lines.getvalue()
    assert lines.last()[key] == HIDDEN


@pytest.mark.parametrize("key", ["case", "project", "reason", "topic", "clock_name", "seconds", "context", "community"])
def test_harmless_names_are_shown(lines: Lines, key: str) -> None:
    structlog.get_logger("x").info("seen", **{key: "shown"})
    assert lines.last()[key] == "shown"


def test_bytes_are_never_shown(lines: Lines) -> None:
    structlog.get_logger("x").info("seen", record=b"\xe5\xbc\xa0")
    assert lines.last()["record"] == HIDDEN


def test_an_exception_tells_type_and_place_but_not_its_message(lines: Lines) -> None:
    def fail() -> None:
        person = "张三"
        try:
            {}[person]
        except KeyError as error:
            number = "13800138000"
            raise ValueError(f"call {number}") from error

    try:
        fail()
    except ValueError:
        structlog.get_logger("x").exception("failed")
    value_error, key_error = lines.last()["exception"]
    assert (value_error["type"], key_error["type"]) == ("builtins.ValueError", "builtins.KeyError")
    assert "test_logging.py" in value_error["frames"][-1]
    assert "13800138000" not in str(value_error)
    assert "message" not in value_error
    assert "message" not in key_error


def test_messages_that_can_hold_nothing_personal_are_shown(lines: Lines) -> None:
    logger = structlog.get_logger("x")
    logger.error("a", exc_info=ConnectionRefusedError(111, "Connection refused"))
    assert "Connection refused" in lines.last()["exception"][0]["message"]
    logger.error("b", exc_info=NotFound("case"))
    assert lines.last()["exception"][0]["message"] == "not_found"


def test_the_sqlstate_of_a_database_error_is_shown(lines: Lines) -> None:
    class UniqueViolation(Exception):
        sqlstate = "23505"

    structlog.get_logger("x").error("a", exc_info=UniqueViolation("Key (phone)=(13800138000) exists"))
    link = lines.last()["exception"][0]
    assert link["sqlstate"] == "23505"
    assert "message" not in link


def test_other_libraries_log_through_the_same_door(lines: Lines) -> None:
    with bound(case="c1"):
        logging.getLogger("aiokafka.consumer").warning("lost %s partitions", 3, extra={})
    line = lines.last()
    assert (line["event"], line["logger"], line["case"]) == ("lost 3 partitions", "aiokafka.consumer", "c1")


@pytest.mark.parametrize("name", ["uvicorn.error", "aiokafka", "sqlalchemy.engine", "faststream", "asyncio"])
def test_other_libraries_are_quiet_below_a_warning(lines: Lines, name: str) -> None:
    logging.getLogger(name).info("chatter")
    assert lines.getvalue() == ""


def test_access_lines_with_their_queries_are_never_written(lines: Lines) -> None:
    logging.getLogger("uvicorn.access").error("GET /login?token=hys_x")
    assert lines.getvalue() == ""


def test_a_terminal_gets_readable_lines() -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(stream=stream, human=True)
    try:
        structlog.get_logger("x").error("failed", phone="138", exc_info=ValueError("138"))
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()
    assert "builtins.ValueError" in stream.getvalue()
    assert "138" not in stream.getvalue()


@given(st.dictionaries(st.text(max_size=12), st.text() | st.binary() | st.lists(st.binary()), max_size=5))
def test_nothing_breaks_the_redaction(event: dict[str, Any]) -> None:
    assert redact(None, "info", event).keys() == event.keys()
