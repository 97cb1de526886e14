"""Who answers for handling, cause and delay: recorded by events and by hand, in shares that make up a whole at most."""

from pathlib import Path
from typing import Any

from tests.scenarios.story import Story

PACK = Path(__file__).with_name("pack.yaml")


async def answers(there: Story) -> list[tuple[Any, ...]]:
    made = (await there.seen())["attributions"]
    return [(m["name"], m["kind"], m["person"] or m["department"] or m["party"], m["share"]) for m in made]


async def test_events_record_whoever_has_the_case(there: Story) -> None:
    await there.complain("电梯停运")
    await there.move("assess", facts={"slow_share": 60})
    await there.move("assess", facts={"late_trade": True})
    await there.move("reply", text="已修复", channel="phone")
    await there.move("close", ground="settled")
    assert await answers(there) == [("slow", "delaying", "trade", 60), ("handled_by", "handling", "unit.trade", 100)]
    assert [(data["attribution"], data["rule"]) for data in there.said("case.attributed")] == [
        ("slow", ["X-1/r09"]), ("handled_by", ["X-1/r09"]),
    ]  # fmt: skip
    assert "Attributed (answering for the delay): trade, 60%" in await there.timeline()
    assert "归责（拖延责任）：责任部门，60%" in await there.timeline("zh")


async def test_a_reaction_records_it_again_with_the_share_as_it_is_known_then(there: Story) -> None:
    await there.complain("电梯停运")
    await there.move("assess", facts={"slow_share": 60})
    await there.move("assess", facts={"late_trade": True})
    await there.later(hours=1)
    await there.move("progress", text="仍无配件")
    assert len(there.said("case.attributed")) == 1  # the same again says nothing
    await there.move("assess", facts={"slow_share": 80})
    await there.move("progress", text="仍无配件")
    assert await answers(there) == [("slow", "delaying", "trade", 80)]


async def test_the_role_named_by_the_pack_records_shares_up_to_a_whole(there: Story) -> None:
    await there.complain("电梯停运")
    await there.move("assess", facts={"damage": 100_000})
    given = {"attribution": "caused", "person": "unit.trade"}
    assert (await there.refused("attribute", by="unit.trade", **given, share=70))["status"] == 403
    refused = await there.refused("attribute", by="manager", **given)
    assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [("/share", "missing")]
    await there.move("attribute", by="manager", **given, share=70, text="未按规程检修")
    refused = await there.refused("attribute", by="manager", attribution="builder", share=31)
    assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [("/share", "too_large")]
    await there.move("attribute", by="manager", attribution="builder", share=30)
    assert await answers(there) == [("caused", "causing", "unit.trade", 70), ("builder", "causing", "third_party", 30)]
    await there.move("attribute", by="manager", **given, share=50)  # the same again is a correction
    assert await answers(there) == [("builder", "causing", "third_party", 30), ("caused", "causing", "unit.trade", 50)]
    assert "未按规程检修" not in str(there.said("case.attributed"))
    assert "Attributed (answering of the builder): third party, 30%" in await there.timeline()


async def test_nothing_is_attributed_where_its_condition_fails_or_nobody_is_meant(there: Story) -> None:
    await there.complain("电梯停运")
    await there.move("assess", facts={"damage": 0})
    given = {"attribution": "caused", "share": 10}
    assert (await there.refused("attribute", by="manager", **given))["rule"] == ["X-1/r09"]
    for wrong, pointer in (
        ({"attribution": "nobody", "share": 10}, "/attribution"),
        ({"attribution": "builder", "share": 10, "person": "manager"}, "/person"),
        ({"attribution": "builder", "share": 101}, "/share"),
    ):
        refused = await there.refused("attribute", **wrong)
        assert [error["pointer"] for error in refused["errors"]] == [pointer]


async def test_whoever_left_the_post_answers_for_the_damage_that_came_of_it(there: Story) -> None:
    await there.complain("夜间无人应答")
    await there.move("assess", facts={"damage": 0})
    given = {"attribution": "night_desk", "share": 100}
    assert (await there.refused("attribute", by="manager", **given))["rule"] == ["X-1/r10"]
    await there.move("assess", facts={"damage": 50_000})
    await there.move("attribute", by="manager", **given)
    assert await answers(there) == [("night_desk", "causing", "unit.desk", 100)]
