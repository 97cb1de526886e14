"""Counts over neighbours, against a count that looks at every window separately."""

from bisect import insort
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain import CaseFile, Member, State
from services.routing.policy.repeats import decides_anew, scopes_of
from services.routing.policy.windows import reach, start_of, values_with
from shared.policy.expressions.functions import CHINA
from tests.unit.routing.examples import RECEIVED, case_file, pack, regime

MEASURE = "same_complaint"


def member(number: int, hours: int, reporter: str) -> Member:
    return Member(UUID(int=number), RECEIVED + timedelta(hours=hours), reporter)


def by_hand(members: list[Member], new: Member) -> dict[UUID, int]:
    """Every window that holds `new`, one by one."""
    best: dict[UUID, int] = {}
    for end in members:
        start = start_of(pack(), MEASURE, end.at, CHINA)
        window = [each for each in members if start <= each.at <= end.at]
        if new in window:
            count = len({each.reporter for each in window})
            for each in window:
                best[each.case] = max(best.get(each.case, 0), count)
    return best


@given(st.lists(st.tuples(st.integers(0, 24 * 75), st.sampled_from("abcde")), min_size=1, max_size=25), st.data())
def test_counts_equal_those_of_every_window_by_itself(cases: list[tuple[int, str]], data: st.DataObject) -> None:
    members: list[Member] = []
    for number, (hours, reporter) in enumerate(cases):
        insort(members, member(number, hours, reporter), key=lambda m: (m.at, m.case))
    new = data.draw(st.sampled_from(members))
    counted = values_with(new, members, pack(), MEASURE, CHINA)
    assert {members[index].case: count for index, count in counted} == by_hand(members, new)


def test_one_reporter_counts_once() -> None:
    members = [member(1, 0, "a"), member(2, 1, "a"), member(3, 2, "b")]
    assert values_with(members[2], members, pack(), MEASURE, CHINA) == [(0, 2), (1, 2), (2, 2)]


def test_the_window_is_a_month_back_from_the_newest() -> None:
    end = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
    start = start_of(pack(), MEASURE, end, CHINA)
    assert start == datetime.fromisoformat("2026-10-20T00:00:00+08:00")
    assert reach(pack(), MEASURE, end, CHINA)[1] >= datetime.fromisoformat("2026-12-20T23:59:59+08:00")


@pytest.mark.parametrize(
    ("before", "count", "anew"), [(0, 1, False), (1, 2, False), (2, 3, True), (0, 3, True), (3, 9, False)]
)
def test_members_are_graded_anew_when_the_rule_says_something_else(before: int, count: int, anew: bool) -> None:
    assert decides_anew(pack(), MEASURE, before, count) is anew


def scope_keys(file: CaseFile) -> list[str]:
    return [scope.key for scope in scopes_of(file, regime(), "G")]


def test_equal_are_project_category_and_building() -> None:
    assert scope_keys(case_file()) == ['["developer-property", "same_complaint", "P01", "property", "P01-1"]']
    others = [case_file(category="quality"), case_file(building="P01-3"), case_file(project="P02")]
    assert len({key for file in [case_file(), *others] for key in scope_keys(file)}) == 4


@pytest.mark.parametrize(
    "uncounted",
    [
        case_file(contact_type="repair"),
        case_file(anonymous=True, reporter=None),
        case_file(building=None),
        case_file(State.CLOSED, erased=True),
    ],
)
def test_repairs_the_anonymous_the_placeless_and_the_erased_repeat_nothing(uncounted: CaseFile) -> None:
    assert scope_keys(uncounted) == []
