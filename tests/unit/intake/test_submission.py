"""Reading what callers send."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.service.submission import parse
from shared.errors import Refused

GOOD = {"project": "P01", "narrative": "电梯坏了"}


def read(**fields: Any) -> Any:
    return parse(json.dumps(GOOD | fields).encode())


def refusal(body: object) -> Refused:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(Refused) as caught:
        parse(raw)
    return caught.value


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"narrative": None}, "/narrative", "not_text"),
        ({"narrative": ""}, "/narrative", "too_short"),
        ({"narrative": " \n"}, "/narrative", "too_short"),
        ({"narrative": "x" * 20_001}, "/narrative", "too_long"),
        ({"narrative": "a\x00b"}, "/narrative", "control_character"),
        ({"narrative": "a\u009fb"}, "/narrative", "control_character"),
        ({"title": "x" * 201}, "/title", "too_long"),
        ({"unit": "9" * 65}, "/unit", "too_long"),
        ({"project": ""}, "/project", "too_short"),
        ({"project": 1}, "/project", "not_text"),
        ({"source": "a:b"}, "/source", "bad_format"),
        ({"source_id": ""}, "/source_id", "too_short"),
        ({"source_id": "x" * 201}, "/source_id", "too_long"),
        ({"first_receiver": "王 丽"}, "/first_receiver", "bad_format"),
        ({"received_at": "2026-11-20T09:00:00"}, "/received_at", "no_time_zone"),
        ({"received_at": "2026-11-20"}, "/received_at", "not_an_instant"),
        ({"received_at": 1_700_000_000}, "/received_at", "not_an_instant"),
        ({"received_at": "1700000000"}, "/received_at", "not_an_instant"),
        ({"received_at": "2026-02-30T09:00:00Z"}, "/received_at", "not_an_instant"),
        ({"received_at": "9999-12-31T23:59:59-12:00"}, "/received_at", "impossible"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "/occurred_at", "impossible"),
        ({"reporter": "张三"}, "/reporter", "not_object"),
        ({"reporter": {"language": "fr"}}, "/reporter/language", "not_one_of"),
        ({"reporter": {"anonymous": "yes"}}, "/reporter/anonymous", "not_boolean"),
        ({"reporter": {"phone": "1" * 41}}, "/reporter/phone", "too_long"),
        ({"reporter": {"email": "nobody"}}, "/reporter/email", "bad_format"),
        ({"facts": [1]}, "/facts", "not_object"),
        ({"mode": "replay"}, "/mode", "not_one_of"),
        ({"narative": "x"}, "/narative", "misspelt"),
        ({"reporter": {"fone": "1"}}, "/reporter/fone", "misspelt"),
        ({"zzzzzz": 1}, "/zzzzzz", "unknown"),
    ],
)
def test_a_field_at_fault_is_named(fields, pointer, code):
    refused = refusal(GOOD | fields)
    assert refused.status == 422
    assert [(error.pointer, error.code) for error in refused.errors] == [(pointer, code)]


def test_a_misspelt_field_comes_with_a_proposal():
    assert refusal(GOOD | {"narative": "x"}).errors[0].params == {"meant": "narrative"}
    assert refusal(GOOD | {"reporter": {"fone": "1"}}).errors[0].params == {"meant": "phone"}


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 400, "malformed"),
        (b"{", 400, "malformed"),
        (b"[]", 422, "invalid_field"),
        (b"\xff", 400, "malformed"),
        (b'{"project": NaN}', 400, "malformed"),
        (b'"' + b"x" * 262_144 + b'"', 413, "too_large"),
    ],
)
def test_what_is_no_complaint_at_all_is_refused(raw, status, code):
    refused = refusal(raw)
    assert (refused.status, refused.code) == (status, code)


def test_all_fields_at_fault_are_named_at_once():
    refused = refusal({"channel": 3, "recieved_at": "x"})
    assert {error.pointer for error in refused.errors} == {"/project", "/narrative", "/channel", "/recieved_at"}


def test_twenty_thousand_characters_of_any_script_are_taken():
    assert len(read(narrative="漏" * 20_000).body.narrative) == 20_000


def test_instants_are_read_into_utc():
    body = read(received_at="2026-11-20T09:00:00+08:00").body
    assert body.received_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def test_the_digest_tells_contents_apart_and_not_spellings():
    spaced = json.dumps(dict(reversed(GOOD.items())), indent=2).encode()
    escaped = json.dumps(GOOD, ensure_ascii=True).encode()
    assert parse(spaced).digest == parse(escaped).digest == read().digest
    assert read(narrative="电梯坏了！").digest != read().digest
    assert read(facts={"people": 1}).digest != read(facts={"people": 2}).digest


def test_the_mode_is_part_of_what_was_asked_wherever_it_stands():
    raw = json.dumps(GOOD).encode()
    assert parse(raw, "history").digest == read(mode="history").digest != read().digest
    assert parse(raw, "live").digest == read(mode="live").digest == read().digest
    assert read(mode="history").history
    assert not parse(json.dumps(GOOD | {"mode": "live"}).encode(), "history").history
