"""Surveys: the draw by lot, who must be asked, and what answers come to (R-003/r23, r24)."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.loading import load_pack, packaged_pack_text
from shared.policy.pack import Pack
from shared.policy.situation import Context
from shared.policy.surveying import (
    WHOLE,
    Cell,
    PastComplaint,
    cells_of,
    draw,
    must_be_asked,
    parse_share,
    percent,
    result_of,
    satisfied,
    survey_of,
)
from tests.scenarios.story import CHINA, MONDAY

HOUSEHOLDS = st.sets(st.from_regex(r"[1-9]-[1-9]-[0-9]{3}", fullmatch=True), max_size=60)
SHARES = st.fractions(0, 1, max_denominator=100)
RATINGS = st.sampled_from(["satisfied", "dissatisfied", 1, 2, 3, 4, 5])
ANSWERS = st.lists(
    st.tuples(
        st.sampled_from(["phone", "door"]),
        st.dictionaries(st.sampled_from(["house", "repair", "cleaning"]), RATINGS, min_size=1),
    ),
    max_size=30,
)


@given(HOUSEHOLDS, SHARES, st.text(max_size=8))
def test_the_share_is_drawn_and_at_least_one(frame: set[str], share: Fraction, seed: str) -> None:
    drawn = draw(frame, share, seed)
    assert set(drawn) <= frame
    assert len(set(drawn)) == len(drawn)
    if frame and share:
        assert max(1, share * len(frame)) <= len(drawn) < share * len(frame) + 1
    else:
        assert drawn == ()


@given(HOUSEHOLDS, SHARES, st.randoms())
def test_the_draw_does_not_depend_on_the_order_of_the_frame(frame: set[str], share: Fraction, chance: Any) -> None:
    shuffled = sorted(frame)
    chance.shuffle(shuffled)
    assert draw(shuffled, share, "a") == draw(frame, share, "a")


def test_other_seeds_draw_others() -> None:
    frame = [f"1-1-{n}" for n in range(100)]
    assert len({draw(frame, Fraction(1, 10), str(seed)) for seed in range(20)}) == 20
    drawn = Counter(each for seed in range(2000) for each in draw(frame, Fraction(1, 10), str(seed)))
    assert min(drawn.values()) > 140  # 200 are expected of each; 140 is more than four standard deviations off


@given(ANSWERS)
def test_the_result_is_a_plain_recount(answers: list[tuple[str, dict[str, int | str]]]) -> None:
    cells: Counter[Cell] = Counter()
    for mode, ratings in answers:
        cells.update(cells_of(mode, ratings))
    target, topics = Fraction(17, 20), ("house", "repair", "cleaning")
    found = result_of(cells, topics, target, Fraction(1, 10))
    every = [rating for _, ratings in answers for rating in ratings.values()]
    assert (found.whole.answered, found.whole.ratings) == (len(answers), len(every))
    assert found.whole.satisfied == sum(satisfied(rating) is True for rating in every)
    assert {m.name: m.answered for m in found.modes} == Counter(mode for mode, _ in answers)
    for topic in found.topics:
        given_ = [ratings[topic.name] for _, ratings in answers if topic.name in ratings]
        content = [rating for rating in given_ if rating in ("satisfied", 4, 5)]
        assert (topic.ratings, topic.satisfied) == (len(given_), len(content))
        below = bool(given_) and len(content) * 20 < len(given_) * 17
        assert (topic.name in found.below) is below
        unhappy = sum(rating in ("dissatisfied", 1, 2) for rating in given_)
        assert (topic.name in found.raised) is (unhappy >= 2 and unhappy * 10 >= len(answers))


@pytest.mark.parametrize(
    ("rating", "content"),
    [("satisfied", True), ("dissatisfied", False), (1, False), (2, False), (3, None), (4, True), (5, True)],
)
def test_three_of_five_is_neither_content_nor_discontent(rating: int | str, content: bool | None) -> None:
    assert satisfied(rating) is content


@pytest.mark.parametrize(
    ("unhappy", "common", "raised"),
    [
        (2, Fraction(1, 10), ("house",)), (2, Fraction(11, 100), ()), (1, Fraction(1, 100), ()), (1, 2, ()),
        (2, 2, ("house",)), (2, 3, ()), (2, None, ()), (2, Fraction(0), ("house",)),
    ],
)  # fmt: skip
def test_a_topic_is_commonly_raised_by_a_share_or_a_number_of_those_who_answered(
    unhappy: int, common: Fraction | int | None, raised: tuple[str, ...]
) -> None:
    cells = Counter(cells_of("phone", {"house": 1}) * unhappy + cells_of("phone", {"repair": 3}) * (20 - unhappy))
    assert result_of(cells, ("house", "repair"), None, common).raised == raised


def test_without_a_target_nothing_lies_below_it() -> None:
    assert result_of(Counter(cells_of(None, {WHOLE: 1})), (WHOLE,), None).below == ()


@pytest.mark.parametrize(
    ("written", "share"),
    [("85%", Fraction(17, 20)), ("12.5%", Fraction(1, 8)), ("100%", Fraction(1)), ("0%", Fraction(0)),
     ("100.5%", None), ("120%", None), ("20", None), ("most", None), ("-5%", None)],
)  # fmt: skip
def test_a_share_is_a_percentage_up_to_a_hundred(written: str, share: Fraction | None) -> None:
    assert parse_share(written) == share
    if share is not None:
        assert percent(share) == written


# -- who must be asked -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(packaged_pack_text("owner-communication"))


def complaint(days_ago: float, response: str | None = None, **facts: object) -> PastComplaint:
    at = MONDAY - timedelta(days=days_ago)
    known = Context(now=MONDAY, zone=CHINA, registered_at=at, contact_type="complaint", customer_response=response)
    return PastComplaint(facts, known)


@pytest.mark.parametrize(
    ("complaints", "last", "english"),
    [
        ([], None, None),
        ([], "dissatisfied", "the customer's response: dissatisfied"),
        ([complaint(30)], None, "complaints within a year 1 >= 1"),
        ([complaint(364), complaint(2)], None, "complaints within a year 2 >= 1"),
        ([complaint(400)], None, None),
        ([complaint(400, "rejected")], None, None),  # before the last survey, which has asked about it
    ],
)
def test_who_complained_or_was_dissatisfied_must_be_asked(
    pack: Pack, complaints: list[PastComplaint], last: str | None, english: str | None
) -> None:
    spec = survey_of(pack, "satisfaction")
    assert spec is not None
    reason = must_be_asked(spec, pack, complaints, last, MONDAY - timedelta(days=180), MONDAY, CHINA)
    assert (reason.en if reason else None) == english


def test_the_survey_of_the_pack_has_its_parameters_filled_in(pack: Pack) -> None:
    spec = survey_of(pack, "satisfaction")
    assert spec is not None
    assert (spec.share, spec.target, str(spec.improve)) == (Fraction(1, 5), Fraction(17, 20), "1mo")
    assert survey_of(pack, "yearly") is None
