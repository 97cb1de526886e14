"""Moves of people: a whole life, refusals, repetitions, what remains of each."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.routing.domain import State
from shared.access.principal import Principal
from shared.delivery import statements as sql
from shared.errors import (
    CaseParked,
    Conflict,
    IdempotencyConflict,
    Invalid,
    MoveNotAllowed,
    NotFound,
    OutOfScope,
    VersionConflict,
)
from shared.events.complaints import ComplaintAmendedV1, ComplaintErasedV1, ComplaintWithdrawnV1, CustomerRespondedV1
from shared.events.records import CaseTextsV1
from tests.storage.routing_world import AUDITOR, HANDLER, HEAD, OPERATOR, RoutingWorld, routing_world
from tests.unit.routing.examples import CASE


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        await world.register(CASE)
        yield world


async def words(world: RoutingWorld) -> list[tuple[int, str, str]]:
    async with world.core.database.begin() as unit:
        record = (await unit.delivery.records([("personal", f"case:{CASE}")]))["personal", f"case:{CASE}"]
    assert record.body is not None
    return [(text.version, text.move, text.text) for text in CaseTextsV1.model_validate_json(record.body).texts]


async def test_a_case_lives_from_acceptance_to_a_second_round(world: RoutingWorld) -> None:
    life: list[tuple[str, dict[str, Any], Principal, State]] = [
        ("accept", {}, HANDLER, State.ACCEPTED),
        ("progress", {"text": "called the plumber"}, HANDLER, State.ACCEPTED),
        ("reply", {"text": "we come on Monday", "channel": "phone"}, HANDLER, State.REPLIED),
        ("resolve", {"result": "pipe replaced"}, HANDLER, State.RESOLVED),
        ("follow-up", {"reached": True, "satisfied": True, "text": "all well"}, HEAD, State.RESOLVED),
        ("close", {"ground": "accepted"}, HEAD, State.CLOSED),
        ("reopen", {"reason": "it leaks again"}, HEAD, State.REOPENED),
        ("return", {"reason": "not ours"}, HANDLER, State.ADMITTED),
        ("assign", {"department": "cs"}, HEAD, State.ASSIGNED),
    ]
    for version, (move, body, by, state) in enumerate(life, start=2):
        file = await world.move(CASE, move, body, by=by)
        assert (move, file.state) == (move, state)
        assert file.version >= version
    assert (file.round, file.department, file.person, file.hops) == (2, "cs", "wang.li", 2)
    assert (await world.names(CASE))[4:] == [
        "case.accepted", "case.progressed", "case.replied", "case.resolved", "case.step_opened", "case.followed_up",
        "case.closed", "case.reopened", "case.returned", "case.assigned",
    ]  # fmt: skip
    data = dict(await world.emitted(CASE))
    assert data["case.closed"] == {"ground": "accepted", "rule": ["R-001-18/r41"]}
    assert data["case.followed_up"]["satisfied"] is True
    assert [text for _, _, text in await words(world)] == [
        "called the plumber", "we come on Monday", "pipe replaced", "all well", "it leaks again", "not ours",
    ]  # fmt: skip
    audit = await world.rows("select action, actor from audit where subject = :case order by id", case=str(CASE))
    assert [row.action for row in audit] == [f"case.{move}" for move, *_ in life]
    assert [(work.run, work.state) for work in file.works if work.name == "follow_up"] == [("follow_up", "done")]
    begun = 2  # what the assessment and the resolution opened
    assert len(await world.timeline(CASE)) == 4 + begun + len(life)


async def test_words_of_staff_stand_nowhere_but_in_the_personal_record(world: RoutingWorld) -> None:
    await world.move(CASE, "progress", {"text": "canary 13800000000"})
    tables = await world.rows("select table_name from information_schema.tables where table_schema = 'routing'")
    for table in tables:
        if not table.table_name.startswith("records"):
            held = await world.rows(f"select 1 from {table.table_name} t where t::text like '%canary%'")
            assert held == [], table.table_name
    events = await world.rows("select convert_from(payload, 'utf8') p from event_log where payload is not null")
    assert not [event for event in events if "canary" in event.p]
    assert (await world.emitted(CASE))[-1] == ("case.progressed", {"texts_version": 1, "move": None, "informed": False})
    assert await words(world) == [(1, "progress", "canary 13800000000")]


async def test_a_move_is_for_whoever_has_the_role_in_this_part_of_the_organisation(world: RoutingWorld) -> None:
    elsewhere = Principal("wu.fang", frozenset({"customer_service_head"}), ("R2",))
    bodies = {"progress": {"text": "…"}, "assess": {"validity": "effective"}}
    for by, move, permitted in (
        (HANDLER, "progress", True),
        (HANDLER, "assess", False),
        (HEAD, "progress", True),
        (HEAD, "assess", True),
        (AUDITOR, "progress", False),
        (OPERATOR, "progress", False),
        (Principal("li.na", frozenset({"handler"}), ("P02",)), "progress", False),
        (elsewhere, "assess", False),
        (Principal("app", frozenset({"system"}), ("P01",)), "progress", False),
    ):
        if permitted:
            await world.move(CASE, move, bodies[move], by=by)
        else:
            with pytest.raises(OutOfScope):
                await world.move(CASE, move, bodies[move], by=by)


async def test_what_the_state_does_not_permit_is_refused_with_what_it_does(world: RoutingWorld) -> None:
    with pytest.raises(MoveNotAllowed) as refused:
        await world.move(CASE, "reopen", {"reason": "…"})
    assert refused.value.members["state"] == "assigned"
    assert "accept" in refused.value.members["allowed"]
    assert (await world.file(CASE)).version == 1
    with pytest.raises(NotFound):
        await world.move(UUID(int=99), "accept")
    with pytest.raises(NotFound):
        await world.move(CASE, "promote")
    assert await world.rows("select 1 from case_marks where case_id = :c", c=UUID(int=99)) == []


async def test_a_request_repeated_does_nothing_more_and_another_with_its_key_is_refused(world: RoutingWorld) -> None:
    first = await world.move(CASE, "progress", {"text": "one"}, key="k1")
    again = await world.move(CASE, "progress", {"text": "one"}, key="k1", expected=1)
    assert again == first
    assert (await world.names(CASE)).count("case.progressed") == 1
    with pytest.raises(IdempotencyConflict):
        await world.move(CASE, "progress", {"text": "two"}, key="k1")
    with pytest.raises(IdempotencyConflict):
        await world.move(CASE, "reply", {"text": "one", "channel": "phone"}, key="k1")
    # The keys of different people are different keys.
    await world.move(CASE, "progress", {"text": "two"}, key="k1", by=HANDLER)
    # A refused request may be tried again with the same key.
    with pytest.raises(MoveNotAllowed):
        await world.move(CASE, "reopen", {"reason": "…"}, key="k2")
    await world.move(CASE, "accept", key="k2")


async def test_a_move_on_an_older_version_is_refused(world: RoutingWorld) -> None:
    await world.move(CASE, "accept", expected=1)
    with pytest.raises(VersionConflict) as refused:
        await world.move(CASE, "progress", {"text": "…"}, expected=1)
    assert refused.value.members == {"version": 2}


async def test_moves_of_a_parked_case_wait(world: RoutingWorld) -> None:
    async with world.core.database.begin() as unit:
        await unit.delivery.lock([CASE])
        await unit.connection.execute(sql.PARK_CASE, {"case_id": CASE, "reason": "test", "now": unit.started})
    with pytest.raises(CaseParked):
        await world.move(CASE, "accept")


async def test_a_person_decides_what_was_presumed(world: RoutingWorld) -> None:
    body = {"validity": "effective", "category": "quality", "facts": {"people": 12, "needs_coordination": True}}
    file = await world.move(CASE, "assess", body)
    assert (file.assessment.validity.provisional, file.assessment.category.code) == (False, "quality")
    assert file.assessment.grade.value == "2"
    assert (file.department, file.person, file.hops) == ("dept", "he.qiang", 2)
    names = [name for name, _ in (await world.emitted(CASE))[4:]]
    told = ["case.step_opened", "case.told", "case.told", "case.told"]
    assert names == ["case.fact_set", "case.assessed", "case.assigned", *told]
    data = dict((await world.emitted(CASE))[4:])
    assert data["case.fact_set"] == {"facts": {"people": 12, "needs_coordination": True}}
    assert (data["case.assessed"]["because"], data["case.assessed"]["previous_grade"]) == ("decided", "4")
    (kept,) = await world.rows("select params from timeline where code = 'decided'")
    assert '"category_before": "property"' in kept.params


async def test_a_grade_never_falls_by_itself(world: RoutingWorld) -> None:
    await world.move(CASE, "assess", {"facts": {"people": 12, "amount_claimed": 20_000_000}})
    file = await world.move(CASE, "assess", {"facts": {"people": 2, "amount_claimed": 100}})
    assert file.assessment.grade.value == "1"
    assert file.assessment.grade.rule == ("R-001-18/r14",)


async def test_a_department_chosen_by_a_person_is_not_overruled_by_the_pack(world: RoutingWorld) -> None:
    await world.move(CASE, "assign", {"department": "engineering", "person": "he.qiang"})
    file = await world.move(CASE, "assess", {"facts": {"legacy": True}})
    assert (file.department, file.person) == ("engineering", "he.qiang")


_BEYOND = {"ground": "beyond_authority_or_range"}
_WRONG_FACTS = {"people": True, "peopel": 3, "amount": 5}


async def test_what_pack_and_directory_do_not_know_is_named(world: RoutingWorld) -> None:
    for move, body, pointers in (
        ("assess", {}, [""]),
        ("assess", {"validity": "maybe"}, ["/validity"]),
        ("assess", {"category": "cooking"}, ["/category"]),
        ("assess", {"facts": _WRONG_FACTS}, ["/facts/people", "/facts/peopel", "/facts/amount"]),
        ("assign", {"department": "kitchen"}, ["/department"]),
        ("assign", {"person": "nobody"}, ["/person"]),
        ("reply", {"text": "…", "channel": "pigeon"}, ["/channel"]),
        ("close", {"ground": "tired"}, ["/ground"]),
        ("close", _BEYOND, ["/position_told", "/evidence"]),
        ("close", {**_BEYOND, "position_told": "…", "evidence": ["a"], "colour": "red"}, ["/colour"]),
    ):
        with pytest.raises(Invalid) as refused:
            await world.move(CASE, move, body)
        assert [error.pointer for error in refused.value.errors] == pointers
    assert (await world.file(CASE)).version == 1


async def test_only_somebody_reached_says_whether_they_are_satisfied(world: RoutingWorld) -> None:
    await world.move(CASE, "resolve", {"result": "…"})
    for body in ({"reached": True}, {"reached": False, "satisfied": True}):
        with pytest.raises(Invalid) as refused:
            await world.move(CASE, "follow-up", body)
        assert refused.value.errors[0].pointer == "/satisfied"
    file = await world.move(CASE, "follow-up", {"reached": False})
    assert "follow_up.done" not in file.course.happened


async def test_words_are_one_to_five_thousand_characters(world: RoutingWorld) -> None:
    for text in ("", " \n ", "x" * 5001):
        with pytest.raises(ValidationError):
            await world.move(CASE, "progress", {"text": text})


async def test_a_ground_that_does_not_hold_yet_is_refused_with_what_it_lacks(world: RoutingWorld) -> None:
    with pytest.raises(Conflict) as refused:
        await world.move(CASE, "close", {"ground": "accepted"})
    assert refused.value.code == "move_not_allowed"
    assert refused.value.members["missing_facts"] == ["customer_response"]
    await world.tell(CASE, CustomerRespondedV1(kind="accepted", personal_version=1))
    with pytest.raises(Conflict) as refused:
        await world.move(CASE, "close", {"ground": "accepted"})
    assert refused.value.members["needs"] == ["follow_up.done"]
    assert "close" in refused.value.members["allowed"]


async def test_closing_without_consent_keeps_position_and_evidence(world: RoutingWorld) -> None:
    await world.tell(CASE, *(CustomerRespondedV1(kind="rejected", personal_version=1) for _ in range(2)))
    body = {"ground": "long_talks_no_consent", "position_told": "we cannot", "evidence": ["letter", "call"]}
    file = await world.move(CASE, "close", body)
    assert (file.state, file.ground) == (State.CLOSED, "long_talks_no_consent")
    assert [(part, text) for _, part, text in await words(world)] == [
        ("close:position_told", "we cannot"),
        ("close:evidence", "letter"),
        ("close:evidence", "call"),
    ]


async def test_a_move_of_the_pack_leaves_its_fields(world: RoutingWorld) -> None:
    await world.move(CASE, "assess", {"facts": {"solvable_promptly": False}})
    with pytest.raises(Invalid):
        await world.move(CASE, "inform_delay", {"process_explained": "two weeks"})
    body = {"process_explained": "two weeks", "next_contact_way": "phone"}
    file = await world.move(CASE, "inform_delay", body)
    assert "inform_delay.done" in file.course.happened
    assert (await world.emitted(CASE))[-1] == (
        "case.progressed",
        {"texts_version": 1, "move": "inform_delay", "informed": False},
    )


async def test_a_withdrawn_case_is_closed_and_permits_no_move(world: RoutingWorld) -> None:
    await world.tell(CASE, ComplaintWithdrawnV1())
    assert (await world.emitted(CASE))[-1] == ("case.closed", {"ground": "withdrawn", "rule": []})
    assert (await world.file(CASE)).state is State.WITHDRAWN
    with pytest.raises(MoveNotAllowed) as refused:
        await world.move(CASE, "progress", {"text": "…"})
    assert refused.value.members["allowed"] == []


async def test_nothing_personal_comes_back_after_erasure(world: RoutingWorld) -> None:
    await world.move(CASE, "progress", {"text": "canary"})
    await world.tell(CASE, ComplaintErasedV1())
    (record,) = await world.rows("select body, version from records where key = :key", key=f"case:{CASE}")
    assert (record.body, record.version) == (None, 2)
    before = await world.file(CASE)
    assert (before.erased, before.reporter, before.state) == (True, None, State.ASSIGNED)
    await world.move(CASE, "reply", {"text": "canary", "channel": "phone"})
    (record,) = await world.rows("select body, version from records where key = :key", key=f"case:{CASE}")
    assert (record.body, record.version) == (None, 2)
    assert (await world.emitted(CASE))[-1] == ("case.replied", {"channel": "phone", "texts_version": 2})


async def test_amended_facts_raise_the_grade_and_lead_elsewhere(world: RoutingWorld) -> None:
    await world.tell(CASE, ComplaintAmendedV1(facts={"people": 12, "legacy": True}, personal_version=1))
    file = await world.file(CASE)
    assert (file.assessment.grade.value, file.department) == ("2", "cs")
    events = (await world.emitted(CASE))[4:]
    told = ["case.step_opened", "case.told", "case.told"]
    assert [name for name, _ in events] == ["case.assessed", "case.assigned", *told]
    assert (events[0][1]["because"], events[0][1]["previous_grade"]) == ("amended", "4")
    assert (await world.timeline(CASE))[5:] == ["amended", "regraded", "assigned", "step_opened", "told"]
