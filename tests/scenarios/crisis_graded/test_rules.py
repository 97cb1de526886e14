"""R-001-04, rule by rule: what the customer, whoever handles the case and the ledger see."""

from tests.scenarios.story import Story

PACK = "crisis-graded"
REPLY = {"text": "已安排", "channel": "phone"}


async def test_R_001_04_r02_the_customer_service_line_leads(there: Story) -> None:
    await there.complain("外墙漏水")
    assert (await there.step("supervise"))["role"] == "cs"
    await there.act("supervise", by="unit.cs", fields={"assistance": "已督促物业"})
    assert (await there.steps())["supervise"] == "done"


async def test_R_001_04_r04_r05_what_stays_unsolved_for_our_reasons_grows_graver(there: Story) -> None:
    await there.complain("外墙漏水", occurred_at="2026-02-10T09:00:00+08:00")
    await there.move("assess", facts={"delay_cause": "ours"})
    assert await there.grade() == "ordinary"
    await there.until("2026-03-10 00:01")  # one week after filing
    assert await there.grade() == "hot"
    await there.until("2026-03-11 00:01")  # one month after it arose
    found = (await there.seen())["grade"]
    assert (found["value"], found["rule"]) == ("major", "R-001-04/r04")


async def test_R_001_04_r06_the_same_problem_again_or_outside_help_make_it_important(there: Story) -> None:
    await there.complain("外墙漏水")
    await there.move("assess", facts={"outside_help": True})
    assert await there.grade() == "important"
    await there.act("borrow_experience", by="unit.cs", fields={"outside_advice": "兄弟公司建议注浆"})
    await there.complain("外墙漏水", building="P01-3")
    await there.move("reply", **REPLY)
    await there.move("resolve", result="已修复")
    await there.move("close", ground="settled")
    await there.move("reopen", reason="又漏了")
    assert await there.grade() == "important"


async def test_R_001_04_r08_signs_of_risk_are_gathered_and_the_manager_hears_of_them(there: Story) -> None:
    await there.complain("外墙漏水", facts={"people": 3})
    assert {"project_manager", "central_cs"} <= set(await there.told("notice"))
    refused = await there.refused("steps/gather_evidence/done", by="unit.cs", fields={"risk_signals": "业主群讨论"})
    assert refused["errors"][0]["pointer"] == "/fields/evidence"
    await there.act("gather_evidence", by="unit.cs", fields={"risk_signals": "业主群讨论", "evidence": "截图"})
    await there.complain("外墙漏水", building="P01-3")
    assert "project_manager" not in await there.told()
    await there.move("assess", facts={"local_risk": True})
    assert "project_manager" in await there.told()


async def test_R_001_04_r09_general_affairs_gives_legal_support_and_helps_in_a_lawsuit(there: Story) -> None:
    await there.complain("售楼承诺未兑现", facts={"signals": ["litigation"]})
    steps = await there.steps()
    assert steps.items() >= {"legal_support": "open", "litigation_help": "open"}.items()
    assert await there.due("legal_support") == "2026-03-02 12:00"
    await there.act("legal_support", by="unit.general_affairs", fields={"legal_opinion": "证据充分"})
    await there.act("litigation_help", by="audit")  # headquarters' audit does it with them
    assert (await there.clocks())["legal_support"]["state"] == "met"


async def test_R_001_04_r10_r12_headquarters_reviews_the_plan_of_what_is_hot_or_major(there: Story) -> None:
    await there.complain("外墙漏水", facts={"people": 5})
    assert (await there.steps()).items() >= {"plan": "open", "crisis_event": "open"}.items()
    refused = await there.refused("reply", **REPLY)
    assert refused["rule"] == ["R-001-04/r12"]
    await there.act("plan", fields={"plan_text": "全面排查"})
    await there.act("plan_review", "reject", by="central_cs")
    assert (await there.steps())["plan.2"] == "open"
    await there.act("plan", fields={"plan_text": "全面排查并更换防水"})
    await there.act("plan_review", "approve", by="central_cs")
    assert (await there.move("reply", **REPLY))["state"] == "replied"
    await there.complain("管家态度差", facts={"people": 2})
    assert "plan" not in await there.steps()


async def test_R_001_04_r04_r05_only_delay_on_our_side_raises_the_grade(there: Story) -> None:
    cases = []
    for narrative, cause in (("管家态度差", "customer"), ("物业费太贵", "third_party"), ("电梯停运", "nature")):
        cases.append(await there.complain(narrative, occurred_at="2026-02-10T09:00:00+08:00"))
        await there.move("assess", facts={"delay_cause": cause})
    await there.until("2026-03-11 00:01")
    for there.case in cases:
        assert await there.grade() == "ordinary"
        await there.move("assess", facts={"delay_cause": "ours"})
        assert await there.grade() == "major"


async def test_R_001_04_r05_three_of_a_type_must_be_of_different_people(there: Story) -> None:
    same = {"name": "同一人", "phone": "+8613900000001"}
    for reporter in (same, same, same, {"anonymous": True}):
        await there.complain("外墙漏水", reporter=reporter)
        assert await there.grade() == "ordinary"
    await there.complain("外墙漏水")
    assert await there.grade() == "ordinary"
    await there.complain("外墙漏水")
    found = (await there.seen())["grade"]
    assert (found["value"], found["rule"]) == ("hot", "R-001-04/r05")


async def test_R_001_04_r08_what_comes_in_is_passed_on_to_who_answers_for_it(there: Story) -> None:
    for narrative, department, person in (
        ("外墙漏水", "property", "unit.property"), ("售楼承诺未兑现", "dept", "unit.sales"),
        ("管家态度差", "dept", "unit.service"),
    ):  # fmt: skip
        await there.complain(narrative)
        seen = await there.seen()
        assert (seen["department"], seen["person"]) == (department, person)
        assert ((await there.clocks())["forward"]["state"], await there.due("forward")) == ("met", "2026-03-02 12:00")


async def test_R_001_04_r08_r10_manager_and_headquarters_hear_of_all_but_the_ordinary(there: Story) -> None:
    both = {"project_manager", "central_cs"}
    for narrative, facts, again, grade, work in (
        ("管家态度差", {}, False, "ordinary", set()),
        ("物业费太贵", {}, True, "important", set()),
        ("电梯停运", {"people": 3}, False, "hot", {"plan"}),
        ("外墙漏水", {"people": 5}, False, "major", {"plan", "crisis_event"}),
    ):
        await there.complain(narrative, facts=facts)
        await there.move("assess", facts={"again_after_handling": again})
        assert (await there.grade(), {"plan", "crisis_event"} & set(await there.steps())) == (grade, work)
        assert both & set(await there.told()) == (set() if grade == "ordinary" else both)


async def test_R_001_04_r10_the_property_company_takes_part_in_the_review_of_the_plan(there: Story) -> None:
    await there.complain("外墙漏水", facts={"people": 3})
    await there.act("plan", fields={"plan_text": "全面排查"})
    assert (await there.refused("steps/plan_review/approve", by="unit.general_affairs"))["code"] == "out_of_scope"
    await there.act("plan_review", "approve", by="unit.property")
    assert (await there.steps())["plan_review"] == "done"
