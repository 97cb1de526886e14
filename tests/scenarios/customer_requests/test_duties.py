"""R-001-15: what is done by the calendar."""

from tests.scenarios.story import Story

PACK = "customer-requests"


async def test_R_001_15_r15_each_working_day_is_recorded_and_summed_up(there: Story) -> None:
    assert await there.duties() == []  # nothing of a day that had begun before
    await there.until("2026-03-03 09:00")
    assert await there.duties() == [("daily_summary", "2026-03-03", "due")]
    assert (await there.duty("daily_summary", "2026-03-03"))["due_at"] == "2026-03-03T10:00:00Z"
    assert await there.told() == ["unit.request_desk"]
    await there.do(by="unit.request_desk")
    assert await there.told() == ["unit.request_desk", "quality"]
    await there.until("2026-03-09 18:01")  # a weekend and five working days on
    assert await there.duties() == [
        ("daily_summary", "2026-03-09", "missed"), ("daily_summary", "2026-03-06", "missed"),
        ("daily_summary", "2026-03-05", "missed"), ("daily_summary", "2026-03-04", "missed"),
        ("daily_summary", "2026-03-03", "done"),
    ]  # fmt: skip
