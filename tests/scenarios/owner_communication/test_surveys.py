"""R-003: whom the satisfaction survey asks, what it takes, what it finds, and what follows from that."""

from typing import Any
from uuid import UUID

import pytest

from services.reporting.storage.surveys import SurveyStorage
from shared.policy.surveying import draw, parse_share
from tests.scenarios.story import Story

PACK = "owner-communication"
SURVEYS = "/intake/v1/surveys"
DIRECTOR, HANDLER = "director", "unit.complaint_handler"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
FRAME = [f"2-{floor}-{flat:02}" for floor in range(1, 6) for flat in range(1, 5)]
"""Twenty households of building 2; complaints of a story come from units of building 1."""


async def opened(there: Story, *, by: str = DIRECTOR, **more: Any) -> dict[str, Any]:
    """The survey opened by the director; from then on events are those of it."""
    body = {"project": "P01", "survey": "satisfaction", "households": FRAME} | more
    found = dict(await there.ask("POST", SURVEYS, by, json=body))
    there.case = found["id"]
    await there.world.settle()
    return found


async def answered(there: Story, household: str, *, mode: str = "phone", **more: Any) -> dict[str, Any]:
    """A household of the survey says what it thinks, content with the cleaning unless told otherwise."""
    body = {"household": household, "mode": mode, "topics": {"cleaning": 5}} | more
    found = dict(await there.ask("POST", f"{SURVEYS}/{there.case}/answers", HANDLER, json=body))
    await there.world.settle()
    return found


async def said(there: Story, household: str, topics: dict[str, int | str]) -> None:
    """The same, of many households: nothing settles between them."""
    body = {"household": household, "mode": "phone", "topics": topics}
    await there.ask("POST", f"{SURVEYS}/{there.case}/answers", HANDLER, json=body)


def by_name(outcomes: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in outcomes}


def by_kind(survey: dict[str, Any], kind: str) -> list[str]:
    return [each["household"] for each in survey["households"] if each["drawn"] == kind]


async def test_R_003_r23_a_fifth_is_drawn_by_lot_and_the_draw_can_be_repeated(there: Story) -> None:
    survey = await opened(there)
    share = parse_share(survey["share"])
    assert share is not None
    assert by_kind(survey, "lot") == list(draw(survey["frame"], share, survey["seed"]))
    assert (len(by_kind(survey, "lot")), by_kind(survey, "must")) == (4, [])
    assert there.said("survey.opened")[0]["by_lot"] == 4


async def test_R_003_r23_who_complained_or_grumbled_in_daily_life_is_asked_in_any_case(there: Story) -> None:
    await there.complain("楼道没有打扫", unit="1-2-101", contact_type="grumble")
    await there.complain("草坪枯死", unit="2-1-01")
    await there.complain("大堂灯不亮", unit=None)
    survey = await opened(there)
    assert sorted(by_kind(survey, "must")) == ["1-2-101", "2-1-01"]
    assert survey["complaints_without_household"] == 1
    why = {each["household"]: each["why"] for each in survey["households"]}
    assert why["1-2-101"] == "complaints within a year 1 >= 1"
    again = await there.ask("GET", f"{SURVEYS}/{survey['id']}", language="zh")
    assert next(each["why"] for each in again["households"] if each["why"]) == "一年内投诉次数 1 ≥ 1"


async def test_R_003_r23_who_was_dissatisfied_in_the_last_survey_is_asked_in_the_next(there: Story) -> None:
    first = await opened(there, households=["2-1-01", "2-1-02"], special=True)
    (drawn,) = by_kind(first, "lot")
    await answered(there, drawn, topics={"cleaning": 2, "repair": "satisfied"})
    await there.ask("POST", f"{SURVEYS}/{first['id']}/close", DIRECTOR)
    await there.later(days=30)
    second = await opened(there, households=["2-5-04"])
    assert (by_kind(second, "lot"), by_kind(second, "must")) == (["2-5-04"], [drawn])
    await answered(there, drawn, topics={"cleaning": 4})
    await there.later(days=30)
    third = await opened(there, households=["2-5-04"], special=True)
    assert by_kind(third, "must") == []


