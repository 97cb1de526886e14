"""The packs that come with the product: each is sound, whole and alone, and tells itself in both languages."""

import re

import pytest

from shared.policy.describing import describe
from shared.policy.findings import Language
from shared.policy.loading import check_pack, load_pack, packaged_pack_text, packaged_packs
from shared.policy.pack import Pack

SEVEN = (
    "crisis-graded",
    "customer-requests",
    "developer-property",
    "front-desk",
    "management-office",
    "office-building",
    "owner-communication",
)


@pytest.fixture(scope="module")
def packs() -> dict[str, Pack]:
    return {code: load_pack(packaged_pack_text(code), f"{code}.yaml") for code in packaged_packs()}


def test_seven_packs_come_with_the_product() -> None:
    assert packaged_packs() == SEVEN


@pytest.mark.parametrize("code", SEVEN)
def test_a_pack_is_sound_and_so_is_each_of_its_modules(code: str) -> None:
    assert [finding.render() for finding in check_pack(packaged_pack_text(code), f"{code}.yaml")] == []


@pytest.mark.parametrize("code", SEVEN)
def test_a_pack_is_called_like_its_file(packs: dict[str, Pack], code: str) -> None:
    assert packs[code].code == code


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("code", SEVEN)
def test_a_pack_tells_itself_in_plain_words(packs: dict[str, Pack], code: str, language: Language) -> None:
    told = describe(packs[code], language)
    for broken in ("{", "None", "()", ": ;", "；；"):
        assert broken not in told
    # Every regime is told with its sources, and every reading that was chosen is shown.
    for regime in packs[code].document.implements:
        assert regime in told
    assert told.count("理解：" if language == "zh" else "reading: ") >= 3


@pytest.mark.parametrize("code", SEVEN)
def test_the_english_words_of_a_pack_are_english(packs: dict[str, Pack], code: str) -> None:
    chinese = [line for line in describe(packs[code], "en").splitlines() if re.search("[\u4e00-\u9fff]", line)]
    named = [link.process for link in packs[code].document.links.values()]
    named += [kind.starts.process for kind in packs[code].document.types.values()]
    named += [effect.process for reaction in packs[code].document.reactions for effect in reaction.do]
    assert [line for line in chinese if not any(name and name in line for name in named)] == []


@pytest.mark.parametrize("code", SEVEN)
def test_every_pack_grades_routes_and_can_be_closed(packs: dict[str, Pack], code: str) -> None:
    decisions = packs[code].document.decisions
    assert {"validity", "category", "grade", "route"} <= decisions.keys() or code == "management-office"
    assert packs[code].document.moves.close
