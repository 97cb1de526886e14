"""R-001-14, rule by rule: what the customer, whoever handles the complaint and the ledger see."""

from tests.scenarios.story import Story

PACK = "front-desk"
DESK = "unit.front_desk"


async def _worked(there: Story, *, run: str = "") -> None:
    """The slip goes from the desk to the supervisor to the department and back."""
    await there.act(f"issue{run}", by=DESK)
    await there.act(f"opinion{run}", by="head", fields={"opinion": "更换灯管", "asked": "库存充足"})
    await there.act(f"work{run}", "receive", by="unit.repair")
    await there.act(f"work{run}", by="unit.repair", fields={"actual_result": "已更换"})


async def test_R_001_14_r01_the_front_desk_receives_and_owns(there: Story) -> None:
    for channel in ("desk", "visit", "phone"):
        await there.complain("电梯停电", channel=channel)
        assert (await there.step("issue"))["role"] == "front_desk"


async def test_R_001_14_r02_who_declines_to_go_to_the_desk_is_heard_on_the_spot(there: Story) -> None:
    await there.complain("电梯停电", channel="elsewhere", facts={"declined_redirect": True})
    assert await there.due("report_in") == "2026-03-02 10:10"
    await there.act("report_in", fields={"heard": "三号楼电梯停电，老人被困家中"})
    assert DESK in await there.told("notice")
    await there.complain("电梯停电")
    assert "report_in" not in await there.steps()
    pack = await there.ask("GET", "/routing/v1/packs/front-desk")
    assert "read them back" in pack["text"]


async def test_R_001_14_r03_the_record_is_read_back_and_nothing_promised_beyond_authority(there: Story) -> None:
    await there.complain("电梯停电")
    await there.mark("register", "fill", by=DESK, fields={"content": "三号楼电梯停电"})
    await there.mark("register", "confirm", by=DESK)
    assert there.said("case.form_marked")[-1]["happened"] == ["confirmed"]
    await there.move("assign", department="front_desk", person=DESK)
    refused = await there.refused("reply", by=DESK, text="明天一定修好", channel="phone", promises=True)
    assert refused["rule"] == ["R-001-14/r03"]


async def test_R_001_14_r04_the_slip_is_issued_to_the_supervisor_within_half_an_hour(there: Story) -> None:
    await there.complain("电梯停电")
    assert await there.due("slip") == "2026-03-02 10:30"
    await there.act("issue", by=DESK)
    assert (await there.clocks())["slip"]["state"] == "met"
    assert "head" in await there.told("notice")
    await there.complain("电梯停电", building="P01-3")
    await there.later(minutes=31)
    assert (await there.clocks())["slip"]["state"] == "breached"


async def test_R_001_14_r05_within_an_hour_the_supervisor_writes_opinion_and_limit(there: Story) -> None:
    await there.complain("电梯停电")
    await there.later(minutes=10)
    await there.act("issue", by=DESK)
    assert await there.due("opinion_in_time") == "2026-03-02 11:10"
    await there.move("set-limit", by="head", clock="work", within="1d")
    await there.act("opinion", by="head", fields={"opinion": "更换保险丝", "asked": "库存充足"})
    assert (await there.clocks())["opinion_in_time"]["state"] == "met"
    assert await there.due("work") == "2026-03-04 00:00"
    assert (await there.step("work"))["acts"] == ["receive"]  # the responsible person signs for the slip


async def test_R_001_14_r06_the_slip_comes_back_in_time_or_the_desk_chases(there: Story) -> None:
    await there.complain("电梯停电")
    await there.act("issue", by=DESK)
    await there.act("opinion", by="head", fields={"opinion": "…", "asked": "…"})
    assert await there.due("work") == "2026-03-06 00:00"  # three days where the supervisor wrote none
    await there.until("2026-03-06 00:01")
    assert DESK in await there.told("breach")
    await there.act("work", "receive", by="unit.repair")
    await there.act("work", by="unit.repair", fields={"actual_result": "已更换"})
    assert "slip.returned" in there.said("case.step_done")[-1]["happened"]


async def test_R_001_14_r07_the_customer_is_called_within_a_day_of_the_return(there: Story) -> None:
    await there.complain("电梯停电")
    await _worked(there)
    assert await there.due("call_in_time") == "2026-03-04 00:00"
    await there.act("call", by=DESK, response="accepted", fields={"call_result": "满意"})
    assert (await there.clocks())["call_in_time"]["state"] == "met"


async def test_R_001_14_r08_satisfied_the_case_is_closed(there: Story) -> None:
    await there.complain("电梯停电")
    assert (await there.refused("close", ground="satisfied"))["code"] == "move_not_allowed"
    await _worked(there)
    await there.act("call", by=DESK, response="accepted")
    assert (await there.move("close", ground="satisfied"))["state"] == "closed"


async def test_R_001_14_r09_dissatisfied_a_new_slip_is_issued_within_half_an_hour(there: Story) -> None:
    await there.complain("电梯停电")
    await _worked(there)
    await there.later(hours=1)
    await there.act("call", by=DESK, response="dissatisfied", fields={"call_result": "灯还闪"})
    assert (await there.steps())["issue.2"] == "open"
    assert await there.due("slip") == "2026-03-02 11:30"
    await _worked(there, run=".2")
    assert (await there.clocks())["slip"]["state"] == "met"


async def test_R_001_14_r10_out_of_control_the_supervisor_comes_then_managers_level_by_level(there: Story) -> None:
    await there.complain("业主情绪激动", facts={"agitated": True})
    assert (await there.steps()).keys() == {"issue"}
    await there.complain("业主情绪激动", building="P01-3", facts={"agitated": True})
    await there.move("assess", facts={"out_of_control": True})
    assert await there.grade() == "special"
    assert (await there.step("scene"))["role"] == "supervisor"
    await there.act("scene", "fail", by="head")
    assert "manager" in await there.told()
    await there.act("scene_manager", "fail", by="manager")
    assert (await there.step("scene_senior"))["role"] == "senior_manager"
    assert "senior_manager" in await there.told()


async def test_R_001_14_r11_after_the_scene_the_half_hour_runs_from_its_end(there: Story) -> None:
    await there.complain("业主情绪激动", facts={"important_customer": True})
    await there.move("assess", facts={"out_of_control": True})
    await there.later(hours=2)
    await there.act("scene", "arrive", by="head")
    await there.act("scene", by="head")
    assert await there.due("slip_after_scene") == "2026-03-02 12:30"


async def test_R_001_14_r12_slips_are_filed_and_last_months_figures_handed_on_by_the_third(there: Story) -> None:
    await there.complain("电梯停电")
    case = there.case
    await there.until("2026-04-01 00:01")
    report = (await there.duties("due"))[0][0]
    assert (await there.duty(report, "2026-04"))["due_at"] == "2026-04-03T16:00:00Z"
    await there.do(by=DESK)
    assert "head" in await there.told()
    there.case = case
    await _worked(there)
    await there.act("call", by=DESK, response="accepted")
    await there.move("close", ground="satisfied")
    await there.act("file_slips", by=DESK)
    assert (await there.steps())["file_slips"] == "done"