async def test_R_003_r23_it_is_not_closed_before_everybody_who_must_be_covered_is(there: Story) -> None:
    for unit in ("1-1-101", "1-2-101"):
        await there.complain("楼道没有打扫", unit=unit)
    survey = await opened(there)
    await answered(there, "1-1-101")
    refused = await there.refused_at(f"{SURVEYS}/{survey['id']}/close", by=DIRECTOR)
    assert (refused["code"], refused["households"]) == ("survey_not_covered", ["1-2-101"])
    reason = {"household": "1-2-101", "reason": "三次上门无人"}
    await there.ask("POST", f"{SURVEYS}/{survey['id']}/not-reached", HANDLER, json=reason)
    closed = await there.ask("POST", f"{SURVEYS}/{survey['id']}/close", DIRECTOR)
    assert (closed["state"], closed["progress"]["must"]) == ("closed", {"asked": 2, "answered": 1, "not_reached": 1})


@pytest.mark.parametrize("mode", ["door_to_door", "phone", "outdoor_interview", "questionnaire"])
async def test_R_003_r20_answers_are_taken_in_every_way_of_asking_and_counted_by_it(there: Story, mode: str) -> None:
    survey = await opened(there)
    household = by_kind(survey, "lot")[0]
    body = {"household": household, "mode": "e-mail", "topics": {"cleaning": 4}}
    refused = await there.refused_at(f"{SURVEYS}/{survey['id']}/answers", by=HANDLER, **body)
    assert [error["pointer"] for error in refused["errors"]] == ["/mode"]
    await answered(there, household, mode=mode)
    assert [data["mode"] for data in there.said("survey.answered")] == [mode]
    seen = await there.ask("GET", f"{SURVEYS}/{survey['id']}")
    assert [(each["name"], each["answered"]) for each in seen["result"]["modes"]] == [(mode, 1)]


async def test_R_003_r19_the_office_chooses_the_topics_each_time(there: Story) -> None:
    whole = await opened(there)
    assert whole["topics"] == list(there.pack.document.surveys["satisfaction"].topics)
    chosen = await opened(there, special=True, topics=["vehicles", "security"])
    assert chosen["topics"] == ["security", "vehicles"]
    household = by_kind(chosen, "lot")[0]
    body = {"household": household, "mode": "phone", "topics": {"cleaning": 4}}
    refused = await there.refused_at(f"{SURVEYS}/{chosen['id']}/answers", by=HANDLER, **body)
    assert [error["pointer"] for error in refused["errors"]] == ["/topics/cleaning"]
    assert (await answered(there, household, topics={"security": 3}))["topics"] == {"security": 3}


async def test_R_003_r22_special_surveys_run_beside_the_round_of_the_calendar(there: Story) -> None:
    of_round = await opened(there)
    assert (await opened(there))["id"] == of_round["id"]
    refused = await there.refused_at(SURVEYS, by=DIRECTOR, project="P01", survey="satisfaction", households=["2-1-01"])
    assert refused["code"] == "idempotency_conflict"
    special = await opened(there, special=True, topics=["repair"], households=FRAME[:5])
    assert special["id"] != of_round["id"]
    assert (of_round["period"], special["period"]) == ("2026-H1", "2026-03-02")
    assert [data["special"] for data in there.said("survey.opened")] == [True]
    listed = (await there.ask("GET", f"{SURVEYS}?project=P01"))["items"]
    assert {(each["id"], each["special"]) for each in listed} == {(special["id"], True), (of_round["id"], False)}


async def test_a_dissatisfied_answer_may_start_a_complaint_of_its_own(there: Story) -> None:
    survey = await opened(there)
    household = by_kind(survey, "lot")[0]
    said = await answered(
        there, household, mode="questionnaire", topics={"cleaning": 1}, comment="垃圾三天没有清运", complaint=True
    )
    there.case = said["complaint"]
    seen = await there.seen()
    assert (seen["category"]["code"], seen["state"]) == ("cleaning", "assigned")
    assert there.said("complaint.registered")[0]["channel"] == "questionnaire"


