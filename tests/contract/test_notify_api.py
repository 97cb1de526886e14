"""`/notify/v1/notices` over HTTP: what a stranger may rely on."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from shared.access.keys import digest_of, new_token
from shared.events.cases import CaseAssignedV1
from shared.events.records import KeyV1
from shared.runtime import Runner
from tests.scenarios.memory_log import MemoryLog
from tests.storage.notify_world import NotifyWorld, notify_world
from tests.unit.notify.examples import NOW, raised, registered, started

CASE = UUID(int=7)
ASSIGNED = CaseAssignedV1(department="property", person="li.na")
ITEM = {
    "id", "case", "project", "kind", "to", "channel", "language", "outcome", "reason", "attempts", "cause", "at",
    "next_attempt_at", "settled_at", "acknowledged_by", "acknowledged_at", "name", "ack",
}  # fmt: skip


class Installation:
    """Notify with people who have tokens: person -> roles, node."""

    def __init__(self, notify: NotifyWorld) -> None:
        self.notify = notify
        self.app = Runner(notify.service, writer=MemoryLog()).app
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://huiyin")

    async def enrol(self, person: str, role: str, node: str) -> dict[str, str]:
        """A member of staff; returns the headers they send."""
        token = new_token("system" if role == "system" else "staff")
        who: dict[str, Any] = (
            {"kind": "system", "source": person, "projects": (node,)}
            if role == "system"
            else {"kind": "staff", "person": person, "roles": (role,), "node": node}
        )
        key = KeyV1(id=person, digest=digest_of(token), created_at=NOW, **who)
        await self.notify.service.applier.process([self.notify.record("reference", f"key:{person}", key)])
        return {"Authorization": f"Bearer {token}"}

    async def list(self, who: dict[str, str], **query: Any) -> Any:
        answer = await self.client.get("/notify/v1/notices", params=query, headers=who)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, who: dict[str, str], notice: str, act: str, key: str | None = None) -> httpx.Response:
        headers = {**who, **({"Idempotency-Key": key} if key else {})}
        return await self.client.post(f"/notify/v1/notices/{notice}/{act}", headers=headers)


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[Installation]:
    async with notify_world(database_url, tmp_path) as notify:
        installation = Installation(notify)
        yield installation
        await installation.client.aclose()


async def test_a_notice_is_listed_with_everything_the_contract_names(house: Installation) -> None:
    head = await house.enrol("wu.fang", "customer_service_head", "R1")
    await house.notify.register(CASE, ASSIGNED, started(), raised(1))
    await house.notify.send()
    page = await house.list(head, case=str(CASE), kind="assignment")
    (item,) = page["items"]
    assert set(item) == ITEM
    assert item["to"] == {"role": "owner", "person": "li.na"}
    assert (item["case"], item["kind"], item["channel"], item["language"]) == (str(CASE), "assignment", "file", "zh")
    assert (item["outcome"], item["reason"], item["attempts"]) == ("sent", None, 1)
    assert page["next_cursor"] is None
    # The file says the same of it.
    line = next(line for line in house.notify.lines() if line["id"] == item["id"])
    assert {name: line[name] for name in ("case", "kind", "to", "channel", "language", "cause")} == {
        name: item[name] for name in ("case", "kind", "to", "channel", "language", "cause")
    }


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({}, ["acknowledgement", "assignment", "breach", "breach"]),
        ({"outcome": "suppressed"}, ["acknowledgement"]),
        ({"outcome": "sent"}, ["assignment", "breach", "breach"]),
        ({"kind": "breach"}, ["breach", "breach"]),
        ({"kind": "breach", "outcome": "failed"}, []),
        ({"case": str(CASE), "outcome": "sent"}, ["assignment", "breach", "breach"]),
        ({"case": str(UUID(int=8))}, []),
    ],
)
async def test_filters_narrow_the_list(house: Installation, query: dict[str, str], kinds: list[str]) -> None:
    operator = await house.enrol("zhao.min", "operator", "G")
    await house.notify.register(CASE, ASSIGNED, raised(1), contactable=False)
    await house.notify.send()
    found = (await house.list(operator, **query))["items"]
    assert sorted(item["kind"] for item in found) == kinds


@pytest.mark.parametrize("node", ["G", "R1", "P01"])
async def test_pages_together_hold_every_notice_once_newest_first(house: Installation, node: str) -> None:
    who = await house.enrol("wu.fang", "customer_service_head", node)
    for _ in range(3):
        cases = [uuid4() for _ in range(4)]
        await house.notify.service.applier.process(
            [house.notify.record("personal", str(case), house.notify.complaint()) for case in cases]
        )
        batch = [house.notify.happening(case, data) for case in cases for data in (registered(), ASSIGNED)]
        await house.notify.service.applier.process(batch)
        house.notify.clock.move(seconds=3)
        await house.notify.send()
    seen: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await house.list(who, limit=5, **({"cursor": cursor} if cursor else {}))
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len({item["id"] for item in seen}) == 24
    assert [(item["at"], item["id"]) for item in seen] == sorted(
        ((item["at"], item["id"]) for item in seen), reverse=True
    )


async def test_a_read_waits_for_the_write_it_names(house: Installation) -> None:
    handler = await house.enrol("li.na", "handler", "P01")
    path = f"/notify/v1/notices?case={CASE}&after=intake=1"
    early = await house.client.get(path, headers=handler)
    assert (early.status_code, early.headers["Retry-After"]) == (202, "1")
    await house.notify.register(CASE, ASSIGNED)
    answer = await house.client.get(path, headers=handler)
    assert (answer.status_code, len(answer.json()["items"])) == (200, 2)
    everywhere = await house.client.get("/notify/v1/notices?after=intake=1", headers=handler)
    assert (everywhere.status_code, everywhere.json()["errors"][0]["pointer"]) == (422, "/query/case")


async def test_everyone_sees_their_part_of_the_organisation_only(house: Installation) -> None:
    here, there = uuid4(), uuid4()
    await house.notify.register(here, ASSIGNED)
    await house.notify.register(there, project="P09")
    expected = {"G": 3, "R1": 2, "P01": 2, "P02": 0, "R2": 1, "P09": 1}
    heads = {node: await house.enrol(f"head.{node}", "customer_service_head", node) for node in expected}
    stranger = await house.enrol("stranger", "handler", "P02")
    found = {node: len((await house.list(who))["items"]) for node, who in heads.items()}
    assert found == expected
    assert (await house.list(stranger, case=str(here)))["items"] == []


async def test_who_may_not_read_cases_may_not_read_notices(house: Installation) -> None:
    app = await house.enrol("app", "system", "P01")
    assert (await house.client.get("/notify/v1/notices", headers=app)).status_code == 403
    assert (await house.client.get("/notify/v1/notices")).status_code == 401


@pytest.mark.parametrize(
    "query", [{"limit": 201}, {"limit": 0}, {"kind": "gossip"}, {"outcome": "lost"}, {"case": "7"}, {"cursor": "x"},
              {"cursor": "AAAA"}, {"cursor": "MjAyNi0xMS0yMCB4"}]
)  # fmt: skip
async def test_wrong_queries_are_refused_with_their_place(house: Installation, query: dict[str, Any]) -> None:
    operator = await house.enrol("zhao.min", "operator", "G")
    answer = await house.client.get("/notify/v1/notices", params=query, headers=operator)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == f"/query/{next(iter(query))}"


async def test_an_acknowledgement_is_kept_and_told_once(house: Installation) -> None:
    handler = await house.enrol("li.na", "handler", "P01")
    await house.notify.register(CASE, ASSIGNED, contactable=False)
    await house.notify.send()
    (item,) = (await house.list(handler, kind="assignment"))["items"]
    for _ in range(2):
        house.notify.clock.move(minutes=1)
        answer = await house.post(handler, item["id"], "acknowledge")
        assert answer.status_code == 200
        assert answer.json()["acknowledged_by"] == "li.na"
        assert answer.json()["acknowledged_at"] == "2026-11-20T01:01:00Z"
    told = [data for type_, data in await house.notify.emitted() if type_ == "notice.acknowledged.v1"]
    assert told == [{"notice": item["id"], "kind": "assignment", "role": "owner", "person": "li.na", "channel": "file"}]
    (audited,) = await house.notify.rows("select actor, action, subject from audit")
    assert tuple(audited) == ("li.na", "notice.acknowledge", item["id"])


async def test_only_what_was_sent_to_staff_can_be_acknowledged(house: Installation) -> None:
    handler = await house.enrol("li.na", "handler", "P01")
    await house.notify.register(CASE, ASSIGNED)
    (pending,) = (await house.list(handler, kind="assignment"))["items"]
    answer = await house.post(handler, pending["id"], "acknowledge")
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_not_acknowledgeable")
    house.notify.clock.move(seconds=5)
    await house.notify.send()
    (customers,) = (await house.list(handler, kind="acknowledgement"))["items"]
    assert customers["outcome"] == "sent"
    answer = await house.post(handler, customers["id"], "acknowledge")
    assert (answer.status_code, answer.json()["code"]) == (409, "notice_not_acknowledgeable")


async def test_a_failed_notice_is_tried_once_more_when_an_operator_says_so(house: Installation) -> None:
    operator = await house.enrol("zhao.min", "operator", "G")
    handler = await house.enrol("li.na", "handler", "P01")
    await house.notify.register(CASE, ASSIGNED, contactable=False)
    house.notify.file.mkdir()
    await house.notify.send()
    for minutes in (1, 2, 6, 31):
        house.notify.clock.move(minutes=minutes)
        await house.notify.send()
    (failed,) = (await house.list(operator, outcome="failed"))["items"]
    assert (failed["attempts"], failed["reason"]) == (5, "not_written")
    assert (await house.post(handler, failed["id"], "retry")).status_code == 403

    assert (await house.post(operator, failed["id"], "retry")).json()["outcome"] == "pending"
    assert (await house.notify.service.figures())["notices"]["failed"] == 0
    await house.notify.send()
    assert (await house.list(operator, outcome="failed"))["items"][0]["attempts"] == 6

    house.notify.file.rmdir()
    answer = await house.post(operator, failed["id"], "retry", key="once")
    assert answer.json()["outcome"] == "pending"
    await house.notify.send()
    again = await house.post(operator, failed["id"], "retry", key="once")
    assert (again.status_code, again.json()["outcome"]) == (200, "sent")
    other = await house.post(operator, failed["id"], "retry")
    assert (other.status_code, other.json()["code"]) == (409, "notice_not_failed")
    events = [type_ for type_, data in await house.notify.emitted() if data["notice"] == failed["id"]]
    assert events == ["notice.failed.v1", "notice.failed.v1", "notice.sent.v1"]
    assert (await house.notify.service.figures())["notices"] == {"sent": 1, "failed": 0, "suppressed": 1}


async def test_a_key_used_for_something_else_is_refused(house: Installation) -> None:
    head = await house.enrol("wu.fang", "customer_service_head", "R1")
    await house.notify.register(CASE, ASSIGNED, raised(1))
    await house.notify.send()
    first, second = (item["id"] for item in (await house.list(head, kind="breach"))["items"])
    assert (await house.post(head, first, "acknowledge", key="k")).status_code == 200
    answer = await house.post(head, second, "acknowledge", key="k")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_conflict")


async def test_what_is_unknown_or_elsewhere_cannot_be_touched(house: Installation) -> None:
    stranger = await house.enrol("stranger", "customer_service_head", "R2")
    await house.notify.register(CASE, ASSIGNED)
    await house.notify.send()
    (row, *_) = await house.notify.ledger()
    assert (await house.post(stranger, str(row.id), "acknowledge")).status_code == 403
    assert (await house.post(stranger, str(uuid4()), "acknowledge")).status_code == 404
    assert (await house.post(stranger, "seven", "retry")).status_code == 422


async def test_a_parked_case_waits_for_operations(house: Installation) -> None:
    handler = await house.enrol("li.na", "handler", "P01")
    await house.notify.register(CASE, ASSIGNED)
    await house.notify.send()
    (item,) = (await house.list(handler, kind="assignment"))["items"]
    broken = house.notify.happening(CASE, raised(1))
    object.__setattr__(broken, "value", b"not json")
    await house.notify.service.applier.process([broken])
    answer = await house.post(handler, item["id"], "acknowledge")
    assert (answer.status_code, answer.json()["code"]) == (409, "case_parked")


async def test_problems_speak_the_language_of_the_caller(house: Installation) -> None:
    operator = await house.enrol("zhao.min", "operator", "G")
    said = [
        (await house.client.post(f"/notify/v1/notices/{uuid4()}/retry", headers={**operator, "Accept-Language": tag}))
        .json()["detail"]
        for tag in ("zh", "en")
    ]  # fmt: skip
    assert "通知" in said[0]
    assert "notice" in said[1]


async def test_the_description_names_every_route_and_problem(house: Installation) -> None:
    document = (await house.client.get("/notify/openapi.json")).json()
    listing = document["paths"]["/notify/v1/notices"]["get"]
    assert set(listing["responses"]) == {"200", "202", "401", "403", "422", "503"}
    assert set(document["paths"]["/notify/v1/notices/{id}/retry"]["post"]["responses"]) >= {"200", "403", "404", "409"}
    assert "canary" not in json.dumps(document)
