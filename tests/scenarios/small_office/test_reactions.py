"""Reactions that give orders: clocks start and are cancelled, a ladder is climbed, something is asked for."""

from pathlib import Path

from tests.scenarios.story import Story

PACK = Path(__file__).with_name("pack.yaml")
REPLY = {"text": "已处理", "channel": "phone"}


async def test_a_reaction_starts_a_clock_that_has_no_other_start_and_cancels_another(there: Story) -> None:
    await there.complain("雨棚坠落")
    assert set(await there.clocks()) == {"reply"}
    await there.move("assess", facts={"accident_seen": True})
    clocks = await there.clocks()
    assert (clocks["secure"]["state"], clocks["reply"]["state"]) == ("running", "cancelled")
    assert await there.due("secure") == "2026-03-02 12:00"
    orders = [(data["act"], data["name"], data["event"]) for data in there.said("case.ordered")]
    assert orders == [
        ("start", "secure", "accident_seen.set"),
        ("cancel", "reply", "accident_seen.set"),
        ("require", None, "accident_seen.set"),
    ]
    assert "Limit started: making it safe (an accident was seen set)" in await there.timeline()
    await there.act("look", by="unit.trade")
    assert (await there.clocks())["secure"]["state"] == "met"
    await there.move("assess", facts={"press": False})
    assert (await there.clocks())["reply"]["state"] == "cancelled"  # and stays so, whatever becomes known later


async def test_what_was_started_may_be_cancelled_and_started_again(there: Story) -> None:
    await there.complain("雨棚坠落")
    await there.move("assess", facts={"accident_seen": True})
    await there.move("assess", facts={"calmed": True})
    assert (await there.clocks())["secure"]["state"] == "cancelled"
    assert [data["because"] for data in there.said("clock.cancelled") if data["name"] == "secure"] == ["ordered"]
    await there.later(hours=1)
    await there.move("assess", facts={"accident_seen": False})
    await there.move("assess", facts={"accident_seen": True})
    assert await there.due("secure") == "2026-03-02 13:00"
    await there.until("2026-03-02 13:01")
    assert (await there.clocks())["secure"]["state"] == "breached"


async def test_a_reaction_climbs_a_ladder_by_one_level(there: Story) -> None:
    await there.complain("雨棚坠落")
    await there.move("assess", facts={"press": True})
    assert [(data["ladder"], data["level"], data["roles"]) for data in there.said("escalation.raised")] == [
        ("alarm", 1, ["desk_head"])
    ]
    await there.move("assess", facts={"press": False})
    await there.move("assess", facts={"press": True})
    assert "manager" in await there.told()


async def test_what_a_reaction_asks_for_must_be_there_before_the_case_closes(there: Story) -> None:
    await there.complain("雨棚坠落")
    await there.move("reply", **REPLY)
    await there.move("assess", facts={"accident_seen": True})
    refused = await there.refused("close", ground="settled")
    assert (refused["rule"], refused["needs"]) == (["X-1/r07"], ["accident", "look.done"])
    assert (await there.seen())["required"] == [{"at": "close", "needs": ["accident", "look.done"], "rule": "X-1/r07"}]
    await there.mark("report", "fill", fields={"accident": "雨棚螺栓锈蚀"})
    await there.act("look", by="unit.trade")
    assert (await there.seen())["required"] == []
    assert (await there.move("close", ground="settled"))["state"] == "closed"
    await there.complain("楼道灯不亮")
    await there.move("reply", **REPLY)
    assert (await there.move("close", ground="settled"))["state"] == "closed"


async def test_what_becomes_of_a_clock_may_be_reacted_to_and_asked_about(there: Story) -> None:
    await there.complain("雨棚坠落")
    await there.move("assess", facts={"accident_seen": True})
    await there.later(minutes=97)
    assert "manager" not in await there.told()
    await there.act("look", by="unit.trade")
    assert "manager" in await there.told()
    assert "head" not in await there.told()
    await there.move("reply", **REPLY)
    assert "head" in await there.told()


async def test_a_clock_that_was_not_warned_of_is_not_said_to_be(there: Story) -> None:
    await there.complain("雨棚坠落")
    await there.move("assess", facts={"accident_seen": True})
    await there.act("look", by="unit.trade")
    await there.move("reply", **REPLY)
    assert "head" not in await there.told()
