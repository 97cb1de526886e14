"""The archive of a pack: which file a case goes into, what of it, and until when; and what such a pack may not ask."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.policy.archiving import Filed, filed
from shared.policy.describing import describe
from shared.policy.durations import Duration
from shared.policy.loading import check_pack, load_pack, packaged_pack_text
from shared.policy.pack import Pack
from shared.policy.situation import Context

SOUND = packaged_pack_text("developer-property")
ENDED = datetime(2026, 3, 2, 2, tzinfo=UTC)
FORMS = ("call_form", "undertaking", "cooperation_slip")


def pack_with(*entries: str) -> Pack:
    """The developer's pack with another archive."""
    return load_pack(text_with(*entries))


def text_with(*entries: str) -> str:
    before, _, after = SOUND.partition("archive:\n")
    lines = "".join(f"  - {{{entry}, rule: R-001-18/r45}}\n" for entry in entries)
    return f"{before}archive:\n{lines}\nscripts:{after.partition('scripts:')[2]}"


def files(pack: Pack, forms: tuple[str, ...] = FORMS, **known: Any) -> list[Filed]:
    context = Context(now=ENDED, open=False, **known)
    return list(filed(pack, {"risk": ["lawsuit"]}, context, forms, counted))


def counted(duration: Duration) -> datetime:
    if duration.amount > 170:
        raise ValueError("beyond all calendars")
    return ENDED + timedelta(days=duration.amount)


def test_only_the_forms_that_are_kept_and_only_if_the_case_has_any() -> None:
    pack = pack_with("by: cs, keep: [cooperation_slip, call_form], retention: 2d")
    [one] = files(pack)
    assert (one.forms, one.by, one.index) == (("call_form", "cooperation_slip"), "cs", "case")
    assert one.kept_until == ENDED + timedelta(days=2)
    assert files(pack, ("undertaking",)) == []


def test_what_is_sorted_stands_in_the_order_of_the_pack() -> None:
    [one] = files(pack_with("keep: [cooperation_slip, call_form], sort: true"))
    assert one.forms == ("cooperation_slip", "call_form")


def test_a_file_apart_with_everything_takes_the_place_of_the_others_and_their_time() -> None:
    apart = 'when: "compensated", index: household, separate: true'
    pack = pack_with("by: cs, keep: call_form, retention: 5d", "keep: undertaking, retention: 3d", apart)
    assert [(one.index, one.separate) for one in files(pack, compensated=False)] == [("case", False), ("case", False)]
    [one] = files(pack, compensated=True)
    assert (one.index, one.separate, one.by, one.forms) == ("household", True, "cs", FORMS)
    assert one.kept_until == ENDED + timedelta(days=5)
    forever = pack_with("by: cs, keep: call_form, retention: 5d", "keep: undertaking", apart)
    assert files(forever, compensated=True)[0].kept_until is None


def test_a_file_apart_with_its_own_forms_and_time_stands_beside_the_others() -> None:
    pack = pack_with("by: cs, retention: 5d", "keep: undertaking, separate: true, retention: 9d, hand_over: 1d")
    assert [(one.forms, one.kept_until) for one in files(pack)] == [
        (FORMS, ENDED + timedelta(days=5)), (("undertaking",), ENDED + timedelta(days=9)),
    ]  # fmt: skip
    assert files(pack)[1].hand_over_at == ENDED + timedelta(days=1)


def test_what_surely_holds_it_back_does() -> None:
    pack = pack_with("retention: 1d, hold: \"any_of(risk, ['lawsuit'])\"", 'retention: 1d, hold: "people >= 10"')
    assert [one.held for one in files(pack)] == [True, False]


def test_an_end_that_no_calendar_reckons_is_none() -> None:
    assert files(pack_with("retention: 900y"))[0].kept_until is None


def test_a_condition_that_is_not_known_files_nothing() -> None:
    assert files(pack_with('when: "solvable_promptly"')) == []


@pytest.mark.parametrize("key", ["when", "hold"])
@pytest.mark.parametrize("asked", ["rounds >= 2", "reply_medium == 'written'"])
def test_what_no_event_tells_is_not_known_when_a_case_is_filed(key: str, asked: str) -> None:
    (finding,) = [each for each in check_pack(text_with(f'{key}: "{asked}"')) if not each.is_note]
    name = asked.partition(" ")[0]
    assert (finding.code, f"'{name}' is not known" in finding.message("en")) == ("not_told_to_archive", True)
    assert finding.message("zh") != finding.message("en")
    assert finding.line >= SOUND[: SOUND.index("archive:")].count("\n") + 1


def test_a_count_over_cases_is_not_known_when_a_case_is_filed() -> None:
    assert [each for each in check_pack(text_with('when: "same_complaint >= 2"')) if not each.is_note]


def test_an_index_that_nobody_can_file_under_is_refused() -> None:
    assert [each.code for each in check_pack(text_with("index: colour")) if not each.is_note] == ["not_one_of"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "everything of the case: kept by customer service; by year; kept for 2 years; handed to the archivist"),
        ("en", "after 1 month; only if compensation was paid; not removed while"),
        ("zh", "全部材料：客户服务部保管；按年；保存 2 年；1 个月后移交归档"),
    ],
)  # fmt: skip
def test_the_archive_in_plain_words(language: str, line: str) -> None:
    entry = 'by: cs, index: year, retention: 2y, hand_over: 1mo, when: "compensated", hold: "people >= 10"'
    assert line in describe(pack_with(entry), language)
