"""R-002-07, rule by rule: what the customer, whoever handles the case and the ledger see."""

from tests.scenarios.story import Story

PACK = "office-building"
REPLY = {"text": "…", "channel": "visit", "fields": {"process": "看过现场", "result": "已修复"}}


async def test_R_002_07_r02_what_cannot_be_solved_is_explained_with_a_time_for_the_next_reply(there: Story) -> None:
    await there.complain("装修噪音")
    assert (await there.refused("not_solved", explanation="…"))["type"].endswith("move_not_allowed")
    await there.move("assess", facts={"cannot_solve": True})
    refused = await there.refused("not_solved", explanation="整栋装修，一周后才结束")
    assert refused["needs"] == ["next_reply_at"]
    await there.move("assess", facts={"next_reply_at": "2026-03-04T15:00:00+08:00"})
    assert await there.due("next_reply") == "2026-03-04 15:00"
    await there.move("not_solved", explanation="整栋装修，一周后才结束")
    await there.move("assess", facts={"next_reply_at": "2026-03-09T15:00:00+08:00"})
    assert await there.due("next_reply") == "2026-03-09 15:00"


async def test_R_002_07_r03_a_reply_tells_the_process_and_the_result(there: Story) -> None:
    await there.complain("电梯照明不亮")
    refused = await there.refused("reply", text="好了", channel="visit")
    assert (refused["rule"], refused["needs"]) == (["R-002-07/r03"], ["process", "result"])
    await there.move("reply", **REPLY)
    assert "customer" in await there.told()


async def test_R_002_07_r04_the_customer_signs_the_form_and_gives_it_back_before_the_case_closes(there: Story) -> None:
    await there.complain("电梯照明不亮")
    await there.move("reply", **REPLY)
    await there.move("resolve", result="已修复")
    assert (await there.refused("close", ground="confirmed"))["needs"] == [
        "signature:customer",
        "opinion_form.returned",
    ]
    await there.mark("opinion_form", "sign", role="customer")
    await there.mark("opinion_form", "return")
    assert (await there.act("confirm_record"))["state"] == "resolved"
    assert (await there.move("close", ground="confirmed"))["state"] == "closed"
    [kept] = await there.filed()
    assert ([part["form"] for part in kept["parts"]], kept["kept_until"]) == (["opinion_form"], None)


async def test_R_002_07_r04_a_form_that_never_came_back_is_not_in_the_archive(there: Story) -> None:
    await there.complain("电梯照明不亮", reporter={"anonymous": True})
    await there.mark("opinion_form", "fill", fields={"process": "更换灯管", "result": "已修复"})
    await there.move("close", ground="nobody_to_confirm", result="已修复")
    assert await there.filed() == []


async def test_R_002_07_r05_r08_what_is_major_is_reported_up_at_once(there: Story) -> None:
    await there.complain("电梯困人", facts={"events": ["lift_entrapment"]})
    assert {"dept_manager", "centre_leaders"} <= set(await there.told())
    assert (await there.steps())["report_up"] == "open"
    assert await there.due("report_major") == "2026-03-02 10:15"
    fields = {"reason_told": "正在救援"}
    await there.act(
        "report_up", by="unit.receiver", fields=fields, facts={"next_reply_at": "2026-03-02T11:00:00+08:00"}
    )
    clocks = await there.clocks()
    assert (clocks["report_major"]["state"], clocks["next_reply"]["state"]) == ("met", "running")


async def test_R_002_07_r06_what_is_ordinary_goes_to_the_department_which_answers_the_same_day(there: Story) -> None:
    await there.complain("公共卫生间异味")
    seen = await there.seen()
    assert (seen["department"], seen["grade"]["value"]) == ("department", "ordinary")
    assert await there.due("answer") == "2026-03-03 00:00"


