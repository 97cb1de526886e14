"""R-003, what may not be left out: fields of slips and reports, word to the customer, the order of closing."""

import pytest

from tests.scenarios.story import Story

PACK = "owner-communication"
RECORD = {"content": "楼道没有打扫", "answer": "今天补扫", "result": "已打扫"}
HANDLER = "unit.complaint_handler"


async def test_R_003_r05_residents_hear_of_an_interruption_a_day_ahead(there: Story) -> None:
    await there.complain("什么时候清洗水箱", contact_type="enquiry")
    await there.move("assess", facts={"interruption_at": "2026-03-05T09:00:00+08:00"})
    await there.until("2026-03-04 08:59")
    assert "customer" not in await there.told("notice")
    await there.until("2026-03-04 09:01")
    assert "customer" in await there.told("notice")


async def test_R_003_r09_damage_to_the_customers_property_is_recorded_and_told(there: Story) -> None:
    await there.complain("代收的快递破损", contact_type="customer_property")
    refused = await there.refused("steps/property_report/done")
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/state_found"]
    assert "customer" not in await there.told("notice")
    await there.act("property_report", by=HANDLER, fields={"state_found": "外箱破裂"})
    assert "customer" in await there.told("notice")


async def test_R_003_r10_r12_else_the_record_is_filled_and_the_handler_acts_until_satisfied(there: Story) -> None:
    await there.complain("楼道没有打扫")
    assert (await there.step("act"))["person"] == HANDLER
    refused = await there.refused("steps/act/done", fields={"content": "楼道没有打扫"})
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/answer", "/fields/result"]
    await there.act("act", by=HANDLER, fields=RECORD)
    await there.move("reply", text="已打扫", channel="talk")
    await there.responds("dissatisfied")
    assert (await there.steps())["act.2"] == "open"
    assert (await there.refused("close", ground="satisfied"))["type"].endswith("move_not_allowed")
    await there.responds("accepted")
    assert (await there.move("close", ground="satisfied"))["state"] == "closed"


async def test_R_003_r11_what_the_developer_caused_is_forwarded_and_followed_up_each_week(there: Story) -> None:
    await there.complain("外墙渗水")
    await there.move("assess", validity="not_effective", facts={"outside_cause": True})
    assert [link["name"] for link in (await there.seen())["links"]] == ["developer_case"]
    assert await there.due("developer_follow_up") == "2026-03-10 00:00"
    await there.until("2026-03-04 10:00")
    await there.move("progress", text="开发商说下周看")
    assert await there.due("developer_follow_up") == "2026-03-12 00:00"
    await there.until("2026-03-12 00:01")
    assert (await there.clocks())["developer_follow_up"]["due_at"] > "2026-03-12"
    await there.act("forward_developer", fields={"developer_result": "已重做防水"})
    assert "developer" in await there.told("notice")
    assert (await there.refused("close", ground="developer_settled"))["needs"] == ["return_result.done"]
    await there.act("return_result", by=HANDLER)
    assert (await there.move("close", ground="developer_settled"))["state"] == "closed"


async def test_R_003_r13_what_the_handler_cannot_handle_goes_up_by_slip_and_down_by_notice(there: Story) -> None:
    await there.complain("楼道没有打扫")
    assert "circulate" not in await there.steps()
    await there.move("assess", facts={"in_own_power": False})
    refused = await there.refused("steps/circulate/done")
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/matter"]
    await there.act("circulate", by=HANDLER, fields={"matter": "需换保洁公司"})
    assert "superior" in await there.told("notice")
    refused = await there.refused("steps/assign_work/done", by="superior")
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/work"]
    await there.act("assign_work", by="superior", fields={"work": "换保洁公司"})
    step = await there.step("work")
    assert (step["state"], step["role"]) == ("open", "department")


async def _at_work(there: Story) -> None:
    await there.complain("楼道没有打扫")
    await there.move("assess", facts={"in_own_power": False})
    await there.act("circulate", fields={"matter": "需换保洁公司"})
    await there.act("assign_work", by="superior", fields={"work": "换保洁公司"})


