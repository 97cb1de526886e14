"""Sums, shares and counts for each person: exact, and followed through every change of a case."""
# ruff: noqa: E501 -- a measure is a line

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.routing.service.changing_rules import change_rules
from shared.core import Core
from shared.events.codec import Incoming
from shared.events.complaints import (
    ComplaintAmendedV1,
    ComplaintErasedV1,
    ComplaintWithdrawnV1,
    CustomerRespondedV1,
    PackPin,
)
from shared.policy.loading import default_pack_text
from tests.storage.routing_world import OPERATOR, RoutingWorld, routing_world
from tests.unit.routing.examples import RECEIVED, registered

ONE, TWO, THREE, FOUR, FIVE = (UUID(int=n) for n in range(1, 6))
PIN = PackPin(code="developer-property", version=2, digest="0")
MEASURES = """
  monthly: {zh: 员工当月被投诉次数, en: complaints about the employee this month, count: cases, per: employee, within: subtree, window: calendar_month, rule: R-001-18/r16}
  claimed: {zh: 本楼一月内索赔合计, en: claimed in the building within a month, sum: amount_claimed, same: building, window: 1mo, rule: R-001-18/r16}
  unhappy: {zh: 不满意的百分比, en: percentage dissatisfied, share: cases, where: "customer_response == 'dissatisfied'", window: 7d, rule: R-001-18/r16}
  of_customer: {zh: 该客户一年内投诉次数, en: complaints of the customer within a year, count: cases, per: customer, window: calendar_year, rule: R-001-18/r16}
  of_sign: {zh: 同一信号的件数, en: cases with one sign, count: cases, per: events, window: 7d, rule: R-001-18/r16}
  of_department: {zh: 部门一周内件数, en: cases of the department within a week, count: cases, per: department, window: 7d, rule: R-001-18/r16}
"""
ROWS = """
      - {give: 1, when: "claimed >= yuan(300000)", also: members, rule: R-001-18/r16}
      - {give: 1, when: "monthly >= 3", rule: R-001-18/r16}
      - {give: 2, when: "unhappy >= 50 && of_department >= 4", also: members, rule: R-001-18/r16}
      - {give: 2, when: "of_customer >= 3", also: members, rule: R-001-18/r16}
      - {give: 2, when: "of_sign >= 6", rule: R-001-18/r16}
"""


def with_measures() -> str:
    told = default_pack_text().replace("version: 1\n", "version: 2\n", 1)
    told = told.replace("\nfacts:\n", "\nfacts:\n  accused: {text: true, ask: intake, rule: R-001-18/r05}\n", 1)
    told = told.replace("\nmeasures:\n", f"\nmeasures:{MEASURES}", 1)
    head, grade, rest = told.partition("\n  grade:")
    return head + grade + rest.replace("    rows:\n", f"    rows:{ROWS}", 1)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        await world.publish(with_measures())
        yield world


async def come(world: RoutingWorld, case: UUID, *, days: float = 0, **facts: Any) -> dict[str, int]:
    """A complaint of somebody new, so many days after the first; what it counts then."""
    known = {"reporter_hash": str(case), "received_at": RECEIVED + timedelta(days=days), "pack": PIN}
    return dict((await world.register(case, **{**known, **facts})).measures)


async def measures(world: RoutingWorld, case: UUID) -> dict[str, int]:
    return dict((await world.file(case)).measures)


async def grades(world: RoutingWorld, *cases: UUID) -> list[str]:
    files = await world.files(cases)
    return [files[case].assessment.grade.value for case in cases]


def claiming(yuan: int) -> dict[str, Any]:
    return {"facts": {"amount_claimed": yuan * 100}}


