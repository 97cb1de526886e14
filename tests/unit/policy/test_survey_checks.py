"""What keeps a survey from being made is found when its pack is loaded, with its line and in both languages."""

import pytest

from shared.policy.loading import check_pack, packaged_pack_text

SOUND = packaged_pack_text("owner-communication")


@pytest.mark.parametrize(
    ("old", "new", "code", "says"),
    [
        ("value: 20%, demand", "value: a fifth, demand", "no_percentage", "'a fifth' is no percentage"),
        ("value: 85%, demand", "value: 120%, demand", "no_percentage", "'120%' is no percentage"),
        ("target: $quality_objective", "target: most", "no_percentage", "'most' is no percentage"),
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