async def concluded(there: Story, unhappy: str = "security") -> dict[str, Any]:
    """A round in which half of those drawn are unhappy with one topic; closed by the director."""
    survey = await opened(there)
    drawn = by_kind(survey, "lot")
    for household in drawn[:2]:
        await answered(there, household, topics={"cleaning": 5, unhappy: 1})
    for household in drawn[2:]:
        await answered(there, household, mode="door_to_door", topics={"cleaning": "satisfied", unhappy: 4})
    closed = dict(await there.ask("POST", f"{SURVEYS}/{survey['id']}/close", DIRECTOR))
    await there.world.settle()
    return closed


async def test_R_003_r21_r17_what_lies_below_the_objective_is_told_and_improved_in_time(there: Story) -> None:
    await there.until("2026-07-01 10:00")
    assert ("satisfaction", "2026-H2", "due") in await there.duties()
    closed = await concluded(there)
    assert (closed["result"]["below"], closed["result"]["raised"]) == (["security"], ["security"])
    assert ("satisfaction", "2026-H2", "done") in await there.duties()
    assert sorted(await there.told()) == ["deputy_manager", "director", "director"]  # to begin with, then of the result
    (improvement,) = [each for each in await all_duties(there) if each["kind"] == "improvement"]
    assert (improvement["name"], improvement["about"], improvement["by"]) == ("satisfaction", ["security"], "director")
    assert improvement["due_at"] == "2026-08-01T16:00:00Z"
    there.case = improvement["id"]
    assert await there.told() == ["director"]
    await there.do(by=DIRECTOR)
    assert sorted(await there.told()) == ["deputy_manager", "director", "director"]
    sent = (there.world.runners["notify"].core.settings.home / "notices.jsonl").read_text("utf-8")
    assert "满意率低于目标 85% 的有：安全防范" in sent
    assert "请于 2026年08月02日 00:00 前改进：安全防范" in sent


async def test_R_003_r21_what_is_commonly_raised_is_improved_though_it_reaches_the_objective(there: Story) -> None:
    survey = await opened(there, households=[f"2-1-{n:03}" for n in range(100)])
    drawn = by_kind(survey, "lot")
    assert len(drawn) == 20
    for place, household in enumerate(drawn):  # 18 of 20 are content with each: 90 %
        unhappy, middling = (2 if place < 2 else 5), (3 if place < 2 else 5)
        await said(there, household, {"vehicles": unhappy, "repair": middling, "security": 1 if place == 0 else 5})
    closed = await there.ask("POST", f"{SURVEYS}/{survey['id']}/close", DIRECTOR)
    await there.world.settle()
    assert (closed["result"]["below"], closed["result"]["raised"]) == ([], ["vehicles"])
    assert sorted(await there.told()) == ["deputy_manager", "director"]
    (improvement,) = [each for each in await all_duties(there) if each["kind"] == "improvement"]
    assert (improvement["about"], improvement["by"]) == (["vehicles"], "director")
    figures = await there.ask("GET", f"/reporting/v1/surveys/{survey['id']}")
    assert (figures["below"], figures["raised"]) == ([], ["vehicles"])
    assert by_name(figures["topics"])["vehicles"]["dissatisfied"] == 2
    sent = (there.world.runners["notify"].core.settings.home / "notices.jsonl").read_text("utf-8")
    assert "多户不满意的有：车辆管理" in sent


async def test_R_003_r24_the_rate_is_told_by_topic_and_mode_against_the_quality_objective(there: Story) -> None:
    closed = await concluded(there)
    figures = await there.ask("GET", f"/reporting/v1/surveys/{closed['id']}", "leader")
    assert (figures["asked"], figures["by_lot"], figures["must"]) == (4, 4, 0)
    assert (figures["answered"], figures["not_reached"]) == (4, 0)
    assert (figures["target"], figures["below"], figures["rule"].split(", ")[-1]) == ("85%", ["security"], "R-003/r24")
    whole, topics, modes = figures["whole"], by_name(figures["topics"]), by_name(figures["modes"])
    assert (whole["ratings"], whole["satisfied"], whole["share"]) == (8, 6, 0.75)
    assert (topics["cleaning"]["share"], topics["security"]["share"], topics["repair"]["share"]) == (1, 0.5, None)
    assert topics["security"]["label"] == {"zh": "安全防范", "en": "security"}
    assert {name: (each["answered"], each["share"]) for name, each in modes.items()} == {
        "phone": (2, 0.5), "door_to_door": (2, 1),
    }  # fmt: skip
    for name, found in by_name(closed["result"]["topics"]).items():
        assert found == {key: value for key, value in topics[name].items() if key != "label"}


