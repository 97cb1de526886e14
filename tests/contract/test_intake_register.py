"""POST complaints, one and many: statuses, problems, answers (contract)."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shared.ids import complaint_id
from tests.storage.intake_world import COMPLAINTS, IntakeWorld, intake
from tests.unit.intake.organisation import APP, DESK, HANDLER, OPERATOR


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[IntakeWorld]:
    async with intake(database_url) as world:
        yield world


FULL: dict[str, Any] = {
    "project": "P01", "source": "app", "source_id": "A-17", "contact_type": "complaint", "channel": "phone",
    "title": "电梯", "narrative": "三栋电梯一周坏了四次", "category": None, "segment": "buyer", "unit": "3-1-502",
    "first_receiver": "wang.li", "received_at": "2026-11-20T08:59:00+08:00", "occurred_at": None,
    "reporter": {"name": "张三", "phone": "+8613800138000", "language": "zh", "anonymous": False},
    "facts": {"people": 12, "amount_claimed": 20000000, "events": ["possible_media"], "demand": ["compensation"]},
}  # fmt: skip


async def test_a_complaint_is_created_then_existing_then_in_conflict(world: IntakeWorld) -> None:
    created = await world.post(**FULL)
    assert created.status_code == 201
    assert created.json() == {
        "id": str(complaint_id("app", "A-17")),
        "number": "P01-2026-0001",
        "result": "created",
        "registered_at": "2026-11-20T01:00:00Z",
        "at": "intake=1",
    }
    world.clock.move(hours=1)
    existing = await world.post(**FULL)
    assert existing.status_code == 200
    assert existing.json() == created.json() | {"result": "existing"}
    conflict = await world.post(**FULL | {"narrative": "别的事"})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "idempotency_conflict")
    assert len(await world.events()) == 1
    for result in ("created", "existing", "conflict"):
        assert world.counted(way="http", result=result) == 1


async def test_the_event_says_what_the_body_said(world: IntakeWorld) -> None:
    await world.post(**FULL)
    ((_, _, data),) = await world.events()
    expected = {
        "number": "P01-2026-0001", "project": "P01", "building": "P01-3", "contact_type": "complaint",
        "channel": "phone", "segment": "buyer", "first_receiver": "wang.li", "category": None,
        "facts": {**FULL["facts"], "segment": "buyer"}, "received_at": "2026-11-20T00:59:00Z", "happened_at": None,
        "anonymous": False, "contactable": True, "language": "zh", "personal_version": 1, "source": "app",
        "mode": "live",
    }  # fmt: skip
    assert expected.items() <= data.items()
    ((occurred_at, cause, actor),) = await world.rows(
        "select occurred_at, cause, actor from event_log where type = 'complaint.registered.v1'"
    )
    assert (occurred_at.isoformat(), cause, actor) == (
        "2026-11-20T00:59:00+00:00", str(complaint_id("app", "A-17")), "app"
    )  # fmt: skip


async def test_an_idempotency_key_is_an_identity(world: IntakeWorld) -> None:
    first = await world.post(DESK, key="k-1")
    again = await world.post(DESK, key="k-1")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"] == str(complaint_id("desk", "k-1"))


@pytest.mark.parametrize(
    ("body", "status", "code", "pointers"),
    [
        ({"source_id": None}, 422, "invalid_field", ["/source_id"]),
        ({"narrative": "x" * 20_001}, 422, "invalid_field", ["/narrative"]),
        ({"narrative": "x" * 1_000_000}, 413, "too_large", []),
        ({"narrative": "a\x07b"}, 422, "invalid_field", ["/narrative"]),
        ({"project": "P77"}, 422, "invalid_field", ["/project"]),
        ({"received_at": "1999-01-01T00:00:00Z"}, 422, "invalid_field", ["/received_at"]),
        ({"received_at": "2026-11-20T01:05:01Z"}, 422, "invalid_field", ["/received_at"]),
        ({"received_at": "2026-11-20T09:00:00"}, 422, "invalid_field", ["/received_at"]),
        ({"facts": {"people": "many"}}, 422, "invalid_field", ["/facts/people"]),
        ({"facts": {"peple": 3}}, 422, "invalid_field", ["/facts/peple"]),
        ({"chanel": "phone"}, 422, "invalid_field", ["/chanel"]),
        ({"project": "P02"}, 403, "out_of_scope", []),
        ({"source": "callcentre"}, 403, "out_of_scope", []),
        ({"mode": "history", "received_at": "2020-01-01T00:00:00Z"}, 403, "out_of_scope", []),
    ],
)
async def test_a_refusal_is_a_problem_that_says_where(
    world: IntakeWorld, body: dict[str, Any], status: int, code: str, pointers: list[str]
) -> None:
    for language in ("zh", "en"):
        given = {"project": "P01", "narrative": "x", "source_id": "A-1", **body}
        response = await world.request("POST", COMPLAINTS, language=language, json=given)
        problem = response.json()
        assert (response.status_code, problem["code"]) == (status, code), problem
        assert [error["pointer"] for error in problem.get("errors", [])] == pointers
        for error in problem.get("errors", []):
            assert error["message"]
            assert error["remedy"]
    assert await world.events() == []


async def test_nobody_and_those_who_may_not_are_turned_away(world: IntakeWorld) -> None:
    anybody = await world.client.post(COMPLAINTS, json={"project": "P01", "narrative": "x", "source_id": "1"})
    assert anybody.status_code == 401
    assert (await world.post(HANDLER)).status_code == 403
    assert (await world.post(OPERATOR)).status_code == 403


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
async def test_another_content_type_is_not_taken(world: IntakeWorld, content_type: str | None) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = await world.request("POST", COMPLAINTS, content=b'{"project":"P01"}', headers=headers)
    assert response.status_code == 415


async def test_a_history_keeps_the_times_of_the_past(world: IntakeWorld) -> None:
    body = {"project": "P01", "narrative": "旧事", "source_id": "1", "received_at": "2019-01-01T02:20:10+08:00"}
    response = await world.request("POST", f"{COMPLAINTS}?mode=history", OPERATOR, json=body)
    assert (response.status_code, response.json()["number"]) == (201, "P01-2019-0001")
    ((_, _, data),) = await world.events()
    assert (data["mode"], data["received_at"]) == ("history", "2018-12-31T18:20:10Z")


async def test_many_at_once_are_each_answered_with_their_own(world: IntakeWorld) -> None:
    responses = await asyncio.gather(*(world.post(source_id=f"A-{n}") for n in range(60)))
    assert {r.status_code for r in responses} == {201}
    assert [r.json()["id"] for r in responses] == [str(complaint_id("app", f"A-{n}")) for n in range(60)]
    assert len({r.json()["number"] for r in responses}) == 60


async def test_every_request_keeps_its_own_trace(world: IntakeWorld) -> None:
    def header(n: int) -> dict[str, str]:
        return {"traceparent": f"00-{n:032x}-00000000000000aa-01"}

    await asyncio.gather(
        *(
            world.request(
                "POST", COMPLAINTS, json={"project": "P01", "narrative": "x", "source_id": f"{n}"}, headers=header(n)
            )
            for n in range(1, 9)
        )
    )
    rows = await world.rows("select aggregateid, traceparent from event_log where aggregatetype = 'complaints.v1'")
    found = {row.aggregateid: row.traceparent[3:35] for row in rows}
    assert found == {str(complaint_id("app", f"{n}")): f"{n:032x}" for n in range(1, 9)}


# -- batch -------------------------------------------------------------------------------------------------------------


def line(source_id: str, **more: Any) -> dict[str, Any]:
    return {"project": "P01", "narrative": "电梯坏了", "source_id": source_id, **more}


async def test_every_line_gets_its_own_answer_in_order(world: IntakeWorld) -> None:
    await world.post(**line("A-2"))
    answers = await world.batch(
        line("A-1"), line("A-2"), line("A-1", narrative="别的"), b"{", line("A-3", channel="x"), b"", line("A-4"),
        line("A-5", project="P02"),
    )  # fmt: skip
    assert [(a["line"], a["result"], a["number"]) for a in answers] == [
        (1, "created", "P01-2026-0002"),
        (2, "existing", "P01-2026-0001"),
        (3, "conflict", "P01-2026-0002"),
        (4, "invalid", None),
        (5, "invalid", None),
        (7, "created", "P01-2026-0003"),
        (8, "invalid", None),
    ]
    assert [a["problem"] and a["problem"]["status"] for a in answers] == [None, None, 409, 400, 422, None, 403]
    assert answers[4]["problem"]["errors"][0]["pointer"] == "/channel"
    assert answers[0]["id"] == str(complaint_id("app", "A-1"))
    assert len(await world.events()) == 3


async def test_a_batch_longer_than_a_chunk_is_entered_whole(world: IntakeWorld) -> None:
    answers = await world.batch(*(line(f"A-{n}") for n in range(1201)))
    assert [a["number"] for a in answers] == [f"P01-2026-{n:04}" for n in range(1, 1202)]
    ((transactions,),) = await world.rows("select count(distinct cast(xmin as text)) from complaints")
    assert transactions == 3


async def test_sent_again_a_batch_finds_everything(world: IntakeWorld) -> None:
    lines = [line(f"A-{n}") for n in range(10)]
    first = await world.batch(*lines)
    again = await world.batch(*lines)
    assert {a["result"] for a in again} == {"existing"}
    assert [a["id"] for a in again] == [a["id"] for a in first]


async def test_a_line_that_is_too_large_harms_no_other(world: IntakeWorld) -> None:
    answers = await world.batch(line("A-1", narrative="x" * 300_000), line("A-2"))
    assert [a["result"] for a in answers] == ["invalid", "created"]
    assert answers[0]["problem"]["code"] == "too_large"


@pytest.mark.parametrize(
    "content_type", ["application/x-ndjson", "application/json", "application/x-ndjson; charset=utf-8"]
)
async def test_lines_may_come_under_either_name(world: IntakeWorld, content_type: str) -> None:
    content = b"\r\n".join(json.dumps(line(f"A-{n}")).encode() for n in range(2))
    response = await world.request(
        "POST", f"{COMPLAINTS}:batch", content=content, headers={"Content-Type": content_type}
    )
    assert (response.status_code, len(response.text.splitlines())) == (200, 2)
    assert response.headers["content-type"].startswith("application/x-ndjson")


async def test_too_many_lines_are_refused_whole(world: IntakeWorld) -> None:
    content = b'{"a":1}\n' * 10_001
    response = await world.request(
        "POST", f"{COMPLAINTS}:batch", content=content, headers={"Content-Type": "application/x-ndjson"}
    )
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "too_many_lines")


async def test_an_empty_batch_has_no_answers(world: IntakeWorld) -> None:
    assert await world.batch() == []


async def test_a_history_comes_in_by_lines_too(world: IntakeWorld) -> None:
    old = "2019-01-01T02:20:10+08:00"
    answers = await world.batch(line("1", received_at=old), line("2"), principal=OPERATOR, mode="history")
    assert [a["result"] for a in answers] == ["created", "invalid"]
    assert answers[1]["problem"]["errors"][0]["pointer"] == "/received_at"


# -- what a project's complaints may say -------------------------------------------------------------------------------


async def test_a_feeding_system_learns_what_a_complaint_may_say(world: IntakeWorld) -> None:
    response = await world.request("GET", "/intake/v1/projects/P01")
    assert response.status_code == 200
    project = response.json()
    assert (project["zone"], project["pack"]) == ("Asia/Shanghai", {"code": "developer-property", "version": 2})
    assert "phone" in project["channels"]
    assert "people" in project["facts"]
    assert "risk" not in project["facts"]


@pytest.mark.parametrize(("path", "status"), [("P02", 403), ("P77", 404), ("R1", 404)])
async def test_of_other_projects_it_learns_nothing(world: IntakeWorld, path: str, status: int) -> None:
    assert (await world.request("GET", f"/intake/v1/projects/{path}", APP)).status_code == status


async def test_the_description_names_every_route_and_its_body(world: IntakeWorld) -> None:
    document = (await world.client.get("/intake/openapi.json")).json()
    posted = document["paths"]["/intake/v1/complaints"]["post"]
    schema = posted["requestBody"]["content"]["application/json"]["schema"]
    assert {"project", "narrative"} == set(schema["required"])
    assert schema["properties"]["reporter"]["properties"]["language"]["enum"] == ["zh", "en"]
    assert "$defs" not in json.dumps(document)
    assert set(posted["responses"]) == {"200", "201", "400", "401", "403", "409", "413", "415", "422", "503"}
    ours = {path.removeprefix("/intake/v1") for path in document["paths"] if "/ops/" not in path}
    assert {
        "/complaints", "/complaints:batch", "/complaints/{id}", "/complaints/{id}/responses",
        "/complaints/{id}/amendments", "/complaints/{id}/withdraw", "/complaints/{id}/erase", "/complaints/{id}/text",
        "/projects/{project}",
    } <= ours  # fmt: skip
