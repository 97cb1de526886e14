"""The language page: every construct has an example, and every example on it is a sound pack."""

import re
from importlib.resources import files
from textwrap import indent

import pytest

from shared.policy.describing import describe
from shared.policy.findings import Language, PackRefused
from shared.policy.loading import load_pack

PAGE = files("shared.policy").joinpath("README.md").read_text(encoding="utf-8")
CONSTRUCTS = [
    "PK",
    "PA",
    "SC",
    "RO",
    "TY",
    "CH",
    "FO",
    "FA",
    "ME",
    "DE",
    "ST",
    "MV",
    "RE",
    "GU",
    "LK",
    "SE",
    "AT",
    "CK",
    "LD",
    "DU",
    "RS",
    "NO",
    "RP",
    "SU",
    "AR",
]
EXAMPLES = dict(re.findall(r"^## ([A-Z]{2}) · .*?^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
PACK = EXAMPLES["PK"]
IDENTITY, _, SECTIONS = PACK.partition("types:\n")


def with_example(example: str) -> str:
    """The pack of the page with one example beside what it has."""
    return f"{IDENTITY}shared:\n  types:\n{indent(SECTIONS, '  ')}modules:\n  Example:\n{indent(example, '    ')}"


def test_every_construct_has_an_example() -> None:
    assert list(EXAMPLES) == CONSTRUCTS
    assert len(re.findall("^```yaml$", PAGE, re.MULTILINE)) == len(CONSTRUCTS)


def test_the_pack_of_the_page_is_sound() -> None:
    assert load_pack(PACK).code == "town-library"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("construct", CONSTRUCTS[1:])
def test_the_example_is_sound_and_told_in_plain_words(construct: str, language: Language) -> None:
    plain, pack = load_pack(PACK), load_pack(with_example(EXAMPLES[construct]))
    assert pack.document != plain.document
    assert len(describe(pack, language).splitlines()) > len(describe(plain, language).splitlines())


def test_an_example_with_a_slip_would_be_found() -> None:
    with pytest.raises(PackRefused):
        load_pack(with_example(EXAMPLES["CK"].replace("until: replied", "untill: replied")))


def test_a_step_is_told_with_what_it_must_leave_and_a_notice_with_its_condition() -> None:
    told = describe(load_pack(with_example(EXAMPLES["ST"] + EXAMPLES["NO"])), "en")
    assert "what was seen" in told
    assert "only if times reopened >= 2" in told
