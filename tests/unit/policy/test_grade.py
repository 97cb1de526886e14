"""Grades of the default pack: R-001-18/r14 to r17 with the readings for exactly 10 people and exactly 100,000 yuan."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.policy.deciding import GradeDecision, decide_grade, graver
from shared.policy.expressions.condition import ConditionFault
from shared.policy.pack import Pack
from tests.unit.policy.conftest import REGISTERED, context

YUAN_100_000 = 100_000_00
A_FEN_MORE = YUAN_100_000 + 1
NOTHING_ELSE: dict[str, Any] = {"events": [], "demand": []}

# people: (amount unknown, 0, 100,000.00, 100,000.01)
BY_PEOPLE_AND_AMOUNT = {
    None: (4, 4, 4, 2),
    1: (4, 4, 4, 2),
    2: (4, 4, 4, 2),
    3: (3, 3, 3, 2),
    9: (3, 3, 3, 2),
    10: (2, 2, 2, 1),
    11: (2, 2, 2, 1),
}
TABLE = [
    (people, amount, grade)
    for people, grades in BY_PEOPLE_AND_AMOUNT.items()
    for amount, grade in zip((None, 0, YUAN_100_000, A_FEN_MORE), grades, strict=True)
]


def decide(pack: Pack, facts: dict[str, Any], measures: dict[str, int] | None = None, **known: Any) -> GradeDecision:
    given = {name: value for name, value in {**NOTHING_ELSE, **facts}.items() if value is not None}
    return decide_grade(pack, given, measures or {}, context(**known))


@pytest.mark.parametrize(("people", "amount", "grade"), TABLE)
def test_people_and_money_make_the_grade(pack: Pack, people: int | None, amount: int | None, grade: int) -> None:
    assert decide(pack, {"people": people, "amount_claimed": amount}).value == grade


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        ({"events": ["brand_damaging_media"]}, 1),
        ({"events": ["environment_or_morals_accusation"]}, 1),
        ({"events": ["accident_with_injury_or_loss"]}, 1),
        ({"events": ["false_sales_information"]}, 2),
        ({"events": ["major_loss_dispute"]}, 4),
        ({"events": ["major_loss_dispute"], "demand": ["repair"]}, 4),
        ({"events": ["major_loss_dispute"], "demand": ["return_home"]}, 2),
        ({"events": ["major_loss_dispute"], "demand": ["compensation"]}, 2),
        ({"events": ["major_loss_dispute"], "demand": ["huge_compensation"]}, 2),
        ({"events": ["contract_mismatch_after_move_in"]}, 4),
        ({"events": ["contract_mismatch_after_move_in"], "demand": ["compensation"]}, 4),
        ({"events": ["contract_mismatch_after_move_in"], "demand": ["huge_compensation"]}, 2),
        ({"events": ["contract_mismatch_after_move_in"], "demand": ["return_home"]}, 2),
        ({"events": ["possible_lawsuit"]}, 3),
        ({"events": ["possible_media"]}, 3),
        ({"events": ["possible_media", "brand_damaging_media"]}, 1),
        ({"demand": ["return_home", "huge_compensation"]}, 4),
    ],
)
def test_events_make_the_grade_alone_or_with_a_demand(pack: Pack, facts: dict[str, Any], grade: int) -> None:
    assert decide(pack, facts).value == grade


def test_the_amount_is_the_higher_of_claimed_and_estimated(pack: Pack) -> None:
    assert decide(pack, {"amount_claimed": 0, "amount_estimated": A_FEN_MORE}).value == 2
    assert decide(pack, {"amount_claimed": A_FEN_MORE, "amount_estimated": 0}).value == 2
    assert decide(pack, {"amount_estimated": YUAN_100_000}).value == 4


@pytest.mark.parametrize(
    ("same", "grade", "also"), [(0, 4, False), (1, 4, False), (2, 4, False), (3, 3, True), (9, 3, True)]
)
def test_the_third_same_complaint_raises_all(pack: Pack, same: int, grade: int, also: bool) -> None:
    decision = decide(pack, {"people": 1, "amount_claimed": 0}, {"same_complaint": same})
    assert (decision.value, decision.also_members) == (grade, also)


def test_the_members_are_raised_even_where_this_case_is_graver(pack: Pack) -> None:
    decision = decide(pack, {"people": 1, "amount_claimed": A_FEN_MORE}, {"same_complaint": 3})
    assert (decision.value, decision.also_members) == (2, True)


def test_a_collective_complaint_raises_nobody_else(pack: Pack) -> None:
    decision = decide(pack, {"people": 3, "amount_claimed": 0}, {"same_complaint": 2})
    assert (decision.value, decision.also_members) == (3, False)


@pytest.mark.parametrize(
    ("now", "cause", "grade"),
    [
        (datetime(2026, 12, 5, 15, 59, 59, tzinfo=UTC), "ours", 4),  # the 15th day ends at 24:00 in China
        (datetime(2026, 12, 5, 16, 0, 0, tzinfo=UTC), "ours", 3),
        (datetime(2026, 12, 31, tzinfo=UTC), "customer", 4),
        (datetime(2026, 12, 31, tzinfo=UTC), "nature", 4),
        (datetime(2026, 12, 31, tzinfo=UTC), None, 4),
    ],
)
def test_fifteen_days_unsolved_for_our_cause_are_grade_3(
    pack: Pack, now: datetime, cause: str | None, grade: int
) -> None:
    assert decide(pack, {"people": 1, "amount_claimed": 0, "delay_cause": cause}, now=now).value == grade


def test_a_closed_case_does_not_age(pack: Pack) -> None:
    late = REGISTERED + timedelta(days=60)
    assert decide(pack, {"people": 1, "amount_claimed": 0, "delay_cause": "ours"}, now=late, open=False).value == 4


def test_an_unknown_cause_after_fifteen_days_is_asked(pack: Pack) -> None:
    late = REGISTERED + timedelta(days=60)
    (possible,) = decide(pack, {"people": 1, "amount_claimed": 0}, now=late).may_be
    assert (possible.value, possible.missing_facts) == (3, ("delay_cause",))
    assert possible.reason.en == "may be grade 3 if cause of the delay is our side"
    assert possible.reason.zh == "若未解决原因 = 我方原因，则可能为 3 级"


def test_a_repair_request_is_not_graded(pack: Pack) -> None:
    decision = decide(pack, {"people": 50}, contact_type="repair")
    assert (decision.value, decision.rule) == (None, "R-001-18/r01")


def test_the_reason_names_the_rule_and_the_facts(pack: Pack) -> None:
    decision = decide(pack, {"people": 12, "amount_claimed": 200_000_00})
    assert decision.rule == "R-001-18/r14"
    assert decision.reason.en == "R-001-18/r14: people 12 >= 10 and amount 200,000 yuan > 100,000 yuan"
    assert decision.reason.zh == "R-001-18/r14: 人数 12 ≥ 10，金额 200,000 元 > 100,000 元"
    assert decision.inputs["people"] == 12
    assert decision.inputs["amount"] == 200_000_00
    assert decision.may_be == ()


def test_the_reason_says_what_was_not_known(pack: Pack) -> None:
    decision = decide(pack, {"people": 12})
    assert decision.reason.en == "R-001-18/r15: people 12 >= 10 and amount (not known, taken as 0 yuan) <= 100,000 yuan"
    assert decision.reason.zh == "R-001-18/r15: 人数 12 ≥ 10，金额（未知，视为 0 元） ≤ 100,000 元"
    assert "amount" not in decision.inputs


def test_the_reason_of_the_last_row_is_that_no_graver_one_holds(pack: Pack) -> None:
    decision = decide(pack, {"people": 1, "amount_claimed": 0})
    assert (decision.rule, decision.may_be) == ("R-001-18/r17", ())
    assert decision.reason.en == "R-001-18/r17: no condition of a graver grade holds"


def test_an_unknown_amount_may_still_raise_the_grade(pack: Pack) -> None:
    (possible,) = decide(pack, {"people": 12}).may_be
    assert (possible.value, possible.rule) == (1, "R-001-18/r14")
    assert possible.missing_facts == ("amount_claimed", "amount_estimated")
    assert possible.reason.en == "may be grade 1 if amount > 100,000 yuan"
    assert possible.reason.zh == "若金额 > 100,000 元，则可能为 1 级"


def test_unknown_people_and_money_leave_three_grades_open(pack: Pack) -> None:
    possible = decide(pack, {}).may_be
    assert [entry.value for entry in possible] == [1, 2, 3]
    assert possible[0].reason.en == "may be grade 1 if people >= 10 and amount > 100,000 yuan"


def test_facts_may_come_back_from_json_and_from_frozen_events(pack: Pack) -> None:
    assert decide(pack, {"events": ("possible_lawsuit",), "demand": frozenset({"repair"})}).value == 3


def test_a_fact_of_the_wrong_type_is_a_fault_and_never_a_grade(pack: Pack) -> None:
    with pytest.raises(ConditionFault):
        decide(pack, {"people": 1, "events": "fire"})


@pytest.mark.parametrize(
    ("left", "right", "is_graver"), [(1, 2, True), (2, 1, False), (3, 3, False), (4, None, True), (None, 4, False)]
)
def test_gravity_follows_the_order_of_the_pack(
    pack: Pack, left: int | None, right: int | None, is_graver: bool
) -> None:
    assert graver(pack, left, right) is is_graver
