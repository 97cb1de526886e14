"""R-001-15, rule by rule: what the customer, whoever handles the request and the ledger see."""

from tests.scenarios.story import Story

PACK = "customer-requests"
REPLY = {"text": "已安排", "channel": "phone"}


async def test_R_001_15_r01_every_way_in_is_known_and_made_public(there: Story) -> None:
    for channel in ("hotline", "phone", "visit", "letter", "forum", "web", "app", "wechat"):
        await there.complain("走廊灯坏了", channel=channel)
        assert (await there.seen())["state"] == "assigned"
    refused = await there.refused_complaint(contact_type="request", channel="pigeon")
    assert refused["errors"][0]["pointer"] == "/channel"
    pack = await there.ask("GET", "/routing/v1/packs/customer-requests?language=zh")
    assert "24 小时服务电话" in pack["text"]
    assert "集团投诉论坛" in pack["text"]


async def test_R_001_15_r02_whoever_is_asked_reports_it_and_the_desk_has_it_at_once(there: Story) -> None:
    await there.complain("走廊灯坏了")
    assert (await there.clocks())["report"]["state"] == "met"  # half an office hour, and it was assigned at once
    assert (await there.step("confirm"))["role"] == "request_desk"


async def test_R_001_15_r03_what_was_noted_is_confirmed_with_the_requester(there: Story) -> None:
    await there.complain("走廊灯坏了")
    refused = await there.refused("steps/confirm/done", by="unit.request_desk")
    assert refused["errors"][0]["pointer"] == "/fields/confirmed_content"
    await there.act("confirm", by="unit.request_desk", fields={"confirmed_content": "三号楼二层走廊"})
    await there.mark("record", "confirm", by="unit.request_desk")
    assert there.said("case.form_marked")[-1]["happened"] == ["confirmed"]
    assert (await there.timeline())[-1] == "Confirmed by the reporter: work information record"


async def test_R_001_15_r04_an_enquiry_is_answered_without_a_task(there: Story) -> None:
    await there.complain("物业费怎么交")
    await there.move("answer_directly", answer="可在前台或手机应用缴纳")
    assert (await there.move("close", ground="answered_directly"))["state"] == "closed"
    await there.complain("投诉保安态度", contact_type="complaint")
    assert (await there.refused("answer_directly", answer="…"))["code"] == "move_not_allowed"


async def test_R_001_15_r05_r14_a_task_is_taken_and_its_result_fed_back(there: Story) -> None:
    await there.complain("楼上漏水")
    task = await there.step("task")
    assert (task["role"], task["person"], task["acts"]) == ("dept", "unit.house", ["receive"])
    await there.act("task", "receive", by="unit.house")
    await there.move("reply", by="unit.house", **REPLY)
    refused = await there.refused("resolve", by="unit.house", result="已修复")
    assert (refused["rule"], refused["needs"]) == (["R-001-15/r14"], ["feedback"])
    await there.act("task", by="unit.house", fields={"feedback": "更换水管"})
    assert (await there.move("resolve", by="unit.house", result="已修复"))["state"] == "resolved"


async def test_R_001_15_r06_eight_categories_told_by_their_words(there: Story) -> None:
    for narrative, category in (
        ("屋面防水坏了", "house"), ("电梯停运", "equipment"), ("小区被盗", "security"), ("垃圾无人清运", "environment"),
        ("发票开错", "services"), ("邻居养狗吵闹", "residents"), ("开发商虚假宣传", "developer"), ("想法若干", "other"),
    ):  # fmt: skip
        await there.complain(narrative)
        assert (await there.seen())["category"]["code"] == category


async def test_R_001_15_r07_what_touches_safety_is_in_hand_within_fifteen_minutes(there: Story) -> None:
    await there.complain("供暖管道爆裂", facts={"safety": True})
    assert await there.grade() == "urgent"
    assert await there.due("safety") == "2026-03-02 10:15"
    assert {"unit.equipment", "unit.request_desk"} <= set(await there.told("notice"))
    await there.later(minutes=10)
    await there.move("accept", by="unit.equipment")
    assert (await there.clocks())["safety"]["state"] == "met"
    await there.complain("走廊灯坏了")
    assert "safety" not in await there.clocks()


async def test_R_001_15_r08_r09_online_within_24_hours_all_else_within_a_working_day(there: Story) -> None:
    for channel, due in (("forum", "2026-03-03 10:00"), ("phone", "2026-03-03 18:00"), ("letter", "2026-03-03 18:00")):
        await there.complain("走廊灯坏了", channel=channel)
        assert await there.due("reply") == due
    # A request that was forwarded counts from its arrival, not from when the matter arose.
    await there.complain("走廊灯坏了", channel="forum", occurred_at="2026-02-27T09:00:00+08:00")
    assert await there.due("reply") == "2026-03-03 10:00"
    assert "24" in await there.explained("reply")


