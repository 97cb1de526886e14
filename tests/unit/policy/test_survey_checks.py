"""What keeps a survey from being made is found when its pack is loaded, with its line and in both languages."""

import pytest

from shared.policy.describing import Language, describe
from shared.policy.loading import check_pack, load_pack, packaged_pack_text

SOUND = packaged_pack_text("owner-communication")


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("value: 20%, demand", "value: a fifth, demand", "no_percentage", "'a fifth' is no percentage"),
        ("value: 85%, demand", "value: 120%, demand", "no_percentage", "'120%' is no percentage"),
        ("target: $quality_objective", "target: most", "no_percentage", "'most' is no percentage"),
        ("at_least: $common", "at_least: many", "no_percentage", "'many' is no percentage"),
        ("random: $sample", "random: $sampel", "no_param", "did you mean 'sample'?"),
        ("|| complaints_since >= 1", "|| outside_cause", "not_of_household", "'outside_cause' is not known when"),
        ("|| complaints_since >= 1", "|| category == 'house'", "not_of_household", "'category' is not known when"),
    ],
)
def test_what_keeps_a_survey_from_being_made_is_found(old: str, new: str, code: str, says: str) -> None:
    assert SOUND.count(old) == 1
    (finding,) = [each for each in check_pack(SOUND.replace(old, new)) if not each.is_note]
    assert finding.code == code
    assert says in finding.message("en")
    assert finding.message("zh") != finding.message("en")
    where = old if old.startswith("value") else "surveys:"
    assert finding.line >= SOUND[: SOUND.index(where)].count("\n") + 1


def test_the_sound_pack_has_no_such_finding() -> None:
    assert [each for each in check_pack(SOUND) if not each.is_note] == []


@pytest.mark.parametrize("at_least", ["1", "0.5", "true"])
def test_what_is_commonly_raised_is_a_share_or_a_number_of_households_from_two_on(at_least: str) -> None:
    wrong = SOUND.replace("at_least: $common", f"at_least: {at_least}")
    findings = [each for each in check_pack(wrong) if not each.is_note]
    assert [each.line for each in findings] == [SOUND[: SOUND.index("at_least: $common")].count("\n") + 1]
    assert [each for each in check_pack(SOUND.replace("$common", "3")) if not each.is_note] == []


def test_what_is_commonly_raised_has_to_lead_to_something() -> None:
    below = "    below: {tell: [director, deputy_manager], improve: 1mo}\n"
    assert below in SOUND
    (finding,) = [each for each in check_pack(SOUND.replace(below, "")) if not each.is_note]
    assert (finding.code, "write below" in finding.message("en")) == ("raised_for_nothing", True)
    assert "below" in finding.message("zh")


@pytest.mark.parametrize(
    ("language", "at_least", "words"),
    [
        ("en", "$common", "commonly raised: what 10% or more of those who answered are dissatisfied with"),
        ("zh", "$common", "10% 及以上的受访户不满意，即为普遍反映"),
        ("en", "3", "commonly raised: what 3 or more households are dissatisfied with"),
        ("zh", "3", "3 户及以上不满意，即为普遍反映"),
    ],
)
def test_what_is_commonly_raised_in_plain_words(language: Language, at_least: str, words: str) -> None:
    assert words in describe(load_pack(SOUND.replace("at_least: $common", f"at_least: {at_least}")), language)
