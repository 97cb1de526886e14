"""The tool that proves coverage, tried on a small pack that lacks something of every kind."""

from pathlib import Path

import pytest

from tests.scenarios.rules.__main__ import told
from tests.scenarios.rules.coverage import Coverage, coverage, named_tests
from tests.scenarios.rules.table import Rule

PACK = """\
pack: small
implements: [R-900, R-901]
same_as: {R-901/r01: [R-900/r01]}
clocks:
  reply: {rule: [R-900/r01, R-900/r09]}
steps:
  look: {rule: R-900/r02}
scripts:
  - {at: reply, zh: 好, en: kind, rule: [R-900/r03, R-900/r04]}
"""
RULES = (
    Rule("R-900/r01", "software", "a limit"),
    Rule("R-900/r02", "half", "a look"),
    Rule("R-900/r03", "people", "a manner"),
    Rule("R-900/r04", "software", "a lost one"),
    Rule("R-900/r05", "people", "unsaid"),
    Rule("R-900/r06", "not_applicable", "a list", "a list of documents"),
    Rule("R-900/r07", "not_applicable", "a list"),
    Rule("R-901/r01", "software", "the sister's limit"),
    Rule("R-902/r01", "software", "of nobody"),
)


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Coverage]:
    text = 'def test_R_900_r01_is_kept(): ...\n\nCASE = pytest.param(1, id="R_900_r02_r04_seen")\n'
    (tmp_path / "test_it.py").write_text(text, encoding="utf-8")
    tests = named_tests([tmp_path / "test_it.py"], tmp_path)
    return {entry.rule.id: entry for entry in coverage(RULES, {"small.yaml": PACK}, tests)}


@pytest.mark.parametrize(
    ("rule", "gap"),
    [
        ("R-900/r01", ""),
        ("R-900/r02", "no script shows it"),
        ("R-900/r03", ""),
        ("R-900/r04", "no entry cites it"),
        ("R-900/r05", "no script shows it"),
        ("R-900/r06", ""),
        ("R-900/r07", "no reason is given"),
        ("R-900/r09", "not in the table"),
        ("R-901/r01", ""),
        ("R-902/r01", "no pack implements it"),
    ],
)
def test_what_is_missing_is_said(found: dict[str, Coverage], rule: str, gap: str) -> None:
    assert found[rule].gap == gap


def test_a_rule_without_a_test_is_a_gap() -> None:
    (entry,) = coverage(
        RULES[:1], {"small.yaml": "pack: small\nimplements: [R-900]\nclocks:\n  a: {rule: R-900/r01}\n"}, {}
    )
    assert entry.gap == "no test is named by it"


def test_a_rule_is_told_with_the_lines_that_keep_it(found: dict[str, Coverage]) -> None:
    assert "enforced by small.yaml:5 clocks.reply" in told(found["R-900/r01"])
    assert "tested by test_it.py:1 test_R_900_r01_is_kept" in told(found["R-900/r01"])
    assert "kept by people: small.yaml:9, shown at reply" in told(found["R-900/r03"])
    assert "same as R-900/r01" in told(found["R-901/r01"])
    assert "GAP: no script shows it" in told(found["R-900/r02"])
