"""R-003, rule by rule: what the owner, whoever handles the case and the ledger see."""

from tests.scenarios.story import Story

PACK = "owner-communication"
HANDLER = "unit.complaint_handler"
RECORD = {"content": "楼道垃圾多", "answer": "增加频次", "result": "已清扫"}
REPLY = {"text": "已安排", "channel": "phone"}


async def test_R_003_r01_r02_the_handler_decides_whether_it_is_effective(there: Story) -> None:
    await there.complain("楼道垃圾多")
    assert (await there.seen())["validity"]["provisional"] is True
    seen = await there.move("assess", validity="not_effective", facts={"outside_cause": True})
    assert (seen["validity"]["value"], seen["validity"]["rule"]) == ("not_effective", "R-003/r01, R-003/r02")
    await there.complain("楼道垃圾多")
    assert "assess" in [move["move"] for move in (await there.seen(by=HANDLER))["allowed"]]
    seen = await there.move("assess", by=HANDLER, validity="not_effective", facts={"outside_cause": True})
    assert seen["validity"]["provisional"] is False
    await there.refused("assess", by=HANDLER, facts={"needs_measures": True})  # the head of the department decides that
    assert (await there.refused("assess", by="unit.cleaning", validity="effective"))["status"] == 403
    assert "assess" not in [move["move"] for move in (await there.seen(by="unit.cleaning"))["allowed"]]


async def test_R_003_r03_kinds_of_contact_are_told_apart(there: Story) -> None:
    for contact_type, graded in (
        ("complaint", "usual"), ("grumble", "usual"), ("enquiry", "none"), ("contract_matter", "none"),
        ("own_finding", "usual"), ("customer_property", "usual"),
    ):  # fmt: skip
        await there.complain("楼道垃圾多", contact_type=contact_type)
        assert await there.grade() == graded


async def test_R_003_r04_every_way_in_and_where_they_are_made_known(there: Story) -> None:
    for channel in ("talk", "phone", "letter", "suggestion_box", "follow_up_visit", "questionnaire"):
        await there.complain("楼道垃圾多", channel=channel)
        assert (await there.seen())["state"] == "assigned"
    text = (await there.ask("GET", "/routing/v1/packs/owner-communication"))["text"]
    assert "wall newspaper" in text
    assert "notice board" in text


async def test_R_003_r05_residents_hear_of_a_planned_interruption_a_day_ahead(there: Story) -> None:
    await there.complain("何时清洗水箱")
    await there.move("assess", facts={"interruption_at": "2026-03-06T09:00:00+08:00"})
    await there.until("2026-03-05 23:00")
    assert "customer" in await there.told("notice")


async def test_R_003_r07_residents_are_told_of_works_that_affect_them(there: Story) -> None:
    await there.complain("电梯维修")
    assert (await there.seen())["category"]["code"] == "repair"
    await there.move("assess", facts={"in_own_power": False})
    await there.act("circulate", by=HANDLER, fields={"matter": "电梯大修"})
    await there.act("assign_work", by="superior", fields={"work": "更换曳引机"})
    assert (await there.steps())["work"] == "open"
    assert "customer" in await there.told("notice")


async def test_R_003_r08_what_is_unclear_is_clarified_before_a_contract_is_signed(there: Story) -> None:
    await there.complain("装修协议如何签", contact_type="contract_matter")
    refused = await there.refused("reply", promises=True, **REPLY)
    assert refused["rule"] == ["R-003/r08"]
    await there.act("clarify_contract", "agree", by=HANDLER, fields={"requirement": "周末不施工"})
    assert (await there.move("reply", promises=True, **REPLY))["state"] == "replied"


async def test_R_003_r09_what_was_lost_or_damaged_in_our_care_is_recorded_and_told(there: Story) -> None:
    await there.complain("代管钥匙丢失", contact_type="customer_property")
    refused = await there.refused("steps/property_report/done", by=HANDLER)
    assert refused["errors"][0]["pointer"] == "/fields/state_found"
    await there.act("property_report", by=HANDLER, fields={"state_found": "丢失"})
    assert (await there.steps())["property_report"] == "done"


async def test_R_003_r10_what_can_be_answered_at_once_is_and_the_handler_hears_of_it(there: Story) -> None:
    await there.complain("几点收垃圾")
    assert (await there.refused("answer_at_once", answered="八点"))["code"] == "move_not_allowed"
    await there.move("assess", facts={"answerable_now": True})
    await there.move("answer_at_once", answered="八点")
    assert HANDLER in await there.told("notice")
    assert (await there.move("close", ground="answered_at_once"))["state"] == "closed"


async def test_R_003_r11_the_developers_matter_goes_to_it_and_is_followed_up_each_week(there: Story) -> None:
    await there.complain("外墙渗水")
    seen = await there.move("assess", facts={"outside_cause": True})
    assert [(link["name"], link["process"]) for link in seen["links"]] == [("developer_case", "开发商投诉处理")]
    assert await there.due("developer_follow_up") == "2026-03-10 00:00"
    await there.until("2026-03-05 10:00")
    await there.move("progress", text="已催开发商")
    assert await there.due("developer_follow_up") == "2026-03-13 00:00"
    await there.act("forward_developer", by=HANDLER, fields={"developer_result": "已修复"})
    await there.act("return_result", by=HANDLER)
    assert (await there.move("close", ground="developer_settled"))["state"] == "closed"


