"""Steps, settlements and forms: what opens them, who may act on them, what they leave and what follows."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.routing.domain import FILLED, CaseFile
from shared.access.principal import Principal
from shared.errors import Conflict, Invalid, MoveNotAllowed, NotFound, OutOfScope
from shared.events.complaints import PackPin
from shared.policy.loading import packaged_pack_text
from tests.storage.routing_world import HANDLER, HEAD, RoutingWorld, routing_world

CASE = UUID(int=77)
DESK = Principal("wang.li", frozenset({"handler"}), ("R1",))
DEPARTMENT = Principal("he.qiang", frozenset({"handler"}), ("R1",))


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        yield world


async def under(world: RoutingWorld, code: str, **known: Any) -> CaseFile:
    """A complaint under another of the product's packs."""
    await world.publish(packaged_pack_text(code))
    return await world.register(CASE, pack=PackPin(code=code, version=1, digest="0"), **known)


def works(file: CaseFile) -> dict[str, str]:
    return {work.run: work.state.value for work in file.works}


def marks(file: CaseFile, run: str) -> tuple[str, ...]:
    return next(work.marks for work in file.works if work.run == run)


async def last(world: RoutingWorld, name: str) -> dict[str, Any]:
    return [data for type_, data in await world.emitted(CASE) if type_ == name][-1]


async def test_what_the_assessment_opens_is_told_at_once_and_by_one_event(world: RoutingWorld) -> None:
    file = await world.register(CASE, category="quality")
    assert works(file) == {"site_survey": "open", "assess_risk": "open", "plan": "open"}
    opened = await last(world, "case.step_opened")
    assert [(step["step"], step["role"]) for step in opened["steps"]] == [
        ("site_survey", "property"), ("assess_risk", "cs"), ("plan", "cs"),
    ]  # fmt: skip
    assert file.version == 1


async def test_r24_three_months_after_handover_engineering_does_the_survey(world: RoutingWorld) -> None:
    file = await world.register(CASE, category="quality", building="P01-3")  # handed over five weeks ago
    assert next(work.role for work in file.works if work.name == "site_survey") == "engineering"


async def test_only_whoever_holds_the_role_may_act(world: RoutingWorld) -> None:
    await world.register(CASE, category="quality")
    with pytest.raises(OutOfScope):
        await world.act(CASE, "assess_risk", by=HANDLER, fields={"customer_state": "calm"})
    file = await world.act(
        CASE, "assess_risk", by=DESK, fields={"customer_state": "calm"}, facts={"risk": ["exposure"]}
    )
    assert (works(file)["assess_risk"], file.facts["risk"]) == ("done", ["exposure"])
    with pytest.raises(Conflict, match="act_not_allowed"):
        await world.act(CASE, "assess_risk", by=DESK, fields={"customer_state": "calm"})


async def test_a_step_is_done_when_what_it_must_leave_is_there(world: RoutingWorld) -> None:
    await world.register(CASE, category="quality")
    with pytest.raises(Invalid) as refused:
        await world.act(CASE, "site_survey", by=HANDLER, fields={"findings": "wet"})
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/fields/account_verified", "missing")]
    for given, code in (
        ({"findings": "wet", "account_verified": "yes"}, "not_boolean"),
        ({"findings": 7, "account_verified": True}, "not_text"),
        ({"findings": "wet", "account_verified": True, "colour": "red"}, "unknown"),
    ):
        with pytest.raises(Invalid) as refused:
            await world.act(CASE, "site_survey", by=HANDLER, fields=given)
        assert [error.code for error in refused.value.errors] == [code]
    file = await world.act(CASE, "site_survey", by=HANDLER, fields={"findings": "wet", "account_verified": False})
    assert file.course.records["account_verified"] is False
    assert file.course.records["findings"] == FILLED
    done = await last(world, "case.step_done")
    assert done["records"] == {"account_verified": False}  # a person's words stay with the personal records
    assert (done["filled"], done["happened"]) == (["account_verified", "findings"], ["site_survey.done"])


