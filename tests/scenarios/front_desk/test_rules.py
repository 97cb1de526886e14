"""R-001-14, rule by rule: what the customer, whoever handles the complaint and the ledger see."""

import pytest

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
    await there.act("call", by=DESK, response="accepted", fields={"call_result": "满意"})
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
    await there.act("call", by=DESK, response="accepted", fields={"call_result": "满意"})
    await there.move("close", ground="satisfied")
    await there.act("file_slips", by=DESK)
    assert (await there.steps())["file_slips"] == "done"
    [kept] = await there.filed()
    assert {part["form"] for part in kept["parts"]} == {"register", "slip"}
    assert (kept["kept_by"], kept["file"]["key"]) == ("front_desk", kept["number"])


async def test_R_001_14_r02_whoever_was_spoken_to_writes_it_down_before_sending_anybody_on(there: Story) -> None:
    known = {"channel": "elsewhere", "first_receiver": "head", "facts": {"declined_redirect": True}}
    await there.complain("门岗不让外卖进", **known)
    assert (await there.step("report_in"))["person"] == "head"
    await there.move("accept")
    assert (await there.refused("assign", person="unit.order"))["rule"] == ["R-001-14/r02"]
    refused = await there.refused("steps/report_in/done")
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/heard"]
    await there.act("report_in", fields={"heard": "昨晚两次被拦"})
    assert (await there.move("assign", person="unit.order"))["person"] == "unit.order"


async def test_R_001_14_r03_only_the_supervisor_has_the_authority_to_promise(there: Story) -> None:
    await there.complain("电梯一直停在五楼")
    reply = {"text": "今天修好并减免一月物业费", "channel": "phone"}
    refused = await there.refused("reply", by="unit.repair", **reply, promises=True)
    assert refused["rule"] == ["R-001-14/r03"]
    assert (await there.move("reply", by="unit.repair", **reply))["state"] == "replied"
    assert (await there.move("reply", by="head", **reply, promises=True))["state"] == "replied"


async def test_R_001_14_r04_the_half_hour_runs_at_night_as_well(there: Story) -> None:
    await there.until("2026-03-07 22:50")  # a Saturday
    await there.complain("楼上漏水")
    assert await there.due("slip") == "2026-03-07 23:20"
    await there.until("2026-03-07 23:21")
    assert DESK in await there.told("breach")


async def test_R_001_14_r05_r06_the_slip_bears_opinion_signature_and_the_real_result(there: Story) -> None:
    await there.complain("电梯一直停在五楼")
    await there.act("issue", by=DESK)
    refused = await there.refused("steps/opinion/done", fields={"asked": "维修班称缺件"})
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/opinion"]
    await there.act("opinion", fields={"opinion": "今日修复", "asked": "维修班称缺件"})
    assert (await there.refused("steps/work/done", by="unit.repair"))["allowed"] == ["receive"]
    assert (await there.refused("steps/work/receive", by="unit.order"))["code"] == "out_of_scope"
    await there.act("work", "receive", by="unit.repair")
    refused = await there.refused("steps/work/done", by="unit.repair")
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/actual_result"]


async def test_R_001_14_r06_the_chase_goes_up_to_the_manager(there: Story) -> None:
    await there.complain("电梯一直停在五楼")
    await there.act("issue", by=DESK)
    await there.act("opinion", fields={"opinion": "今日修复", "asked": "维修班称缺件"})
    await there.move("set-limit", clock="work", until="2026-03-02T14:00:00+08:00")
    await there.until("2026-03-02 14:01")
    assert (DESK in await there.told("breach"), await there.told("escalation")) == (True, [])
    await there.until("2026-03-02 18:01")
    assert await there.told("escalation") == ["head"]
    await there.until("2026-03-02 22:01")
    assert await there.told("escalation") == ["head", "manager"]


async def test_R_001_14_r07_the_supervisor_hears_of_the_return_and_the_call_is_written_down(there: Story) -> None:
    await there.complain("电梯停电")
    await there.act("issue", by=DESK)
    await there.act("opinion", fields={"opinion": "更换灯管", "asked": "库存充足"})
    await there.act("work", "receive", by="unit.repair")
    before = (await there.told("notice")).count("head")
    await there.act("work", by="unit.repair", fields={"actual_result": "已更换"})
    assert (await there.told("notice")).count("head") == before + 1
    refused = await there.refused("steps/call/done", by=DESK, response="accepted")
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/call_result"]


@pytest.mark.parametrize(
    ("facts", "out_of_control", "grade"),
    [
        pytest.param({"important_customer": True}, True, "special", id="important"),
        pytest.param({"agitated": True}, True, "special", id="agitated"),
        pytest.param({"agitated": True}, False, "normal", id="in_hand"),
        pytest.param({}, True, "normal", id="anybody"),
    ],
)
async def test_R_001_14_r10_who_matters_or_rages_and_is_out_of_control(
    there: Story, facts: dict[str, bool], out_of_control: bool, grade: str
) -> None:
    await there.complain("业主在大堂砸桌子", facts=facts)
    await there.move("assess", facts={"out_of_control": out_of_control})
    assert (await there.grade(), "scene" in await there.steps()) == (grade, grade == "special")


async def test_R_001_14_r11_whoever_settles_the_scene_starts_the_half_hour(there: Story) -> None:
    for settled, due in (("manager", "10:46"), ("senior_manager", "11:10")):
        await there.complain("业主在大堂砸桌子", facts={"agitated": True})
        await there.move("assess", facts={"out_of_control": True})
        assert (await there.clocks())["slip"]["state"] == "cancelled"
        for step, person in (("scene", "head"), ("scene_manager", "manager"), ("scene_senior", "senior_manager")):
            await there.later(minutes=8)
            await there.act(step, "done" if person == settled else "fail", by=person)
            if person == settled:
                break
        assert await there.due("slip_after_scene") == f"2026-03-02 {due}"
        await there.act("issue", by=DESK)
        assert (await there.clocks())["slip_after_scene"]["state"] == "met"


async def test_R_001_14_r09_r11_after_a_scene_too_the_dissatisfied_get_a_new_slip(there: Story) -> None:
    await there.complain("电梯停电", facts={"agitated": True})
    await there.move("assess", facts={"out_of_control": True})
    await there.act("scene", "fail", by="head")
    await there.act("scene_manager", by="manager")
    await _worked(there)
    await there.act("call", by=DESK, response="dissatisfied", fields={"call_result": "灯还闪"})
    assert (await there.steps())["issue.2"] == "open"