async def test_R_003_r12_what_is_in_the_handlers_power_is_acted_on_until_the_owner_is_satisfied(there: Story) -> None:
    await there.complain("楼道垃圾多")
    await there.act("act", by=HANDLER, fields=RECORD)
    await there.move("reply", **REPLY)
    await there.responds("dissatisfied")
    assert (await there.steps())["act.2"] == "open"
    await there.act("act", by=HANDLER, fields=RECORD)
    await there.responds("accepted")
    assert (await there.move("close", ground="satisfied"))["state"] == "closed"


async def test_R_003_r13_r14_by_slips_upwards_and_the_result_returns_to_the_owner(there: Story) -> None:
    await there.complain("楼道垃圾多")
    await there.move("assess", facts={"in_own_power": False})
    await there.act("circulate", by=HANDLER, fields={"matter": "需更换保洁公司"})
    assert "superior" in await there.told("notice")
    await there.act("assign_work", by="superior", fields={"work": "招标"})
    step = await there.step("work")
    assert (step["role"], step["person"]) == ("department", "unit.cleaning")  # though the handler keeps the case
    assert there.said("case.told")[-1]["to"] == ["department"]
    assert ("unit.cleaning" in (told := await there.told("notice")), HANDLER in told) == (True, False)
    assert (await there.refused("steps/work/done", by=HANDLER))["status"] == 403
    await there.act("work", "fail")
    assert (await there.step("circulate_again"))["role"] == "department"
    assert "superior" in await there.told()  # the ladder of slips climbs too
    await there.act("circulate_again", fields={"matter": "无合适单位"})
    await there.act("final_decision", "approve", by="deputy_manager", fields={"slip_result": "提前招标"})
    assert (await there.step("return_result"))["role"] == "complaint_handler"


async def test_R_003_r15_departments_act_promptly_and_the_owner_is_told_in_time(there: Story) -> None:
    await there.complain("楼道垃圾多")
    assert await there.due("answer") == "2026-03-03 18:00"
    await there.until("2026-03-03 18:01")
    assert (await there.clocks())["answer"]["state"] == "breached"
    await there.move("assess", facts={"in_own_power": False})
    await there.act("circulate", by=HANDLER, fields={"matter": "…"})
    await there.act("assign_work", by="superior", fields={"work": "…"})
    assert await there.due("work") == "2026-03-04 18:00"


async def test_R_003_r16_r17_r25_measures_are_planned_with_their_date_and_reported(there: Story) -> None:
    await there.complain("楼道垃圾多")
    await there.move("assess", facts={"needs_measures": True})
    assert (await there.step("measures_step"))["role"] == "dept_head"
    wrong = await there.refused("steps/measures_step/done", by="dept_head", fields={"measures": "…", "due": "soon"})
    assert wrong["errors"][0]["pointer"] == "/fields/due"
    await there.act(
        "measures_step", by="dept_head", fields={"measures": "增加保洁", "due": "2026-03-31", "outcome": "完成"}
    )
    assert there.said("case.step_done")[-1]["records"] == {"due": "2026-03-31"}


async def test_R_003_r26_what_we_find_ourselves_runs_the_same_way_and_is_fed_back(there: Story) -> None:
    await there.complain("巡查发现灯不亮", contact_type="own_finding")
    await there.move("assess", facts={"needs_measures": True})
    await there.act("measures_step", by="dept_head", fields={"measures": "更换", "due": "2026-03-10", "outcome": "亮"})
    assert await there.due("feed_back") == "2026-03-03 18:00"
    await there.act("feed_back", by=HANDLER)
    assert (await there.move("close", ground="improved"))["state"] == "closed"


async def test_R_003_r27_each_department_keeps_its_records_for_two_years(there: Story) -> None:
    await there.complain("楼道垃圾多")
    await there.move("assess", facts={"in_own_power": False})
    await there.act("circulate", by=HANDLER, fields={"matter": "保洁频次"})
    await there.move("reply", by=HANDLER, **REPLY)
    await there.responds("accepted")
    await there.move("close", ground="satisfied")
    [kept] = await there.filed()
    assert [part["form"] for part in kept["parts"]] == ["handling_record", "circulation_slip"]
    assert (kept["kept_by"], kept["file"]["index"], kept["file"]["key"]) == (
        "complaint_handler", "department", "complaint_handler",
    )  # fmt: skip
    assert (kept["kept_until"], kept["state"]) == ("2028-03-02T16:00:00Z", "kept")  # to the end of the day in China
    await there.until("2028-03-02 23:59")
    assert await there.filed("state=due_for_removal") == []
    await there.until("2028-03-03 00:00")
    assert [item["case"] for item in await there.filed("state=due_for_removal")] == [there.case]
    # Nobody removes it but a person, by erasing the complaint.
    await there.ask("POST", f"/intake/v1/complaints/{there.case}/erase")
    await there.world.settle()
    assert await there.filed("state=due_for_removal") == []
    [gone] = await there.filed("state=removed")
    assert gone["case"] == there.case
