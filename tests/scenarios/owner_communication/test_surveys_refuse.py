"""Surveys: who may do what, and what is refused, with words that say what to do."""

import asyncio
from typing import Any

import pytest

from tests.scenarios.story import Story

PACK = "owner-communication"
SURVEYS = "/intake/v1/surveys"
DIRECTOR, HANDLER = "director", "unit.complaint_handler"
OPENING: dict[str, Any] = {"project": "P01", "survey": "satisfaction", "households": ["2-1-01", "2-1-02"]}


async def opened(there: Story, **more: Any) -> tuple[str, str]:
    """Path of the survey and the household it has drawn."""
    found = await there.ask("POST", SURVEYS, DIRECTOR, json={**OPENING, **more})
    return f"{SURVEYS}/{found['id']}", found["households"][0]["household"]


async def test_what_an_opening_may_not_say(there: Story) -> None:
    for wrong, pointer, code in (
        ({"project": "P77"}, "/project", "unknown_project"),
        ({"survey": "satisfacton"}, "/survey", "not_one_of_meant"),
        ({"survey": "yearly"}, "/survey", "not_one_of"),
        ({"households": []}, "/households", "too_short"),
        ({"households": ["1-1-101"] * 10_001}, "/households", "too_long"),
        ({"households": [" "]}, "/households/0", "too_short"),
        ({"households": [7]}, "/households/0", "not_text"),
        ({"topics": []}, "/topics", "too_short"),
        ({"topics": ["cleaning", "lobby_music"]}, "/topics/1", "not_one_of"),
        ({"special": "yes"}, "/special", "not_boolean"),
        ({"round": "2026-H1"}, "/round", "unknown"),
    ):
        refused = await there.refused_at(SURVEYS, by=DIRECTOR, **{**OPENING, **wrong})
        assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [(pointer, code)], wrong
        assert refused["errors"][0]["remedy"]
    assert (await there.ask("GET", SURVEYS))["items"] == []


async def test_what_an_answer_may_not_say(there: Story) -> None:
    path, household = await opened(there)
    answer = {"household": household, "mode": "phone", "topics": {"cleaning": 5}}
    for wrong, pointer, code in (
        ({"household": "9-9-999"}, "/household", "not_drawn"),
        ({"mode": None}, "/mode", "missing"),
        ({"mode": "phon"}, "/mode", "not_one_of_meant"),
        ({"topics": {}}, "/topics", "too_short"),
        ({"topics": {"lobby_music": 5}}, "/topics/lobby_music", "not_one_of"),
        ({"topics": {"cleaning": 6}}, "/topics/cleaning", "not_one_of"),
        ({"topics": {"cleaning": True}}, "/topics/cleaning", "not_one_of"),
        ({"topics": {"cleaning": "good"}}, "/topics/cleaning", "not_one_of"),
        ({"topics": {"cleaning": 4.0}}, "/topics/cleaning", "not_one_of"),
        ({"complaint": True}, "/comment", "missing"),
        ({"comment": " "}, "/comment", "too_short"),
    ):
        refused = await there.refused_at(f"{path}/answers", by=HANDLER, **{**answer, **wrong})
        assert [(error["pointer"], error["code"]) for error in refused["errors"]] == [(pointer, code)], wrong
        assert refused["errors"][0]["remedy"]
    refused = await there.refused_at(f"{path}/not-reached", by=HANDLER, household=household)
    assert [error["pointer"] for error in refused["errors"]] == ["/reason"]


async def test_a_household_answers_once_however_its_unit_is_written(there: Story) -> None:
    path, household = await opened(there)
    answer = {"household": household, "mode": "phone", "topics": {"cleaning": 5}}
    await there.ask("POST", f"{path}/answers", HANDLER, json=answer)
    spelt = {**answer, "household": f" {household.replace('-', '－')} "}
    await there.ask("POST", f"{path}/answers", "desk", json=spelt)
    refused = await there.refused_at(f"{path}/answers", by=HANDLER, **{**answer, "topics": {"cleaning": 1}})
    assert refused["code"] == "survey_answered"
    refused = await there.refused_at(f"{path}/not-reached", by=HANDLER, household=household, reason="无人")
    assert refused["code"] == "survey_answered"
    await there.world.settle()
    there.case = path.rpartition("/")[2]
    assert len(there.said("survey.answered")) == 1


async def test_who_was_not_reached_may_still_answer_until_the_survey_is_closed(there: Story) -> None:
    path, household = await opened(there, households=["2-1-01"])
    await there.ask("POST", f"{path}/not-reached", HANDLER, json={"household": household, "reason": "无人在家"})
    answer = {"household": household, "mode": "phone", "topics": {"cleaning": 5}}
    said = await there.ask("POST", f"{path}/answers", HANDLER, json=answer)
    assert (said["state"], said["reason"]) == ("answered", None)
    closed = await there.ask("POST", f"{path}/close", DIRECTOR)
    assert await there.ask("POST", f"{path}/close", DIRECTOR) == closed
    assert await there.ask("POST", f"{path}/answers", HANDLER, json=answer) == said
    assert closed["progress"]["lot"] == {"asked": 1, "answered": 1, "not_reached": 0}