async def test_r23_opinions_asked_for_are_merged_into_the_plan(world: RoutingWorld) -> None:
    await world.register(CASE, category="quality")
    await world.act(CASE, "consult", "open", by=DESK, department="dept")
    file = await world.act(CASE, "consult", "open", by=DESK, department="property")
    asked = [(work.run, work.unit) for work in file.works if work.name == "consult"]
    assert asked == [("consult", "dept"), ("consult.2", "property")]
    plan = dict.fromkeys(("principle", "plan_text", "reply_wording", "legal_basis", "customer_care"), "…")
    with pytest.raises(Conflict, match="step_waits") as waits:
        await world.act(CASE, "plan", by=DESK, fields=plan)
    assert waits.value.members["needs"] == ["consult.done"]
    slip = {"nature": "quality_defect", "explanation": "thin coat", "liable": False, "is_repair": False}
    await world.act(CASE, "consult", by=DEPARTMENT, fields=slip)
    await world.act(CASE, "consult.2", by=HANDLER, fields=slip | {"nature": "neither"})
    file = await world.act(CASE, "plan", by=DESK, fields=plan)
    assert works(file) | {"plan": "done", "plan_ok": "open"} == works(file)
    with pytest.raises(OutOfScope):  # whoever is asked does not ask others
        await world.act(CASE, "consult", "open", by=DEPARTMENT, department="dept")


async def test_r33_what_is_promised_must_be_planned_and_approved(world: RoutingWorld) -> None:
    await world.register(CASE, category="quality")
    promise = {"text": "we shall repaint", "channel": "phone", "promises": True}
    with pytest.raises(Conflict, match="move_forbidden") as refused:
        await world.move(CASE, "reply", promise, by=HANDLER)
    assert refused.value.members["rule"] == ["R-001-18/r33"]
    await world.act(
        CASE, "plan",
        fields=dict.fromkeys(("principle", "plan_text", "reply_wording", "legal_basis", "customer_care"), "…"),
    )  # fmt: skip
    with pytest.raises(Conflict, match="move_forbidden"):
        await world.move(CASE, "reply", promise, by=HANDLER)
    file = await world.act(CASE, "plan_ok", "approve")
    assert {"plan_ok.approved", "plan_ok.done"} <= file.course.happened
    assert (await world.move(CASE, "reply", promise, by=HANDLER)).state.value == "replied"


async def test_r37_of_what_is_major_the_spokesperson_alone_speaks(world: RoutingWorld) -> None:
    await world.register(CASE, facts={"people": 12})
    with pytest.raises(Conflict, match="move_forbidden"):
        await world.move(CASE, "reply", {"text": "…", "channel": "phone"}, by=HANDLER)
    await world.move(CASE, "reply", {"text": "…", "channel": "phone"}, by=HEAD)


async def test_r38_to_r39_from_the_evidence_to_the_money(world: RoutingWorld) -> None:
    await world.register(CASE)
    await world.move(CASE, "assess", {"facts": {"demand": ["compensation"]}})
    with pytest.raises(Invalid):
        await world.act(CASE, "collect_evidence", by=DESK)
    await world.act(CASE, "collect_evidence", by=DESK, fields={"evidence": ["photographs", "the contract"]})
    with pytest.raises(Invalid):
        await world.act(CASE, "liability", by=DESK, gives="everybody")
    file = await world.act(CASE, "liability", by=DESK, gives="ours")
    assert works(file) | {"negotiate": "open", "compensation": "open"} == works(file)
    await world.act(CASE, "negotiate", "round", by=DESK, text="they want more")
    file = await world.act(CASE, "negotiate", "agree", by=DESK)
    assert (file.course.agreement, file.course.talks) == (True, 1)
    applied = {"amount_applied": 500_000, "basis": "the contract"}
    await world.act(CASE, "compensation", by=DESK, fields=applied)
    with pytest.raises(OutOfScope):
        await world.act(CASE, "compensation", "approve", by=DESK)
    await world.act(CASE, "compensation", "approve")
    await world.act(CASE, "compensation", by=DESK, text="the customer has signed it", signatures=["customer"])
    file = await world.act(CASE, "compensation")
    assert marks(file, "compensation") == ("approved", "paid")
    assert "compensation.paid" in file.course.happened
    file = await world.act(CASE, "compensation", by=DESK)
    assert works(file)["compensation"] == "done"
    done = [data["happened"] for name, data in await world.emitted(CASE) if name == "case.step_done"]
    assert done[-5:] == [
        [],
        ["compensation.approved"],
        ["undertaking.signed"],
        ["compensation.paid"],
        ["compensation.done"],
    ]


