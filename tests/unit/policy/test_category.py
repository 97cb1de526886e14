"""Categories by the words customers use, and validity as it stands before a person decides."""

import time

import pytest

from shared.policy.deciding import decide_category, decide_route, decide_validity
from shared.policy.keywords import Keywords
from shared.policy.pack import Pack
from tests.unit.policy.conftest import context


@pytest.mark.parametrize(
    ("text", "category", "matched"),
    [
        ("主卧外墙渗水，墙皮脱落", "quality", ("外墙", "渗水", "墙皮", "脱落")),
        ("厨房瓷砖空鼓", "quality", ("瓷砖", "空鼓")),
        ("Hollow tiles in the kitchen, the ceiling is LEAKING", "quality", ("hollow tiles", "leaking")),
        ("次卧采光不足，户型与日照都差", "design", ("采光", "户型", "日照")),
        ("售楼处承诺的学位没有兑现，要求退房", "sales", ("售楼", "承诺", "退房")),
        ("I want a refund of the deposit", "sales", ("refund", "deposit")),
        ("电梯停运，保安不在岗，楼道没人打扫", "property", ("电梯", "保安", "楼道")),
        ("The lift is noisy and nobody does the cleaning", "property", ("lift", "noisy", "cleaning")),
        ("报修后师傅态度差", "other_service", ("报修", "态度")),
        ("The receptionist was rude", "other_service", ("rude",)),
    ],
)
def test_the_words_of_a_text_suggest_its_category(
    pack: Pack, text: str, category: str, matched: tuple[str, ...]
) -> None:
    decision = decide_category(pack, None, text)
    assert (decision.value, decision.provisional, decision.matched) == (category, True, matched)


@pytest.mark.parametrize("text", [None, "", "你好", "lifted blisters", "x" * 20_000])
def test_without_a_keyword_the_presumed_category_stands(pack: Pack, text: str | None) -> None:
    decision = decide_category(pack, None, text)
    assert (decision.value, decision.provisional, decision.matched) == ("other_service", True, ())
    assert decision.reason.en == "stands until customer service decides"


def test_a_given_category_wins_over_every_word(pack: Pack) -> None:
    decision = decide_category(pack, "sales", "漏水漏水漏水")
    assert (decision.value, decision.provisional, decision.rule) == ("sales", False, "R-001-18/r13")


def test_a_category_that_the_pack_does_not_have_is_passed_over(pack: Pack) -> None:
    assert decide_category(pack, "weather", "漏水").value == "quality"


def test_the_most_different_words_win_and_repeating_one_wins_nothing() -> None:
    words = Keywords({"first": ["a"], "second": ["b", "c"]})
    found = words.suggest("a a a a b c")
    assert found is not None
    assert (found.value, found.matched) == ("second", ("b", "c"))


def test_between_equals_the_first_of_the_pack_wins() -> None:
    found = Keywords({"first": ["墙"], "second": ["门"]}).suggest("门和墙")
    assert found is not None
    assert found.value == "first"


def test_the_longer_of_two_overlapping_words_counts() -> None:
    found = Keywords({"first": ["停车"], "second": ["停车费"]}).suggest("停车费太贵")
    assert found is not None
    assert found.value == "second"


@pytest.mark.parametrize("piece", ["漏", "停车", "a", "leak", "违规物业费"])
def test_a_text_of_20_000_characters_is_cheap(pack: Pack, piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    best = min(_seconds(pack, text) for _ in range(5))
    assert best < 0.1  # measured: 1 to 7 ms


def _seconds(pack: Pack, text: str) -> float:
    start = time.process_time()
    decide_category(pack, None, text)
    return time.process_time() - start


def test_a_complaint_is_presumed_effective_until_the_desk_decides(pack: Pack) -> None:
    decision = decide_validity(pack, {})
    assert (decision.value, decision.provisional, decision.by) == ("effective", True, "cs")
    assert decision.reason.zh == "客户服务部确认前暂定"


@pytest.mark.parametrize(
    ("category", "facts", "to", "rule"),
    [
        ("quality", {}, "dept", "R-001-18/r07"),
        ("design", {}, "dept", "R-001-18/r07"),
        ("sales", {}, "dept", "R-001-18/r07"),
        ("property", {}, "property", "R-001-18/r06"),
        ("other_service", {}, "property", "R-001-18/r06"),
        ("property", {"legacy": True}, "cs", "R-001-18/r32"),
    ],
)
def test_the_category_says_who_handles_the_case(
    pack: Pack, category: str, facts: dict[str, object], to: str, rule: str
) -> None:
    route = decide_route(pack, facts, {}, context(decided={"category": category}))
    assert (route.to, route.rule) == (to, rule)


def test_a_route_waits_for_the_fact_that_decides_it(pack: Pack) -> None:
    route = decide_route(pack, {}, {}, context())
    assert (route.to, route.missing_facts) == (None, ("category",))