async def test_a_sum_is_that_of_the_known_amounts_and_raises_everybody_it_sums_up(world: RoutingWorld) -> None:
    assert (await come(world, ONE, **claiming(120_000)))["claimed"] == 12_000_000
    assert (await come(world, TWO, days=1))["claimed"] == 12_000_000  # its own amount is unknown: it adds nothing
    assert (await come(world, THREE, days=2, building="P01-3", **claiming(170_000)))["claimed"] == 17_000_000
    assert await grades(world, ONE, TWO, THREE) == ["2", "4", "2"]
    await world.tell(TWO, ComplaintAmendedV1(facts={"amount_claimed": 18_000_000}, personal_version=1))
    assert await grades(world, ONE, TWO, THREE) == ["1", "1", "2"]
    assert (await measures(world, ONE))["claimed"] == 30_000_000
    data = [data for name, data in await world.emitted(ONE) if name == "case.assessed"][-1]
    assert data["because"] == "repeated"
    assert "本楼一月内索赔合计 300,000 元 ≥ 300,000 元" in data["grade"]["reason"]["zh"]


async def test_an_amount_that_is_corrected_counts_as_it_is_now(world: RoutingWorld) -> None:
    await come(world, ONE, **claiming(200_000))
    await world.tell(ONE, ComplaintAmendedV1(facts={"amount_claimed": 100}, personal_version=1))
    assert (await measures(world, ONE))["claimed"] == 100
    assert (await come(world, TWO, **claiming(150_000)))["claimed"] == 15_000_100
    (row,) = await world.rows("select amount from members where case_id = :case and scope like '%claimed%'", case=ONE)
    assert row.amount == 100


@pytest.mark.parametrize("gone", [ComplaintWithdrawnV1(), ComplaintErasedV1()])
async def test_whoever_is_gone_adds_nothing_any_more(world: RoutingWorld, gone: Any) -> None:
    await come(world, ONE, **claiming(200_000), reporter_hash="a")
    await world.tell(ONE, gone)
    assert await world.rows("select 1 from members where case_id = :case", case=ONE) == []
    found = await come(world, TWO, **claiming(150_000), reporter_hash="a")
    assert (found["claimed"], found["of_customer"]) == (15_000_000, 1)


async def test_an_employee_is_counted_for_a_calendar_month_in_every_project_of_the_pack(world: RoutingWorld) -> None:
    about: list[dict[str, Any]] = [{"facts": {"accused": accused}} for accused in ("zhang.san", "li.si")]
    assert (await come(world, ONE, **about[0]))["monthly"] == 1
    assert (await come(world, TWO, **about[1], building="P01-3"))["monthly"] == 1
    # Received in the last hour of November, and in the first of December: by the local date.
    assert (await come(world, THREE, **about[0], days=10.6, building="P01-3"))["monthly"] == 2
    assert (await come(world, FOUR, **about[0], days=10.63, building=None))["monthly"] == 1
    assert (await come(world, FIVE, **about[0], project="P02", building=None))["monthly"] == 3
    assert await grades(world, ONE, TWO, THREE, FOUR, FIVE) == ["4", "4", "4", "4", "1"]


async def test_the_third_complaint_of_a_customer_in_a_year_raises_the_other_two(world: RoutingWorld) -> None:
    same: dict[str, Any] = {"reporter_hash": "a"}
    await come(world, ONE, **same)
    await come(world, TWO, days=20, **same, building=None)
    assert (await come(world, FOUR, days=42, **same))["of_customer"] == 1  # in January
    assert "of_customer" not in await come(world, FIVE, anonymous=True, reporter_hash=None)
    assert (await come(world, THREE, days=5, **same))["of_customer"] == 3
    assert await grades(world, ONE, TWO, THREE, FOUR, FIVE) == ["2", "2", "2", "4", "4"]


async def test_a_set_counts_once_for_each_of_its_values(world: RoutingWorld) -> None:
    sign = {"facts": {"events": ["possible_media"]}}
    assert "of_sign" not in await come(world, ONE)
    assert (await come(world, TWO, **sign))["of_sign"] == 1
    both = await come(world, THREE, facts={"events": ["possible_media", "possible_lawsuit"]})
    assert both["of_sign"] == 2
    scopes = await world.rows("select scope from members where case_id = :c and scope like '%of_sign%'", c=THREE)
    assert len(scopes) == 2