async def test_talks_that_fail_end_in_our_position(world: RoutingWorld) -> None:
    await world.register(CASE)
    await world.move(CASE, "assess", {"facts": {"demand": ["compensation"], "unrealistic_demand": True}})
    await world.act(CASE, "collect_evidence", fields={"evidence": "…"})
    await world.act(CASE, "liability", gives="ours")
    await world.act(CASE, "negotiate", "round")
    file = await world.act(CASE, "negotiate", "fail")
    assert (works(file)["negotiate"], works(file)["position"]) == ("failed", "open")
    file = await world.act(CASE, "position", fields={"position_told": "…"})
    assert works(file)["position"] == "done"


async def test_a_task_is_taken_before_it_is_done(world: RoutingWorld) -> None:
    file = await under(world, "customer-requests", category="house", contact_type="complaint")
    assert works(file)["task"] == "open"
    by = HEAD
    with pytest.raises(Conflict, match="act_not_allowed") as refused:
        await world.act(CASE, "task", by=by, fields={"feedback": "…"})
    assert refused.value.members["allowed"] == ["receive"]
    await world.act(CASE, "task", "receive", by=by)
    assert (await last(world, "case.task_received"))["person"] == "wu.fang"
    with pytest.raises(Conflict, match="move_requires"):  # R-001-15/r14
        await world.move(CASE, "resolve", {"result": "…"})
    file = await world.act(CASE, "task", by=by, fields={"feedback": "mended"})
    assert marks(file, "task") == ("received", "done")
    assert (await world.move(CASE, "resolve", {"result": "…"})).state.value == "resolved"


async def test_a_plan_that_is_refused_is_made_again(world: RoutingWorld) -> None:
    await under(world, "crisis-graded", category="service", contact_type="complaint", facts={"people": 3})
    await world.act(CASE, "plan", fields={"plan_text": "…"})
    with pytest.raises(Conflict, match="move_forbidden"):  # R-001-04/r12
        await world.move(CASE, "reply", {"text": "…", "channel": "phone"})
    file = await world.act(CASE, "plan_review", "reject")
    assert works(file)["plan.2"] == "open"
    await world.act(CASE, "plan", fields={"plan_text": "better"})
    file = await world.act(CASE, "plan_review", "approve")
    assert works(file) | {"plan.2": "done", "plan_review.2": "done"} == works(file)
    await world.move(CASE, "reply", {"text": "…", "channel": "phone"})


async def test_what_the_customer_confirms_is_signed_and_given_back(world: RoutingWorld) -> None:
    await under(world, "office-building", category="service", contact_type="complaint", channel="visit")
    with pytest.raises(Conflict, match="move_requires"):  # R-002-07/r03
        await world.move(CASE, "reply", {"text": "…", "channel": "visit"})
    told = {"text": "…", "channel": "visit", "fields": {"process": "looked", "result": "mended"}}
    file = await world.move(CASE, "reply", told)
    assert works(file)["confirm_record"] == "open"
    with pytest.raises(Conflict, match="step_waits") as waits:
        await world.act(CASE, "confirm_record")
    assert set(waits.value.members["needs"]) == {"signature:customer", "opinion_form.returned"}
    await world.mark(CASE, "opinion_form", "sign", role="customer")
    file = await world.mark(CASE, "opinion_form", "return")
    assert {"opinion_form.signed", "opinion_form.returned"} <= file.course.happened
    await world.act(CASE, "confirm_record")
    assert (await world.move(CASE, "close", {"ground": "confirmed"})).state.value == "closed"


