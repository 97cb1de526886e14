"""Records that cannot be read, stored or applied: none of them stops the records that come with it."""

import json
import secrets
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.delivery.arrivals import sort
from shared.events.codec import Incoming, clean_headers
from tests.delivery.plain_service import PlainService
from tests.delivery.records import case_event, personal_record

CASE, OTHER = UUID(int=1), UUID(int=2)
NEIGHBOUR = case_event(OTHER, "intake", 1)


def with_headers(**headers: str | None) -> Incoming:
    """A good record, some of its headers replaced or (None) taken away; headers cleaned as the consumer does."""
    good = case_event(CASE, "routing", 1)
    raw = good.headers | {name: value for name, value in headers.items() if value is not None}
    kept = [(name, value.encode()) for name, value in raw.items() if headers.get(name, "") is not None]
    readable, broken = clean_headers(kept)
    return replace(good, offset=7, headers=readable, broken_header=broken)


UNREADABLE = {
    "no type": with_headers(ce_type=None),
    "no subject": with_headers(ce_subject=None),
    "another subject": with_headers(ce_subject=str(OTHER)),
    "no sequence": with_headers(ce_sequence=None),
    "sequence 0": with_headers(ce_sequence="0"),
    "no number": with_headers(ce_sequence="first"),
    "larger than any sequence": with_headers(ce_sequence=str(2**31)),
    "digits without end": with_headers(ce_sequence="9" * 5000),
    "no time": with_headers(ce_time="soon"),
    "time without zone": with_headers(ce_time="2026-11-20T09:00:00"),
    "before time began": with_headers(ce_time="0001-01-01T00:00:00+14:00"),
    "after time ends": with_headers(ce_time="9999-12-31T23:59:59-14:00"),
    "causes without order": with_headers(ce_after="intake"),
    "a source nobody knows": with_headers(ce_source="/huiyin/stranger"),
    "a source that has no case events": with_headers(ce_source="/huiyin/reporting"),
    "no source": with_headers(ce_source=""),
    "null character": with_headers(ce_project="P\x0001"),
    "null character in a header nobody reads": with_headers(x="\x00"),
    "null character in a header's name": with_headers(**{"x\x00": "1"}),
    "type without end": with_headers(ce_type="x" * 100_000),
}


@pytest.mark.parametrize("poison", UNREADABLE.values(), ids=UNREADABLE)
async def test_an_unreadable_event_is_a_dead_letter_and_parks_its_case_alone(
    service: PlainService, poison: Incoming
) -> None:
    await service.applier.process([poison, NEIGHBOUR])
    await service.applier.process([poison, NEIGHBOUR])
    assert await service.one("select count(*) from dead_letters") == 1
    assert await service.applied() == [(OTHER, "intake", 1)]
    assert await service.one("select case_id from case_marks where parked_at is not null") == CASE


