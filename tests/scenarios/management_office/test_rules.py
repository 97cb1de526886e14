"""R-004-01 to -06 as one office, repairs left aside: what the customer, whoever handles it and the ledger see."""

from datetime import datetime

from tests.scenarios.story import CHINA, Story, story

PACK = "management-office"
REPLY = {"text": "已安排", "channel": "phone"}
ASKED = "unit.order"  # whoever was asked first


# -- first-asked responsibility ----------------------------------------------------------------------------------------


async def test_R_004_01_r01_r05_who_is_asked_first_keeps_it_until_the_reply(there: Story) -> None:
    await there.complain("停车怎么收费", contact_type="question", first_receiver=ASKED)
    keeper = (await there.seen())["keeper"]
    assert (keeper["role"], keeper["person"], keeper["until"], keeper["ended"]) == (
        "first_asked", ASKED, "replied", False,
    )  # fmt: skip
    assert await there.due("reply") == "2026-03-05 18:00"
    await there.move("reply", **REPLY)
    assert (await there.seen())["keeper"]["ended"] is True
    assert (await there.move("close", ground="replied"))["state"] == "closed"


async def test_R_004_01_r03_the_first_asked_person_sends_nobody_away(there: Story) -> None:
    await there.complain("停车怎么收费", contact_type="question", first_receiver=ASKED)
    await there.move("assign", department="department", person=ASKED)
    await there.complain("保安态度差", contact_type="question", first_receiver=ASKED)
    refused = await there.refused("return", by=ASKED, reason="不归我管")
    assert refused["rule"] == ["R-004-01/r03"]
    pack = await there.ask("GET", "/routing/v1/packs/management-office")
    assert "without evasion" in pack["text"]


async def test_R_004_01_r04_unsure_the_department_is_asked_at_once(there: Story) -> None:
    await there.complain("停车怎么收费", contact_type="question", first_receiver=ASKED)
    assert "contact" not in await there.steps()
    await there.move("assess", facts={"sure": False})
    assert await there.due("contact") == "2026-03-02 12:00"
    await there.act("contact", fields={"note": "财务部答复"})
    assert (await there.clocks())["contact"]["state"] == "met"


# -- duty --------------------------------------------------------------------------------------------------------------


async def test_R_004_02_r01_r05_out_of_hours_and_in_emergencies_the_person_on_duty_has_it(there: Story) -> None:
    await there.complain("大堂进水", contact_type="emergency", first_receiver=ASKED)
    assert (await there.seen())["keeper"]["person"] == "duty"
    assert await there.due("duty_handles") == "2026-03-02 12:00"
    await there.move("accept")
    assert (await there.clocks())["duty_handles"]["state"] == "met"
    await there.until("2026-03-02 21:00")
    await there.complain("楼上吵闹", contact_type="complaint", first_receiver=ASKED)
    assert (await there.seen())["keeper"]["person"] == "duty"
    await there.until("2026-03-03 10:00")
    await there.complain("楼上吵闹", contact_type="complaint", first_receiver=ASKED, building="P01-3")
    assert (await there.seen())["keeper"]["person"] == ASKED


async def test_R_004_02_r02_r04_leaving_the_post_says_why_and_where_calls_go(there: Story) -> None:
    refused = await there.refused_at("/notify/v1/rosters/office_duty/away", by="duty", project="P01", reason="巡查")
    assert refused["errors"][0]["pointer"] == "/forward_to"
    left = await there.ask(
        "POST", "/notify/v1/rosters/office_duty/away", "duty",
        json={"project": "P01", "reason": "巡查", "forward_to": "security_duty_room"},
    )  # fmt: skip
    assert (left["person"], left["forward_to"], left["carry"]) == ("duty", "security_duty_room", "walkie_talkie")
    found = await there.ask("GET", "/notify/v1/rosters?project=P01")
    office = next(each for each in found["items"] if each["name"] == "office_duty")
    assert (office["people"], office["away"], office["uncovered"]) == (["duty"], ["duty"], True)
    there.case = left["id"]
    await there.world.settle()
    assert await there.told() == ["office_head"]  # nobody is there: the head of the office hears of it
    back = await there.ask("POST", "/notify/v1/rosters/office_duty/back", "duty", json={"project": "P01"})
    assert back["back_at"] is not None


async def test_R_004_02_r02_whoever_left_the_post_answers_for_the_loss_that_came_of_it(there: Story) -> None:
    await there.complain("大堂进水无人处理", contact_type="emergency", first_receiver=ASKED)
    given = {"attribution": "office_duty", "share": 100, "person": "duty"}
    assert (await there.refused("attribute", by="office_head", **given))["rule"][1] == "R-004-02/r02"
    await there.move("assess", facts={"loss": 200_000})
    assert (await there.refused("attribute", by="unit.order", **given))["status"] == 403
    await there.move("attribute", by="office_head", **given)
    made = (await there.seen())["attributions"][0]
    assert (made["kind"], made["person"], made["share"]) == ("causing", "duty", 100)


