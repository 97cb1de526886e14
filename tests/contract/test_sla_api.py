"""`/sla/v1/cases/{id}/clocks` and `/sla/v1/clocks` over HTTP: what a stranger may rely on."""

from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.events import cases
from tests.contract.sla_house import House, sla_house
from tests.unit.sla.examples import cn

RECEIVED = "2026-02-12 10:00"
CLOCK = {
    "id", "name", "round", "state", "started_at", "due_at", "provisional", "limit", "warn_at", "breached_at", "met_at",
    "level", "rule", "calendar", "segments",
}  # fmt: skip
CASE = UUID(int=7)


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with sla_house(database_url, tmp_path, RECEIVED) as running:
        yield running


async def clocks(house: House, case: UUID = CASE, **query: Any) -> dict[str, Any]:
    answer = await house.get(house.head, f"/sla/v1/cases/{case}/clocks", **query)
    assert answer.status_code == 200, answer.text
    return {clock["name"]: clock for clock in answer.json()["clocks"]}


async def test_every_clock_has_what_the_contract_names(house: House) -> None:
    await house.sla.open_case(RECEIVED, case=CASE)
    found = await clocks(house, explain="en")
    assert found.keys() == {"reply", "close", "tracking"}  # ages are nobody's limit
    reply = found["reply"]
    assert reply.keys() >= CLOCK
    assert (reply["state"], reply["limit"], reply["rule"], reply["round"]) == ("running", "5wd", "R-001-18/r18", 1)
    assert (reply["started_at"], reply["due_at"]) == ("2026-02-12T02:00:00Z", "2026-02-26T10:00:00Z")
    assert reply["calendar"] == {"code": "cn-office", "version": 1}
    assert (reply["provisional"], reply["breached_at"], reply["met_at"], reply["level"]) == (False, None, None, 0)


async def test_why_is_it_due_then_is_answered_segment_by_segment_in_words(house: House) -> None:
    await house.sla.open_case(RECEIVED, case=CASE)
    segments = (await clocks(house, explain="en"))["reply"]["segments"]
    assert segments[0]["from"] == "2026-02-12T02:00:00Z"
    assert segments[-1]["to"] == "2026-02-26T10:00:00Z"
    assert all(one["to"] == two["from"] for one, two in pairwise(segments))
    assert sum(segment["counted_days"] for segment in segments) == 5
    assert {segment["kind"] for segment in segments} == {"running", "off_hours", "holiday"}
    festival = [segment for segment in segments if segment["kind"] == "holiday"]
    assert {segment["counted_s"] for segment in festival} == {0}
    assert any("Spring Festival" in segment["why"] for segment in festival)
    chinese = (await clocks(house, explain="zh"))["reply"]["segments"]
    assert any("春节" in segment["why"] for segment in chinese)


async def test_a_clock_tells_its_history(house: House) -> None:
    await house.sla.open_case(RECEIVED, case=CASE)
    await house.sla.tell(CASE, cases.CaseFactSetV1(facts={"needs_coordination": True}), at="2026-02-13 09:00")
    history = (await clocks(house))["reply"]["history"]
    assert [(line["what"], line["limit"], line["because"]) for line in history] == [
        ("started", "5wd", None),
        ("adjusted", "10wd", "facts"),
    ]


async def test_a_read_waits_for_a_write_and_says_when_it_is_on_its_way(house: House) -> None:
    case = uuid4()
    answer = await house.get(house.head, f"/sla/v1/cases/{case}/clocks", after="intake=1")
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "1")
    await house.sla.open_case(RECEIVED, case=case)
    answer = await house.get(house.head, f"/sla/v1/cases/{case}/clocks", after="intake=1,routing=1")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("head", 200), ("neighbour", 403), ("system", 403), ("auditor", 200), ("stranger", 401)]
)
async def test_clocks_are_read_by_staff_of_the_subtree(house: House, who: str, status: int) -> None:
    await house.sla.open_case(RECEIVED, case=CASE)
    answer = await house.get(getattr(house, who), f"/sla/v1/cases/{CASE}/clocks")
    assert answer.status_code == status


