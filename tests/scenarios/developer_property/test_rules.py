"""R-001-18 up to r25, rule by rule: what the customer, whoever handles the case and the ledger see."""

import pytest

from tests.scenarios.story import Story

PACK = "developer-property"
REPLY = {"text": "已安排", "channel": "phone"}


async def test_R_001_18_r01_a_repair_runs_under_its_own_process_and_is_not_graded(there: Story) -> None:
    await there.complain("厨房水管漏水", contact_type="repair")
    seen = await there.seen()
    assert seen["grade"]["value"] == "none"
    await there.complain("厨房水管漏水")
    assert await there.grade() == "4"


async def test_R_001_18_r02_what_no_neglect_of_ours_caused_is_explained_and_closed(there: Story) -> None:
    await there.complain("邻居装修太吵")
    assert (await there.seen())["validity"]["value"] == "effective"
    seen = await there.move("assess", validity="not_effective")
    assert (seen["validity"]["value"], seen["validity"]["rule"]) == ("not_effective", "R-001-18/r02")
    await there.act("explain", by="unit.cs", fields={"explanation": "装修时段符合规定"})
    assert (await there.refused("close", ground="not_effective"))["needs"] == ["replied"]
    await there.move("reply", **REPLY)
    assert (await there.move("close", ground="not_effective"))["state"] == "closed"


async def test_R_001_18_r03_kinds_of_customers_are_told_apart(there: Story) -> None:
    for segment in ("prospective", "buyer", "other"):
        await there.complain(segment=segment)
    refused = await there.refused_complaint(contact_type="complaint", channel="visit", segment="tenant")
    assert refused["errors"][0]["pointer"] == "/segment"


async def test_R_001_18_r04_r05_customer_service_owns_admits_tracks_and_chases(there: Story) -> None:
    await there.complain("外墙渗水")
    seen = await there.seen()
    assert [entry["code"] for entry in seen["timeline"]][:4] == ["registered", "admitted", "assessed", "assigned"]
    assert {step["role"] for step in seen["steps"] if step["run"] in ("assess_risk", "plan")} == {"cs"}
    await there.until("2026-03-09 18:01")  # the reply is late: customer service chases
    assert "unit.cs" in await there.told("breach")
    await there.move("assess", grade="3", reason="业主群在发酵")  # and proposes to raise it
    assert await there.grade() == "3"


async def test_R_001_18_r06_r07_property_matters_go_to_the_property_company_others_to_their_field(there: Story) -> None:
    for narrative, category, department, person in (
        ("电梯停运", "property", "property", "unit.property"),
        ("前台态度敷衍", "other_service", "property", "unit.property"),
        ("外墙渗水", "quality", "dept", "unit.quality"), ("户型采光差", "design", "dept", "unit.design"),
        ("售楼承诺未兑现", "sales", "dept", "unit.sales"),
    ):  # fmt: skip
        await there.complain(narrative)
        seen = await there.seen()
        assert (seen["category"]["code"], seen["department"], seen["person"]) == (category, department, person)


async def test_R_001_18_r08_r09_regional_leaders_hear_of_what_stays_late(there: Story) -> None:
    await there.complain("电梯停运", channel="mailbox")
    await there.until("2026-03-13 18:01")  # the reply was due on the 9th; a level each two working days
    raised = [(each["name"], each["level"], each["roles"]) for each in there.said("escalation.raised")]
    assert [(level, roles) for name, level, roles in raised if name == "reply"] == [
        (1, ["owner", "cs"]), (2, ["cs_head"]), (3, ["regional_leader"]),
    ]  # fmt: skip
    assert {"regional_leader", "leader"} & set(await there.told("escalation"))


async def test_R_001_18_r10_where_the_channels_are_made_known_is_shown(there: Story) -> None:
    text = (await there.ask("GET", "/routing/v1/packs/developer-property"))["text"]
    assert "Made known at the sales site: brochure, sales card, website, channel board [R-001-18/r10]" in text
    assert "Made known at the property office: officer card, channel board, quality guarantee" in text


