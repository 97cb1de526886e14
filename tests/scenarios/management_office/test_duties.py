"""R-004: reports by the calendar."""

from tests.scenarios.story import Story

PACK = "management-office"


async def test_R_004_06_r04_follow_ups_are_summed_up_each_month_and_reviewed(there: Story) -> None:
    await there.until("2026-04-01 00:01")
    await there.duty("follow_ups", "2026-04")
    await there.do()
    assert "dept_head" in await there.told()