async def test_R_003_r24_just_at_the_objective_is_not_below_it(there: Story) -> None:
    survey = await opened(there, households=[f"2-1-{n:03}" for n in range(100)])
    drawn = by_kind(survey, "lot")
    assert len(drawn) == 20
    for place, household in enumerate(drawn):
        await said(there, household, {"security": 5 if place < 17 else 3, "repair": 5 if place < 16 else 3})
    await there.world.settle()
    figures = await there.ask("GET", f"/reporting/v1/surveys/{survey['id']}")
    assert (figures["state"], figures["answered"], figures["not_reached"]) == ("open", 20, None)
    assert (by_name(figures["topics"])["security"]["share"], figures["below"]) == (0.85, ["repair"])
    async with there.world.runners["reporting"].core.database.read() as connection:
        stored = SurveyStorage(connection)
        assert (await stored.counts([UUID(survey["id"])]))[UUID(survey["id"])] == await stored.recount(
            UUID(survey["id"])
        )


async def test_figures_of_surveys_are_those_of_ones_part_of_the_organisation(there: Story) -> None:
    survey = await opened(there)
    for by in ("leader", "operator", DIRECTOR):
        assert [each["id"] for each in (await there.ask("GET", "/reporting/v1/surveys", by))["items"]] == [survey["id"]]
    for path in ("/reporting/v1/surveys?node=G", "/reporting/v1/surveys?node=P77", f"/reporting/v1/surveys/{UNKNOWN}"):
        answer = await there._send("GET", path, DIRECTOR)
        assert answer.status_code == (403 if path.endswith("=G") else 404)
    assert (await there._send("GET", f"/reporting/v1/surveys/{survey['id']}", "system")).status_code == 403


async def test_R_003_r21_an_improvement_not_made_in_time_is_missed_and_told(there: Story) -> None:
    await concluded(there)
    (improvement,) = [each for each in await all_duties(there) if each["kind"] == "improvement"]
    there.case = improvement["id"]
    await there.until("2026-04-02 23:59")
    assert await there.told() == ["director"]
    await there.until("2026-04-03 00:01")
    assert [each["state"] for each in await all_duties(there) if each["kind"] == "improvement"] == ["missed"]
    assert sorted(await there.told()) == ["deputy_manager", "director", "director"]


async def test_a_survey_is_done_by_closing_it_not_by_hand(there: Story) -> None:
    await there.until("2026-07-01 10:00")
    duty = await there.duty("satisfaction", "2026-H2")
    refused = await there.refused_at(f"/sla/v1/duties/{duty['id']}/done", by=DIRECTOR)
    assert refused["code"] == "duty_by_survey"


async def test_content_households_lead_to_nothing_more(there: Story) -> None:
    survey = await opened(there)
    for household in by_kind(survey, "lot"):
        await answered(there, household)
    await there.ask("POST", f"{SURVEYS}/{survey['id']}/close", DIRECTOR)
    await there.world.settle()
    assert [each for each in await all_duties(there) if each["kind"] == "improvement"] == []
    assert await there.told() == []


async def all_duties(there: Story) -> list[dict[str, Any]]:
    return list((await there.ask("GET", "/sla/v1/duties?project=P01&limit=200"))["items"])


async def test_no_household_and_none_of_its_words_leave_intake(there: Story) -> None:
    survey = await opened(there, households=["7-7-707"])
    await answered(there, "7-7-707", comment="楼道的灯坏了两周")
    reason = {"household": "7-7-707", "reason": "改天再访"}
    await there._send("POST", f"{SURVEYS}/{survey['id']}/not-reached", HANDLER, json=reason)
    await there.ask("POST", f"{SURVEYS}/{survey['id']}/close", DIRECTOR)
    await there.world.settle()
    sent = b"".join(record.value or b"" for topic in ("duties.v1", "complaints.v1", "notices.v1", "personal.v1")
                    for record in there.world.log.all(topic)).decode()  # fmt: skip
    assert len(there.said("survey.closed")) == 1
    assert "7-7-707" not in sent
    assert "楼道的灯" not in sent
