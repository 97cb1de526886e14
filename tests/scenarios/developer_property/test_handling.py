"""R-001-18 from r26 on: risk, plan, wording, compensation, closing, and what everybody sees of it."""

from tests.scenarios.story import Story

PACK = "developer-property"
PLAN = dict.fromkeys(("principle", "plan_text", "reply_wording", "legal_basis", "customer_care"), "…")
REPLY = {"text": "已安排", "channel": "phone"}


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
    assert (await there.step("compensation"))["missing"] == ["amount_applied", "basis"]
    refused = await there.refused("steps/compensation/done", by="unit.cs", fields={"amount_applied": 500_000})
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/basis"]
    await there.act("compensation", by="unit.cs", fields={"amount_applied": 500_000, "basis": "合同"})
    assert (await there.step("compensation"))["role"] == "company_leader"
    await there.act("compensation", "approve", by="company_leader")
    refused = await there.refused("steps/compensation/done", by="unit.cs", text="客户口头同意")
    assert refused["needs"] == ["signature:customer"]
    await there.act("compensation", by="unit.cs", text="客户已签承诺函", signatures=["customer"])
    assert there.said("case.step_done")[-1]["happened"] == ["undertaking.signed"]
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


async def test_R_001_01_r05_who_answers_for_the_guide_is_shown(there: Story) -> None:
    for language, line in (
        ("en", "Document RF-KF-ZY-03: kept by customer service; signed off as prepared, reviewed, approved"),
        ("zh", "文件 RF-KF-ZY-03：客户服务部负责；签署：编制、审核、批准"),
    ):
        text = (await there.ask("GET", f"/routing/v1/packs/developer-property?language={language}"))["text"]
        assert f"{line} [R-001-01/r05]" in text
