"""R-001-18: reports by the calendar."""

from tests.scenarios.story import Story

PACK = "developer-property"


async def test_R_001_18_r43_the_monthly_report_is_due_by_the_tenth(there: Story) -> None:
    await there.until("2026-04-01 00:01")
    report = await there.duty("cs_monthly", "2026-04")
    assert (report["due_at"], report["state"]) == ("2026-04-10T16:00:00Z", "due")  # the end of the tenth, in China
    assert await there.told() == ["unit.cs"]
    await there.do(by="unit.cs")
    assert {"regional_leader", "leader"} & set(await there.told())
    await there.until("2026-05-11 00:01")
    assert ("cs_monthly", "2026-05", "missed") in await there.duties()


async def test_R_001_18_r44_each_year_the_defects_are_reported_back(there: Story) -> None:
    await there.until("2027-01-01 00:01")
    assert ("defect_feedback", "2027", "due") in await there.duties()
    text = (await there.ask("GET", f"/routing/v1/packs/{PACK}"))["text"]
    assert "every year, by customer service; to responsible department; only if grade <= 3 and category is any" in text


async def test_R_001_18_r43_who_reads_the_monthly_report_and_by_when_is_shown(there: Story) -> None:
    text = (await there.ask("GET", f"/routing/v1/packs/{PACK}"))["text"]
    line = "every month, by customer service; due day 10; to regional leader, responsible department [R-001-18/r43]"
    assert line in text
