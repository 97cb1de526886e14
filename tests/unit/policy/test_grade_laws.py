"""Laws that hold for every case: more people or money is never less grave, and not knowing never beats knowing."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy.deciding import decide_grade
from shared.policy.loading import default_pack_text, load_pack
from tests.unit.policy.conftest import REGISTERED, context

PACK = load_pack(default_pack_text())
EVENTS = list(PACK.document.facts["events"].members)
DEMANDS = list(PACK.document.facts["demand"].members)
CAUSES = list(PACK.document.facts["delay_cause"].members)
# One part of the amount is enough to know it, so both are hidden together.
HIDEABLE = [("people",), ("amount_claimed", "amount_estimated"), ("events",), ("demand",), ("delay_cause",)]
AROUND_100_000 = st.sampled_from([0, 1, 99_999_99, 100_000_00, 100_000_01, 10**12])

full_facts = st.fixed_dictionaries(
    {
        "people": st.integers(1, 13),
        "amount_claimed": AROUND_100_000,
        "amount_estimated": AROUND_100_000,
        "events": st.lists(st.sampled_from(EVENTS), unique=True, max_size=2),
        "demand": st.lists(st.sampled_from(DEMANDS), unique=True, max_size=2),
        "delay_cause": st.sampled_from(CAUSES),
    }
)
measures = st.fixed_dictionaries({"same_complaint": st.integers(0, 4)})
days = st.sampled_from([0, 14, 16, 40])


def grade_of(facts: dict[str, Any], measured: dict[str, int], age: int) -> Any:
    return decide_grade(PACK, facts, measured, context(now=REGISTERED + timedelta(days=age)))


@settings(max_examples=400)
@given(
    full_facts, measures, days, st.sampled_from(["people", "amount_claimed", "amount_estimated"]), st.integers(1, 10**7)
)
def test_more_people_or_money_is_never_less_grave(
    facts: dict[str, Any], measured: dict[str, int], age: int, name: str, more: int
) -> None:
    raised = {**facts, name: facts[name] + more}
    assert grade_of(raised, measured, age).value <= grade_of(facts, measured, age).value


@settings(max_examples=400)
@given(full_facts, measures, days, st.sets(st.sampled_from(HIDEABLE)))
def test_not_knowing_is_never_graver_and_names_every_grade_that_knowing_may_bring(
    facts: dict[str, Any], measured: dict[str, int], age: int, groups: set[tuple[str, ...]]
) -> None:
    hidden = {name for group in groups for name in group}
    truth = grade_of(facts, measured, age)
    guess = grade_of({name: value for name, value in facts.items() if name not in hidden}, measured, age)
    assert guess.value >= truth.value
    possible = [entry.value for entry in guess.may_be]
    assert truth.value == guess.value or truth.value in possible
    asked = {name for entry in guess.may_be for name in entry.missing_facts}
    assert asked <= hidden
    assert truth.may_be == ()


@settings(max_examples=100)
@given(full_facts, measures, days)
def test_the_order_of_facts_does_not_matter(facts: dict[str, Any], measured: dict[str, int], age: int) -> None:
    turned = dict(reversed(facts.items()))
    assert grade_of(turned, measured, age) == grade_of(facts, measured, age)
