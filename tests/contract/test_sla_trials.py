"""`POST /sla/v1/calendars:try`: what a draft would do, page by page, and that it does none of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from shared.calendars.packaged import packaged_calendar
from shared.calendars.writing import write_calendar
from shared.events import cases
from tests.contract.sla_house import House, Who, sla_house
from tests.unit.sla.examples import cn
from tests.unit.sla.lives import pack_text

RECEIVED = "2026-03-09 10:00"  # a Monday
DUE = "2026-03-16T10:00:00Z"  # 18:00 in China


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with sla_house(database_url, tmp_path, RECEIVED) as running:
        yield running


def draft(*, holidays: tuple[str, ...] = (), worked: tuple[str, ...] = ()) -> str:
    """The next version of the office calendar with these days changed."""
    known = packaged_calendar("cn-office")
    assert known is not None
    values = known.model_dump(mode="json")
    values["holidays"] |= {key: {"zh": "节", "en": "Feast"} for key in holidays}
    values["working_days"] |= {key: {"zh": "补班", "en": "Make-up day", "hours": None} for key in worked}
    return write_calendar(type(known).model_validate({**values, "version": 2}))


async def attempt(house: House, who: Who, text: str, **query: Any) -> httpx.Response:
    headers = {**who, "Content-Type": "application/yaml"}
    return await house.client.post("/sla/v1/calendars:try", content=text, headers=headers, params=query)


async def test_a_holiday_relieves_a_breached_case_and_nothing_is_changed(house: House) -> None:
    case = await house.sla.open_case(RECEIVED)
    await house.sla.live_to("2026-03-17 09:00")
    before = await house.sla.rows("select * from clocks order by id")
    events = await house.sla.rows("select id from event_log order by id")
    answer = await attempt(house, house.operator, draft(holidays=("2026-03-12",)))
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["calendar"], found["open_cases"], found["looked_at"]) == ("cn-office@2", 1, 1)
    assert [(row["project"], row["relieved"], row["newly_breached"]) for row in found["by_project"]] == [("P01", 1, 0)]
    reply = next(each for each in found["items"] if each["name"] == "reply")
    assert (reply["case"], reply["effect"]) == (str(case), "relieved")
    assert (reply["old_due_at"], reply["new_due_at"]) == (DUE, "2026-03-17T10:00:00Z")
    assert reply["label"]["zh"] != reply["label"]["en"]
    assert await house.sla.rows("select * from clocks order by id") == before
    assert await house.sla.rows("select id from event_log order by id") == events


async def test_a_working_day_more_breaches_what_was_in_time(house: House) -> None:
    await house.sla.open_case("2026-03-12 10:00")
    house.sla.clock.move_to(cn("2026-03-18 19:00"))
    found = (await attempt(house, house.operator, draft(worked=("2026-03-14",)))).json()
    assert found["by_project"][0]["newly_breached"] == 1
    newly = {each["name"]: each["effect"] for each in found["items"]}
    assert newly["reply"] == "newly_breached"


async def test_pages_together_look_at_every_open_case_once(house: House) -> None:
    for number in range(1, 8):
        await house.sla.open_case(RECEIVED, case=UUID(int=number))
    text, cursor, cases, counted = draft(holidays=("2026-03-12",)), None, [], 0
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        found = (await attempt(house, house.operator, text, **query)).json()
        cases += [each["case"] for each in found["items"] if each["name"] == "reply"]
        counted += found["looked_at"]
        if (cursor := found["next_cursor"]) is None:
            break
    assert sorted(cases) == [str(UUID(int=number)) for number in range(1, 8)]
    assert counted == 7


async def test_follow_ups_of_closed_cases_are_looked_at_after_the_open_ones(database_url: str, tmp_path: Path) -> None:
    after = "after: {from: closed, until: follow_up.done, within: 3wd, assume: x}"
    async with sla_house(database_url, tmp_path, RECEIVED, pack_text(after)) as house:
        for number in range(1, 6):
            await house.sla.open_case(RECEIVED, case=UUID(int=number))
        for number in (1, 4):
            await house.sla.tell(UUID(int=number), cases.CaseClosedV1(ground="accepted"))
        await house.sla.tell(UUID(int=4), cases.CaseFollowedUpV1(reached=True, satisfied=None, texts_version=1))
        for limit, sizes in ((2, [2, 2, 0]), (3, [3, 1]), (9, [4])):
            pages = await every_page(house, draft(holidays=("2026-03-11",)), limit)
            assert [page["looked_at"] for page in pages] == sizes
            assert {page["open_cases"] for page in pages} == {3}
            moved = {(each["case"], each["name"]): each["effect"] for page in pages for each in page["items"]}
            assert moved[str(UUID(int=1)), "after"] == "later"
            assert {case for case, name in moved if name == "reply"} == {str(UUID(int=n)) for n in (2, 3, 5)}
            assert sum(row["later"] for page in pages for row in page["by_project"]) == 4


async def every_page(house: House, text: str, limit: int) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = []
    cursor: str | None = None
    while not pages or cursor:
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        pages.append((await attempt(house, house.operator, text, **query)).json())
        cursor = pages[-1]["next_cursor"]
    return pages


async def test_a_change_elsewhere_in_the_year_moves_nothing(house: House) -> None:
    await house.sla.open_case(RECEIVED)
    found = (await attempt(house, house.operator, draft(holidays=("2026-11-18",)))).json()
    assert (found["by_project"], found["items"], found["looked_at"]) == ([], [], 1)


@pytest.mark.parametrize(("who", "status"), [("head", 403), ("auditor", 403), ("system", 403), ("stranger", 401)])
async def test_only_who_may_publish_may_try(house: House, who: str, status: int) -> None:
    assert (await attempt(house, getattr(house, who), draft())).status_code == status


@pytest.mark.parametrize(
    ("text", "query", "code"),
    [
        ("code: cn-office\nversion: 2\n", {}, "calendar_invalid"),
        (draft(), {"cursor": "here"}, "invalid_field"),
        (draft(), {"limit": 5000}, "invalid_field"),
    ],
)
async def test_what_cannot_be_tried_is_refused_with_its_place(
    house: House, text: str, query: dict[str, Any], code: str
) -> None:
    answer = await attempt(house, house.operator, text, **query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["errors"]