# -- visits and letters ------------------------------------------------------------------------------------------------


async def test_R_004_03_r01_visitors_are_recorded_at_once(there: Story) -> None:
    await there.complain("来访反映停车", contact_type="visit", channel="visit")
    fields = {"visitor": "某业主", "visit_subject": "停车"}
    await there.mark("visitor_register", "fill", fields=fields)
    assert there.said("case.form_marked")[-1]["filled"] == ["visit_subject", "visitor"]
    pack = await there.ask("GET", "/routing/v1/packs/management-office")
    assert "reception by administrators" in pack["text"]


async def test_R_004_03_r02_what_is_reasonable_is_solved_all_else_explained(there: Story) -> None:
    await there.complain("来访反映停车", contact_type="visit", channel="visit")
    await there.move("assess", facts={"reasonable": True, "soluble_now": True})
    await there.act("solve", fields={"visit_outcome": "已划车位"})
    assert (await there.move("close", ground="solved"))["state"] == "closed"
    await there.complain("来访要求减免", contact_type="visit", channel="visit")
    await there.move("assess", facts={"reasonable": True, "soluble_now": True, "outside_range": True})
    steps = await there.steps()
    assert (steps.get("explain"), "solve" in steps) == ("open", False)
    await there.act("explain", fields={"explanation": "不属管理范围"})
    assert (await there.move("close", ground="explained"))["state"] == "closed"


async def test_R_004_03_r03_what_is_important_goes_to_the_leader(there: Story) -> None:
    await there.complain("来信反映安全", contact_type="letter", channel="letter")
    await there.move("assess", facts={"important": True})
    step = await there.step("instruct")
    assert (step["role"], step["person"]) == ("leader", "office_head")
    assert await there.due("instruct") == "2026-03-02 12:00"


async def test_R_004_03_r04_r05_a_letter_is_looked_into_handled_answered_and_kept(there: Story) -> None:
    await there.complain("来信反映安全", contact_type="letter", channel="letter")
    for part in range(3):
        await there.act("letter_case")
        assert there.said("case.step_done")[-1]["part"] == part
    await there.mark("letter_register", "fill", fields={"sender": "某业主", "letter_subject": "安全"})
    assert await there.filed() == []
    assert (await there.move("close", ground="letter_answered"))["state"] == "closed"
    [kept] = await there.filed()
    assert ([part["form"] for part in kept["parts"]], kept["rule"]) == (["letter_register"], "R-004-03/r05")


async def test_R_004_03_r05_what_is_neither_visit_nor_letter_is_not_filed_with_them(there: Story) -> None:
    await there.complain("保安态度差", contact_type="complaint")
    await there.mark("record", "fill", fields={"complaint": "保安态度差", "settlement": "已道歉"})
    await there.move("reply", **REPLY)
    await there.mark("record", "sign", by="dept_head")
    await there.move("close", ground="settled_and_answered")
    assert await there.filed() == []


# -- complaints --------------------------------------------------------------------------------------------------------


async def test_R_004_04_r01_r06_settled_in_the_record_and_signed_by_the_head(there: Story) -> None:
    await there.complain("保安态度差", contact_type="complaint")
    await there.mark("record", "fill", fields={"complaint": "保安态度差", "settlement": "已道歉"})
    await there.move("reply", **REPLY)
    assert (await there.refused("close", ground="settled_and_answered"))["needs"] == ["signature:dept_head"]
    assert (await there.refused("forms/record/sign", by="unit.order"))["errors"][0]["code"] == "not_the_signer"
    await there.mark("record", "sign", by="dept_head")
    assert (await there.move("close", ground="settled_and_answered"))["state"] == "closed"


async def test_R_004_04_r02_the_department_signs_for_it_and_has_a_limit_whoever_assigns_it_sets(there: Story) -> None:
    await there.complain("保安态度差", contact_type="complaint")
    step = await there.step("handle")
    assert (step["person"], step["acts"]) == ("unit.order", ["receive"])
    assert await there.due("handle") == "2026-03-06 00:00"
    await there.move("set-limit", clock="handle", within="1d")
    assert await there.due("handle") == "2026-03-04 00:00"
    await there.move("assess", facts={"special": True})
    assert "dept_head" in await there.told()


