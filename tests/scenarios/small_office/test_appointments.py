"""A visit is to be confirmed a working day ahead of it: a limit that is counted backwards."""

from pathlib import Path

from tests.scenarios.story import Story

PACK = Path(__file__).with_name("pack.yaml")


async def visit(there: Story, instant: str) -> None:
    await there.move("assess", facts={"visit_at": f"{instant}:00+08:00"})


async def state(there: Story) -> str:
    return str((await there.clocks())["confirm"]["state"])


async def test_a_visit_is_confirmed_a_working_day_ahead_and_the_limit_moves_with_it(there: Story) -> None:
    await there.complain("窗户关不严")
    assert "confirm" not in await there.clocks()
    await visit(there, "2026-03-09T10:00")  # a Monday
    assert await there.due("confirm") == "2026-03-06 18:00"
    zh, en = await there.explained("confirm"), await there.explained("confirm", "en")
    assert "最迟在 2026-03-09 10:00 之前 1 个工作日，即 2026-03-06 18:00" in zh
    assert "2026-03-06 18:00 至 2026-03-09 09:00：非办公时间（含休息日），不计时" in zh
    assert "1 working day before 2026-03-09 10:00: 2026-03-06 18:00" in en
    await visit(there, "2026-03-11T10:00")
    assert await there.due("confirm") == "2026-03-10 18:00"
    await there.until("2026-03-10 17:00")
    await there.move("assess", facts={"visit_confirmed": True})
    assert await state(there) == "met"


async def test_a_visit_too_soon_to_be_confirmed_in_time_is_late_at_once(there: Story) -> None:
    await there.complain("窗户关不严")
    await visit(there, "2026-03-02T16:00")
    assert await there.due("confirm") == "2026-03-02 10:00"
    assert "得知时距 2026-03-02 16:00 已不足 1 个工作日，立即到期" in await there.explained("confirm")
    await there.later(minutes=1)
    assert await state(there) == "breached"
    await visit(there, "2026-03-05T16:00")  # put off, there is time enough
    assert (await state(there), await there.due("confirm")) == ("running", "2026-03-04 18:00")


async def test_nothing_is_to_be_confirmed_once_there_is_no_visit_any_more(there: Story) -> None:
    await there.complain("窗户关不严")
    await visit(there, "2026-03-05T16:00")
    await there.move("assess", facts={"visit_off": True})
    assert await state(there) == "cancelled"