async def test_R_001_18_r11_a_letter_is_confirmed_by_phone_at_once(there: Story) -> None:
    await there.complain("来信反映漏水", channel="letter")
    assert (await there.step("call_back"))["role"] == "cs"
    assert await there.due("call_back") == "2026-03-02 10:30"
    await there.act("call_back", by="unit.cs")
    assert (await there.clocks())["call_back"]["state"] == "met"
    await there.complain("来电反映漏水", channel="phone")
    assert "call_back" not in await there.steps()


async def test_R_001_18_r12_the_agreed_time_runs_beside_the_fixed_limit(there: Story) -> None:
    await there.complain("电梯停运")
    await there.move("agree", by="unit.property", clock="agreed", until="2026-03-04T15:00:00+08:00")
    assert (await there.due("agreed"), await there.due("reply")) == ("2026-03-04 15:00", "2026-03-09 18:00")
    assert "inform_delay" not in [move["move"] for move in (await there.seen())["allowed"]]
    await there.move("assess", facts={"solvable_promptly": False})
    await there.move("inform_delay", process_explained="需订购配件", next_contact_way="每周电话")
    await there.until("2026-03-04 15:01")
    assert (await there.clocks())["agreed"]["state"] == "breached"


@pytest.mark.parametrize(
    ("facts", "grade", "rule"),
    [
        pytest.param({"people": 10, "amount_claimed": 10_000_001}, "1", "r14", id="R_001_18_r14_ten_and_a_lot"),
        pytest.param({"events": ["brand_damaging_media"]}, "1", "r14", id="R_001_18_r14_the_media"),
        pytest.param({"events": ["accident_with_injury_or_loss"]}, "1", "r14", id="R_001_18_r14_an_accident"),
        pytest.param({"people": 1, "amount_claimed": 10_000_001}, "2", "r15", id="R_001_18_r15_one_and_a_lot"),
        pytest.param({"people": 10, "amount_claimed": 10_000_000}, "2", "r15", id="R_001_18_r15_ten_and_little"),
        pytest.param({"events": ["false_sales_information"]}, "2", "r15", id="R_001_18_r15_a_lie_in_sales"),
        pytest.param(
            {"events": ["major_loss_dispute"], "demand": ["return_home"]}, "2", "r15", id="R_001_18_r15_give_it_back"
        ),
        pytest.param({"people": 3}, "3", "r16", id="R_001_18_r16_three_people"),
        pytest.param({"events": ["possible_lawsuit"]}, "3", "r16", id="R_001_18_r16_a_lawsuit_may_come"),
        pytest.param({"people": 2, "amount_claimed": 10_000_000}, "4", "r17", id="R_001_18_r17_all_else"),
    ],
)
async def test_each_grade_by_its_rule(there: Story, facts: dict[str, object], grade: str, rule: str) -> None:
    await there.complain("电梯停运", facts=facts)
    found = (await there.seen())["grade"]
    assert (found["value"], found["rule"]) == (grade, f"R-001-18/{rule}")


async def test_R_001_18_r13_five_categories_told_by_their_words(there: Story) -> None:
    for narrative, category in (
        ("墙皮脱落", "quality"), ("楼间距太近采光不足", "design"), ("虚假宣传要求退房", "sales"),
        ("垃圾无人清运", "property"), ("维修人员态度恶劣", "other_service"),
    ):  # fmt: skip
        await there.complain(narrative)
        assert (await there.seen())["category"]["code"] == category


async def test_R_001_18_r16_the_third_different_person_of_a_month_raises_all_three(there: Story) -> None:
    cases = [await there.complain("电梯停运") for _ in range(3)]
    await there.complain("电梯停运", building="P01-3")  # another building is another complaint
    assert await there.grade() == "4"
    for there.case in cases:
        assert await there.grade() == "3"