async def test_a_share_is_fresh_whenever_its_case_is_decided_again(world: RoutingWorld) -> None:
    """The first case alone was the whole of the share; a count that crosses later must not raise it by that."""
    await come(world, ONE)
    await world.tell(ONE, CustomerRespondedV1(kind="dissatisfied", personal_version=1))
    assert (await measures(world, ONE))["unhappy"] == 100
    for number, case in enumerate((TWO, THREE)):
        await come(world, case, days=number + 1, building=None)
        await world.tell(case, CustomerRespondedV1(kind="accepted", personal_version=1))
    assert (await measures(world, THREE))["unhappy"] == 33
    found = await come(world, FOUR, days=4, building=None)  # nobody knows yet whether it is satisfied
    assert (found["unhappy"], found["of_department"]) == (33, 4)
    assert await grades(world, ONE, TWO, THREE, FOUR) == ["4"] * 4
    await world.tell(TWO, CustomerRespondedV1(kind="dissatisfied", personal_version=1))
    assert (await measures(world, TWO))["unhappy"] == 66
    assert await grades(world, ONE, TWO, THREE, FOUR) == ["2"] * 4


async def test_of_nobody_there_is_no_share(world: RoutingWorld) -> None:
    assert "unhappy" not in await come(world, ONE)
    assert await grades(world, ONE) == ["4"]


async def test_a_sum_is_exact_over_more_cases_than_a_count_looks_at(world: RoutingWorld) -> None:
    await come(world, ONE, **claiming(1))
    (scope,) = await world.rows("select scope from members where case_id = :case and scope like '%claimed%'", case=ONE)
    async with world.core.database.engine.begin() as connection:
        await connection.execute(
            text(
                "insert into routing.members (scope, case_id, at, reporter, amount, counted)"
                " select :scope, gen_random_uuid(), cast(:at as timestamptz) + n * interval '1 second', null, 100, 0"
                " from generate_series(1, 3000) n"
            ),
            {"scope": scope.scope, "at": RECEIVED},
        )
    assert (await come(world, TWO, days=1, **claiming(1)))["claimed"] == 100 * 3002


async def test_a_second_delivery_changes_nothing(world: RoutingWorld) -> None:
    data = registered(pack=PIN, facts={"amount_claimed": 20_000_000, "accused": "zhang.san"})
    records = [world.text(ONE, "…"), world.happening(ONE, data)]
    await world.service.applier.process(records)
    before = await _told(world)
    await world.service.applier.process(records)
    assert await _told(world) == before


async def test_open_cases_that_come_under_the_version_are_counted_by_it(world: RoutingWorld) -> None:
    for case, reporter in ((ONE, "a"), (TWO, "b")):
        await world.register(case, reporter_hash=reporter, **claiming(160_000))
    assert "claimed" not in await measures(world, ONE)
    async with world.core.database.begin() as unit:
        await change_rules(unit, world.core.book, OPERATOR, PIN.code, PIN.version, dry_run=False)
    assert (await measures(world, TWO))["claimed"] == 32_000_000
    assert await grades(world, ONE, TWO) == ["1", "1"]
    told = [data for name, data in await world.emitted(ONE) if name == "case.assessed"]
    assert (told[-1]["because"], told[-1]["grade"]["value"]) == ("repeated", "1")