async def test_a_form_takes_only_what_it_is_for(world: RoutingWorld) -> None:
    await under(world, "office-building", category="service", contact_type="complaint", channel="visit")
    with pytest.raises(NotFound):
        await world.mark(CASE, "no_such_form", "sign")
    with pytest.raises(Conflict, match="form_not_so"):
        await world.mark(CASE, "record", "return")
    with pytest.raises(Invalid):
        await world.mark(CASE, "opinion_form", "sign", role="finance")
    with pytest.raises(Invalid):
        await world.mark(CASE, "opinion_form", "fill", fields={"height": "tall"})
    file = await world.mark(CASE, "opinion_form", "fill", fields={"process": "looked"})
    assert file.course.records["process"] == FILLED


async def test_the_same_request_again_does_nothing_more(world: RoutingWorld) -> None:
    await world.register(CASE, category="quality")
    once = await world.act(CASE, "consult", "open", key="k", department="dept")
    again = await world.act(CASE, "consult", "open", key="k", department="dept")
    assert (once.version, again.version, len(again.works)) == (2, 2, len(once.works))


async def test_what_does_not_exist_is_not_found(world: RoutingWorld) -> None:
    await world.register(CASE)
    for run, act in (("no_such_step", "done"), ("plan", "juggle"), ("no_such_step", "open")):
        with pytest.raises(NotFound):
            await world.act(CASE, run, act)
    with pytest.raises(Conflict, match="act_not_allowed"):
        await world.act(CASE, "after_report")


async def test_work_goes_on_after_closing_but_not_after_the_customer_took_it_back(world: RoutingWorld) -> None:
    await world.register(CASE, facts={"people": 12})
    await world.move(CASE, "resolve", {"result": "…"})
    await world.move(CASE, "close", {"ground": "beyond_authority_or_range", "position_told": "…", "evidence": "…"})
    file = await world.act(CASE, "after_report", fields={"outcome": "…"})
    assert works(file)["after_report"] == "done"


async def test_r12_a_time_is_agreed_and_r20_a_limit_extended_with_its_reason(world: RoutingWorld) -> None:
    await world.register(CASE)
    until = world.clock.now() + timedelta(days=2)
    await world.move(CASE, "agree", {"until": until.isoformat(), "clock": "agreed"}, by=HANDLER)
    assert (await last(world, "case.agreed"))["clock"] == "agreed"
    with pytest.raises(Invalid):
        await world.move(CASE, "agree", {"until": "2000-01-01T00:00:00Z"}, by=HANDLER)
    with pytest.raises(Invalid) as refused:
        await world.move(CASE, "extend", {"clock": "close", "by": "5wd"}, by=HANDLER)
    assert [(error.pointer, error.code) for error in refused.value.errors] == [("/reason", "missing")]
    file = await world.move(CASE, "extend", {"clock": "close", "by": "5wd", "reason": "parts"}, by=HANDLER)
    assert "close.extended" in file.course.happened
    assert (await last(world, "case.told"))["to"] == ["customer"]
    with pytest.raises(Invalid):
        await world.move(CASE, "extend", {"clock": "reply", "by": "5wd", "reason": "parts"}, by=HANDLER)
    with pytest.raises(MoveNotAllowed):  # no rule of the regime stops a limit
        await world.move(CASE, "suspend", {"cause": "weather"}, by=HANDLER)


async def test_r001_14_r05_the_supervisor_writes_the_limit_on_the_slip(world: RoutingWorld) -> None:
    await under(world, "front-desk", category="service", contact_type="complaint", channel="phone")
    with pytest.raises(OutOfScope):
        await world.move(CASE, "set-limit", {"clock": "work", "within": "1d"}, by=HANDLER)
    with pytest.raises(Invalid):
        await world.move(CASE, "set-limit", {"clock": "work"})
    await world.move(CASE, "set-limit", {"clock": "work", "within": "1d"})
    assert await last(world, "case.limit_set") == {"clock": "work", "within": "1d", "until": None, "run": None}
