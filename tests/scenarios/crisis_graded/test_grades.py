"""A project that runs under the crisis-graded pack: which grade a complaint gets, and who handles it."""

from pathlib import Path
from typing import Any

from tests.scenarios.test_one_life import Town, town


async def _complain(there: Town, number: int, narrative: str, **facts: Any) -> Any:
    case = await there.complain(
        project="P06",
        source_id=f"C-{number}",
        unit="1-1-502",
        narrative=narrative,
        facts=facts,
        reporter={"name": f"某人{number}", "phone": f"+86138000001{number:02d}"},
    )
    return await there.case(case)


async def test_R_001_04_r04_r05_r07_each_has_its_grade(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path) as there:
        cases = [
            ("电梯停运", {"people": 4}, "hot"),
            ("外墙漏水", {"people": 5}, "major"),
            ("物业费太贵", {"signals": ["possible_exposure"]}, "hot"),
            ("售楼承诺未兑现", {"signals": ["litigation"]}, "major"),
            ("管家态度差", {}, "ordinary"),
        ]
        for number, (narrative, facts, grade) in enumerate(cases):
            found = await _complain(there, number, narrative, **facts)
            assert found["pack"]["code"] == "crisis-graded"
            assert (found["grade"]["value"], found["grade"]["rule"]) == (grade, RULES[grade])


async def test_R_001_04_r11_repairs_go_to_the_property_company(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path) as there:
        assert (await _complain(there, 1, "外墙漏水"))["department"] == "property"


async def test_R_001_04_r05_the_third_of_a_type_raises_all_three(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path) as there:
        cases = [(await _complain(there, number, "外墙漏水"))["id"] for number in range(3)]
        assert [(await there.case(case))["grade"]["value"] for case in cases] == ["hot"] * 3


RULES = {"major": "R-001-04/r04", "hot": "R-001-04/r05", "ordinary": "R-001-04/r07"}