async def test_R_002_07_r07_each_kind_of_ordinary_complaint_has_its_category(there: Story) -> None:
    for narrative, category in (
        ("隔壁装修敲打声", "noise"), ("电梯按钮失灵", "public_facility"), ("办公室插座没电", "room_repair"),
        ("邮件没有送到", "mail"), ("走廊垃圾没人收", "hygiene_plants"), ("茶水间有蟑螂", "pests"),
        ("前台态度差", "service"),
    ):  # fmt: skip
        await there.complain(narrative)
        seen = await there.seen()
        assert (seen["category"]["code"], seen["grade"]["value"]) == (category, "ordinary")


async def test_R_002_07_r09_three_households_or_a_grave_event_make_it_major(there: Story) -> None:
    for facts, grade in (
        ({"households": 2}, "ordinary"),
        ({"households": 3}, "major"),
        ({"events": ["fire"]}, "major"),
    ):
        await there.complain("空调不制冷", facts=facts)
        assert await there.grade() == grade
    await there.complain("大堂起火", contact_type="emergency")
    assert (await there.seen())["state"] == "assigned"


async def test_R_002_07_r10_a_written_complaint_is_judged_and_answered_in_writing(there: Story) -> None:
    await there.complain("来信：空调噪音", channel="letter")
    await there.act("judge_nature", fields={"nature_reason": "现场测量"})
    refused = await there.refused("reply", **REPLY)
    assert refused["rule"] == ["R-002-07/r10"]
    await there.move("reply", **(REPLY | {"channel": "letter"}))


async def test_R_002_07_r02_the_receiver_keeps_the_case_to_its_end(there: Story) -> None:
    await there.complain("公共卫生间异味")
    kept = {"role": "receiver", "person": "unit.receiver", "until": "closed", "ended": False}
    assert (await there.seen())["keeper"] == kept
    await there.move("assign", department="department", person="unit.pests")
    assert (await there.seen())["keeper"] == kept
    await there.until("2026-03-03 00:01")  # nobody answered within the day: the receiver hears of it first
    assert "unit.receiver" in await there.told("breach")
    await there.move("reply", **REPLY)
    await there.mark("opinion_form", "sign", role="customer")
    await there.mark("opinion_form", "return")
    await there.move("close", ground="confirmed")
    assert (await there.seen())["keeper"]["ended"] is True


async def test_R_002_07_r09_the_list_ends_with_and_so_on_so_a_person_may_raise_with_a_reason(there: Story) -> None:
    await there.complain("幕墙玻璃松动")
    assert (await there.refused("assess", grade="major"))["errors"][0]["pointer"] == "/reason"
    seen = await there.move("assess", grade="major", reason="有坠落危险")
    assert seen["grade"]["value"] == "major"
    assert (await there.steps())["report_up"] == "open"
    refused = await there.refused("assess", grade="ordinary", reason="…")
    assert refused["errors"][0]["code"] == "no_graver_grade"


async def test_R_002_07_r10_whether_a_written_complaint_is_true_is_decided_and_shown(there: Story) -> None:
    await there.complain("来信：空调噪音", channel="letter")
    seen = await there.move("assess", decisions={"nature": "confirmed"})
    assert (seen["decisions"]["nature"]["values"], seen["decisions"]["nature"]["rule"]) == (
        ["confirmed"],
        "R-002-07/r10",
    )
    refused = await there.refused("assess", decisions={"nature": "perhaps"})
    assert refused["errors"][0]["pointer"] == "/decisions/nature"


async def test_R_002_07_r11_from_the_monthly_summary_the_leaders_order_visits(there: Story) -> None:
    await there.complain("公共卫生间异味")
    case = there.case
    await there.until("2026-04-01 00:01")
    await there.duty("monthly_summary", "2026-04")
    assert await there.told() == ["unit.receiver"]
    await there.do(by="unit.receiver")
    assert "centre_leaders" in await there.told()
    there.case = case
    await there.act("visit", "open", by="centre_leaders")
    await there.act("visit", by="unit.receiver", response="accepted")
    assert (await there.step("visit"))["state"] == "done"
