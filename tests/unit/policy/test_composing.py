"""Modules of one pack: united, each a pack of its own, collisions settled or refused at their own place."""

import pytest

from shared.policy.findings import Finding, PackRefused
from shared.policy.loading import check_pack, load_pack
from shared.policy.pack import Pack

OFFICE = """\
pack: small-office
title: {zh: 小型管理处, en: Small office}
implements: [R-1, R-2]
version: 1
effective: 2026-01-01
calendar: cn-office
count: {day: end_of_day, start_day: excluded, working_day: end_of_office, week: rolling, on_undated: calendar, assume: x}
on_regrade: {direction: raise, clocks: keep_start, assume: x}
pause: {causes: none, assume: x}
number: {pattern: "{project}-{n}", width: 4, assume: x}
admits: itself

shared:
  roles:
    desk: {zh: 前台, en: desk, owner: true, rule: R-1/r01}
    night: {zh: 夜班, en: night shift, rule: R-2/r01}
  channels:
    phone: {zh: 电话, en: phone, medium: oral, rule: R-1/r01}

modules:
  M1:
    types: {question: {zh: 咨询, en: question, starts: case, rule: R-1/r01}}
    decisions:
      owner: {hit: first, rows: [{to: desk, rule: R-1/r02}]}
    clocks:
      reply: {zh: 答复, en: reply, from: registered, until: replied, within: 3wd, rule: R-1/r03}
    moves:
      close: [{ground: answered, needs: [replied], rule: R-1/r04}]
    scripts: [{at: intake, zh: 认真倾听, en: Listen., rule: R-1/r05}]
  M2:
    with: [M1]
    types: {alarm: {zh: 警情, en: alarm, starts: case, rule: R-2/r02}}
    decisions:
      owner: {hit: first, rows: [{to: night, when: "off_hours", rule: R-2/r03}]}
    clocks:
      arrive: {zh: 到场, en: arrive, from: registered, until: taken_up, within: 15min, when: "contact_type == 'alarm'", rule: R-2/r04}
    scripts: [{at: intake, zh: 保持冷静, en: Stay calm., rule: R-2/r05}]

compose:
  settle:
    - {slot: decisions.owner, order: [M2, M1], assume: {zh: 夜间优先, en: the night comes first}}
    - {narrow: M1.clocks.reply, when: "contact_type != 'alarm'", assume: {zh: 警情不计答复时限, en: an alarm has no limit to reply}}
"""  # noqa: E501


@pytest.fixture(scope="module")
def office() -> Pack:
    return load_pack(OFFICE)


def finding(text: str) -> Finding:
    [found] = check_pack(text)
    return found


def test_parts_are_united_and_lists_add_up(office: Pack) -> None:
    assert office.contact_types == ("question", "alarm")
    assert list(office.document.clocks) == ["reply", "arrive"]
    assert [script.en for script in office.document.scripts] == ["Listen.", "Stay calm."]


def test_rows_of_a_shared_slot_stand_in_the_order_that_was_settled(office: Pack) -> None:
    assert [row.to for row in office.document.decisions["owner"].rows] == ["night", "desk"]


def test_a_narrowed_entry_holds_only_where_the_settlement_says(office: Pack) -> None:
    assert office.document.clocks["reply"].when == "contact_type != 'alarm'"
    assert office.document.clocks["arrive"].when == "contact_type == 'alarm'"


def test_narrowing_adds_to_a_condition_that_is_there() -> None:
    text = OFFICE.replace("within: 3wd,", 'within: 3wd, when: "contactable",')
    assert load_pack(text).document.clocks["reply"].when == "(contactable) && (contact_type != 'alarm')"


def test_a_module_with_those_it_names_is_a_pack_of_its_own() -> None:
    alone = load_pack(OFFICE, module="M1")
    assert alone.contact_types == ("question",)
    assert list(alone.document.clocks) == ["reply"]
    assert alone.document.clocks["reply"].when is None  # the settlement concerns a whole that M1 alone is not
    assert list(load_pack(OFFICE, module="M2").document.clocks) == ["reply", "arrive"]


def test_taking_one_modules_entry_leaves_out_the_others() -> None:
    text = OFFICE.replace("order: [M2, M1]", "take: M1")
    assert [row.to for row in load_pack(text).document.decisions["owner"].rows] == ["desk"]


def test_a_slot_filled_twice_is_refused_where_it_is_filled_the_second_time() -> None:
    line = next(n for n, text in enumerate(OFFICE.splitlines(), 1) if "settle:" in text)
    text = "\n".join([*OFFICE.splitlines()[: line - 1], "  settle: []"])
    found = finding(text)
    assert (found.code, found.path) == ("slot_twice", "modules.M2.decisions.owner")
    assert text.splitlines()[found.line - 1].strip().startswith("owner:")
    assert "M1, M2" in found.message("en")
    assert "settle" in found.message("zh")


def test_an_error_in_a_module_is_told_at_its_place_in_the_text() -> None:
    text = OFFICE.replace('when: "off_hours"', 'when: "of_hours"')
    found = finding(text)
    assert (found.code, found.path) == ("undeclared", "decisions.owner.rows[0].when")
    assert "of_hours" in text.splitlines()[found.line - 1]
    assert text.splitlines()[found.line - 1][found.column - 1 :].startswith("of_hours")


def test_a_module_that_is_sound_only_together_is_refused_alone() -> None:
    text = OFFICE.replace("    with: [M1]\n", "").replace("contact_type == 'alarm'", "contact_type != 'question'")
    assert [(found.file, found.code, found.path) for found in check_pack(text)] == [
        ("pack.yaml#M2", "no_last_row", "decisions.owner.rows"),
        ("pack.yaml#M2", "no_such_value", "clocks.arrive.when"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "code", "words"),
    [
        ("take: M1", "take: M9", "no_module", "no module 'M9'"),
        ("slot: decisions.owner, take: M1", "slot: clocks.reply, take: M1", "settles_nothing", "clocks.reply"),
        ("narrow: M1.clocks.reply", "narrow: M2.clocks.reply", "settles_nothing", "M2.clocks.reply"),
        ("with: [M1]", "with: [M7]", "no_module", "no module 'M7'"),
        ("{slot: decisions.owner, take: M1,", "{slot: decisions.owner,", "one_settlement", "slot with order"),
    ],
)
def test_a_settlement_that_settles_nothing_is_refused(before: str, after: str, code: str, words: str) -> None:
    text = OFFICE.replace("order: [M2, M1]", "take: M1").replace(before, after)
    with pytest.raises(PackRefused) as refused:
        load_pack(text) if "M7" not in after else load_pack(text, module="M2")
    found = next(each for each in refused.value.findings if each.code == code)
    assert words in found.message("en")


def test_a_module_that_is_not_there_is_refused() -> None:
    with pytest.raises(PackRefused) as refused:
        load_pack(OFFICE, module="M3")
    [found] = refused.value.findings
    assert (found.code, found.path) == ("no_module", "modules")
    assert OFFICE.splitlines()[found.line - 1] == "modules:"
