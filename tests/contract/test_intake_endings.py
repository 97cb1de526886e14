"""One complaint: taking it back, erasing it, reading it, and who may (contract)."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from shared.access.principal import Principal
from tests.storage.intake_world import COMPLAINTS, IntakeWorld, intake
from tests.unit.intake.organisation import APP, AUDITOR, DESK, HANDLER, HEAD, LEADER, OPERATOR, OTHER_APP


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[IntakeWorld]:
    async with intake(database_url) as world:
        yield world


# -- withdrawing and erasing -------------------------------------------------------------------------------------------


async def test_a_complaint_is_withdrawn_once(world: IntakeWorld) -> None:
    case = await world.registered()
    first = await world.command(case, "withdraw", text="已经解决")
    again = await world.request("POST", f"{COMPLAINTS}/{case}/withdraw")
    assert (first.status_code, first.json()["result"]) == (200, "recorded")
    assert (again.status_code, again.json()["result"], again.json()["at"]) == (200, "unchanged", "intake=2")
    assert [type_ for _, type_, _ in await world.events(case)] == [
        "complaint.registered.v1", "complaint.withdrawn.v1"
    ]  # fmt: skip
    assert (await world.personal(case))["said"][0]["kind"] == "withdrawn"
    assert (await world.request("GET", f"{COMPLAINTS}/{case}")).json()["state"] == "withdrawn"


async def test_erasing_leaves_figures_and_nothing_personal(world: IntakeWorld) -> None:
    words = ["钱多多", "13912345678", "2-1-101独特", "独特的叙述", "特别的来源号", "独特的补充", "独特的标题"]
    name, phone, unit, narrative, source_id, text, title = words
    case = await world.registered(
        source_id=source_id, narrative=narrative, title=title, unit=unit, reporter={"name": name, "phone": phone}
    )
    await world.command(case, "responses", kind="information", text=text)
    first = await world.command(case, "erase", HEAD)
    again = await world.command(case, "erase", HEAD)
    assert [(r.status_code, r.json()["result"]) for r in (first, again)] == [(200, "recorded"), (200, "unchanged")]
    assert [type_ for _, type_, _ in await world.events(case)][-1] == "complaint.erased.v1"
    assert await world.personal(case) is None
    seen = (await world.request("GET", f"{COMPLAINTS}/{case}")).json()
    assert (seen["state"], seen["number"]) == ("erased", "P01-2026-0001")
    assert (await world.service.figures())["complaints"] == 1
    everything = await dump(world)
    assert not [word for word in words if word in everything]


async def test_while_it_stands_words_rest_in_the_personal_record_only(world: IntakeWorld) -> None:
    case = await world.registered(narrative="独特的叙述", reporter={"name": "钱多多", "phone": "13912345678"})
    everything = await dump(world)
    assert "独特的叙述" in everything
    assert "钱多多" not in everything
    assert "13912345678" not in everything
    assert "独特的叙述" not in await dump(world, without="records")
    assert (await world.personal(case))["narrative"] == "独特的叙述"


async def dump(world: IntakeWorld, without: str = "") -> str:
    """Every row of every table of the service, bytes decoded."""
    parts = []
    async with world.core.database.read() as connection:
        tables = await connection.execute(
            sa.text("select tablename from pg_tables where schemaname = 'intake' and tablename <> :without"),
            {"without": without},
        )
        for table in tables.scalars().all():
            for row in await connection.execute(sa.text(f"select * from {table}")):
                parts += [c.decode(errors="replace") if isinstance(c, bytes) else str(c) for c in row]
    return "\n".join(parts)


async def test_the_same_identity_after_erasure_finds_the_complaint_and_stores_nothing(world: IntakeWorld) -> None:
    case = await world.registered(source_id="A-1", narrative="原文")
    await world.command(case, "erase", HEAD)
    for narrative in ("原文", "别的"):
        response = await world.post(source_id="A-1", narrative=narrative)
        assert (response.status_code, response.json()["id"]) == (200, str(case))
    assert await world.personal(case) is None


@pytest.mark.parametrize(
    ("ending", "name", "body", "status"),
    [
        ("withdraw", "responses", {"kind": "accepted"}, 409),
        ("withdraw", "responses", {"kind": "information", "text": "x"}, 201),
        ("withdraw", "amendments", {"narrative": "x"}, 409),
        ("erase", "responses", {"kind": "information", "text": "x"}, 409),
        ("erase", "amendments", {"narrative": "x"}, 409),
        ("erase", "withdraw", {}, 409),
    ],
)
async def test_what_is_possible_after_an_ending(
    world: IntakeWorld, ending: str, name: str, body: dict[str, Any], status: int
) -> None:
    case = await world.registered()
    await world.command(case, ending, HEAD)
    response = await world.command(case, name, HEAD, **body)
    assert response.status_code == status
    if status == 409:
        problem = response.json()
        assert problem["code"] == "move_not_allowed"
        assert problem["state"] == {"withdraw": "withdrawn", "erase": "erased"}[ending]


# -- reading -----------------------------------------------------------------------------------------------------------


async def test_staff_read_the_text_and_leave_a_trace(world: IntakeWorld) -> None:
    case = await world.registered(
        title="电梯", unit="3-1-502", reporter={"name": "张三", "phone": "138 0013 8000", "language": "en"}
    )
    response = await world.request("GET", f"{COMPLAINTS}/{case}/text", HANDLER)
    assert response.status_code == 200
    read = response.json()
    assert (read["narrative"], read["title"], read["unit"]) == ("电梯坏了", "电梯", "3-1-502")
    assert read["reporter"] == {
        "name": "张三", "phone": "+8613800138000", "email": None, "language": "en", "anonymous": False
    }  # fmt: skip
    assert await world.audited("complaint.read") == [("li.na", str(case))]


async def test_an_erased_text_cannot_be_read(world: IntakeWorld) -> None:
    case = await world.registered()
    await world.command(case, "erase", HEAD)
    assert (await world.request("GET", f"{COMPLAINTS}/{case}/text", DESK)).status_code == 409


ROUTES = {
    "respond": ("POST", "/responses", {"kind": "accepted"}),
    "amend": ("POST", "/amendments", {"facts": {"people": 2}}),
    "withdraw": ("POST", "/withdraw", {}),
    "erase": ("POST", "/erase", None),
    "track": ("GET", "", None),
    "read": ("GET", "/text", None),
}


@pytest.mark.parametrize(
    ("principal", "permitted"),
    [
        (APP, {"respond", "amend", "withdraw", "track"}),
        (OTHER_APP, set()),  # a system touches only what it brought itself
        (DESK, {"respond", "amend", "withdraw", "track", "read"}),
        (HEAD, {"respond", "amend", "withdraw", "track", "read", "erase"}),
        (HANDLER, {"track", "read"}),
        (LEADER, {"track", "read"}),
        (AUDITOR, {"track", "read"}),
        (OPERATOR, {"track", "erase"}),
    ],
    ids=lambda value: value.actor if isinstance(value, Principal) else "",
)
async def test_who_may_do_what(world: IntakeWorld, principal: Principal, permitted: set[str]) -> None:
    for name, (method, path, body) in ROUTES.items():
        case = await world.registered()
        response = await world.request(method, f"{COMPLAINTS}/{case}{path}", principal, json=body)
        assert (response.status_code < 300) == (name in permitted), (name, response.status_code)
        assert name in permitted or response.status_code == 403


async def test_staff_of_another_region_may_do_nothing(world: IntakeWorld) -> None:
    case = UUID((await world.post(OTHER_APP, project="P02")).json()["id"])
    for method, path, body in ROUTES.values():
        for principal in (DESK, HEAD, HANDLER, APP):
            response = await world.request(method, f"{COMPLAINTS}/{case}{path}", principal, json=body)
            assert response.status_code == 403


@pytest.mark.parametrize("name", ROUTES)
async def test_an_unknown_complaint_is_not_found_and_leaves_nothing(world: IntakeWorld, name: str) -> None:
    method, path, body = ROUTES[name]
    response = await world.request(method, f"{COMPLAINTS}/{uuid4()}{path}", HEAD, json=body)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert await world.rows("select 1 from case_marks") == []


async def test_a_parked_complaint_takes_no_commands(world: IntakeWorld) -> None:
    case = await world.registered()
    async with world.core.database.begin() as unit:
        await unit.connection.execute(sa.text("update case_marks set parked_at = :now"), {"now": unit.started})
    for name in ("respond", "amend", "withdraw"):
        method, path, body = ROUTES[name]
        response = await world.request(method, f"{COMPLAINTS}/{case}{path}", HEAD, json=body)
        assert (response.status_code, response.json()["code"]) == (409, "case_parked")