async def test_R_001_18_r16_after_fifteen_days_for_our_reasons_it_is_raised(there: Story) -> None:
    await there.complain("电梯停运")
    await there.until("2026-03-17 23:59")
    await there.move("assess", facts={"delay_cause": "ours"})
    assert await there.grade() == "4"
    await there.until("2026-03-18 00:01")
    found = (await there.seen())["grade"]
    assert (found["value"], found["rule"]) == ("3", "R-001-18/r16")


async def test_R_001_18_r18_r19_five_working_days_or_ten_where_others_are_needed(there: Story) -> None:
    await there.complain("电梯停运")
    assert await there.due("reply") == "2026-03-09 18:00"
    await there.move("assess", facts={"needs_coordination": True})
    assert await there.due("reply") == "2026-03-16 18:00"
    assert "10" in await there.explained("reply")
    await there.move("reply", by="unit.property", **REPLY)
    assert (await there.clocks())["reply"]["state"] == "met"


async def test_R_001_18_r20_closing_within_fifteen_working_days_or_the_customer_is_told_why(there: Story) -> None:
    await there.complain("电梯停运")
    assert await there.due("close") == "2026-03-23 18:00"
    extended = {"clock": "close", "reason": "等待配件"}
    await there.ask("POST", f"/routing/v1/cases/{there.case}/extend", "unit.property", json=extended | {"by": "5wd"})
    await there.world.settle()
    assert await there.due("close") == "2026-03-30 18:00"
    assert "customer" in await there.told()


async def test_R_001_18_r21_a_record_each_week_then_each_month_once_the_principle_is_told(there: Story) -> None:
    await there.complain("电梯停运")
    assert await there.due("tracking") == "2026-03-10 00:00"
    await there.until("2026-03-04 10:00")
    await there.move("progress", by="unit.property", text="已联系厂家")
    assert await there.due("tracking") == "2026-03-12 00:00"
    await there.move("assess", facts={"principle_told": True})
    assert await there.due("tracking") == "2026-04-05 00:00"


async def test_R_001_18_r22_r41_a_call_within_three_working_days_and_closed_if_they_accept(there: Story) -> None:
    await there.complain("电梯停运")
    await there.move("reply", by="unit.property", **REPLY)
    await there.move("resolve", by="unit.property", result="已修复")
    assert await there.due("follow_up") == "2026-03-05 18:00"
    await there.move("follow-up", reached=False)
    assert (await there.clocks())["follow_up"]["state"] == "running"
    await there.move("follow-up", reached=True, satisfied=True)
    assert (await there.clocks())["follow_up"]["state"] == "met"
    assert (await there.move("close", ground="accepted"))["state"] == "closed"


async def test_R_001_18_r23_r25_departments_answer_the_slip_within_the_agreed_time(there: Story) -> None:
    await there.complain("外墙渗水")
    await there.act("consult", "open", by="unit.cs", department="dept")
    assert await there.due("consult") == "2026-03-05 18:00"  # three working days where nothing was agreed
    slip = {"nature": "quality_defect", "explanation": "防水层失效", "liable": True}
    refused = await there.refused("steps/consult/done", by="unit.dept", fields=slip | {"nature": "bad luck"})
    assert refused["errors"][0]["pointer"] == "/fields/nature"
    slip |= {"liable_unit": "总包", "is_repair": True}
    refused = await there.refused("steps/consult/done", by="unit.dept", fields=slip)
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/repair_time", "/fields/repair_plan"]
    slip |= {"repair_time": "2026-03-09T09:00:00+08:00", "repair_plan": "重做防水"}
    await there.act("consult", by="unit.dept", fields=slip)
    assert (await there.clocks())["consult"]["state"] == "met"


async def test_R_001_18_r24_engineering_surveys_within_three_months_of_handover(there: Story) -> None:
    for building, role in (("P01-3", "engineering"), ("P01-1", "property")):
        await there.complain("外墙渗水", building=building)
        assert (await there.step("site_survey"))["role"] == role
    refused = await there.refused("steps/site_survey/done", by="unit.property", fields={"findings": "渗水"})
    assert refused["errors"][0]["pointer"] == "/fields/account_verified"
