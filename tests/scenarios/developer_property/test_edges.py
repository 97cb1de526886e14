"""R-001-18 at its edges: where one grade ends, who may not act, and what stays out of the crisis guide."""

from typing import Any

import pytest

from tests.scenarios.story import Story

PACK = "developer-property"
LIMIT = 10_000_000
"""100,000 yuan, in fen."""
SURVEYED = {"account_verified": True, "findings": "侧墙渗水"}


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        pytest.param({"people": 9, "amount_claimed": LIMIT + 1}, "2", id="R_001_18_r15_nine_and_a_lot"),
        pytest.param({"people": 9, "amount_claimed": LIMIT}, "3", id="R_001_18_r16_nine_and_little"),
        pytest.param({"people": 2}, "4", id="R_001_18_r17_two_people"),
        pytest.param({"events": ["environment_or_morals_accusation"]}, "1", id="R_001_18_r14_accused"),
        pytest.param(
            {"events": ["contract_mismatch_after_move_in"], "demand": ["huge_compensation"]},
            "2",
            id="R_001_18_r15_not_as_contracted_and_a_huge_claim",
        ),
        pytest.param(
            {"events": ["contract_mismatch_after_move_in"], "demand": ["compensation"]},
            "4",
            id="R_001_18_r17_not_as_contracted_and_a_small_claim",
        ),
        pytest.param({"events": ["major_loss_dispute"]}, "4", id="R_001_18_r17_a_dispute_without_a_claim"),
        pytest.param({"events": ["possible_media"]}, "3", id="R_001_18_r16_the_media_may_come"),
    ],
)
async def test_where_a_grade_ends(there: Story, facts: dict[str, Any], grade: str) -> None:
    await there.complain("与合同约定不一致", facts=facts)
    assert await there.grade() == grade


async def test_R_001_18_r15_what_may_have_to_be_paid_raises_what_was_claimed(there: Story) -> None:
    await there.complain("与合同约定不一致", facts={"amount_claimed": 5_000_000})
    assert await there.grade() == "4"
    await there.move("assess", facts={"amount_estimated": LIMIT + 1})
    assert await there.grade() == "2"
    await there.move("assess", facts={"amount_estimated": 1})  # by itself a grade only rises
    assert await there.grade() == "2"


async def test_R_001_18_r04_no_other_department_plans_for_customer_service(there: Story) -> None:
    await there.complain("物业费收费标准不清")
    assert (await there.refused("steps/plan/done", by="unit.property"))["status"] == 403
    assert (await there.steps())["plan"] == "open"


async def test_R_001_18_r05_customer_service_joins_the_surveys_of_major_cases_only(there: Story) -> None:
    await there.complain("地下室漏水", channel="forwarded", facts={"people": 12})
    await there.act("site_survey", by="unit.cs", fields=SURVEYED)
    assert (await there.steps())["site_survey"] == "done"
    await there.complain("卧室墙面渗水")
    assert (await there.refused("steps/site_survey/done", by="unit.cs", fields=SURVEYED))["status"] == 403
    await there.move("assess", facts={"risk": ["group"]})
    await there.act("site_survey", by="unit.cs", fields=SURVEYED)
    assert (await there.steps())["site_survey"] == "done"


async def test_R_001_18_r31_a_crisis_of_fewer_than_ten_is_told_but_not_handed_over(there: Story) -> None:
    await there.complain("电梯停运", facts={"people": 9})
    seen = await there.move("assess", facts={"risk": ["crisis"]})
    assert (seen["links"], seen["person"]) == ([], "unit.property")
    assert "company_leader" in await there.told()


async def test_R_001_18_r34_a_plan_without_its_basis_is_no_plan(there: Story) -> None:
    await there.complain("物业费收费标准不清")
    fields = dict.fromkeys(("principle", "plan_text", "reply_wording", "customer_care"), "…")
    refused = await there.refused("steps/plan/done", by="unit.cs", fields=fields)
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/legal_basis"]


async def test_R_001_18_r23_r25_each_department_asked_answers_within_its_own_time(there: Story) -> None:
    await there.complain("外墙渗水")
    for department in ("dept", "property"):
        await there.act("consult", "open", by="unit.cs", department=department)
        await there.later(days=1)
    assert await _consulted(there) == [("running", "2026-03-05"), ("running", "2026-03-06")]
    slip = {
        "nature": "quality_defect",
        "explanation": "与物业无关",
        "liable": False,
        "liable_unit": "总包",
        "is_repair": False,
    }
    await there.act("consult.2", by="unit.property", fields=slip)
    assert await _consulted(there) == [("running", "2026-03-05"), ("met", "2026-03-06")]
    await there.until("2026-03-06 09:00")
    assert await _consulted(there) == [("breached", "2026-03-05"), ("met", "2026-03-06")]


async def _consulted(there: Story) -> list[tuple[str, str]]:
    """State and day of each slip that is out, in the order in which they went."""
    found = (await there.ask("GET", f"/sla/v1/cases/{there.case}/clocks"))["clocks"]
    slips = sorted(
        (each["occurrence"], each["state"], each["due_at"][:10]) for each in found if each["name"] == "consult"
    )
    return [(state, due) for _, state, due in slips]
