"""Which moves a case permits: by its state, by the pack, by the grounds for closing."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from services.routing.domain import FILLED, CaseFile, Course, State
from services.routing.policy.moves import Allowed, allowed_moves, find_move, is_known, reopened
from services.routing.policy.regime import Regime
from shared.policy.loading import default_pack_text, load_pack
from tests.unit.routing.examples import NOW, case_file, regime

PERMITTED = {
    State.RECEIVED: "admit assess",
    State.ADMITTED: "assess assign progress reply resolve close agree extend",
    State.ASSIGNED: "assess assign accept return progress reply resolve close agree extend",
    State.ACCEPTED: "assess assign return progress reply resolve close agree extend",
    State.REPLIED: "assess assign progress reply resolve close agree extend",
    State.RESOLVED: "assess assign progress reply follow-up close agree extend",
    State.REOPENED: "assess assign accept return progress reply resolve close agree extend",
    State.CLOSED: "reopen",
    State.WITHDRAWN: "",
}


def course(*happened: str, **known: Any) -> Course:
    return Course(happened=frozenset(happened), **known)


def closing(file: CaseFile) -> dict[str, tuple[str, ...]]:
    """Ground -> what is missing, of those that hold."""
    move = find_move("close", file, regime(), NOW)
    return {g.ground: g.missing_needs for g in move.grounds if g.holds} if move else {}


@pytest.mark.parametrize("state", State)
def test_a_state_permits_its_moves_and_no_other(state: State) -> None:
    assert [move.move for move in allowed_moves(case_file(state), regime(), NOW)] == PERMITTED[state].split()


def test_what_no_pack_and_no_product_has_is_no_move() -> None:
    assert is_known("inform_delay", regime().pack)
    assert not any(is_known(name, regime().pack) for name in ("promote", "follow_up", "close_", "on"))


def test_a_move_of_the_pack_is_permitted_where_its_condition_holds() -> None:
    assert find_move("inform_delay", case_file(), regime(), NOW) is None
    slow = case_file(facts={"solvable_promptly": False})
    assert find_move("inform_delay", slow, regime(), NOW) == Allowed("inform_delay")
    assert find_move("inform_delay", replace(slow, state=State.CLOSED), regime(), NOW) is None


def test_the_pack_may_forbid_a_move() -> None:
    assert find_move("on_the_spot", case_file(), regime(), NOW) is None
    assert find_move("reopen", case_file(State.CLOSED), _without_reopening(), NOW) is None


@cache
def _without_reopening() -> Regime:
    text = default_pack_text().replace("\nmoves:\n", "\nmoves:\n  reopen: {allow: false, rule: R-001-18/r20}\n")
    return replace(regime(), pack=load_pack(text))


@pytest.mark.parametrize(
    ("file", "grounds"),
    [
        (case_file(), {"beyond_authority_or_range": ("position_told", "evidence")}),
        (
            case_file(course=course("follow_up.done", customer_response="accepted", agreement=True)),
            {"accepted": (), "beyond_authority_or_range": ("position_told", "evidence")},
        ),
        (
            case_file(course=course(customer_response="accepted", agreement=True)),
            {"accepted": ("follow_up.done",), "beyond_authority_or_range": ("position_told", "evidence")},
        ),
        (
            case_file(course=course(customer_response="rejected", talks=2, records={"evidence": FILLED})),
            {"long_talks_no_consent": ("position_told",), "beyond_authority_or_range": ("position_told",)},
        ),
        (
            case_file(contactable=False, course=course(records={"result": FILLED})),
            {"beyond_authority_or_range": ("position_told", "evidence"), "no_contact": ()},
        ),
    ],
)
def test_a_case_closes_on_the_grounds_that_hold(file: CaseFile, grounds: dict[str, tuple[str, ...]]) -> None:
    assert closing(file) == grounds


def test_closing_needs_what_the_nearest_ground_lacks() -> None:
    assert find_move("close", case_file(), regime(), NOW).needs == ("position_told", "evidence")  # type: ignore[union-attr]
    accepted = case_file(course=course("follow_up.done", customer_response="accepted"))
    assert find_move("close", accepted, regime(), NOW).needs == ()  # type: ignore[union-attr]


def test_a_new_round_starts_afresh_and_keeps_grade_and_counts() -> None:
    file = case_file(State.CLOSED, course=course("replied", talks=3), measures={"same_complaint": 3}, ground="accepted")
    again = reopened(file)
    assert (again.state, again.round, again.ground, again.course) == (State.REOPENED, 2, None, course("reopened"))
    assert (again.assessment, again.measures) == (file.assessment, file.measures)