async def test_two_members_that_count_at_once_wait_for_each_other_and_miss_nothing(world: RoutingWorld) -> None:
    other = RoutingWorld(Core("routing", world.core.settings, world.clock), world.clock)

    async def register(member: RoutingWorld, numbers: list[int]) -> None:
        records = []
        for number in numbers:
            facts = {"amount_claimed": 100, "accused": f"p{number % 3}"}
            data = registered(pack=PIN, project=f"P0{number % 2 + 1}", building=None, facts=facts)
            records += [
                member.text(UUID(int=number), "…"),
                member.happening(UUID(int=number), data, data.project),
            ]
        await member.service.applier.process(records)

    try:
        for start in range(0, 48, 12):
            halves = (range(start + 1, start + 7), range(start + 12, start + 6, -1))
            await asyncio.gather(
                *(register(each, list(half)) for each, half in zip((world, other), halves, strict=True))
            )
    finally:
        await other.core.database.close()
    files = await world.files([UUID(int=n) for n in range(1, 49)])
    assert len(files) == 48
    # The first few are counted again when their department's count crosses what a row asks; after that each comes once.
    monthly = Counter(file.measures["monthly"] for file in files.values())
    assert [monthly[number] for number in range(7, 18)] == [3] * 10 + [0]
    of_department = Counter(file.measures["of_department"] for file in files.values())
    assert [of_department[number] for number in range(7, 26)] == [2] * 18 + [0]


@pytest.mark.parametrize("seed", range(2))
async def test_a_batch_decides_what_single_deliveries_would_have_decided(
    new_database_url: str, tmp_path: Path, seed: int
) -> None:
    stories = []
    for size in (1, 5, 1000):
        async with routing_world(new_database_url, tmp_path) as world:
            await world.publish(with_measures())
            for batch in _batches(_story(world, seed), size):
                await world.service.applier.process(batch)
            stories.append(await _told(world))
            async with world.core.database.engine.begin() as connection:
                await connection.execute(text(f"alter schema routing rename to routing_{size}"))
    assert stories[0] == stories[1] == stories[2]
    assert any('"because":"repeated"' in payload for _, _, payload, _ in stories[0]["log"])


def _story(world: RoutingWorld, seed: int) -> list[list[Incoming]]:
    chance = random.Random(seed)  # noqa: S311
    story = []
    for number in range(1, 50):
        case = UUID(int=number)
        facts = {"amount_claimed": chance.randint(1, 90_000) * 100, "accused": chance.choice("abc")}
        data = registered(
            pack=PIN,
            category=chance.choice(["property", "quality"]),
            building=chance.choice(["P01-1", "P01-3", None]),
            reporter_hash=chance.choice("abcdef"),
            received_at=RECEIVED + timedelta(days=chance.uniform(0, 40)),
            facts={name: value for name, value in facts.items() if chance.random() < 0.7},
        )
        step = [world.text(case, chance.choice(["漏水", "电梯", "…"])), world.happening(case, data)]
        if chance.random() < 0.4:
            step.append(world.happening(case, CustomerRespondedV1(kind="dissatisfied", personal_version=1)))
        if chance.random() < 0.3:
            amended = ComplaintAmendedV1(facts={"amount_claimed": chance.randint(1, 9_000_000)}, personal_version=1)
            step.append(world.happening(case, amended))
        if chance.random() < 0.1:
            step.append(world.happening(case, chance.choice([ComplaintWithdrawnV1(), ComplaintErasedV1()])))
        story.append(step)
    return story


def _batches(story: list[list[Incoming]], size: int) -> list[list[Incoming]]:
    return [[record for step in story[at : at + size] for record in step] for at in range(0, len(story), size)]


async def _told(world: RoutingWorld) -> dict[str, Any]:
    files = await world.files([UUID(int=n) for n in range(1, 50)])
    events = await world.rows(
        "select aggregateid, type, convert_from(payload, 'utf8') as payload, sequence from event_log"
        " where aggregatetype = 'complaints.v1' order by aggregateid, sequence"
    )
    members = await world.rows("select scope, case_id, amount, counted from members order by 1, 2")
    return {"files": files, "log": [tuple(row) for row in events], "members": [tuple(row) for row in members]}