async def test_R_001_15_r10_the_limit_is_what_was_agreed_with_the_customer(there: Story) -> None:
    await there.complain("楼上漏水")
    assert (await there.clocks()).get("agreed_limit", {}).get("state") is None
    await there.move("agree", by="unit.house", until="2026-03-05T12:00:00+08:00")
    assert await there.due("agreed_limit") == "2026-03-05 12:00"
    await there.move("agree", by="unit.house", until="2026-03-06T12:00:00+08:00")
    assert await there.due("agreed_limit") == "2026-03-06 12:00"


async def test_R_001_15_r11_each_level_talks_until_the_company_is_drawn_in(there: Story) -> None:
    await there.complain("楼上漏水")
    await there.move("agree", by="unit.house", until="2026-03-05T12:00:00+08:00")
    await there.until("2026-03-05 12:01")
    assert (await there.step("negotiate_head"))["role"] == "dept_head"
    await there.act("negotiate_head", "fail", by="dept_head")
    await there.act("negotiate_quality", "fail", by="quality")
    await there.act("record_company", by="quality", fields={"resources": "公司维修队"})
    assert "company" in await there.told("notice")


async def test_R_001_15_r12_each_time_it_is_late_or_the_customer_dissatisfied_it_climbs(there: Story) -> None:
    await there.complain("楼上漏水")
    await there.move("agree", by="unit.house", until="2026-03-03T12:00:00+08:00")
    await there.move("reply", by="unit.house", **REPLY)
    await there.responds("dissatisfied")
    await there.responds("dissatisfied")
    climbed = [(each["level"], each["roles"]) for each in there.said("escalation.raised")]
    assert climbed == [(1, ["owner", "dept", "dept_head"]), (2, ["quality"])]
    await there.until("2026-03-03 12:01")
    assert (await there.clocks())["agreed_limit"]["state"] == "breached"
    assert (await there.refused("close", ground="satisfied"))["code"] == "move_not_allowed"


async def test_R_001_15_r13_everybody_is_asked_but_for_three_kinds(there: Story) -> None:
    for known, facts, asked in (
        ({}, {}, True), ({}, {"settled_on_spot": True}, False), ({}, {"sensitive": True}, False),
        ({"reporter": {"anonymous": True}}, {}, False),
    ):  # fmt: skip
        await there.complain("走廊灯坏了", **known)
        if facts:
            await there.move("assess", facts=facts)
        await there.act("task", "receive")
        await there.act("task", fields={"feedback": "…"})
        await there.move("resolve", result="已修复")
        assert ("follow_up" in await there.steps()) is asked
    assert (await there.move("close", ground="cannot_be_asked"))["state"] == "closed"


async def test_R_001_15_r11_r12_every_time_the_next_level_takes_it_up_and_the_customer_hears(there: Story) -> None:
    await there.complain("楼上漏水")
    climbing = ("negotiate_head", "negotiate_quality", "record_company")
    for place, (step, told) in enumerate(zip(climbing, ("dept_head", "quality", "company"), strict=True), start=1):
        await there.responds("dissatisfied")
        open_now = [run for run, state in (await there.steps()).items() if run in climbing and state == "open"]
        assert open_now == list(climbing[:place]), step
        assert told in await there.told()
        assert (await there.told("notice")).count("customer") == min(place, 2)


async def test_R_001_15_r12_a_limit_agreed_anew_and_missed_again_climbs_again(there: Story) -> None:
    await there.complain("楼上漏水")
    for day, step in ((3, "negotiate_head"), (5, "negotiate_quality")):
        await there.move("agree", by="unit.house", until=f"2026-03-0{day}T12:00:00+08:00")
        await there.until(f"2026-03-0{day} 11:59")
        assert step not in await there.steps()
        await there.until(f"2026-03-0{day} 12:01")
        assert (await there.steps())[step] == "open"


async def test_R_001_15_r12_r13_a_satisfied_customer_closes_it_at_any_level(there: Story) -> None:
    await there.complain("楼上漏水")
    await there.move("reply", by="unit.house", **REPLY)
    await there.responds("dissatisfied")
    assert (await there.refused("close", ground="satisfied"))["code"] == "move_not_allowed"
    await there.act("negotiate_head", "agree", by="dept_head")
    await there.responds("accepted")
    assert (await there.move("close", ground="satisfied"))["state"] == "closed"


async def test_R_001_15_r04_an_ordinary_enquiry_is_recorded_and_starts_no_work(there: Story) -> None:
    await there.complain("物业费怎么交", contact_type="enquiry")
    seen = await there.seen()
    assert (seen["grade"]["value"], seen["steps"]) == ("none", [])
    await there.move("answer_directly", answer="可在前台或手机应用缴纳")
    assert (await there.clocks())["reply"]["state"] == "met"  # a direct answer is the reply
    await there.move("close", ground="answered_directly")
    assert (await there.steps(), there.said("case.closed")[-1]["rule"]) == ({}, ["R-001-15/r04"])
