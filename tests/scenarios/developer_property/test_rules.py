"""R-001-18, rule by rule: what the customer, whoever handles the case and the ledger see."""

import pytest

from tests.scenarios.story import Story

PACK = "developer-property"
PLAN = dict.fromkeys(("principle", "plan_text", "reply_wording", "legal_basis", "customer_care"), "…")
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
    await there.act("consult", by="unit.dept", fields=slip | {"liable_unit": "总包", "is_repair": True})
    assert (await there.clocks())["consult"]["state"] == "met"


async def test_R_001_18_r24_engineering_surveys_within_three_months_of_handover(there: Story) -> None:
    for building, role in (("P01-3", "engineering"), ("P01-1", "property")):
        await there.complain("外墙渗水", building=building)
        assert (await there.step("site_survey"))["role"] == role
    refused = await there.refused("steps/site_survey/done", by="unit.property", fields={"findings": "渗水"})
    assert refused["errors"][0]["pointer"] == "/fields/account_verified"


async def test_R_001_18_r26_a_risk_of_a_crisis_is_reported_to_the_leaders_at_once(there: Story) -> None:
    await there.complain("电梯停运")
    assert "company_leader" not in await there.told()
    await there.act("assess_risk", by="unit.cs", facts={"risk": ["group"]}, fields={"customer_state": "激动"})
    assert "company_leader" in await there.told()
    assert there.said("case.told")[-1]["within"] == "30min"
    await there.move("resolve", result="…")
    await there.act("after_report", fields={"outcome": "已处理"})
    assert (await there.steps())["after_report"] == "done"


async def test_R_001_18_r27_principle_plan_and_wording_are_fixed_with_the_leader_of_engineering(there: Story) -> None:
    await there.complain("外墙渗水")
    missing = await there.refused("steps/plan/done", by="unit.cs", fields={"principle": "修"})
    assert "/fields/reply_wording" in [error["pointer"] for error in missing["errors"]]
    await there.act("plan", by="unit.cs", fields=PLAN)
    assert (await there.step("plan_ok"))["role"] == "engineering_leader"
    await there.act("plan_ok", "approve", by="engineering_leader")
    await there.move("reply", by="unit.quality", promises=True, **REPLY)
    assert "customer" in await there.told()


async def test_R_001_18_r28_r36_every_move_leaves_its_line_with_who_and_when(there: Story) -> None:
    await there.complain("电梯停运")
    await there.move("accept", by="unit.property")
    await there.move("progress", by="unit.property", text="已联系厂家")
    lines = (await there.seen())["timeline"]
    assert [(line["code"], line["actor"]) for line in lines][-2:] == [
        ("accepted", "unit.property"), ("progressed", "unit.property"),
    ]  # fmt: skip
    assert lines[-1]["words"] == [{"part": None, "text": "已联系厂家"}]


async def test_R_001_18_r29_r42_an_unrealistic_demand_ends_in_our_position_with_evidence(there: Story) -> None:
    await there.complain("要求赔偿一百万", facts={"demand": ["compensation"]})
    await there.move("assess", facts={"unrealistic_demand": True})
    await there.act("collect_evidence", by="unit.cs", fields={"evidence": "合同"})
    await there.act("liability", by="unit.cs", gives="ours")
    await there.act("negotiate", "round", by="unit.cs")
    await there.act("negotiate", "fail", by="unit.cs")
    await there.act("position", by="unit.cs", fields={"position_told": "不予超额赔偿"})
    assert (await there.move("close", ground="long_talks_no_consent"))["state"] == "closed"
    await there.complain("要求赔偿一百万")
    refused = await there.refused("close", ground="beyond_authority_or_range")
    assert [error["pointer"] for error in refused["errors"]] == ["/position_told", "/evidence"]


async def test_R_001_18_r30_the_head_appears_in_what_is_major(there: Story) -> None:
    await there.complain("电梯坠落", facts={"people": 12})
    assert (await there.step("appear"))["role"] == "cs_head"
    assert await there.due("appear") == "2026-03-02 10:30"
    await there.act("appear", "arrive", by="head")
    await there.act("appear", by="head")
    assert (await there.clocks())["appear"]["state"] == "met"
    pack = await there.ask("GET", "/routing/v1/packs/developer-property")
    assert "keep what was promised" in str(pack)


