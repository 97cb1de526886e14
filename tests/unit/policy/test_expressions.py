"""Conditions: Kleene's logic over unknown facts, faults, ages, and the tree behind the words."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.expressions.condition import ConditionFault, Known, unparse
from shared.policy.expressions.functions import Moment, at
from shared.policy.loading import default_pack_text, load_pack
from shared.policy.pack import Pack
from shared.policy.situation import Situation
from tests.unit.policy.conftest import REGISTERED, context

PACK = load_pack(default_pack_text())
ENVIRONMENT = PACK.environment


def ask(text: str, **known: Any) -> Any:
    with at(Moment(datetime(2026, 11, 22, tzinfo=UTC), happened={"replied"})):
        return ENVIRONMENT.compile(text).value(Known(ENVIRONMENT, known))


@pytest.mark.parametrize(
    ("text", "known", "answer"),
    [
        ("people >= 3", {"people": 3}, True),
        ("people >= 3", {}, None),
        ("open && people >= 3", {"open": False}, False),
        ("people >= 3 && open", {"open": False}, False),
        ("open || people >= 3", {"open": True}, True),
        ("people >= 3 || open", {"open": True}, True),
        ("people >= 3 || open", {"open": False}, None),
        ("!(people >= 3)", {}, None),
        ("amount > yuan(100000)", {"amount": 10_000_001}, True),
        ("amount > yuan(100000)", {"amount": 10_000_000}, False),
        ("'repair' in demand", {"demand": ["repair"]}, True),
        ("'repair' in demand", {"demand": []}, False),
        ("any_of(demand, ['repair', 'other'])", {"demand": ["other"]}, True),
        ("all_of(demand, ['repair', 'other'])", {"demand": ["other"]}, False),
        ("size(demand) > 0", {"demand": []}, False),
        ("size(demand) > 0", {}, None),
        ("segment in ['buyer', 'other']", {"segment": "buyer"}, True),
        ("happened('replied')", {}, True),
        ("happened('closed')", {}, False),
        ("open ? people >= 3 : rounds > 1", {"open": False, "rounds": 2}, True),
        ("within(registered_at, '2d')", {"registered_at": REGISTERED}, True),
        ("older_than(registered_at, '1d')", {"registered_at": REGISTERED}, True),
        ("within(registered_at, arisen_at, '1d')", {"registered_at": REGISTERED, "arisen_at": REGISTERED}, True),
        ("older_than(registered_at, '1d')", {}, None),
    ],
)
def test_a_condition_is_true_false_or_unknown(text: str, known: dict[str, Any], answer: bool | None) -> None:
    assert ask(text, **known) is answer


def test_a_failure_that_is_no_unknown_fact_is_a_fault() -> None:
    with pytest.raises(ConditionFault):
        ask("people * 9223372036854775807 > 1", people=2)
    with pytest.raises(ConditionFault):
        ask("people >= 3", people="many")


def test_within_and_older_than_are_exact_opposites_at_every_moment() -> None:
    young, old = (ENVIRONMENT.compile(f"{name}(registered_at, '15d')") for name in ("within", "older_than"))
    known = Known(ENVIRONMENT, {"registered_at": REGISTERED})
    end = datetime(2026, 12, 5, 16, tzinfo=UTC)
    for now, is_young in [(end - timedelta(microseconds=1), True), (end, False), (end + timedelta(days=1), False)]:
        with at(Moment(now)):
            assert (young.value(known), old.value(known)) == (is_young, not is_young)


FACTS = {"open": st.booleans(), "anonymous": st.booleans(), "agreement": st.booleans(), "legacy": st.booleans()}
names = st.sampled_from(sorted(FACTS))
formulas = st.recursive(
    names,
    lambda part: st.one_of(
        part.map("!({})".format),
        st.tuples(part, st.sampled_from(["&&", "||"]), part).map("({0[0]}) {0[1]} ({0[2]})".format),
    ),
    max_leaves=8,
)


@given(formulas, st.fixed_dictionaries({}, optional=FACTS))
def test_the_explained_formula_says_what_the_condition_says(text: str, known: dict[str, bool]) -> None:
    condition = ENVIRONMENT.compile(text)
    facts = Known(ENVIRONMENT, known)
    answers = condition.answers(facts)
    value = condition.value(facts)
    assert condition.formula.value(answers) is value
    if value is not None:
        assert all(atom.value(facts) is truth for atom, truth in condition.formula.because(answers, value))
    else:
        rest = condition.formula.remainder(answers)
        assert all(atom.value(facts) is None for atom in rest.atoms())


@given(formulas)
def test_a_tree_written_out_compiles_to_the_same_tree(text: str) -> None:
    tree = ENVIRONMENT.compile(text).tree
    assert ENVIRONMENT.compile(unparse(tree)).tree == tree


@pytest.mark.parametrize("path", list(PACK.conditions), ids=str)
def test_every_condition_of_the_pack_survives_being_written_out(pack: Pack, path: Any) -> None:
    tree = pack.conditions[path].tree
    assert pack.environment.compile(unparse(tree)).tree == tree


@pytest.mark.parametrize("handover", [date(2026, 9, 1), "2026-09-01"])
@pytest.mark.parametrize(("hour", "is_young"), [(15, True), (16, False)])  # 1 December ends at 16:00 UTC in China
def test_a_date_is_its_local_midnight_and_may_be_written(pack: Pack, handover: Any, hour: int, is_young: bool) -> None:
    now = datetime(2026, 12, 1, hour, tzinfo=UTC)
    situation = Situation(pack, {"handover_date": handover}, {}, context(now=now))
    condition = pack.conditions["steps", "site_survey", "by", 0, "when"]  # R-001-18/r24: three months
    with at(situation.moment):
        assert situation.answer(condition) is is_young
