"""R-001-18/r45: everything is kept; a complaint with compensation goes into a file of its own, one for a household."""

import json
from uuid import UUID

from services.reporting.service.filing import file_cases
from services.reporting.storage.files import FileStorage
from tests.scenarios.story import Story

PACK = "developer-property"
ENDING = {"ground": "beyond_authority_or_range", "position_told": "不予超额赔偿", "evidence": "合同"}


async def compensate(there: Story, unit: str) -> None:
    """A complaint of a household, with compensation from the claim to the receipt."""
    await there.complain("外墙渗水要求赔偿", unit=unit, facts={"demand": ["compensation"]})
    await there.act("collect_evidence", by="unit.cs", fields={"evidence": "照片"})
    await there.act("liability", by="unit.cs", gives="ours")
    await there.act("compensation", by="unit.cs", fields={"amount_applied": 500_000, "basis": "合同"})
    await there.act("compensation", "approve", by="company_leader")
    await there.act("compensation", by="unit.cs", text="客户已签承诺函", signatures=["customer"])
    await there.act("compensation", by="finance")
    await there.act("compensation", by="unit.cs")


async def test_R_001_18_r45_all_forms_of_a_case_are_kept_by_customer_service(there: Story) -> None:
    await there.complain("电梯停运", channel="phone", facts={"people": 12})
    await there.mark("cooperation_slip", "fill", by="unit.cs", fields={"explanation": "非本部门", "nature": "neither"})
    assert await there.filed() == []  # it is still open
    await there.move("resolve", result="已修复")
    await there.move("close", **ENDING)
    [kept] = await there.filed()
    assert (kept["file"]["index"], kept["file"]["separate"], kept["kept_by"]) == ("case", False, "cs")
    assert [part["form"] for part in kept["parts"]] == ["call_form", "cooperation_slip"]
    assert kept["parts"][1]["label"] == {"zh": "工作协作单", "en": "cooperation slip"}
    assert (kept["kept_until"], kept["state"], kept["rule"]) == (None, "kept", "R-001-18/r45")
    await there.act("after_report", by="unit.property", fields={"outcome": "已处理"})  # what comes after the end
    assert [part["form"] for part in (await there.filed())[0]["parts"]][-1] == "event_report"


async def test_R_001_18_r45_compensated_cases_of_a_household_lie_in_one_file_apart(there: Story) -> None:
    for unit in ("3-1-502", "３－1－502", "3-1-601"):
        await compensate(there, unit)
        await there.move("close", **ENDING)
        await there.later(minutes=1)
    other, second, first = await there.filed("node=P01&index=household&separate=true")
    assert first["file"] == second["file"] != other["file"]
    assert [part["form"] for part in first["parts"]] == ["visit_form", "compensation_application", "undertaking"]
    assert first["kept_by"] == "cs"
    assert await there.filed("index=case") == []  # apart from the rest, not in both
    assert len(await there.filed(f"file={first['file']['id']}")) == 2
    assert "502" not in json.dumps([{**first["file"], "key": "", "id": ""}, first["parts"], first["number"]])


async def test_R_001_18_r45_what_is_opened_again_is_in_no_file_until_it_ends_again(there: Story) -> None:
    await there.complain("电梯停运")
    await there.move("close", **ENDING)
    assert len(await there.filed()) == 1
    await there.move("reopen", reason="客户不接受")
    assert await there.filed() == []
    await there.later(days=1)
    await there.move("close", **ENDING)
    [kept] = await there.filed()
    assert kept["closed_at"] == "2026-03-03T02:00:00Z"


async def test_the_archive_is_read_within_ones_part_of_the_organisation(there: Story) -> None:
    for _ in range(3):
        await there.complain("电梯停运")
        await there.move("close", **ENDING)  # all at one instant: pages must neither skip nor repeat
    page = await there.ask("GET", "/reporting/v1/archive?limit=2")
    rest = await there.ask("GET", f"/reporting/v1/archive?limit=2&cursor={page['next_cursor']}")
    numbers = [item["number"] for item in (*page["items"], *rest["items"])]
    assert sorted(numbers) == ["P01-2026-0001", "P01-2026-0002", "P01-2026-0003"]
    assert rest["next_cursor"] is None
    for path, code in (
        ("node=G", "out_of_scope"),
        ("node=P99", "not_found"),
        ("cursor=x", "invalid_field"),
        ("index=colour", "invalid_field"),
        ("file=x", "invalid_field"),
    ):
        refused = await there.refused_at(f"/reporting/v1/archive?{path}", method="GET")
        assert refused["code"] == code


async def test_the_archive_can_be_made_again_from_the_events_alone(there: Story) -> None:
    await compensate(there, "3-1-502")
    await there.move("close", **ENDING)
    await there.complain("电梯停运")
    await there.move("close", **ENDING)
    before = sorted(await there.filed("limit=9"), key=lambda item: str(item["case"]))
    reporting = there.world.runners["reporting"].core
    cases = [UUID(item["case"]) for item in before]
    async with reporting.database.begin() as unit:
        await FileStorage(unit.connection).put(cases, ())
    assert await there.filed("limit=9") == []
    async with reporting.database.begin() as unit:
        await file_cases(cases, FileStorage(unit.connection), await reporting.book.within(unit.connection))
    assert sorted(await there.filed("limit=9"), key=lambda item: str(item["case"])) == before
