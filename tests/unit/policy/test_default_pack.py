"""The default pack as a whole: identity, numbers, coverage of its source, and its description."""

import re
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from shared.policy.describing import describe
from shared.policy.durations import Count
from shared.policy.loading import check_pack, default_pack_text, load_pack
from shared.policy.pack import Pack


def test_the_default_pack_is_sound() -> None:
    assert check_pack(default_pack_text()) == []


def test_the_pack_knows_who_it_is(pack: Pack) -> None:
    assert (pack.code, pack.version, pack.effective) == ("developer-property", 1, date(2000, 1, 1))
    assert pack.digest == sha256(default_pack_text().encode()).hexdigest()
    assert pack.count == Count(working_day="end_of_office")
    assert pack.admits_itself


def test_what_a_registration_may_choose_from(pack: Pack) -> None:
    assert pack.segments == ("prospective", "buyer", "other")
    assert pack.contact_types == ("complaint", "repair")
    assert pack.channels == {
        "visit": "oral",
        "phone": "oral",
        "letter": "written",
        "email": "written",
        "mailbox": "written",
        "forwarded": "forwarded",
        "walk_in": "oral",
        "app": "online",
        "web": "online",
        "wechat": "online",
    }


@pytest.mark.parametrize(("n", "number"), [(1, "P01-2026-0001"), (9999, "P01-2026-9999"), (10_000, "P01-2026-10000")])
def test_cases_are_numbered_per_project_with_at_least_four_digits(pack: Pack, n: int, number: str) -> None:
    assert pack.case_number("P01", datetime(2026, 11, 20, 9, tzinfo=UTC), n) == number


def test_every_rule_of_the_source_is_cited(pack: Pack) -> None:
    cited = set(re.findall(r"R-001-18/r(\d\d)", pack.text.split("version: 1", 1)[1]))
    assert cited == {f"{n:02}" for n in range(1, 46)}


def test_every_entry_has_words_in_both_languages(pack: Pack) -> None:
    for name, known in pack.names.items():
        if known.source in {"fact", "measure", "decision", "step", "field"}:
            assert known.zh or known.source == "decision", name
            assert known.en or known.source == "decision", name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_description_tells_the_regime_in_plain_words(pack: Pack, language: str) -> None:
    told = describe(pack, language)  # type: ignore[arg-type]
    assert "{" not in told
    assert "None" not in told
    for rule in ("R-001-18/r14", "R-001-18/r18", "R-001-18/r41"):
        assert f"[{rule}" in told
    limits = {
        "zh": "10 个工作日（若需协调或确认）；否则 5 个工作日",
        "en": "10 working days if coordination or confirmation is needed; otherwise 5 working days",
    }
    assert limits[language] in told
    assert bool(re.search("[\u4e00-\u9fff]", told)) or language == "en"


def test_the_english_description_has_chinese_only_where_the_source_names_a_document(pack: Pack) -> None:
    chinese = {line for line in describe(pack, "en").splitlines() if re.search("[\u4e00-\u9fff]", line)}
    assert len(chinese) == 2
    assert "  repair request: is handed to 工程维修处理作业指引; not graded [R-001-18/r01]" in chinese
    assert any("危机管理作业指引 is started" in line for line in chinese)


def test_loading_takes_well_under_a_second() -> None:
    import time

    start = time.process_time()
    load_pack(default_pack_text())
    assert time.process_time() - start < 1.0
