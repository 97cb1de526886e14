"""Each check of the loader against a pack that breaks it: the message, its place, and what it proposes."""
# ruff: noqa: E501 -- a row of the table is a line

import pytest

from shared.policy.findings import Finding, PackRefused
from shared.policy.loading import check_pack, default_pack_text, load_pack

SOUND = default_pack_text()

BROKEN = [
    # The text itself
    ("version: 1\n", "version: 1\nversion: 2\n", "key_twice", "key 'version' stands twice"),
    ("calendar: cn-office\n", "calendar: &a cn-office\npack: *a\n", "key_twice", "stands twice"),
    ("title: {zh: 客户", "title: [zh: {客户", "not_yaml", "no YAML"),
    ("calendar: cn-office", "calendar: !local cn-office", "tag", "tags such as !local"),
    ("effective: 2000-01-01", "effective: 2000-02-31", "no_date", "2000-02-31 is no date"),
    ("effective: 2000-01-01", "effective: soon", "wrong_shape", "a date is wanted"),
    # Shape
    ("follow_up: {zh: 回访, en: follow-up, from: resolved, until:", "follow_up: {zh: 回访, en: follow-up, from: resolved, untill:", "unknown_key", "unknown key 'untill'; did you mean 'until'?"),
    ("version: 1\n", "", "missing_key", "'version' is missing"),
    ("hit: gravest", "hit: graves", "not_one_of", "did you mean 'gravest'?"),
    ("unit: true, owner: true", "unit: yes, owner: true", "wrong_shape", "true or false is wanted here, not yes"),
    ("width: 4", "width: 2", "out_of_range", "2 is out of range (4)"),
    ("pack: developer-property", "pack: Developer Property", "does_not_match", "is not written as"),
    ("people: {zh: 人数, en: people, int: true", "people: {zh: 人数, en: people, int: true, money: true", "one_type", "here: int, money"),
    ("do: [{tell: company_leader, ack: true", "do: [{tell: company_leader, open: appear, ack: true", "one_act", "here: open, tell"),
    ("gives: {ours: {zh: 我方, en: our side}, third_party: {zh: 第三方, en: a third party}, none: {zh: 无, en: nobody}}", "gives: [ours, none, ours]", "member_twice", "'ours' is listed twice"),
    ("do: judge, by: cs, opens: {on: collect_evidence.done}, gives: {", "do: judge, by: cs, opens: {on: collect_evidence.done}, gives: [1, ours], records: {", "member_not_text", "a value is a word"),
    ("derive: {max_known: [amount_claimed, amount_estimated]}", "derive: {max_known: []}", "one_way_to_derive", "derive is one expression"),
    ("within: 15wd", "within: 3 months", "no_duration", "'3 months' is no duration"),
    ("value: 30min", "value: soon", "no_duration", "'soon' is no duration"),
    ("at: 80%", "at: early", "no_share", "neither a share"),
    # Conditions
    ('when: "legacy"', "when: true", "condition_not_text", "a condition is text, not True; write it in quotes"),
    ('when: "legacy"', 'when: "legasy"', "undeclared", "undeclared reference to 'legasy'; did you mean 'legacy'?"),
    ('when: "legacy"', 'when: "legacy &&"', "syntax", "syntax: mismatched input"),
    ('when: "legacy"', 'when: "people"', "gives_not_bool", "gives INT, wanted BOOL"),
    ('when: "legacy"', "when: \"people == 'many'\"", "no_overload", "no matching overload for '_==_' applied to '(int, string)'"),
    ('when: "legacy"', 'when: "legacy || people / 2 > 1"', "outside_language", "'/' is outside the language"),
    ('when: "legacy"', "when: \"events.exists(e, e == 'x')\"", "outside_language", "a macro (exists, all, map, filter) is outside the language"),
    ('when: "legacy"', "when: \"{'a': legacy}.a\"", "outside_language", "access to a field is outside"),
    ('when: "legacy"', "when: \"segment.startsWith('b')\"", "outside_language", "a call on a value is outside"),
    ('when: "legacy"', "when: \"events[0] == 'possible_media'\"", "outside_language", "is outside the language"),
    ('when: "legacy"', 'when: "matches(segment, segment)"', "outside_language", "'matches' is outside"),
    ("category in ['property', 'other_service']\"", "category in ['propery', 'other_service']\"", "no_such_value", "'propery' is no value of category; values: quality, design, sales, property, other_service; did you mean 'property'?"),
    ('when: "grade <= 3"}', 'when: "grade == 5"}', "never_is", "grade never is 5; values: 1, 2, 3, 4"),
    ('when: "legacy"', "when: \"segment < 'buyer'\"", "no_order", "segment has no order"),
    ('when: "legacy"', "when: \"events == ['possible_media']\"", "is_a_set", "events is a set: use 'x' in events, any_of, all_of or size"),
    ('when: "legacy"', "when: \"any_of(segment, ['buyer'])\"", "not_a_set", "any_of wants a set"),
    ('when: "legacy"', "when: \"'possible_medai' in events\"", "no_such_value", "did you mean 'possible_media'?"),
    ('when: "legacy"', 'when: "segment == category"', "literals_only", "compared with literals only"),
    ("amount <= yuan(100000)\n          || any_of", "amount <= 100000\n          || any_of", "bare_money", "money against a bare number; write yuan(100000)"),
    ('when: "legacy"', 'when: "amount > people"', "money_mixed", "money and people cannot be compared"),
    ('when: "legacy"', 'when: "amount > yuan(people)"', "yuan_literal", "yuan takes a literal"),
    ("older_than(registered_at, '15d')", "older_than(registered_at, '15 days')", "no_duration", "'15 days' is no duration"),
    ('when: "legacy"', 'when: "within(registered_at, segment)"', "duration_literal", "must be a literal"),
    ("happened('close.extended')", "happened('close.extendet')", "no_event", "no event 'close.extendet'; did you mean 'close.extended'?"),
    ("derive: \"grade <= 2 || any_of(risk, ['group', 'crisis'])\"", 'derive: "grade"', "gives_other_type", "gives INT, but the fact is bool"),
    # Names
    ("  legacy: {", "  size: {bool: true, decide: cs, rule: R-001-18/r32}\n  legacy: {", "word_of_cel", "'size' is a word of CEL"),
    ("  legacy: {", "  Legacy: {bool: true, decide: cs, rule: R-001-18/r32}\n  legacy: {", "no_identifier", "'Legacy' cannot be a name"),
    ("  legacy: {", "  result: {bool: true, decide: cs, rule: R-001-18/r32}\n  legacy: {", "other_meaning", "'result' is already a bool (facts.result)"),
    ("  legacy: {", "  rounds: {int: true, decide: cs, rule: R-001-18/r32}\n  legacy: {", "other_meaning", "'rounds' is already a int"),
    # References
    ("is: cs_head, rule", "is: cs_haed, rule", "no_role", "no role 'cs_haed'; did you mean 'cs_head'?"),
    ("form: call_form", "form: cal_form", "no_form", "no form 'cal_form'; did you mean 'call_form'?"),
    ("merges: consult", "merges: consulta", "no_step", "no step 'consulta'; did you mean 'consult'?"),
    ("max_known: [amount_claimed,", "max_known: [amount_claim,", "no_fact", "no fact 'amount_claim'; did you mean 'amount_claimed'?"),
    ("met_by: progressed", "met_by: progresed", "no_event", "did you mean 'progressed'?"),
    ("forbid: [promise]", "forbid: [promisse]", "no_action", "did you mean 'promise'?"),
    ("needs: [result]", "needs: [proof]", "no_need", "need 'proof' is no field, event, fact or evidence"),
    ("max: $agreed_max", "max: $agred_max", "no_param", "no parameter 'agred_max'; did you mean 'agreed_max'?"),
    ("do: site_visit", "do: site_visits", "no_kind", "no kind of step 'site_visits'; did you mean 'site_visit'?"),
    ("wording: reply_wording", "wording: reply_words", "no_wording", "no text field 'reply_words'"),
    # Facts
    ("int: true, min: 1, max: 1000000, ask: intake,", "int: true, min: 1, max: 1000000,", "no_source_of_fact", "nobody gives this fact"),
    ("max: 1000000, ask: intake,", "max: 1000000, ask: intake, decide: cs,", "many_sources_of_fact", "here: ask, decide"),
    ("max: 1000000, ask: intake,", "max: 1000000, ask: dinner,", "not_asked_there", "facts are asked at intake"),
    ("ask: intake, unknown_as: 1,", "ask: intake, unknown_as: one,", "bad_unknown_as", "unknown_as is no value of this type: one"),
    ("max_known: [amount_claimed, amount_estimated]", "max_known: [amount_claimed, people]", "max_of_numbers", "of one type"),
    ("&& (same_complaint >= 3 || people >= 3)", "&& (same_complaint >= 3 || major)", "circle", "decided in a circle: major -> grade -> major"),
    # Figures and clocks
    ("value: 3wd, demand: U-04", "demand: U-04", "demand_without_value", "a demanded limit needs a value or 'none'"),
    ("value: 3wd, demand: U-04, rule", "rule", "param_no_value", "a parameter needs a value"),
    ("from: resolved, until: follow_up.done", "until: follow_up.done", "no_start", "has no start"),
    ("from: resolved, until: follow_up.done", "from: resolved", "no_stop", "has no stop"),
    ("within: 15wd, extend", "extend", "no_limit", "has no limit"),
    ("within: 15wd, extend", "within: 15wd, every: 1w, extend", "many_limits", "write one of"),
    ("{within: 5wd, rule: R-001-18/r18}", "{within: 5wd, when: \"legacy\"}", "pick_without_last", "no row without when at the end"),
    ('{within: 10wd, when: "needs_coordination", rule', "{within: 10wd, rule", "pick_too_early", "a row without when ends the choice"),
    ("within: {agreed_with: customer, max", "within: {agreed_with: customer, set_by: cs, max", "one_limit", "write exactly one of"),
    ('decide: cs, unknown_as: false, rule: R-001-18/r19', 'decide: cs, rule: R-001-18/r19', "limit_unknown", "limit depends on 'needs_coordination', which may stay unknown"),
    ("  follow_up: {zh: 回访, en: follow-up, do: follow_up, by: cs,", "  follow_up: {zh: 回访, en: follow-up, do: follow_up, by: cs, within: 1d,", "clock_twice", "share this name"),
    ("window: 1mo", "window: none", "no_window", "'none' is no window"),
    ("window: 1mo", "window: 5wd", "no_window", "'5wd' is no window"),
    # Decisions
    ("      - {to: dept, rule: R-001-18/r07}\n", "", "no_last_row", "no last row without when"),
    ('- {to: cs, as: coordinator, when: "legacy", rule', "- {to: cs, as: coordinator, rule", "row_after_last", "never reached"),
    ("    hit: first\n", "", "rows_or_choices", "write rows with hit"),
    ("- {to: dept, rule: R-001-18/r07}", "- {as: helper, rule: R-001-18/r07}", "row_gives_nothing", "a row gives a value"),
    ("order: [1, 2, 3, 4]", "order: [1, 2, 3]", "order_differs", "does not list exactly the values given: 1, 2, 3, 4"),
    ("    order: [1, 2, 3, 4]\n", "", "order_missing", "needs order"),
    ("presume: other_service", "presume: other_servic", "presume_unknown", "did you mean 'other_service'?"),
    ("    presume: other_service ", "    propose_by: cs ", "presume_missing", "needs presume"),
    ("{give: not_effective, zh", "{give: effective, zh", "choice_twice", "'effective' is given twice"),
    ("          [虚假宣传, ", "          [虚假宣传, 漏水, ", "keyword_twice", "belongs to both quality and sales"),
    ('- {to: property, when: "category in', '- {to: property, when: "legacy && major", rule: R-001-18/r06}\n      - {to: property, when: "category in', "unreachable", "row 0 before it always holds with it"),
    ('when: "legacy", rule', 'when: "people >= 5 && people < 3", rule', "never_holds", "can never hold"),
    ('when: "legacy", rule', 'when: "people >= 1", rule', "always_holds", "always holds"),
    ("opens: {on: resolved, when: \"major\"}, rule", "rule", "never_opened", "nothing opens it"),
    # Reactions
    ("{assign: company_leader, as: commander}]", "{set: {risk: [crisis]}}]", "runs_for_ever", "runs for ever"),
    # Sources
    (", rule: R-001-18/r30}\n  spokesperson", "}\n  spokesperson", "no_provenance", "neither rule: nor assume:"),
    ("rule: R-001-18/r29}", "rule: R-009-01/r29}", "foreign_rule", "R-009-01/r29 belongs to none of the regimes"),
    ('pattern: "{project}-{year}-{n}"', 'pattern: "{year}-{n}"', "bad_pattern", "{project}"),
    ('pattern: "{project}-{year}-{n}"', 'pattern: "{project}-{n.real}"', "bad_pattern", "{project}"),
]  # fmt: skip