async def test_R_004_04_r03_what_is_major_the_head_of_the_office_organises(there: Story) -> None:
    await there.complain("保安打人", contact_type="complaint")
    assert (await there.seen())["category"]["code"] == "order"
    await there.move("assess", facts={"major": True})
    assert await there.grade() == "major"
    assert "office_head" in await there.told()
    fields = {"people_sent": "两人", "measures": "调查", "person_responsible": "主任"}
    missing = await there.refused("steps/organise/done", by="office_head", fields=fields)
    assert missing["errors"][0]["pointer"] == "/fields/limit_set"
    await there.act("organise", by="office_head", fields=fields | {"limit_set": "2026-03-04T18:00:00+08:00"})


async def test_R_004_04_r04_to_the_scene_with_the_customer(there: Story) -> None:
    await there.complain("楼道漏水", contact_type="complaint")
    await there.act("scene", "open", by="unit.repairs")
    await there.act("scene", "arrive", by="unit.repairs")
    fields = {"facts_found": "水管破裂", "measure": "更换", "responsible": "维修组", "due": "2026-03-03T18:00:00+08:00"}
    refused = await there.refused("steps/scene/done", by="unit.repairs", fields={"facts_found": "水管破裂"})
    assert [error["pointer"] for error in refused["errors"]] == [
        f"/fields/{name}" for name in fields if name != "facts_found"
    ]
    await there.act("scene", by="unit.repairs", fields=fields)
    assert (await there.step("scene"))["marks"] == ["arrived", "done"]


async def test_R_004_04_r05_another_unit_is_turned_to_and_the_complainant_hears_the_result(there: Story) -> None:
    await there.complain("路灯不亮", contact_type="complaint")
    await there.move("assess", facts={"touches_other_unit": True})
    fields = {"explained": True, "apologised": True, "unit_contacted": "市政", "unit_outcome": "三日内修"}
    await there.act("other_unit", fields=fields)
    assert "customer" in await there.told("notice")


# -- follow-ups --------------------------------------------------------------------------------------------------------


async def _closed(there: Story) -> None:
    await there.mark("record", "fill", fields={"complaint": "…", "settlement": "…"})
    await there.move("reply", **REPLY)
    await there.mark("record", "sign", by="dept_head")
    await there.move("close", ground="settled_and_answered")


async def test_R_004_06_r02_what_is_major_is_visited_and_all_else_called_with_the_evaluation_form(there: Story) -> None:
    for facts, manner in (({}, "call"), ({"major": True}, "visit")):
        await there.complain("保安态度差", contact_type="complaint")
        if facts:
            await there.move("assess", facts=facts)
        await _closed(there)
        assert (await there.step("follow_up"))["manner"] == manner
        steps = [step for data in there.said("case.step_opened") for step in data["steps"]]
        assert [step["manner"] for step in steps if step["step"] == "follow_up"] == [manner]
        refused = await there.refused("steps/follow_up/done", by="unit.order")
        assert [error["pointer"] for error in refused["errors"]] == ["/fields/suggestions", "/fields/dissatisfied_now"]


async def test_R_004_06_r01_r02_everybody_is_followed_up_within_the_set_time(there: Story) -> None:
    await there.complain("保安态度差", contact_type="complaint")
    await _closed(there)
    assert (await there.step("follow_up"))["state"] == "open"
    assert await there.due("follow_up_in_time") == "2026-03-10 00:00"
    await there.move("set-limit", clock="follow_up_in_time", within="3d")
    assert await there.due("follow_up_in_time") == "2026-03-06 00:00"
    fields = {"suggestions": "多巡逻", "dissatisfied_now": False}
    await there.act("follow_up", by="unit.order", fields=fields, response="accepted")
    assert (await there.clocks())["follow_up_in_time"]["state"] == "met"


async def test_R_004_06_r03_dissatisfaction_is_put_right_or_explained(there: Story) -> None:
    await there.complain("保安态度差", contact_type="complaint")
    await _closed(there)
    fields = {"suggestions": "换人", "dissatisfied_now": True}
    await there.act("follow_up", by="unit.order", fields=fields, response="dissatisfied")
    assert (await there.steps())["rectify"] == "open"
    await there.act("rectify", by="unit.order", fields={"reason_not_possible": "人手不足，下月增加"})
    assert (await there.steps())["rectify"] == "done"


async def test_R_004_02_r01_a_holiday_is_out_of_hours(database_url: str, tmp_path) -> None:
    holiday = datetime(2026, 10, 1, 10, 0, tzinfo=CHINA)
    async with story(database_url, tmp_path, PACK, now=holiday) as there:
        await there.complain("楼上吵闹", contact_type="complaint", first_receiver=ASKED)
        assert (await there.seen())["keeper"]["person"] == "duty"