async def test_a_closed_survey_takes_nothing_more(there: Story) -> None:
    path, household = await opened(there)
    await there.ask("POST", f"{path}/close", DIRECTOR)
    answer = {"household": household, "mode": "phone", "topics": {"cleaning": 5}}
    assert (await there.refused_at(f"{path}/answers", by=HANDLER, **answer))["code"] == "survey_closed"
    refused = await there.refused_at(f"{path}/not-reached", by=HANDLER, household=household, reason="无人")
    assert refused["code"] == "survey_closed"
    assert refused["detail"].startswith("It takes no more answers.")


@pytest.mark.parametrize("by", ["system", "desk", HANDLER, "leader", "operator", "deputy_manager"])
async def test_only_the_director_or_who_directs_cases_opens_and_closes(there: Story, by: str) -> None:
    assert (await there.refused_at(SURVEYS, by=by, **OPENING))["code"] == "out_of_scope"
    path, _ = await opened(there)
    assert (await there.refused_at(f"{path}/close", by=by))["code"] == "out_of_scope"
    await there.ask("POST", f"{path}/close", "head")


@pytest.mark.parametrize("by", ["system", "operator"])
async def test_feeding_systems_and_operators_neither_read_nor_answer_for_households(there: Story, by: str) -> None:
    path, household = await opened(there)
    answer = {"household": household, "mode": "phone", "topics": {"cleaning": 5}}
    assert (await there.refused_at(f"{path}/answers", by=by, **answer))["code"] == "out_of_scope"
    answered = await there._send("GET", path, by)
    assert answered.status_code == 403


async def test_an_unknown_survey_is_not_found(there: Story) -> None:
    path = f"{SURVEYS}/00000000-0000-4000-8000-000000000000"
    assert (await there.refused_at(f"{path}/close", by=DIRECTOR))["code"] == "not_found"
    answer = {"household": "1-1-101", "mode": "phone", "topics": {"cleaning": 5}}
    assert (await there.refused_at(f"{path}/answers", by=HANDLER, **answer))["code"] == "not_found"


async def test_two_who_open_the_round_at_once_open_one(there: Story) -> None:
    both = await asyncio.gather(*(there.ask("POST", SURVEYS, by, json=OPENING) for by in (DIRECTOR, "head")))
    assert both[0] == both[1]


async def test_a_special_survey_is_opened_once_for_a_key(there: Story) -> None:
    body = {**OPENING, "special": True}
    headers = {"Authorization": f"Bearer {there._tokens[DIRECTOR]}", "Idempotency-Key": "lift-renewal"}
    first = await there.world.request("POST", SURVEYS, json=body, headers=headers)
    again = await there.world.request("POST", SURVEYS, json=body, headers=headers)
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())


async def test_a_forgotten_household_leaves_its_ratings_and_nothing_else(there: Story) -> None:
    await there.complain("楼道没有打扫", unit="1-9-101")
    path, _ = await opened(there, households=["2-1-01"])
    answer = {"household": "2-1-01", "mode": "phone", "topics": {"cleaning": 2}, "comment": "很少打扫"}
    await there.ask("POST", f"{path}/answers", HANDLER, json=answer)
    for household in ("2-1-01", "1-9-101"):
        body = {"project": "P01", "household": household}
        assert (await there.refused_at(f"{SURVEYS}/erase", by=DIRECTOR, **body))["code"] == "out_of_scope"
        assert await there.ask("POST", f"{SURVEYS}/erase", json=body) == {"samples": 1}
        assert await there.ask("POST", f"{SURVEYS}/erase", json=body) == {"samples": 0}
    survey = await there.ask("POST", f"{path}/close", DIRECTOR)
    assert [(each["household"], each["state"]) for each in survey["households"]] == [
        (None, "answered"), (None, "forgotten"),
    ]  # fmt: skip
    assert (survey["frame"], survey["result"]["whole"]["ratings"]) == ([], 1)
    assert "很少打扫" not in str(survey)


async def test_erasing_the_complaint_of_an_answer_empties_the_answer(there: Story) -> None:
    path, household = await opened(there)
    answer = {
        "household": household,
        "mode": "phone",
        "topics": {"cleaning": 1},
        "comment": "垃圾成堆",
        "complaint": True,
    }
    said = await there.ask("POST", f"{path}/answers", HANDLER, json=answer)
    await there.ask("POST", f"/intake/v1/complaints/{said['complaint']}/erase")
    survey = await there.ask("GET", path)
    assert (survey["households"][0]["household"], survey["households"][0]["comment"]) == (None, None)
    assert survey["result"]["whole"]["ratings"] == 1