def broken(old: str, new: str) -> str:
    assert SOUND.count(old) >= 1, f"the pack no longer says {old!r}"
    return SOUND.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new", "code", "says"), BROKEN, ids=[f"{row[2]}-{n}" for n, row in enumerate(BROKEN)])
def test_a_broken_pack_is_refused_where_it_is_broken(old: str, new: str, code: str, says: str) -> None:
    findings = check_pack(broken(old, new), "broken.yaml")
    named = [finding for finding in findings if finding.code == code]
    assert named, [finding.render() for finding in findings]
    assert says in named[0].message("en")
    assert named[0].message("zh")
    assert named[0].line > 1 or code == "not_yaml"


def test_loading_a_broken_pack_raises_its_findings() -> None:
    text = broken("merges: consult", "merges: consulta")
    with pytest.raises(PackRefused) as refused:
        load_pack(text, "broken.yaml")
    assert refused.value.findings == check_pack(text, "broken.yaml")


def only(old: str, new: str) -> Finding:
    (finding,) = check_pack(broken(old, new), "broken.yaml")
    return finding


def line_of(text: str, within: str) -> tuple[int, int]:
    before = text[: text.index(within)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_a_name_in_a_block_condition_is_found_at_its_line_and_column() -> None:
    text = broken("|| people >= 10 && amount <= yuan(100000)", "|| peopel >= 10 && amount <= yuan(100000)")
    (finding,) = check_pack(text)
    assert (finding.line, finding.column) == line_of(text, "peopel")
    assert (finding.path, finding.rule) == ("decisions.grade.rows[1].when", "R-001-18/r15")


def test_a_name_in_a_quoted_condition_is_found_at_its_column() -> None:
    text = broken("grade <= 2 || any_of(risk,", "grade <= 2 || any_of(riks,")
    finding = next(finding for finding in check_pack(text) if finding.code == "undeclared")
    assert (finding.line, finding.column) == line_of(text, "riks")


def test_a_type_error_is_found_where_the_compiler_sees_it() -> None:
    text = broken("people >= 3 && people <= 10 && amount", "people >= 3 && people <= 'ten' && amount")
    (finding,) = check_pack(text)
    assert (finding.line, finding.column) == line_of(text, "<= 'ten'")


def test_every_error_of_a_pack_is_told_at_once() -> None:
    text = broken("heads: cs, rule", "heads: sc, rule").replace("met_by: progressed", "met_by: progresed")
    assert [finding.code for finding in check_pack(text)] == ["no_role", "no_event"]


def test_a_finding_is_rendered_as_file_line_column_path_and_message() -> None:
    finding = only("merges: consult", "merges: consulta")
    assert finding.render("en").startswith("broken.yaml:")
    assert finding.render("en").endswith(
        "steps.plan.merges: no step 'consulta'; did you mean 'consult'? [R-001-18/r27, R-001-18/r34]"
    )
    assert finding.render("zh").endswith(
        "steps.plan.merges: 没有步骤 “consulta”；是否指 “consult”？ [R-001-18/r27, R-001-18/r34]"
    )


@pytest.mark.parametrize("text", ["", "[]", "pack", "a: [" * 3000, "x: &a [*a]", "\x00", "a: " + "[" * 500])
def test_what_is_no_pack_is_refused_without_a_crash(text: str) -> None:
    assert check_pack(text)


def test_an_alias_is_refused() -> None:
    assert only("calendar: cn-office", "calendar: &c cn-office\nassume: *c").code in {"key_twice", "alias"}


def test_a_very_long_text_is_refused_unread() -> None:
    assert [finding.code for finding in check_pack("# " + "x" * 1_000_001)] == ["too_large"]


def test_every_message_can_be_said_in_both_languages() -> None:
    from string import Formatter

    from shared.policy.texts import MESSAGES

    for code, (zh, en) in MESSAGES.items():
        names = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)]
        assert {name.removesuffix("_zh") for name in names[0]} == names[1], code
