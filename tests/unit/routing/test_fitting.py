"""Another version of a pack: which cases may go under it, and how it grades them."""

from dataclasses import replace
from functools import cache

import pytest

from services.routing.domain import CaseFile, Course, Keeper, Work
from services.routing.policy.assessing import Correction, corrected, graded_under
from services.routing.policy.fitting import Obstacle, obstacles_to, waits_still
from services.routing.policy.regime import Regime
from shared.events.cases import Words
from shared.policy.loading import default_pack_text, load_pack
from tests.unit.routing.examples import NOW, case_file, regime

PEOPLE = "people >= 3 && people <= 10 && amount <= yuan(100000)"
GRAVER = (PEOPLE, "people >= 2 && people <= 10 && amount <= yuan(100000)")
MILDER = (PEOPLE, "people >= 5 && people <= 10 && amount <= yuan(100000)")
REPEATED = ("contact_type != 'repair' && (same_complaint >= 3 || people >= 3)", "same_complaint >= 3")


@cache
def version(*changes: tuple[str, str]) -> Regime:
    """The default pack with these texts replaced."""
    text = default_pack_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return replace(regime(), pack=load_pack(text))


def under(file: CaseFile, new: Regime) -> str:
    return graded_under(file, regime(), new, NOW).assessment.grade.value


def test_a_version_grades_as_it_says_graver_or_milder() -> None:
    assert under(case_file(facts={"people": 2}), version(GRAVER)) == "3"
    assert under(case_file(facts={"people": 3}), version(MILDER, REPEATED)) == "4"


def test_what_a_person_raised_stays_and_only_rises() -> None:
    words = Words(zh="客服", en="the desk")
    raised = corrected(case_file(facts={"people": 3}), regime().pack, Correction(None, None, words, grade="2"))
    assert under(raised, version(MILDER, REPEATED)) == "2"
    worse = replace(raised, facts={"people": 3, "events": ["environment_or_morals_accusation"]})
    assert under(worse, version(MILDER, REPEATED)) == "1"


def test_the_same_rules_change_nothing() -> None:
    file = case_file(facts={"people": 3})
    assert graded_under(file, regime(), regime(), NOW) == file
    assert obstacles_to(file, regime(), regime(), NOW) == ()


@pytest.mark.parametrize(
    ("file", "changes", "obstacle"),
    [
        (case_file(), (("effective: 2000-01-01", "effective: 2026-11-21"),), Obstacle("not_in_force")),
        (case_file(works=(Work("gone", "gone", "", 1),)), (), Obstacle("work", "gone")),
        (case_file(keeper=Keeper("nobody", "li.na", "closed")), (), Obstacle("keeper", "nobody")),
        (case_file(facts={"people": 30}), (("max: 1000000, ask: intake", "max: 20, ask: intake"),),
         Obstacle("fact", "people")),
        (case_file(category="design"), (("give: design", "give: layouts"), ("'design'", "'layouts'")),
         Obstacle("category", "design")),
    ],
)  # fmt: skip
def test_what_a_version_does_not_know_keeps_a_case_where_it_is(
    file: CaseFile, changes: tuple[tuple[str, str], ...], obstacle: Obstacle
) -> None:
    assert obstacle in obstacles_to(file, regime(), version(*changes), NOW)


def test_what_waits_for_a_fact_waits_on_where_the_version_has_it_too() -> None:
    keys = frozenset({"work.appear", "work.gone", "reactions.0", "reactions.99", "links.gone"})
    file = replace(case_file(), course=Course(waiting=keys))
    assert waits_still(file, regime().pack, regime().pack) == {"work.appear", "reactions.0"}
