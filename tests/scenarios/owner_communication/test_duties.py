"""R-003: the suggestion box, publicity, reports and surveys by the calendar."""

from tests.scenarios.story import Story

PACK = "owner-communication"


async def test_R_003_r04_r06_the_box_is_opened_each_week_and_the_estate_informed_each_month(there: Story) -> None:
    await there.until("2026-03-09 00:01")
    assert await there.duties() == [("suggestion_box", "2026-W11", "due")]
    await there.duty("suggestion_box", "2026-W11")
    assert await there.told() == ["unit.complaint_handler"]
    await there.do(by="unit.complaint_handler")
    await there.until("2026-04-01 00:01")
    assert ("publicity", "2026-04", "due") in await there.duties()
    await there.duty("publicity", "2026-04")
    assert await there.told() == ["community_desk"]


async def test_R_003_r18_each_quarter_the_handler_reports_to_the_deputy_manager(there: Story) -> None:
    await there.until("2026-04-01 00:01")
    await there.duty("complaint_report", "2026-Q2")
    assert await there.told() == ["unit.complaint_handler"]
    await there.do(by="unit.complaint_handler")
    assert await there.told() == ["unit.complaint_handler", "deputy_manager"]


async def test_R_003_r21_the_director_has_the_survey_made_each_half_year(there: Story) -> None:
    await there.until("2026-07-01 00:01")
    survey = await there.duty("satisfaction", "2026-H2")
    assert (survey["kind"], survey["by"], survey["rule"].split(", ")[0]) == ("survey", "director", "R-003/r19")
    assert await there.told() == ["director"]
