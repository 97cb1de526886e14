"""What is said of a complaint after it was registered: responses and amendments (contract)."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.storage.intake_world import IntakeWorld, intake
from tests.unit.intake.organisation import DESK


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[IntakeWorld]:
    async with intake(database_url) as world:
        yield world


# -- responses ---------------------------------------------------------------------------------------------------------


async def test_the_customers_words_are_kept_with_the_complaint_and_the_event_has_none(world: IntakeWorld) -> None:
    case = await world.registered(narrative="电梯坏了")
    world.clock.move(minutes=5)
    response = await world.command(case, "responses", kind="survey", text="修得不错", stars=4, really_fixed=True)
    assert response.status_code == 201
    assert response.json() == {
        "id": str(case), "number": "P01-2026-0001", "result": "recorded", "at": "intake=2"
    }  # fmt: skip
    _, (sequence, type_, data) = await world.events(case)
    assert (sequence, type_) == (2, "customer.responded.v1")
    assert data == {"kind": "survey", "stars": 4, "really_fixed": True, "has_text": True, "personal_version": 2}
    record = await world.personal(case)
    assert record["narrative"] == "电梯坏了"
    assert record["said"] == [{"at": "2026-11-20T01:05:00Z", "kind": "survey", "text": "修得不错"}]
    assert await world.audited("complaint.respond") == [("app", str(case))]


async def test_a_response_without_words_leaves_the_record_as_it_is(world: IntakeWorld) -> None:
    case = await world.registered()
    await world.command(case, "responses", kind="accepted")
    _, (_, _, data) = await world.events(case)
    assert (data["has_text"], data["personal_version"]) == (False, 1)
    assert (await world.personal(case))["said"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "applause"}, "/kind"),
        ({}, "/kind"),
        ({"kind": "information"}, "/text"),
        ({"kind": "survey"}, ""),
        ({"kind": "survey", "stars": 6}, "/stars"),
        ({"kind": "survey", "stars": 4.5}, "/stars"),
        ({"kind": "survey", "really_fixed": "yes"}, "/really_fixed"),
        ({"kind": "rejected", "text": "x" * 5001}, "/text"),
        ({"kind": "rejected", "text": " "}, "/text"),
        ({"kind": "rejected", "words": "x"}, "/words"),
    ],
)
async def test_a_response_that_says_nothing_readable_is_refused(
    world: IntakeWorld, body: dict[str, Any], pointer: str
) -> None:
    case = await world.registered()
    response = await world.command(case, "responses", **body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert len(await world.events(case)) == 1


async def test_the_same_key_does_it_once(world: IntakeWorld) -> None:
    case = await world.registered()
    first = await world.command(case, "responses", key="k", kind="rejected", text="不接受")
    again = await world.command(case, "responses", key="k", kind="rejected", text="不接受")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json() | {"result": "unchanged"}
    assert len((await world.personal(case))["said"]) == 1
    other = await world.command(case, "responses", key="k", kind="accepted")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    elsewhere = await world.command(await world.registered(), "responses", key="k", kind="rejected", text="不接受")
    assert elsewhere.status_code == 409
    theirs = await world.command(case, "responses", DESK, key="k", kind="rejected", text="不接受")
    assert theirs.status_code == 201


async def test_without_a_key_the_same_words_again_are_said_again(world: IntakeWorld) -> None:
    case = await world.registered()
    for _ in range(2):
        assert (await world.command(case, "responses", kind="information", text="又坏了")).status_code == 201
    assert [sequence for sequence, _, _ in await world.events(case)] == [1, 2, 3]


async def test_a_record_takes_no_more_than_the_broker_does(world: IntakeWorld) -> None:
    case = await world.registered()
    statuses = [
        (await world.command(case, "responses", kind="information", text="漏" * 5000)).status_code for _ in range(60)
    ]
    assert statuses[0] == 201
    assert statuses[-1] == 409
    assert len((await world.personal(case))["said"]) == statuses.count(201)


# -- amendments --------------------------------------------------------------------------------------------------------


async def test_an_amendment_says_which_facts_changed(world: IntakeWorld) -> None:
    case = await world.registered(facts={"people": 3, "demand": ["repair"]})
    response = await world.command(case, "amendments", DESK, facts={"people": 12, "demand": ["repair"]})
    assert (response.status_code, response.json()["at"]) == (201, "intake=2")
    assert (await world.events(case))[1][1:] == (
        "complaint.amended.v1", {"facts": {"people": 12}, "personal_version": 1}
    )  # fmt: skip
    assert (await world.command(case, "amendments", DESK, facts={"people": 12})).json()["result"] == "unchanged"
    await world.command(case, "amendments", DESK, facts={"people": 13})
    assert [data["facts"] for _, _, data in (await world.events(case))[1:]] == [{"people": 12}, {"people": 13}]


async def test_an_amended_narrative_stands_beside_the_former_one(world: IntakeWorld) -> None:
    case = await world.registered(narrative="一楼漏水")
    await world.command(case, "amendments", DESK, narrative="二楼漏水")
    record = await world.personal(case)
    assert record["narrative"] == "二楼漏水"
    assert [(said["kind"], said["text"]) for said in record["said"]] == [("former_narrative", "一楼漏水")]
    assert (await world.events(case))[1][2] == {"facts": {}, "personal_version": 2}


async def test_what_changes_nothing_is_no_event_also_under_a_key(world: IntakeWorld) -> None:
    case = await world.registered(narrative="一楼漏水", facts={"people": 3})
    for _ in range(2):
        response = await world.command(case, "amendments", DESK, key="k", narrative="一楼漏水", facts={"people": 3})
        assert (response.status_code, response.json()["at"]) == (200, "intake=1")
    assert len(await world.events(case)) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"facts": {"people": "x"}}, "/facts/people"),
        ({"facts": {"peple": 1}}, "/facts/peple"),
        ({"narrative": ""}, "/narrative"),
        ({"narrative": "x" * 20_001}, "/narrative"),
        ({"project": "P02"}, "/project"),
    ],
)
async def test_a_bad_amendment_is_refused(world: IntakeWorld, body: dict[str, Any], pointer: str) -> None:
    case = await world.registered()
    response = await world.command(case, "amendments", **body)
    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
