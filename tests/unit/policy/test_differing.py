"""What changes from one pack to another, and for whom, in both languages."""

import pytest

from shared.policy.differing import differences
from shared.policy.loading import default_pack_text, load_pack, packaged_pack_text, packaged_packs
from tests.unit.policy.test_composing import OFFICE

BEFORE = load_pack(OFFICE)


def changed(before: str, after: str, language: str = "en") -> str:
    assert before in OFFICE
    other = load_pack(OFFICE.replace(before, after))
    return differences(BEFORE, other, "zh" if language == "zh" else "en")


def test_a_pack_does_not_differ_from_itself() -> None:
    assert differences(BEFORE, load_pack(OFFICE), "en").endswith("\nNothing changes.\n")
    assert "没有变化" in differences(BEFORE, load_pack(OFFICE), "zh")


def test_a_shorter_limit_is_told_with_both_figures() -> None:
    told = changed("within: 3wd,", "within: 2wd, promise: customer,")
    assert "changed: reply: internal; from registered until replied; 3 working days" in told
    assert "after: reply: promised to the customer; from registered until replied; 2 working days" in told
    assert "concerns: the customer" in told
    assert "2 个工作日" in changed("within: 3wd,", "within: 2wd,", "zh")


def test_only_the_row_that_changed_is_told() -> None:
    told = changed('{to: night, when: "off_hours", rule: R-2/r03}', '{to: night, when: "!open", rule: R-2/r03}')
    assert "before: night shift: if outside office hours [R-2/r03]" in told
    assert "after: night shift: if not: the case is open [R-2/r03]" in told
    assert "desk: otherwise" not in told
    assert "concerns: night shift" in told


def test_what_is_new_and_what_is_gone_is_told_with_those_it_concerns() -> None:
    line = "    scripts: [{at: intake, zh: 认真倾听, en: Listen., rule: R-1/r05}]\n"
    told = changed(
        line, "    notices:\n      done: {zh: 办结, en: done, on: closed, to: [customer, desk], rule: R-1/r05}\n"
    )
    assert "new: done: " in told
    assert "concerns: the customer, desk" in told
    assert "gone: at intake: Listen. [R-1/r05]" in told


def test_a_change_that_words_do_not_show_is_told_by_its_keys() -> None:
    told = changed("owner: true, rule", "owner: true, sees: subtree, rule")
    assert "changed: desk [R-1/r01]\n      differs in: sees" in told


def test_how_the_whole_counts_is_compared_too() -> None:
    told = changed("working_day: end_of_office", "working_day: end_of_day")
    assert "The whole regime" in told
    assert "after: How days count: a plain day ends at 24:00; a working day ends at 24:00" in told


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", packaged_packs())
def test_any_two_packs_can_be_compared(code: str, language: str) -> None:
    other = load_pack(packaged_pack_text(code))
    told = differences(load_pack(default_pack_text()), other, "zh" if language == "zh" else "en")
    assert (len(told.splitlines()) > 50) == (code != "developer-property")
