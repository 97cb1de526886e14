"""Facts are validated before any condition sees them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.policy.loading import default_pack_text, load_pack
from shared.policy.pack import Pack


def test_the_facts_of_a_complaint_are_taken_as_given(pack: Pack) -> None:
    raw = {"people": 12, "amount_claimed": 20_000_000, "events": ["possible_media"], "demand": ["compensation"]}
    assert pack.validate_facts(raw) == (raw, [])


def test_a_set_is_kept_in_the_order_of_the_pack_without_repetition(pack: Pack) -> None:
    facts, _ = pack.validate_facts({"demand": ["other", "repair", "other"]})
    assert facts == {"demand": ["repair", "other"]}


def test_a_null_is_no_fact(pack: Pack) -> None:
    assert pack.validate_facts({"people": None}) == ({}, [])


@pytest.mark.parametrize(
    ("name", "value", "pointer", "code"),
    [
        ("people", True, "/people", "must_be_int"),
        ("people", "12", "/people", "must_be_int"),
        ("people", 12.0, "/people", "must_be_int"),
        ("people", 0, "/people", "too_small"),
        ("people", -1, "/people", "too_small"),
        ("people", 1_000_001, "/people", "too_great"),
        ("people", 10**40, "/people", "too_great"),
        ("amount_claimed", 1.5, "/amount_claimed", "must_be_fen"),
        ("amount_claimed", "100", "/amount_claimed", "must_be_fen"),
        ("amount_claimed", -1, "/amount_claimed", "too_small"),
        ("amount_claimed", 10**12 + 1, "/amount_claimed", "too_great"),
        ("segment", "byer", "/segment", "not_allowed"),
        ("segment", 3, "/segment", "must_be_text"),
        ("events", "fire", "/events", "must_be_list"),
        ("events", ["fire"], "/events/0", "not_allowed"),
        ("events", ["possible_media", 7], "/events/1", "must_be_text"),
        ("peopel", 3, "/peopel", "unknown_fact"),
        ("a/b~c", 3, "/a~1b~0c", "unknown_fact"),
        ("needs_coordination", True, "/needs_coordination", "fact_not_given_here"),
        ("amount", 3, "/amount", "fact_not_given_here"),
        ("handover_date", "2026-01-01", "/handover_date", "fact_not_given_here"),
    ],
)
def test_a_bad_fact_is_refused_with_its_place(pack: Pack, name: str, value: Any, pointer: str, code: str) -> None:
    facts, (error,) = pack.validate_facts({name: value, "demand": []})
    assert facts == {"demand": []}
    assert (error.pointer, error.code) == (pointer, code)
    assert error.message("zh") != error.message("en")


@pytest.mark.parametrize("amount", [0, 1, 10**12])
def test_the_bounds_of_money_belong_to_it(pack: Pack, amount: int) -> None:
    assert pack.validate_facts({"amount_claimed": amount}) == ({"amount_claimed": amount}, [])


def test_a_misspelt_fact_is_answered_with_the_right_one(pack: Pack) -> None:
    _, (error,) = pack.validate_facts({"peopel": 3})
    assert error.message("en") == "there is no fact 'peopel'; did you mean 'people'?"
    assert error.message("zh") == "没有名为 “peopel” 的事实；是否指 “people”？"


@pytest.mark.parametrize("raw", [None, [], "people", 3])
def test_facts_that_are_no_object_are_refused(pack: Pack, raw: object) -> None:
    assert pack.validate_facts(raw)[1][0].code == "must_be_object"


def test_every_error_is_told_at_once(pack: Pack) -> None:
    _, errors = pack.validate_facts({"people": "x", "events": ["x", "y"], "nonsense": 1})
    assert [error.pointer for error in errors] == ["/people", "/events/0", "/nonsense"]


def test_handling_also_takes_what_a_role_decides_and_the_directory_what_it_knows(pack: Pack) -> None:
    assert pack.validate_facts({"needs_coordination": True}, "handling") == ({"needs_coordination": True}, [])
    given, errors = pack.validate_facts({"handover_date": "2026-08-31"}, "directory")
    assert (given, errors) == ({"handover_date": date(2026, 8, 31)}, [])
    assert pack.validate_facts({"handover_date": "31.8.2026"}, "directory")[1][0].code == "must_be_date"


def test_an_instant_needs_a_time_zone() -> None:
    fact = "  seen_at: {instant: true, ask: intake, rule: R-001-18/r14}\n  people:"
    pack = load_pack(default_pack_text().replace("  people:", fact, 1))
    given, errors = pack.validate_facts({"seen_at": "2026-11-20T09:00:00+08:00"})
    assert (given, errors) == ({"seen_at": datetime(2026, 11, 20, 1, tzinfo=UTC)}, [])
    for bad in ("2026-11-20T09:00:00", 7, "yesterday"):
        assert pack.validate_facts({"seen_at": bad})[1][0].code == "must_be_instant"
