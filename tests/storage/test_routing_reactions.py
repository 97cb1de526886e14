"""What follows by itself: telling, assigning, linking and setting, in the transaction of what brought it about."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.errors import Invalid, MoveNotAllowed
from shared.events.complaints import ComplaintAmendedV1, PackPin
from shared.policy.loading import default_pack_text
from tests.storage.routing_world import RoutingWorld, routing_world

CASE = UUID(int=1)
MORE = """reactions:
  - {on: registered, when: "amount_claimed > yuan(5)", do: [{tell: cs_head}], rule: R-001-18/r26}
  - {on: registered, when: "people >= 7", do: [{set: {legacy: true}}], rule: R-001-18/r26}
  - {on: legacy.set, when: "legacy", do: [{tell: dept}], rule: R-001-18/r26}
"""
OTHER = PackPin(code="developer-property", version=2, digest="0")


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        yield world


async def told(world: RoutingWorld) -> list[tuple[list[str], str, bool]]:
    return [(data["to"], data["event"], data["ack"]) for name, data in await world.emitted(CASE) if name == "case.told"]


async def of(world: RoutingWorld, name: str) -> list[dict[str, Any]]:
    return [data for type_, data in await world.emitted(CASE) if type_ == name]


async def test_r31_a_large_crisis_is_linked_and_led_by_the_company_leader(world: RoutingWorld) -> None:
    await world.register(CASE, facts={"people": 12})
    assert await told(world) == [(["cs_head"], "appear.opened", False), (["company_leader"], "assessed", True)]
    await world.move(CASE, "assess", {"facts": {"risk": ["crisis"]}})
    file = await world.file(CASE)
    assert [(link.name, link.process, link.back_at) for link in file.links] == [
        ("crisis_case", "危机管理作业指引", None)
    ]
    assert [data["rule"] for data in await of(world, "case.linked")] == [["R-001-18/r31"]]
    assert "linked" in file.course.happened
    assert file.department == "property"  # the leader leads, the department stays
    assert {"linked", "facts_set"} <= set(await world.timeline(CASE))
    await world.move(CASE, "assess", {"facts": {"people": 13}})
    assert len(await of(world, "case.linked")) == 1
    with pytest.raises(Invalid):
        await world.move(CASE, "link-back", {"link": "other_case", "text": "…"})
    file = await world.move(CASE, "link-back", {"link": "crisis_case", "text": "危机已解除"})
    assert ("crisis_case.back" in file.course.happened, file.links[0].back_at is not None) == (True, True)
    assert [data["link"] for data in await of(world, "case.link_returned")] == ["crisis_case"]
    with pytest.raises(MoveNotAllowed):
        await world.move(CASE, "link-back", {"link": "crisis_case", "text": "…"})


async def test_what_waits_for_a_fact_follows_when_it_is_set(world: RoutingWorld) -> None:
    await world.publish(extended())
    await world.register(CASE, pack=OTHER)
    assert await told(world) == []
    assert "reactions.0" in (await world.file(CASE)).course.waiting
    await world.move(CASE, "assess", {"facts": {"needs_coordination": False}})
    assert await told(world) == []
    await world.tell(CASE, ComplaintAmendedV1(facts={"amount_claimed": 600}, personal_version=1))
    assert await told(world) == [(["cs_head"], "registered", False)]
    assert "reactions.0" not in (await world.file(CASE)).course.waiting


async def test_one_reaction_may_bring_about_another(world: RoutingWorld) -> None:
    await world.publish(extended())
    file = await world.register(CASE, pack=OTHER, facts={"people": 8, "amount_claimed": 600})
    assert file.facts["legacy"] is True
    assert sorted(await told(world)) == [(["cs_head"], "registered", False), (["dept"], "legacy.set", False)]
    assert [data["facts"] for data in await of(world, "case.fact_set")] == [{"legacy": True}]


def extended() -> str:
    return default_pack_text().replace("version: 1\n", "version: 2\n", 1).replace("reactions:\n", MORE, 1)


async def test_whatever_else_a_pack_decides_is_decided_kept_and_told(world: RoutingWorld) -> None:
    await world.publish(with_tables())
    file = await world.register(CASE, pack=OTHER, facts={"people": 3})
    assert {name: said.values for name, said in file.decisions.items()} == {
        "pace": ("calm",),
        "first_talk": ("visit",),
        "teams": (),
    }
    assert file.decisions["pace"].rule == ("R-001-18/r26",)
    assert file.decisions["pace"].inputs == {"people": 3}
    assert file.decisions["teams"].missing == ("amount_claimed",)
    (assessed,) = await of(world, "case.assessed")
    assert assessed["decisions"]["first_talk"]["values"] == ["visit"]
    await world.tell(CASE, ComplaintAmendedV1(facts={"people": 5, "amount_claimed": 600}, personal_version=1))
    decided = (await world.file(CASE)).decisions
    # The pace rises, the first talk stands as it was made, and every team that is needed comes.
    assert {name: said.values for name, said in decided.items()} == {
        "pace": ("fast",),
        "first_talk": ("visit",),
        "teams": ("finance", "desk"),
    }
    assert (await of(world, "case.assessed"))[-1]["decisions"]["pace"]["values"] == ["fast"]
    await world.tell(CASE, ComplaintAmendedV1(facts={"people": 1}, personal_version=1))
    assert (await world.file(CASE)).decisions["pace"].values == ("fast",)


def with_tables() -> str:
    return (
        default_pack_text().replace("version: 1\n", "version: 2\n", 1).replace("\nsteps:\n", f"{TABLES}\nsteps:\n", 1)
    )


TABLES = """
  first_talk:
    hit: first
    rule: R-001-18/r26
    rows: [{give: call, when: "pace == 'fast'"}, {give: visit}]
  pace:
    hit: gravest
    order: [fast, calm]
    again_on: [facts]
    rule: R-001-18/r26
    rows: [{give: fast, when: "people >= 5"}, {give: calm}]
  teams:
    hit: all
    again_on: [facts]
    rule: R-001-18/r26
    rows: [{give: finance, when: "amount_claimed > yuan(5)"}, {give: desk, when: "amount_claimed > yuan(1)"}]
"""