async def test_R_003_r14_still_unsettled_it_goes_to_the_deputy_manager_and_back_to_the_customer(there: Story) -> None:
    await _at_work(there)
    await there.act("work", "fail")
    await there.act("circulate_again", fields={"matter": "合同未到期"})
    assert {"superior", "deputy_manager"} <= set(await there.told())
    refused = await there.refused("steps/final_decision/approve", by="deputy_manager")
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/slip_result"]
    await there.act("final_decision", "approve", by="deputy_manager", fields={"slip_result": "提前解约"})
    assert (await there.steps())["return_result"] == "open"
    await there.act("return_result", by=HANDLER)
    assert "customer" in await there.told("notice")


async def test_R_003_r14_a_late_answer_climbs_to_the_superior_and_the_deputy_manager(there: Story) -> None:
    await there.complain("楼道没有打扫")
    await there.until("2026-03-03 18:01")
    assert await there.told("breach") == ["superior"]
    await there.until("2026-03-05 18:01")
    assert await there.told("escalation") == ["deputy_manager"]


async def test_R_003_r15_departments_act_promptly_and_the_customer_is_told(there: Story) -> None:
    await _at_work(there)
    assert (await there.due("work"), await there.due("answer")) == ("2026-03-03 18:00", "2026-03-03 18:00")
    await there.act("work", fields={"done_for_customer": "已换保洁公司"})
    assert (await there.steps())["return_result"] == "open"
    await there.move("reply", text="已换保洁公司", channel="talk")
    clocks = await there.clocks()
    assert (clocks["work"]["state"], clocks["answer"]["state"]) == ("met", "met")
    assert await there.told("reply") == ["customer"]


async def test_R_003_r16_r17_r25_a_complaint_is_where_correction_begins_with_a_report(there: Story) -> None:
    await there.complain("楼道没有打扫")
    assert "measures_step" not in await there.steps()
    await there.move("assess", facts={"needs_measures": True})
    assert (await there.step("measures_step"))["person"] == "dept_head"
    fields = {"measures": "每日巡查", "due": "2026-04-01", "outcome": "验收合格"}
    for left_out in fields:
        given = {name: value for name, value in fields.items() if name != left_out}
        refused = await there.refused("steps/measures_step/done", by="dept_head", fields=given)
        assert [error["pointer"] for error in refused["errors"]] == [f"/fields/{left_out}"]
    await there.act("measures_step", by="dept_head", fields=fields)
    assert (await there.steps())["measures_step"] == "done"


@pytest.mark.parametrize(
    ("narrative", "topic"),
    [
        ("外墙渗水", "house"), ("保安脱岗", "security"), ("车位被占", "vehicles"), ("垃圾没人收", "cleaning"),
        ("草坪枯死", "greening"), ("管道堵了要报修", "repair"), ("广场舞太吵", "community"), ("前台态度差", "services"),
    ],
)  # fmt: skip
async def test_R_003_r19_the_topics_of_the_survey_are_those_of_complaints(
    there: Story, narrative: str, topic: str
) -> None:
    await there.complain(narrative)
    assert (await there.seen())["category"]["code"] == topic
    survey = there.pack.document.surveys["satisfaction"]
    assert topic in survey.topics


async def test_R_003_r26_what_daily_work_finds_goes_the_same_way_and_the_result_is_fed_back(there: Story) -> None:
    await there.complain("巡查发现消防门关不上", contact_type="own_finding")
    await there.move("assess", facts={"needs_measures": True})
    assert (await there.refused("close", ground="improved"))["needs"] == ["measures_step.done"]
    fields = {"measures": "更换闭门器", "due": "2026-03-10", "outcome": "验收合格"}
    await there.act("measures_step", by="dept_head", fields=fields)
    assert await there.due("feed_back") == "2026-03-03 18:00"
    await there.act("feed_back", by=HANDLER)
    assert (await there.clocks())["feed_back"]["state"] == "met"
    assert (await there.move("close", ground="improved"))["state"] == "closed"
    assert "measures_step.2" not in await there.steps()
