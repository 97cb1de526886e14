"""R-004-05 and -07 as one office, rule by rule: repairs and the visits after them."""

import json
from typing import Any

from tests.scenarios.story import Story

PACK = "management-office"
VISIT = {"seen_on_spot": True, "service_view": "满意", "advice": "无", "charges_checked": True, "problem": False}


async def _repaired(there: Story, **facts: object) -> None:
    await there.complain("门锁坏了", contact_type="repair_report", facts=facts)
    await there.act("repair", "arrive", by="unit.repair_team")
    fields = {"repair_date": "2026-03-02", "reported_fault": "门锁坏"}
    await there.act("repair", by="unit.repair_team", fields=fields)


# -- repairs -----------------------------------------------------------------------------------------------------------


async def test_R_004_05_r01_r02_repairs_are_registered_by_every_way_in(there: Story) -> None:
    for channel in ("visit", "phone", "letter"):
        await there.complain("门锁坏了", contact_type="repair_report", channel=channel)
        assert (await there.step("repair"))["role"] == "repair_team"


async def test_R_004_05_r03_the_ledger_is_complete_or_the_repair_is_not_done(there: Story) -> None:
    await there.complain("门锁坏了", contact_type="repair_report")
    refused = await there.refused("steps/repair/done", by="unit.repair_team", fields={"reported_fault": "门锁坏"})
    assert refused["errors"][0]["pointer"] == "/fields/repair_date"
    refused = await there.refused_complaint(
        contact_type="appointment", channel="phone", facts={"appointment_at": "next week"}
    )
    assert refused["errors"][0]["pointer"] == "/facts/appointment_at"


async def test_R_004_05_r04_who_cannot_come_in_time_explains_and_agrees_another(there: Story) -> None:
    at = "2026-03-03T14:00:00+08:00"
    await there.complain("门锁坏了", contact_type="appointment", facts={"appointment_at": at})
    assert await there.due("keep_appointment") == "2026-03-03 14:00"
    await there.move("assess", facts={"late_expected": True})
    fields = {"rebook_reason": "缺配件"}
    await there.act(
        "rebook", by="unit.repair_team", fields=fields, facts={"appointment_at": "2026-03-04T14:00:00+08:00"}
    )
    assert await there.due("keep_appointment") == "2026-03-04 14:00"
    await there.act("repair", "arrive", by="unit.repair_team")
    assert (await there.clocks())["keep_appointment"]["state"] == "met"


# -- follow-ups of repairs ---------------------------------------------------------------------------------------------


async def test_R_004_07_r01_the_visits_are_dealt_out_by_each_ones_share(there: Story) -> None:
    roles = []
    for _ in range(10):
        await _repaired(there)
        roles.append((await there.step("repair_follow_up"))["role"])
    assert {role: roles.count(role) for role in set(roles)} == {"office_head": 1, "administrator": 3, "repair_head": 6}


async def test_R_004_07_r01_whose_share_is_not_met_is_told_when_the_month_is_over(there: Story) -> None:
    for _ in range(10):
        await _repaired(there)
        visit = await there.step("repair_follow_up")
        if visit["role"] != "office_head":
            await there.mark("visit_record", "sign", role="customer")
            await there.act(visit["run"], fields=VISIT)
    await there.until("2026-03-31 23:59")
    assert _quotas(there) == []
    await there.until("2026-04-01 00:01")
    missed = _quotas(there)
    assert [(each["period"], each["over"], each["to"]) for each in missed] == [("2026-03", 10, ["office_head"])]
    assert missed[0]["behind"] == [{"role": "office_head", "share": "10%", "done": 0}]
    await there.until("2026-05-02 09:00")  # nothing was repaired in April
    assert len(_quotas(there)) == 1
    there.case = str(next(r.key for r in _missed(there)).decode())
    assert await there.told() == ["office_head"]
    sent = await there.ask("GET", f"/notify/v1/notices?case={there.case}", language="zh")
    assert sent["items"][0]["outcome"] == "sent"


def _missed(there: Story) -> list[Any]:
    return [r for r in there.world.log.all("duties.v1") if r.value and r.headers["ce_type"] == "quota.missed.v1"]


def _quotas(there: Story) -> list[dict[str, Any]]:
    return [json.loads(record.value) for record in _missed(there)]


async def test_R_004_07_r02_within_two_three_or_seven_days(there: Story) -> None:
    for kind, due in (("safety", "2026-03-05 00:00"), ("leak", "2026-03-06 00:00"), ("other", "2026-03-10 00:00")):
        await _repaired(there, repair_kind=kind)
        assert await there.due("repair_visit_in_time") == due
        assert (await there.refused("close", ground="repaired"))["rule"] == ["R-004-07/r02"]


async def test_R_004_07_r03_the_visit_is_on_the_spot_checks_the_charges_and_is_signed(there: Story) -> None:
    await _repaired(there)
    refused = await there.refused("steps/repair_follow_up/done", fields={"seen_on_spot": True, "problem": False})
    assert [error["pointer"] for error in refused["errors"]] == [
        "/fields/service_view", "/fields/advice", "/fields/charges_checked",
    ]  # fmt: skip
    assert (await there.refused("steps/repair_follow_up/done", fields=VISIT))["needs"] == ["signature:customer"]
    await there.mark("visit_record", "sign", role="customer")
    assert there.said("case.form_marked")[-1]["happened"] == ["visit_record.signed"]
    await there.act("repair_follow_up", fields=VISIT)
    assert there.said("case.step_done")[-1]["records"] == {
        "seen_on_spot": True, "charges_checked": True, "problem": False,
    }  # fmt: skip
    assert (await there.move("close", ground="repaired"))["state"] == "closed"


async def test_R_004_07_r04_a_problem_found_is_put_to_the_repair_team_in_writing_within_a_day(there: Story) -> None:
    await _repaired(there)
    await there.act("repair_follow_up", fields=VISIT | {"problem": True}, signatures=["customer"])
    assert (await there.step("notice_to_rectify"))["role"] == "office_head"
    assert await there.due("notice_to_rectify") == "2026-03-03 10:00"
    await there.act("notice_to_rectify", by="office_head")
    assert "unit.repair_team" in await there.told("notice")
    await there.act("repair_rectify", by="unit.repair_team")
    assert (await there.steps())["repair_follow_up.2"] == "open"