async def test_an_unknown_case_is_not_found(house: House) -> None:
    answer = await house.get(house.head, f"/sla/v1/cases/{uuid4()}/clocks")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_board_lists_what_is_due_first(house: House) -> None:
    await house.sla.open_case(RECEIVED, case=CASE)
    other = await house.sla.open_case("2026-02-13 10:00")
    await house.sla.live_to("2026-02-26 18:00")
    page = (await house.get(house.head, "/sla/v1/clocks")).json()
    due = [(item["case"], item["name"], item["state"]) for item in page["items"]]
    assert due[:4] == [
        (str(CASE), "tracking", "breached"),
        (str(other), "tracking", "breached"),
        (str(CASE), "reply", "breached"),
        (str(CASE), "tracking", "running"),
    ]
    assert [item["due_at"] for item in page["items"]] == sorted(item["due_at"] for item in page["items"])
    item = page["items"][2]
    assert (item["label"], item["level"], item["customer"]) == ({"zh": "答复", "en": "reply"}, 1, True)
    assert item["unconfirmed"] is False


async def test_the_board_is_read_page_by_page_and_filtered(house: House) -> None:
    for n in range(1, 6):
        await house.sla.open_case(RECEIVED, case=UUID(int=n))
    seen: list[str] = []
    cursor = None
    while True:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = (await house.get(house.head, "/sla/v1/clocks", **query)).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen)) == 15
    soon = (await house.get(house.head, "/sla/v1/clocks", due_before="2026-02-21T00:00:00+08:00")).json()["items"]
    assert {item["name"] for item in soon} == {"tracking"}
    assert (await house.get(house.head, "/sla/v1/clocks", state="breached")).json()["items"] == []
    assert (await house.get(house.head, "/sla/v1/clocks", project="P01", limit=200)).json()["next_cursor"] is None


async def test_a_breach_nobody_could_be_told_of_is_marked_on_the_board(house: House) -> None:
    await house.sla.open_case(RECEIVED, case=CASE)
    house.sla.clock.move_to(cn("2026-02-26 18:00"))
    await house.sla.watch()  # no progress was ever heard
    house.sla.clock.move_to(cn("2026-02-26 18:01"))
    items = (await house.get(house.head, "/sla/v1/clocks", state="breached")).json()["items"]
    assert {item["name"]: item["unconfirmed"] for item in items} == {"reply": True, "tracking": True}


@pytest.mark.parametrize(
    ("who", "query", "status"),
    [
        ("neighbour", {}, 200),
        ("neighbour", {"project": "P01"}, 403),
        ("system", {}, 403),
        ("stranger", {}, 401),
        ("bootstrap", {"project": "P99"}, 404),
        ("head", {"cursor": "x"}, 422),
        ("head", {"limit": 201}, 422),
        ("head", {"state": "met"}, 422),
        ("head", {"due_before": "2026-02-21T00:00:00"}, 422),
        ("head", {"cursor": "2026-13-41T00:00:00.000000Z~00000000-0000-0000-0000-000000000001"}, 422),
    ],
)
async def test_the_board_is_limited_to_what_one_may_see(
    house: House, who: str, query: dict[str, Any], status: int
) -> None:
    await house.sla.open_case(RECEIVED, case=CASE)
    answer = await house.get(getattr(house, who), "/sla/v1/clocks", **query)
    assert answer.status_code == status, answer.text
    if who == "neighbour" and status == 200:
        assert answer.json()["items"] == []


async def test_figures_count_clocks_and_what_is_still_to_be_done(house: House) -> None:
    await house.sla.open_case(RECEIVED, case=CASE)
    figures = house.sla.service.figures
    assert figures is not None
    assert await figures() == {"clocks": {"open": 3, "warned": 0, "breached": 0}, "waiting": 0}
    house.sla.clock.move_to(cn("2026-02-26 17:30"))
    assert (await figures())["waiting"] == 2  # a breach and a warning that nobody has looked at yet
    await house.sla.live_to("2026-02-26 17:30")
    assert await figures() == {"clocks": {"open": 4, "warned": 1, "breached": 1}, "waiting": 0}
