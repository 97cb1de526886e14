"""One complaint's whole life on virtual time, deterministic, whatever order the services take their turns in."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from deploy.local.first_start import first_start
from tests.scenarios.world import World, world

# A Friday afternoon before a make-up Saturday: working time goes on where an ordinary week would end.
NOW = datetime.fromisoformat("2026-02-13T16:00:00+08:00")
COMPLAINT = {
    "project": "P01",
    "source_id": "A-1",
    "channel": "phone",
    "narrative": "电梯停运三天，无人处理",
    "unit": "3-1-502",
    "reporter": {"name": "某人", "phone": "+8613800000001"},
    "facts": {"people": 12},
}


class Town:
    """A world with the demonstration organisation, and people who act in it."""

    def __init__(self, world: World, tokens: dict[str, Any]) -> None:
        self.world = world
        self._tokens = tokens
        self._asked = 0

    def token(self, role: str, node: str) -> str:
        return next(e["token"] for e in self._tokens["staff"] if role in e["roles"] and e["node"] == node)

    async def ask(self, method: str, path: str, token: str, **kwargs: Any) -> Any:
        self._asked += 1
        headers = {"Authorization": f"Bearer {token}"}
        if "/cases/" in path and method == "POST":
            headers["Idempotency-Key"] = f"request-{self._asked}"
        answer = await self.world.request(method, path, headers=headers, **kwargs)
        assert answer.is_success, answer.text
        return answer.json()

    async def complain(self, **changes: Any) -> str:
        key = self._tokens["system"][0]["key"]
        answer = await self.ask("POST", "/intake/v1/complaints", key, json=COMPLAINT | changes)
        await self.world.settle()
        return str(answer["id"])

    async def move(
        self, case: str, move: str, role: str = "customer_service_head", node: str = "R1", **body: Any
    ) -> Any:
        answer = await self.ask("POST", f"/routing/v1/cases/{case}/{move}", self.token(role, node), json=body)
        await self.world.settle()
        return answer

    async def case(self, case: str) -> Any:
        return await self.ask("GET", f"/routing/v1/cases/{case}", self.token("auditor", "G"))

    async def clocks(self, case: str) -> dict[str, Any]:
        answer = await self.ask("GET", f"/sla/v1/cases/{case}/clocks", self.token("auditor", "G"))
        return {clock["name"]: clock for clock in answer["clocks"]}

    async def notices(self, case: str) -> list[tuple[str, str]]:
        """(kind, to whom) of every notice sent about a case, in the order they were meant."""
        answer = await self.ask("GET", "/notify/v1/notices", self.token("auditor", "G"), params={"case": case})
        items = sorted(answer["items"], key=lambda item: item["at"])
        return [
            (item["kind"], item["to"]["person"] or item["to"]["role"]) for item in items if item["outcome"] == "sent"
        ]

    def told_of(self, clock: str) -> list[str]:
        """The types of all events about one clock, in the order they were sent."""
        records = self.world.log.all("complaints.v1")
        return [r.headers["ce_type"] for r in records if r.value and json.loads(r.value).get("name") == clock]

    async def summary(self) -> Any:
        return await self.ask("GET", "/reporting/v1/summary", self.token("auditor", "G"))


@asynccontextmanager
async def town(owner_url: str, home: Path, *, seed: int = 0) -> AsyncIterator[Town]:
    async with world(owner_url, home, now=NOW, seed=seed) as made:
        tokens = await first_start(made.runners["routing"].core, made.runners["sla"].core, home)
        await made.settle()
        yield Town(made, tokens)


async def test_a_complaint_is_graded_assigned_clocked_answered_and_closed(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path) as there:
        case = await there.complain()
        found = await there.case(case)
        assert (found["state"], found["grade"]["value"], found["department"]) == ("assigned", "2", "property")
        handler = found["person"]
        clocks = await there.clocks(case)
        # Five working days after that Friday: the make-up Saturday is the first, the Spring Festival does not count.
        assert clocks["reply"]["due_at"] == "2026-02-27T10:00:00Z"
        await there.move(case, "accept", "handler", "P01")
        await there.world.advance(by=timedelta(hours=1))
        # R-001-18/r37: of what is major the spokesperson alone speaks.
        await there.move(case, "reply", text="电梯已修复，抱歉", channel="phone")
        await there.move(case, "resolve", "handler", "P01", result="已修复")
        await there.move(case, "follow-up", reached=True, satisfied=True, text="满意")
        closed = await there.move(case, "close", ground="accepted")
        assert closed["state"] == "closed"
        clocks = await there.clocks(case)
        assert {name: clock["state"] for name, clock in clocks.items() if name in {"reply", "close", "follow_up"}} == {
            "reply": "met",
            "close": "met",
            "follow_up": "met",
        }
        notices = await there.notices(case)
        assert sorted(notices[:4]) == [
            ("acknowledgement", "customer"),
            ("assignment", handler),
            ("notice", "qian.jun"),  # a grade 2 is major: the company's leader hears of it at once
            ("notice", "wu.fang"),  # and the head has to appear
        ]
        assert notices[4:] == [("reply", "customer")]
        summary = await there.summary()
        assert (summary["registered"], summary["backlog"], summary["overdue"], summary["closed"]) == (1, 0, 0, 1)


async def test_a_late_case_is_warned_breached_and_climbs_the_ladder_once(database_url: str, tmp_path: Path) -> None:
    async with town(database_url, tmp_path) as there:
        case = await there.complain()
        await there.world.advance(to=datetime.fromisoformat("2026-02-27T17:59:00+08:00"))
        assert (await there.clocks(case))["reply"]["state"] == "running"
        assert (await there.summary())["overdue"] == 0
        await there.world.advance(by=timedelta(minutes=2))
        assert (await there.clocks(case))["reply"]["state"] == "breached"
        assert (await there.summary())["overdue"] == 1
        assert there.told_of("reply") == [
            "clock.started.v1",
            "clock.warned.v1",
            "clock.breached.v1",
            "escalation.raised.v1",
        ]
        told = await there.notices(case)
        assert {"warning", "breach"} <= {kind for kind, _ in told}
        await there.move(case, "reply", text="已处理", channel="phone")
        assert (await there.summary())["overdue"] == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_order_of_turns_changes_nothing(database_url: str, tmp_path: Path, seed: int) -> None:
    async with town(database_url, tmp_path, seed=seed) as there:
        cases = [
            await there.complain(
                source_id=f"A-{n}", facts={}, reporter={"name": f"某人{n}", "phone": f"+861380000000{n}"}
            )
            for n in range(3)
        ]
        await there.world.advance(by=timedelta(days=20))
        grades = [(await there.case(case))["grade"]["value"] for case in cases]
        assert grades == ["3", "3", "3"]  # R-001-18/r16: the third of a month raises all three
        for case in cases:
            assert (await there.clocks(case))["reply"]["state"] == "breached"
        summary = await there.summary()
        assert (summary["backlog"], summary["overdue"], summary["by_grade"]) == (3, 3, {"3": 3})
