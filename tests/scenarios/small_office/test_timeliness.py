"""After the closing it is audited who was late; each department that was answers an inquiry by a limit of its own."""

from pathlib import Path
from typing import Any

from tests.scenarios.story import Story

PACK = Path(__file__).with_name("pack.yaml")


async def closed_late(there: Story) -> None:
    await there.complain("地下车库渗水")
    await there.until("2026-03-06 10:00")
    await there.move("reply", text="已处理", channel="phone")
    await there.move("close", ground="settled")


async def inquiries(there: Story) -> list[tuple[str, str]]:
    found: dict[str, Any] = await there.ask("GET", f"/sla/v1/cases/{there.case}/clocks", "head")
    clocks = sorted(
        (each for each in found["clocks"] if each["name"] == "inquiry"), key=lambda each: each["occurrence"]
    )
    return [(each["state"], each["due_at"][:16]) for each in clocks]


async def test_the_timeliness_of_each_department_is_audited_after_the_closing(there: Story) -> None:
    await closed_late(there)
    assert await there.due("timeliness") == "2026-03-13 18:00"
    await there.act("timeliness", gives="late")
    assert (await there.clocks())["timeliness"]["state"] == "met"
    await there.act("inquiry", "open")
    await there.later(days=3)
    await there.act("inquiry", "open")
    assert await inquiries(there) == [("running", "2026-03-11T10:00"), ("running", "2026-03-12T10:00")]
    await there.act("inquiry.2", by="unit.trade", fields={"why_late": "等待配件"})
    assert [state for state, _ in await inquiries(there)] == ["running", "met"]
    await there.until("2026-03-11 18:01")
    assert [state for state, _ in await inquiries(there)] == ["breached", "met"]


async def test_nobody_is_asked_where_all_were_in_time(there: Story) -> None:
    await closed_late(there)
    await there.act("timeliness", gives="in_time")
    assert (await there.refused("steps/inquiry/open"))["code"] == "act_not_allowed"


async def test_each_department_asked_has_the_limit_that_was_written_on_its_own_slip(there: Story) -> None:
    await closed_late(there)
    await there.act("timeliness", gives="late")
    await there.act("inquiry", "open")
    await there.act("inquiry", "open")
    refused = await there.refused("set-limit", clock="inquiry", run="inquiry.9", within="5wd")
    assert [error["pointer"] for error in refused["errors"]] == ["/run"]
    await there.move("set-limit", clock="inquiry", run="inquiry.2", within="5wd")
    assert [due for _, due in await inquiries(there)] == ["2026-03-11T10:00", "2026-03-13T10:00"]
