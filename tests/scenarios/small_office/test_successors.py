"""A link with a successor: intake registers a complaint of its own that goes on where the first one ends."""

from pathlib import Path

from tests.scenarios.story import Story

PACK = Path(__file__).with_name("pack.yaml")
FACTS = {"floor": 7, "remark": "靠近电梯"}


async def test_a_successor_is_a_complaint_of_its_own_and_each_names_the_other(there: Story) -> None:
    first = await there.complain("天花板渗水", facts=FACTS)
    await there.move("assess", category="repair")
    await there.move("assess", facts={"hidden_defect": True})
    linked = there.said("case.linked")[0]
    assert linked["carries"] == {"category": "repair", "floor": 7, "hidden_defect": True}  # but no words
    second = (await there.seen())["links"][0]["successor"]
    assert linked["successor"] == second
    there.case = second
    seen = await there.seen()
    assert (seen["number"], seen["predecessor"], seen["category"]["code"]) == ("P01-2026-0002", first, "repair")
    assert there.said("complaint.registered")[0]["facts"] == {"floor": 7, "hidden_defect": True}
    assert seen["links"] == []  # what was carried along starts nothing again
    assert (await there.ask("GET", f"/intake/v1/complaints/{second}/text"))["narrative"] == "天花板渗水"
    assert await there.told("acknowledgement") == ["customer"]


async def test_it_is_started_once_and_lives_on_by_itself(there: Story) -> None:
    await there.complain("天花板渗水")
    await there.move("assess", facts={"hidden_defect": True})
    await there.move("assess", facts={"hidden_defect": False})
    await there.move("assess", facts={"hidden_defect": True})
    links = (await there.seen())["links"]
    assert len(links) == 1
    await there.move("reply", text="已处理", channel="phone")
    await there.move("close", ground="settled")
    there.case = links[0]["successor"]
    assert (await there.seen())["state"] == "assigned"


async def test_erasing_the_first_leaves_the_words_of_its_successor(there: Story) -> None:
    first = await there.complain("天花板渗水")
    await there.move("assess", facts={"hidden_defect": True})
    there.case = (await there.seen())["links"][0]["successor"]
    await there.ask("POST", f"/intake/v1/complaints/{first}/erase")
    await there.world.settle()
    assert (await there.seen())["erased"] is False  # it is erased by its own id


async def test_nothing_succeeds_what_was_erased_meanwhile(there: Story) -> None:
    first = await there.complain("天花板渗水")
    await there.ask("POST", f"/routing/v1/cases/{first}/assess", json={"facts": {"hidden_defect": True}})
    await there.ask("POST", f"/intake/v1/complaints/{first}/erase")
    await there.world.settle()
    successor = (await there.seen())["links"][0]["successor"]
    assert (await there.refused_at(f"/intake/v1/complaints/{successor}/withdraw"))["status"] == 404
