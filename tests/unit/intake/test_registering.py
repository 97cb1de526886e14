"""From a submission to a registration: who may, what the pack says, what is pinned."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.intake.domain import Registration, Way
from services.intake.service.registering import Registrar
from services.intake.service.sender import Sender
from services.intake.service.submission import parse
from shared.access.principal import Principal
from shared.errors import Invalid, OutOfScope, Refused, Unavailable
from shared.ids import complaint_id
from shared.reference.book import Reference
from shared.secrets import KeyRing, new_key
from tests.unit.intake.organisation import APP, AUDITOR, DESK, HANDLER, HEAD, NOW, OPERATOR, OTHER_APP, REFERENCE

RING = KeyRing.from_settings([new_key()])
REGISTRAR = Registrar(RING)


def judge(principal: Principal = APP, key: str | None = None, **fields: Any) -> Registration:
    body = {"project": "P01", "source_id": "A-1", "narrative": "电梯坏了", **fields}
    raw = json.dumps({name: value for name, value in body.items() if value != "absent"}).encode()
    return REGISTRAR.judge(parse(raw), Sender.of(principal, Way.HTTP, key), REFERENCE, NOW)


def faults(**fields: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as caught:
        judge(**fields)
    return [(error.pointer, error.code) for error in caught.value.errors]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"source_id": "absent"}, "/source_id", "no_identity"),
        ({"project": "P77"}, "/project", "unknown_project"),
        ({"project": "R1"}, "/project", "unknown_project"),
        ({"project": "P01-3"}, "/project", "unknown_project"),
        ({"channel": "telepathy"}, "/channel", "not_one_of"),
        ({"channel": "phon"}, "/channel", "not_one_of_meant"),
        ({"segment": "byer"}, "/segment", "not_one_of_meant"),
        ({"contact_type": "gossip"}, "/contact_type", "not_one_of"),
        ({"category": "qualty"}, "/category", "not_one_of_meant"),
        ({"building": "P02-1"}, "/building", "unknown_building"),
        ({"building": "P01"}, "/building", "unknown_building"),
        ({"facts": {"people": "12"}}, "/facts/people", "not_whole"),
        ({"facts": {"people": 0}}, "/facts/people", "too_small"),
        ({"facts": {"people": 10**7}}, "/facts/people", "too_large"),
        ({"facts": {"amount_claimed": 1.5}}, "/facts/amount_claimed", "not_whole"),
        ({"facts": {"events": "possible_media"}}, "/facts/events", "not_list"),
        ({"facts": {"events": ["posible_media"]}}, "/facts/events/0", "not_one_of"),
        ({"facts": {"peeple": 3}}, "/facts/peeple", "misspelt"),
        ({"facts": {"zzz": 3}}, "/facts/zzz", "unknown_fact"),
        ({"facts": {"risk": ["crisis"]}}, "/facts/risk", "fact_not_given_here"),
        ({"facts": {"segment": "buyer"}, "segment": "other"}, "/facts/segment", "contradicts"),
        ({"received_at": "2026-11-20T09:06:00+08:00"}, "/received_at", "in_the_future"),
        ({"received_at": "1999-12-31T00:00:00Z"}, "/received_at", "too_early"),
        ({"occurred_at": "2026-11-20T09:06:00+08:00"}, "/occurred_at", "after_receipt"),
    ],
)
def test_a_field_at_fault_is_named(fields, pointer, code):
    assert faults(**fields) == [(pointer, code)]


def test_all_fields_at_fault_are_named_at_once():
    found = faults(source_id="absent", channel="x", facts={"people": "12"}, received_at="1999-12-31T00:00:00Z")
    assert [pointer for pointer, _ in found] == ["/source_id", "/received_at", "/channel", "/facts/people"]


@pytest.mark.parametrize("project", ["P09"])
def test_a_project_that_is_no_longer_active_takes_no_complaints(project):
    assert faults(principal=OPERATOR, project=project) == [("/project", "unknown_project")]


def test_a_project_without_a_pack_says_so():
    everywhere = Principal("root", frozenset({"front_desk"}), ("*",))
    assert faults(principal=everywhere, project="P66") == [("/project", "no_pack")]


def test_nothing_is_refused_for_being_unknown_before_the_organisation_is_known():
    parsed = parse(b'{"project": "P01", "narrative": "x", "source_id": "1"}')
    with pytest.raises(Unavailable):
        REGISTRAR.judge(parsed, Sender.of(APP, Way.HTTP), Reference(), NOW)


@pytest.mark.parametrize(
    ("principal", "fields", "permitted"),
    [
        (APP, {}, True),
        (APP, {"project": "P02"}, False),
        (APP, {"source": "app"}, True),
        (APP, {"source": "callcentre"}, False),
        (OTHER_APP, {"project": "P02"}, True),
        (DESK, {}, True),
        (DESK, {"source": "paper"}, True),
        (DESK, {"project": "P02"}, False),
        (HEAD, {}, True),
        (HEAD, {"project": "P02"}, False),
        (HANDLER, {}, False),
        (AUDITOR, {}, False),
        (OPERATOR, {}, False),
        (OPERATOR, {"mode": "history", "received_at": "2020-01-01T00:00:00Z"}, True),
        (DESK, {"mode": "history", "received_at": "2020-01-01T00:00:00Z"}, False),
        (APP, {"mode": "history", "received_at": "2020-01-01T00:00:00Z"}, False),
    ],
)
def test_who_may_register_where_and_in_whose_name(principal, fields, permitted):
    if permitted:
        judge(principal, **fields)
    else:
        with pytest.raises(OutOfScope):
            judge(principal, **fields)


@pytest.mark.parametrize(
    ("principal", "key", "fields", "identity"),
    [
        (APP, None, {"source": "app", "source_id": "A-1"}, ("app", "A-1")),
        (APP, None, {}, ("app", "A-1")),
        (APP, "k-1", {"source_id": "absent"}, ("app", "k-1")),
        (APP, "k-1", {"source_id": "A-1"}, ("app", "A-1")),
        (DESK, "k-1", {"source_id": "absent"}, ("desk", "k-1")),
        (DESK, "k-1", {"source": "paper", "source_id": "absent"}, ("paper", "k-1")),
        (DESK, None, {}, ("desk", "A-1")),
    ],
)
def test_the_identity_is_the_sources_own_or_the_key(principal, key, fields, identity):
    registration = judge(principal, key, **fields)
    assert (registration.source, registration.source_id) == identity
    assert registration.id == complaint_id(*identity)


def test_versions_in_force_when_it_was_received_are_pinned():
    now, before = judge(), judge(received_at="2026-10-31T23:59:00+08:00")
    assert (now.data.pack.version, now.data.calendar.version) == (2, 2)
    assert (before.data.pack.version, before.data.calendar.version) == (1, 1)
    assert before.data.pack.digest == REFERENCE.packs["developer-property", 1].digest


def test_the_day_that_decides_is_the_projects_own():
    """The calendar of 20 November is in force in Shanghai, while it is still the 19th in Los Angeles."""
    there = judge(OTHER_APP, project="P02", source="callcentre")
    assert there.data.calendar.version == 1
    assert there.received_local.date().isoformat() == "2026-11-19"


def test_a_new_reference_is_noticed():
    judge()
    with pytest.raises(Refused):
        REGISTRAR.judge(
            parse(b'{"project": "P01", "narrative": "x", "source_id": "1"}'),
            Sender.of(APP, Way.HTTP),
            Reference(directory=REFERENCE.directory),
            NOW,
        )
    judge()


@pytest.mark.parametrize(
    ("fields", "building"),
    [
        ({"unit": "3-1-502"}, "P01-3"),
        ({"unit": "3"}, "P01-3"),
        ({"unit": "4-1-502"}, None),
        ({"unit": "地下车库"}, None),
        ({}, None),
        ({"building": "P01-3"}, "P01-3"),
        ({"building": "P01-3", "unit": "4-1-502"}, "P01-3"),
    ],
)
def test_the_building_follows_from_the_unit_or_is_named(fields, building):
    assert judge(**fields).data.building == building


def test_what_is_personal_is_in_the_record_and_not_in_the_event():
    registration = judge(
        title="标题甲", narrative="叙述乙", unit="3-1-502", reporter={"name": "张三丙", "phone": "13800138000"}
    )
    event = registration.data.model_dump_json()
    for word in ("标题甲", "叙述乙", "3-1-502", "张三丙", "13800138000", "A-1"):
        assert word not in event
    assert registration.text.narrative == "叙述乙"
    assert registration.text.title == "标题甲"
    assert registration.text.unit == "3-1-502"
    assert registration.data.reporter_hash == RING.hash_reporter("张三丙", "+8613800138000")
    assert registration.data.contactable


@pytest.mark.parametrize(
    ("reporter", "hashed", "contactable"),
    [
        ({"name": "张三"}, True, False),
        ({"email": "z@example.com"}, False, True),
        ({"name": "张三", "phone": "13800138000", "anonymous": True}, False, False),
        ({}, False, False),
    ],
)
def test_people_are_counted_and_reached_as_far_as_they_are_known(reporter, hashed, contactable):
    data = judge(reporter=reporter).data
    assert (data.reporter_hash is not None) == hashed
    assert data.contactable == contactable
    assert data.anonymous == reporter.get("anonymous", False)


def test_the_segment_is_a_fact_wherever_it_was_said():
    assert judge(segment="buyer").data.facts["segment"] == "buyer"
    assert judge(facts={"segment": "buyer"}).data.segment == "buyer"


def test_defaults_of_an_event():
    data = judge().data
    assert (data.contact_type, data.mode, data.received_at, data.happened_at) == ("complaint", "live", NOW, None)
    assert (data.source, data.project, data.language) == ("app", "P01", "zh")


def test_history_keeps_the_files_time_and_must_have_one():
    data = judge(OPERATOR, mode="history", received_at="2019-01-01T02:20:10+08:00").data
    assert data.mode == "history"
    assert data.received_at == datetime(2018, 12, 31, 18, 20, 10, tzinfo=UTC)
    assert faults(principal=OPERATOR, mode="history") == [("/received_at", "missing")]


def test_numbers_follow_the_packs_pattern_and_begin_anew_each_local_year():
    registration = judge(received_at="2025-12-31T16:00:00Z")  # midnight of the new year in Shanghai
    assert registration.numbered_in == 2026
    assert registration.number(7) == "P01-2026-0007"
    assert registration.number(12345) == "P01-2026-12345"


def test_the_same_event_id_follows_from_the_same_identity():
    assert judge().id == judge(narrative="other").id == UUID(str(complaint_id("app", "A-1")))
