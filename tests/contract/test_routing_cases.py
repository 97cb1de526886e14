"""Cases over HTTP: the shapes, statuses and headers a stranger may rely on."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from shared.events.complaints import ComplaintErasedV1, CustomerRespondedV1
from shared.policy.loading import default_pack_text
from tests.contract.routing_api import Api, routing_api
from tests.unit.routing.examples import CASE, RECEIVED


@pytest.fixture
async def api(database_url: str, tmp_path: Path) -> AsyncIterator[Api]:
    async with routing_api(database_url, tmp_path) as api:
        yield api


async def test_a_case_has_the_shape_of_the_contract(api: Api) -> None:
    await api.world.register(CASE, category=None, narrative="电梯坏了", facts={"people": 12})
    response = await api("GET", f"/cases/{CASE}")
    assert response.headers["etag"] == '"1"'
    case = response.json()
    assert {name: case[name] for name in ("id", "number", "project", "version", "round", "state", "hops")} == {
        "id": str(CASE), "number": "P01-2026-0001", "project": "P01", "version": 1, "round": 1, "state": "assigned",
        "hops": 1,
    }  # fmt: skip
    assert case["validity"] == {
        "value": "effective",
        "provisional": True,
        "rule": "R-001-18/r02",
        "reason": case["validity"]["reason"],
    }
    assert set(case["validity"]["reason"]) == {"zh", "en"}
    assert case["category"] == {"code": "property", "provisional": True, "matched": ["电梯"]}
    assert (case["grade"]["value"], case["grade"]["rule"]) == ("2", "R-001-18/r15")
    assert [possible["value"] for possible in case["grade"]["may_be"]] == ["1"]
    assert "amount_claimed" in case["grade"]["may_be"][0]["missing"]
    assert (case["department"], case["person"]) == ("property", "chen.wei")
    assert case["pack"] == {"code": "developer-property", "version": 1}
    assert [move["move"] for move in case["allowed"]][:3] == ["assess", "assign", "accept"]
    closing = next(move for move in case["allowed"] if move["move"] == "close")
    assert closing["needs"] == ["position_told", "evidence"]
    assert closing["grounds"][0]["ground"] == "accepted"
    assert [entry["text"] for entry in case["timeline"]] == [
        "Registered",
        "Admitted",
        "Assessed: effective, category property management, grade 2",
        "Assigned to property company, 陈伟",
        "Begun: assess the risk, plan, the head appears in person",
        "Told company leader (assessed)",
    ]
    assert [(step["run"], step["state"], step["acts"]) for step in case["steps"]] == [
        ("assess_risk", "open", ["done", "fail"]),
        ("plan", "open", ["done", "fail"]),
        ("appear", "open", ["arrive", "done", "fail"]),
    ]
    chinese = await api.get(f"/cases/{CASE}", language="zh")
    assert chinese["timeline"][2]["text"] == "初步研判：有效投诉，类别“物业管理”，2 级"


async def test_moves_answer_with_the_case_its_version_and_where_to_read_on(api: Api) -> None:
    await api.world.register(CASE)
    accepted = await api.move("accept", by="li.na")
    assert (accepted.status_code, accepted.headers["etag"]) == (200, '"2"')
    assert (accepted.json()["state"], accepted.json()["person"]) == ("accepted", "li.na")
    assert accepted.json()["at"] == "routing=5"
    body = {"text": "on Monday", "channel": "phone"}
    replied = await api.move("reply", body, by="li.na", headers={"If-Match": '"2"'})
    assert replied.json()["timeline"][-1]["words"] == [{"part": None, "text": "on Monday"}]
    seen_by_operator = await api.get(f"/cases/{CASE}", by="zhao.min")
    assert seen_by_operator["timeline"][-1]["words"] == []
    assert seen_by_operator["allowed"] == []
    assert [move["move"] for move in (await api.get(f"/cases/{CASE}", by="li.na"))["allowed"]] == [
        "progress", "reply", "resolve", "agree", "extend",
    ]  # fmt: skip


async def test_refusals_are_problems_that_say_what_to_do(api: Api) -> None:
    await api.world.register(CASE)
    refused = await api.move("reopen", {"reason": "…"})
    problem = refused.json()
    assert (refused.status_code, problem["code"], problem["state"]) == (409, "move_not_allowed", "assigned")
    assert "accept" in problem["allowed"]
    assert "What can be done now" in problem["detail"]
    stale = await api.move("accept", headers={"If-Match": "7"})
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (409, "version_conflict", 1)
    for body, pointer, code in (
        ({}, "/text", "missing"),
        ({"text": "…", "colour": 1}, "/colour", "unknown"),
        ({"text": "x" * 5001}, "/text", "too_long"),
        ({"text": 5}, "/text", "not_text"),
    ):
        wrong = await api.move("progress", body)
        assert wrong.status_code == 422
        assert [(e["pointer"], e["code"]) for e in wrong.json()["errors"]] == [(pointer, code)]
    for status, response in (
        (404, await api("POST", f"/cases/{UUID(int=9)}/accept")),
        (404, await api.move("promote")),
        (403, await api.move("accept", by="qian.jun")),
        (403, await api.move("assess", {"validity": "effective"}, by="li.na")),
        (401, await api.move("accept", by=None)),
        (403, await api("GET", f"/cases/{CASE}", by="sun.yue")),
        (403, await api("GET", f"/cases/{CASE}", by="app")),
        (404, await api("GET", f"/cases/{UUID(int=9)}")),
    ):
        assert response.status_code == status, response.text


async def test_a_move_sent_twice_is_made_once(api: Api) -> None:
    await api.world.register(CASE)
    key = {"Idempotency-Key": "a-1"}
    first = await api.move("progress", {"text": "one"}, headers=key)
    again = await api.move("progress", {"text": "one"}, headers=key)
    assert again.json() == first.json()
    other = await api.move("progress", {"text": "two"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")


async def test_a_page_holds_what_was_received_last_and_leads_to_the_next(api: Api) -> None:
    cases = [UUID(int=n) for n in range(1, 8)]
    for n, case in enumerate(cases):
        known = {"project": "P09"} if n == 6 else {"facts": {"people": 12}} if n % 2 else {}
        await api.world.register(case, received_at=RECEIVED.replace(minute=n // 2), building=None, **known)
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = await api.get(f"/cases?limit=2{f'&cursor={cursor}' if cursor else ''}")
        assert len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [str(case) for case in reversed(cases[:6])]
    assert [item["id"] for item in (await api.get("/cases?project=P01&grade=2"))["items"]] == [
        str(cases[n]) for n in (5, 3, 1)
    ]
    mine = (await api.get("/cases?person=me", by="li.na"))["items"]
    assert {item["person"] for item in mine} == {"li.na"}
    assert (await api.get("/cases?state=closed"))["items"] == []
    assert len((await api.get("/cases", by="qian.jun"))["items"]) == 7
    item = mine[0]
    assert "timeline" not in item
    assert (item["grade"]["value"], item["category"]["code"]) == ("2", "property")
    for query in ("project=P09", "project=zz"):
        assert (await api("GET", f"/cases?{query}")).status_code == 403, query
    for query in ("state=sleepy", "cursor=zz", "limit=201", "limit=0"):
        assert (await api("GET", f"/cases?{query}")).status_code == 422, query
    assert (await api("GET", "/cases", by="app")).status_code == 403


async def test_a_case_not_here_yet_is_on_its_way_and_not_missing(api: Api) -> None:
    waiting = await api("GET", f"/cases/{CASE}?after=intake=1")
    assert (waiting.status_code, waiting.headers["retry-after"]) == (202, "1")
    await api.world.register(CASE)
    assert (await api("GET", f"/cases/{CASE}?after=intake=1,routing=3")).status_code == 200
    assert (await api("GET", f"/cases/{CASE}?after=intake=2")).status_code == 202
    assert (await api("GET", f"/cases/{CASE}?after=kitchen=2")).status_code == 422


async def test_whoever_a_complaint_is_about_is_recused(api: Api) -> None:

    accused = "  accused: {text: true, ask: intake, rule: R-001-18/r05}"
    text = default_pack_text().replace("version: 1\n", "version: 2\n")
    await api.world.publish(text.replace("\nfacts:\n", f"\nfacts:\n{accused}\n"))
    pin = {"code": "developer-property", "version": 2, "digest": "0"}
    await api.world.register(CASE, pack=pin, facts={"accused": "li.na"})
    assert (await api("GET", f"/cases/{CASE}", by="li.na")).status_code == 403
    assert (await api.move("accept", by="li.na")).status_code == 403
    assert (await api.get("/cases", by="li.na"))["items"] == []
    assert (await api("GET", f"/cases/{CASE}", by="wu.fang")).status_code == 200


async def test_the_timeline_speaks_of_everything_that_happened(api: Api) -> None:
    await api.world.register(CASE)
    await api.world.tell(CASE, CustomerRespondedV1(kind="rejected", personal_version=1))
    await api.move("resolve", {"result": "…"})
    await api.move("follow-up", {"reached": False})
    await api.move("follow-up", {"reached": True, "satisfied": True})
    await api.move("assess", {"facts": {"people": 12}})
    await api.move("close", {"ground": "accepted"})
    await api.world.tell(CASE, ComplaintErasedV1())
    case = await api.get(f"/cases/{CASE}")
    assert [entry["text"] for entry in case["timeline"]][4:] == [
        "Begun: assess the risk, plan",
        "The customer did not accept",
        "Resolved",
        "Begun: follow-up",
        "Followed up: the customer was not reached",
        "Followed up: the customer is satisfied",
        "Facts set: people",
        "Decided by a person: effective, category property management, grade 2",
        "Begun: the head appears in person",
        "Told company leader (assessed)",
        "Closed: accepted by the customer",
        "Begun: defect feedback",
        "Personal data erased",
    ]
    assert case["erased"] is True
