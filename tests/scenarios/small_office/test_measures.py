"""Sums, shares and counts for each employee or department, over a window, decide as the pack says and say why."""

from pathlib import Path
from typing import Any

from tests.scenarios.story import Story

PACK = Path(__file__).with_name("pack.yaml")
REPLY = {"text": "已处理", "channel": "phone"}


async def because(there: Story, case: str) -> dict[str, str]:
    there.case = case
    return dict((await there.seen())["grade"]["reason"])


async def grades(there: Story, *cases: str) -> list[str]:
    found = []
    for there.case in cases:
        found.append(await there.grade())
    return found


async def test_the_third_complaint_about_an_employee_in_a_calendar_month_is_grave(there: Story) -> None:
    about_him: dict[str, Any] = {"facts": {"accused": "zhang.san"}}
    first = await there.complain("保安态度恶劣", **about_him)
    await there.complain("保安骂人", facts={"accused": "li.si"})
    await there.until("2026-03-31 09:00")
    second = await there.complain("保安推搡业主", building="P01-3", **about_him)
    assert await there.grade() == "usual"
    assert await there.steps() == {"look": "open", "talk": "open"}
    third = await there.complain("保安拒不开门", **about_him)
    assert await grades(there, first, second, third) == ["usual", "usual", "grave"]
    assert await because(there, third) == {
        "zh": "X-1/r12: 员工当月被投诉次数 3 ≥ 3",
        "en": "X-1/r12: complaints about the employee this month 3 >= 3",
    }
    await there.until("2026-04-01 09:00")
    await there.complain("保安又骂人", **about_him)
    assert await there.grade() == "usual"


async def test_the_damage_of_a_building_is_summed_up_and_raises_every_case_counted(there: Story) -> None:
    first = await there.complain("地下室进水")
    await there.move("assess", facts={"damage": 3_000_000})
    unknown = await there.complain("车库进水")
    elsewhere = await there.complain("阳台进水", building="P01-3")
    await there.move("assess", facts={"damage": 4_000_000})
    last = await there.complain("电梯进水")
    assert await grades(there, first, unknown, elsewhere, last) == ["usual"] * 4
    there.case = last
    await there.move("assess", facts={"damage": 2_000_000})
    assert await grades(there, first, unknown, elsewhere, last) == ["grave", "grave", "usual", "grave"]
    there.case = first
    assert [data["because"] for data in there.said("case.assessed")] == ["registered", "decided", "repeated"]
    told = await because(there, last)
    assert told["zh"] == "X-1/r13: 本楼近一月损失合计 50,000 元 ≥ 50,000 元"
    assert told["en"] == "X-1/r13: damage in the building within a month 50,000 yuan >= 50,000 yuan"
    await there.until("2026-04-20 10:00")
    await there.complain("地下室又进水")
    await there.move("assess", facts={"damage": 4_999_900})
    assert await there.grade() == "usual"


async def test_a_share_is_one_of_the_cases_that_another_event_happened_to(there: Story) -> None:
    for number in range(4):
        await there.complain(f"灯{number}不亮")
        assert await there.grade() == "usual"
        await there.move("reply", **REPLY)
        if number % 2:
            await there.responds("dissatisfied")
    await there.complain("灯全不亮")
    assert await there.grade() == "grave"
    assert (await because(there, there.case))["en"] == (
        "X-1/r14: cases replied to this quarter 4 >= 3 and percentage dissatisfied with the reply this quarter 50 >= 50"
    )


async def test_a_department_that_gets_many_cases_is_told_of(there: Story) -> None:
    for number in range(4):
        assert "manager" not in await there.told() if number else True
        await there.complain(f"门{number}坏了")
    assert "manager" in await there.told()
    await there.later(days=9)
    await there.complain("窗坏了")
    assert "manager" not in await there.told()