async def test_R_001_18_r31_a_large_crisis_runs_under_crisis_management(there: Story) -> None:
    await there.complain("电梯坠落", facts={"people": 12})
    seen = await there.move("assess", facts={"risk": ["crisis"]})
    assert [(link["name"], link["process"]) for link in seen["links"]] == [("crisis_case", "危机管理作业指引")]
    assert (seen["person"], seen["department"]) == ("company_leader", "property")


async def test_R_001_18_r32_legacy_problems_are_organised_by_customer_service(there: Story) -> None:
    await there.complain("电梯停运")
    assert (await there.seen())["department"] == "property"
    assert (await there.move("assess", facts={"legacy": True}))["department"] == "cs"


async def test_R_001_18_r33_r34_nothing_is_promised_before_the_plan_stands(there: Story) -> None:
    await there.complain("外墙渗水")
    refused = await there.refused("reply", by="unit.quality", promises=True, **REPLY)
    assert refused["rule"] == ["R-001-18/r33"]
    await there.act("plan", by="unit.cs", fields=PLAN)
    await there.act("plan_ok", "approve", by="engineering_leader")
    assert (await there.move("reply", by="unit.quality", promises=True, **REPLY))["state"] == "replied"


async def test_R_001_18_r37_in_a_major_event_one_voice_speaks(there: Story) -> None:
    await there.complain("电梯坠落", facts={"people": 12})
    refused = await there.refused("reply", by="unit.property", **REPLY)
    assert (refused["code"], refused["rule"]) == ("move_forbidden", ["R-001-18/r37"])
    assert (await there.move("reply", by="head", **REPLY))["state"] == "replied"


async def test_R_001_18_r38_r39_from_the_claim_to_the_money(there: Story) -> None:
    await there.complain("要求赔偿", facts={"demand": ["compensation"]})
    refused = await there.refused("steps/collect_evidence/done", by="unit.cs")
    assert refused["errors"][0]["pointer"] == "/fields/evidence"
    await there.act("collect_evidence", by="unit.cs", fields={"evidence": "照片"})
    await there.act("liability", by="unit.cs", gives="ours")
    assert (await there.steps()).items() >= {"negotiate": "open", "compensation": "open"}.items()
    await there.act("compensation", by="unit.cs", fields={"amount_applied": 500_000, "basis": "合同"})
    assert (await there.step("compensation"))["role"] == "company_leader"
    await there.act("compensation", "approve", by="company_leader")
    await there.act("compensation", by="unit.cs", text="客户已签承诺函")
    await there.act("compensation", by="finance")
    assert (await there.step("compensation"))["marks"] == ["approved", "paid"]
    assert "customer" in await there.told("notice")  # told to collect it
    await there.act("compensation", by="unit.cs")
    assert (await there.steps())["compensation"] == "done"


async def test_R_001_18_r40_where_a_third_party_is_liable_its_department_applies_for_a_deduction(there: Story) -> None:
    await there.complain("外墙渗水")
    assert "deduction" not in await there.steps()
    await there.move("assess", facts={"third_party_liable": True})
    assert (await there.step("deduction"))["role"] == "dept"
    await there.act("deduction", by="unit.quality", text="向总包扣款")
    assert (await there.steps())["deduction"] == "done"


async def test_R_001_18_r44_what_was_grade_one_to_three_enters_the_defect_feedback(there: Story) -> None:
    for facts, fed_back in (({"people": 3}, True), ({}, False)):
        await there.complain("电梯停运", facts=facts)
        await there.move("close", ground="beyond_authority_or_range", position_told="…", evidence="…")
        assert ("defect_entry" in await there.steps()) is fed_back


async def test_R_001_18_r45_everything_is_kept_and_compensation_by_household(there: Story) -> None:
    pack = str(await there.ask("GET", "/routing/v1/packs/developer-property"))
    assert "household" in pack
    await there.complain("电梯停运")
    await there.move("resolve", result="已修复")
    await there.move("close", ground="beyond_authority_or_range", position_told="…", evidence="…")
    assert len((await there.seen())["timeline"]) >= 6  # nothing of it goes with the closing


async def test_R_001_01_r05_who_answers_for_the_guide_is_shown(there: Story) -> None:
    pack = str(await there.ask("GET", "/routing/v1/packs/developer-property"))
    assert "RF-KF-ZY-03" in pack
