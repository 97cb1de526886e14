"""Moves and the grounds for closing: R-001-18/r41, r42 and the pack's own readings."""

from typing import Any

import pytest

from shared.policy.moving import close_grounds, moves_of
from shared.policy.noticing import is_sent, notices_of
from shared.policy.pack import Pack
from tests.unit.policy.conftest import context


def grounds(
    pack: Pack, facts: dict[str, Any] | None = None, **known: Any
) -> dict[str, tuple[bool | None, tuple[str, ...]]]:
    states = close_grounds(pack, facts or {}, {}, context(**known))
    return {state.ground: (state.holds, state.missing_needs) for state in states}


BEYOND = {"beyond_authority_or_range": (True, ("position_told", "evidence"))}


def test_an_accepted_result_closes_after_the_follow_up(pack: Pack) -> None:
    known: dict[str, Any] = {"contactable": True, "customer_response": "accepted", "decided": {"validity": "effective"}}
    assert grounds(pack, **known) == {"accepted": (True, ("follow_up.done",)), **BEYOND}
    assert grounds(pack, **known, happened={"follow_up.done"}) == {"accepted": (True, ()), **BEYOND}


@pytest.mark.parametrize("response", ["rejected", "dissatisfied"])
def test_an_unhappy_customer_does_not_close(pack: Pack, response: str) -> None:
    known: dict[str, Any] = {"contactable": True, "customer_response": response, "decided": {"validity": "effective"}}
    assert grounds(pack, **known) == BEYOND


def test_an_unknown_response_is_named_as_missing(pack: Pack) -> None:
    first = close_grounds(pack, {}, {}, context(contactable=True, decided={"validity": "effective"}))[0]
    assert (first.ground, first.holds, first.missing_facts) == ("accepted", None, ("customer_response",))
    assert not first.is_open


@pytest.mark.parametrize(("rounds", "agreement", "offered"), [(1, False, False), (2, False, True), (2, True, False)])
def test_long_talks_without_consent_close_with_evidence(
    pack: Pack, rounds: int, agreement: bool, offered: bool
) -> None:
    known: dict[str, Any] = {"contactable": True, "customer_response": "rejected", "decided": {"validity": "effective"}}
    found = grounds(pack, **known, rounds=rounds, agreement=agreement)
    assert ("long_talks_no_consent" in found) is offered


def test_what_is_needed_may_be_told_record_by_record(pack: Pack) -> None:
    known: dict[str, Any] = {"contactable": True, "customer_response": "rejected", "decided": {"validity": "effective"}}
    assert grounds(pack, **known, records={"position_told": "as agreed"}) == {
        "beyond_authority_or_range": (True, ("evidence",))
    }
    assert grounds(pack, **known, records={"position_told": "", "evidence": ["letter.pdf"]}) == {
        "beyond_authority_or_range": (True, ("position_told",))
    }


def test_a_case_without_contact_data_closes_with_its_result(pack: Pack) -> None:
    found = grounds(pack, contactable=False, records={"result": "repaired"}, decided={"validity": "effective"})
    assert found == {"no_contact": (True, ()), **BEYOND}


def test_a_complaint_outside_the_guide_closes_once_it_was_answered(pack: Pack) -> None:
    known: dict[str, Any] = {
        "contactable": True,
        "customer_response": "rejected",
        "decided": {"validity": "not_effective"},
    }
    assert grounds(pack, **known)["not_effective"] == (True, ("replied",))
    assert grounds(pack, **known, happened={"replied"})["not_effective"] == (True, ())


def test_the_pack_keeps_the_basic_moves_forbids_one_and_adds_one(pack: Pack) -> None:
    moves = {move.name: move for move in moves_of(pack)}
    basic = ["assess", "accept", "return", "progress", "reply", "resolve", "follow_up", "close", "reopen"]
    assert list(moves) == [*basic, "on_the_spot", "inform_delay"]
    assert [name for name, move in moves.items() if not move.allowed] == ["on_the_spot"]
    assert moves["inform_delay"].records == ("process_explained", "next_contact_way")
    assert moves["inform_delay"].rule == "R-001-18/r12, R-001-18/r20"


def test_the_customer_is_told_the_result_in_the_agreed_wording(pack: Pack) -> None:
    result, collect = notices_of(pack)
    assert (result.on, result.to, result.wording) == (("replied",), ("customer",), "reply_wording")
    assert (collect.on, collect.to) == (("compensation.paid",), ("customer",))
    assert is_sent(pack, result, {}, context())
