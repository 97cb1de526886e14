"""What members come to in a window, against every window worked out by itself."""

from bisect import insort
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain import Member
from services.routing.policy.repeats import decides_anew
from services.routing.policy.windows import reach, start_of, values_with
from shared.policy.expressions.functions import CHINA
from shared.policy.loading import load_pack
from shared.policy.pack import Pack
from tests.unit.routing.examples import RECEIVED

SMALL_OFFICE = Path(__file__).parents[2] / "scenarios" / "small_office" / "pack.yaml"
ROLLING_SHARE = "  lately: {share: dissatisfied, over: replied, window: 1mo, rule: X-1/r14}\n"


@cache
def pack() -> Pack:
    return load_pack(SMALL_OFFICE.read_text("utf-8").replace("\nmeasures:\n", f"\nmeasures:\n{ROLLING_SHARE}", 1))


def member(number: int, hours: int, amount: int | None) -> Member:
    return Member(UUID(int=number), RECEIVED + timedelta(hours=hours), str(number % 3), amount)


def windows_of(members: list[Member], new: Member) -> list[list[Member]]:
    """Every rolling window of a month that holds `new`, by its end."""
    found = []
    for end in members:
        start = start_of(pack(), "lately", end.at, CHINA)
        found.append([each for each in members if start <= each.at <= end.at])
    return [window for window in found if new in window]


SCENES = st.lists(
    st.tuples(st.integers(0, 24 * 75), st.one_of(st.none(), st.integers(-50, 50))), min_size=1, max_size=25
)


def scene(cases: list[tuple[int, int | None]]) -> list[Member]:
    members: list[Member] = []
    for number, (hours, amount) in enumerate(cases):
        insort(members, member(number, hours, amount), key=lambda m: (m.at, m.case))
    return members


@given(SCENES, st.data())
def test_a_sum_is_the_highest_of_the_windows_a_case_lies_in(
    cases: list[tuple[int, int | None]], data: st.DataObject
) -> None:
    members = scene(cases)
    new = data.draw(st.sampled_from(members))
    best: dict[UUID, int] = {}
    for window in windows_of(members, new):
        total = sum(each.amount for each in window if each.amount is not None)
        for each in window:
            best[each.case] = max(best.get(each.case, total), total)
    found = values_with(new, members, pack(), "building_damage", CHINA)
    assert {members[index].case: value for index, value in found} == best


@given(SCENES, st.data())
def test_a_share_is_that_of_the_newest_window_a_case_lies_in(
    cases: list[tuple[int, int | None]], data: st.DataObject
) -> None:
    members = scene([(hours, None if amount is None else int(amount > 0)) for hours, amount in cases])
    new = data.draw(st.sampled_from(members))
    newest: dict[UUID, int | None] = {}
    for window in windows_of(members, new):
        known = [each.amount for each in window if each.amount is not None]
        for each in window:
            newest[each.case] = 100 * sum(known) // len(known) if known else None
    found = values_with(new, members, pack(), "lately", CHINA)
    assert {members[index].case: value for index, value in found} == newest


def test_a_calendar_window_is_one_for_all_its_cases_and_leaves_the_unknown_out() -> None:
    members = [member(1, 0, 1), member(2, 50, 0), member(3, 400, None), member(4, 500, 0)]
    assert values_with(members[2], members, pack(), "unhappy", CHINA) == [(0, 33), (1, 33), (2, 33), (3, 33)]
    assert values_with(members[2], members, pack(), "answered", CHINA) == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert values_with(members[2], members[2:3], pack(), "unhappy", CHINA) == [(0, None)]


def test_a_calendar_window_reaches_from_its_first_local_instant_to_its_last() -> None:
    quarter = tuple(
        datetime.fromisoformat(edge) for edge in ("2026-10-01T00:00+08:00", "2026-12-31T23:59:59.999999+08:00")
    )
    for moment in quarter:
        assert reach(pack(), "unhappy", moment, CHINA) == quarter
    assert reach(pack(), "unhappy", quarter[1] + timedelta(microseconds=1), CHINA)[0] > quarter[1]


def test_a_sum_beyond_what_can_be_stored_stays_there() -> None:
    members = [member(number, number, 2**62) for number in range(4)]
    assert values_with(members[3], members, pack(), "building_damage", CHINA)[-1] == (3, 2**63 - 1)


@pytest.mark.parametrize(
    ("before", "value", "anew"),
    [(None, 5_000_000, True), (4_999_999, 5_000_000, True), (5_000_000, 9_000_000, False), (9_000_000, 0, False)],
)
def test_members_are_graded_anew_when_a_sum_reaches_what_a_row_asks(before: int | None, value: int, anew: bool) -> None:
    assert decides_anew(pack(), "building_damage", before, value) is anew
