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


async def test_the_figures_say_who_answers_for_the_cases_of_a_month(there: Story) -> None:
    for share in (60, 30):
        await there.complain("电梯停运")
        await there.move("assess", facts={"slow_share": share})
        await there.move("assess", facts={"late_trade": True})
    await there.move("assess", facts={"slow_share": 40})
    await there.move("progress", text="仍无配件")  # the last said counts: 60 and 40
    figures = await there.ask("GET", "/reporting/v1/attributions?node=P01&month=2026-03")
    [slow] = figures["items"]
    assert (slow["project"], slow["kind"], slow["party"], slow["department"]) == (
        "P01", "delaying", "department", "trade",
    )  # fmt: skip
    assert (slow["cases"], slow["share"], slow["whole_cases"], figures["more"]) == (2, 50.0, 1.0, False)
    assert slow["label"] == {"zh": "拖延责任", "en": "answering for the delay"}
    assert slow["penalty"] == {"zh": "扣当月绩效", "en": "off the bonus of the month"}
    assert there.said("case.attributed")[0]["penalty"] == slow["penalty"]
    assert (await there.seen(language="zh"))["attributions"][0]["penalty"] == "扣当月绩效"
    assert (await there.ask("GET", "/reporting/v1/attributions?month=2026-02"))["items"] == []
    assert (await there.ask("GET", "/reporting/v1/attributions"))["month"] == "2026-03"
    for path, code in (
        ("node=G", "out_of_scope"),
        ("node=P99", "not_found"),
        ("month=2026-13", "invalid_field"),
        ("month=9999-12", "invalid_field"),
    ):
        refused = await there.refused_at(f"/reporting/v1/attributions?{path}", method="GET")
        assert refused["code"] == code


async def test_the_figures_tell_each_party_apart(there: Story) -> None:
    for share in (70, 100):
        await there.complain("电梯停运")
        await there.move("assess", facts={"damage": 100_000})
        await there.move("attribute", attribution="caused", person="unit.trade", share=share)
    await there.complain("电梯停运")
    await there.move("attribute", attribution="builder", share=30)
    figures = await there.ask("GET", "/reporting/v1/attributions")
    assert [(each["party"], each["person"], each["cases"], each["share"]) for each in figures["items"]] == [
        ("person", "unit.trade", 2, 85.0), ("third_party", None, 1, 30.0),
    ]  # fmt: skip
    assert [each["penalty"] for each in figures["items"]] == [None, None]
    short = await there.ask("GET", "/reporting/v1/attributions?limit=1")
    assert (len(short["items"]), short["more"]) == (1, True)


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