UNUSABLE = {
    "no JSON": b'{"department": ',
    "no text": b"\xff\xfe",
    "another shape": b"[]",
    "a field is missing": b"{}",
    "nothing": None,
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("value", UNUSABLE.values(), ids=UNUSABLE)
async def test_unusable_data_are_held_as_failed_and_park_their_case_alone(
    service: PlainService, value: bytes | None
) -> None:
    await service.applier.process([replace(case_event(CASE, "routing", 1), value=value), NEIGHBOUR])
    assert await service.applied() == [(OTHER, "intake", 1)]
    assert [tuple(row) for row in await service.rows("select case_id, reason, waiting_for from held_events")] == [
        (CASE, "failed", "parked")
    ]
    assert await service.one("select case_id from case_marks where parked_at is not null") == CASE


@pytest.mark.parametrize("code", ["p\x00", secrets.token_hex(20_000)], ids=["null character", "endless"])
async def test_a_reference_that_cannot_even_be_looked_up_parks_its_case_alone(service: PlainService, code: str) -> None:
    pin = {"code": code, "version": 1, "digest": "0"}
    data = {"number": "1", "project": "P01", "received_at": "2026-11-20T09:00:00Z", "pack": pin, "calendar": pin}
    poison = case_event(CASE, "intake", 1, type_="complaint.registered.v1")
    await service.applier.process([replace(poison, value=json.dumps({**data, "source": "app"}).encode()), NEIGHBOUR])
    assert await service.applied() == [(OTHER, "intake", 1)]
    assert await service.one("select case_id from case_marks where parked_at is not null") == CASE
    assert await service.one("select (select count(*) from held_events) + (select count(*) from dead_letters)") == 1


GOOD_RECORD = personal_record(CASE, 2, b'{"project":"P01"}')
UNREADABLE_RECORDS = {
    "no version": replace(GOOD_RECORD, headers=dict(GOOD_RECORD.headers) | {"ce_sequence": ""}),
    "version 0": replace(GOOD_RECORD, headers=dict(GOOD_RECORD.headers) | {"ce_sequence": "0"}),
    "larger than any version": replace(GOOD_RECORD, headers=dict(GOOD_RECORD.headers) | {"ce_sequence": str(2**63)}),
    "no key": replace(GOOD_RECORD, key=None),
    "null character in the key": replace(GOOD_RECORD, key=b"case:\x00"),
    "no text in the key": replace(GOOD_RECORD, key=b"case:\xff"),
    "endless key": replace(GOOD_RECORD, key=b"k" * 20_000),
    "unknown type": replace(GOOD_RECORD, headers=dict(GOOD_RECORD.headers) | {"ce_type": "case.texts.v2"}),
    "no JSON": replace(GOOD_RECORD, value=b'{"project":'),
    "a field is missing": replace(GOOD_RECORD, value=b"{}"),
}


@pytest.mark.parametrize("poison", UNREADABLE_RECORDS.values(), ids=UNREADABLE_RECORDS)
async def test_an_unreadable_record_is_a_dead_letter_and_what_was_known_stays(
    service: PlainService, poison: Incoming
) -> None:
    await service.applier.process([personal_record(CASE, 1, b'{"project":"P01"}')])
    await service.applier.process([poison, NEIGHBOUR])
    await service.applier.process([poison, NEIGHBOUR])
    assert [row.version for row in await service.rows("select version from records")] == [1]
    assert await service.one("select count(*) from dead_letters") == 1
    assert await service.one("select count(body) from dead_letters") == 0  # it may be about a person
    assert await service.applied() == [(OTHER, "intake", 1)]


@pytest.mark.parametrize(
    "value",
    [
        b"{",
        b'{"source": "x\\u0000", "through": "2026-11-20T09:00:00Z"}',
        b'{"source": "stranger", "through": "2026-11-20T09:00:00Z"}',
        b'{"source": "intake", "through": "2026-11-20T09:00:00Z", "generation": 99999999999}',
        b'{"source": "intake", "through": "2026-11-20T09:00:00"}',
        None,
    ],
)
async def test_an_unusable_progress_report_is_passed_over(service: PlainService, value: bytes | None) -> None:
    await service.applier.process([Incoming("progress.v1", 0, 3, b"intake", {}, value), NEIGHBOUR])
    assert await service.applied() == [(OTHER, "intake", 1)]
    assert await service.rows("select 1 from progress_marks") == []


async def test_what_a_report_says_of_unknown_topics_and_services_is_passed_over(service: PlainService) -> None:
    report = {
        "source": "intake",
        "through": "2026-11-20T09:00:00Z",
        "offsets": {"a\x00": {"1": 1}, "complaints.v2": {"0": 5}, "complaints.v1": {"0": 7}},
        "applied": {"a\x00": "2026-11-20T09:00:00Z", "stranger": "2026-11-20T09:00:00Z"},
    }
    await service.applier.process([Incoming("progress.v1", 0, 3, b"intake", {}, json.dumps(report).encode())])
    ((source, offsets),) = await service.rows("select source, cast(offsets as text) from progress_seen")
    assert (source, json.loads(offsets)) == ("intake", {"complaints.v1": {"0": 7}})
    assert await service.one("select cast(applied as text) from progress_marks") == "{}"


HEADER_NAMES = st.sampled_from([*case_event(CASE, "intake", 1).headers, "ce_x", "\x00"]) | st.text(max_size=5)
HEADER_VALUES = st.none() | st.binary(max_size=20) | st.text(max_size=20).map(str.encode)


@given(
    topic=st.sampled_from(["complaints.v1", "notices.v1", "personal.v1", "reference.v1", "progress.v1", "inbound.v1"]),
    key=st.none() | st.binary(max_size=40) | st.just(str(CASE).encode()),
    headers=st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=12),
    good=st.booleans(),
    value=st.none() | st.binary(max_size=20),
)
def test_sorting_never_fails_whatever_comes(
    topic: str, key: bytes | None, headers: list[tuple[str, bytes | None]], good: bool, value: bytes | None
) -> None:
    base = [(name, value.encode()) for name, value in NEIGHBOUR.headers.items()] if good else []
    readable, broken = clean_headers([*base, *headers])
    found = sort([Incoming(topic, 0, 0, key, readable, value, broken)])
    kinds = [found.cases, found.records, found.progress, found.inbound, found.undecodable]
    assert sum(len(kind) for kind in kinds) == 1
