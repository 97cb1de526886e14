"""What operations do with held events and dead letters: read, edit, replay, drop; every act with an audit row."""

import json
from collections.abc import Awaitable
from dataclasses import replace
from uuid import UUID

import pytest

from shared.access.principal import Principal
from shared.delivery.operations import Operations, Place
from shared.errors import NotFound, Refused
from shared.events.codec import Incoming
from shared.kafka.fetching import fetch
from shared.settings import KafkaSettings
from tests.delivery.conftest import Make
from tests.delivery.plain_service import PlainService
from tests.delivery.records import case_event, personal_record
from tests.delivery.running import running
from tests.delivery.topics import put
from tests.delivery.waiting import eventually

CASE, OTHER = UUID(int=1), UUID(int=2)
OPERATOR = Principal(actor="ops.wu", roles=frozenset({"operator"}), scopes=frozenset({"*"}))


@pytest.fixture
def operations(service: PlainService) -> Operations:
    return Operations(service.database, service.applier, service.core.ring)


async def audited(service: PlainService) -> list[tuple[str, str, str, dict]]:
    rows = await service.rows("select actor, action, subject, cast(detail as text) from audit order by id")
    return [(actor, action, subject, json.loads(detail)) for actor, action, subject, detail in rows]


async def parked(service: PlainService) -> list[UUID]:
    return [row.case_id for row in await service.rows("select case_id from case_marks where parked_at is not null")]


# -- held events -----------------------------------------------------------------------------------------------------


async def fail_second(service: PlainService) -> Place:
    """The second of three events cannot be decoded."""
    bad = replace(case_event(CASE, "routing", 2), value=b'{"person": "li.na"}')
    await service.applier.process([case_event(CASE, "routing", 1), bad, case_event(CASE, "routing", 3)])
    assert await service.seen(CASE) == [("routing", 1)]
    assert await parked(service) == [CASE]
    return Place(CASE, "routing", 2)


async def test_a_held_event_is_shown_with_its_data_and_what_it_waits_for(
    service: PlainService, operations: Operations
) -> None:
    place = await fail_second(service)
    listed = await operations.list_held(CASE, 10)
    assert [(row["sequence"], row["reason"], row["parked"]) for row in listed] == [
        (2, "failed", True),
        (3, "waiting", True),
    ]
    shown = await operations.show_held(place)
    assert shown["data"] == {"person": "li.na"}
    assert shown["headers"]["ce_sequence"] == "2"
    assert (shown["reason"], shown["error"]) == ("failed", "Undecodable")
    with pytest.raises(NotFound):
        await operations.show_held(Place(CASE, "routing", 9))


async def test_an_edited_event_keeps_its_place_and_those_behind_it_follow(
    service: PlainService, operations: Operations
) -> None:
    place = await fail_second(service)
    with pytest.raises(Refused, match="event_data_invalid"):
        await operations.edit_held(place, {"person": "li.na"}, "still wrong", OPERATOR)
    await operations.edit_held(place, {"department": "property"}, "the department was missing", OPERATOR)
    await operations.replay_held(place, "edited", OPERATOR)
    assert await service.seen(CASE) == [("routing", 1), ("routing", 2), ("routing", 3)]
    assert await parked(service) == []
    assert await operations.list_held(None, 10) == []
    assert await audited(service) == [
        ("ops.wu", "held.edit", f"{CASE}/routing/2", {"reason": "the department was missing"}),
        ("ops.wu", "held.replay", f"{CASE}/routing/2", {"reason": "edited"}),
    ]


async def test_what_is_sent_again_does_not_undo_an_edit(service: PlainService, operations: Operations) -> None:
    place = await fail_second(service)
    await operations.edit_held(place, {"department": "property"}, "why", OPERATOR)
    await service.applier.process([replace(case_event(CASE, "routing", 2), value=b"{}")])
    await operations.replay_held(place, None, OPERATOR)
    assert await service.seen(CASE) == [("routing", 1), ("routing", 2), ("routing", 3)]


async def test_an_event_replayed_while_its_cause_of_failure_lasts_parks_again(
    service: PlainService, operations: Operations
) -> None:
    service.poison.add(CASE)
    await service.applier.process([case_event(CASE, "routing", 1), case_event(CASE, "routing", 2)])
    await operations.replay_held(Place(CASE, "routing", 1), "try", OPERATOR)
    assert await parked(service) == [CASE]
    assert len(await operations.list_held(CASE, 10)) == 2
    service.poison.clear()
    await operations.replay_held(Place(CASE, "routing", 1), "repaired", OPERATOR)
    assert await service.seen(CASE) == [("routing", 1), ("routing", 2)]


async def test_a_case_that_was_let_go_and_left_by_a_dying_process_goes_on_by_the_sweep(
    service: PlainService, operations: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.poison.add(CASE)
    await service.applier.process([case_event(CASE, "routing", 1)])
    service.poison.clear()
    with monkeypatch.context() as dying:
        dying.setattr(service.applier, "process_cases", lambda _: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            await operations.replay_held(Place(CASE, "routing", 1), "try", OPERATOR)
    await age_held(service)
    await service.applier.sweep()
    assert await service.seen(CASE) == [("routing", 1)]


async def age_held(service: PlainService) -> None:
    async with service.database.begin() as unit:
        await unit.connection.exec_driver_sql("update held_events set held_at = held_at - interval '1 minute'")


async def test_a_dropped_event_counts_as_applied_and_the_case_goes_on(
    service: PlainService, operations: Operations
) -> None:
    place = await fail_second(service)
    with pytest.raises(Refused, match="held_not_next"):
        await operations.drop_held(Place(CASE, "routing", 3), "too early", OPERATOR)
    await operations.drop_held(place, "sent by mistake", OPERATOR)
    assert await service.seen(CASE) == [("routing", 1), ("routing", 3)]
    assert await parked(service) == []
    assert await audited(service) == [("ops.wu", "held.drop", f"{CASE}/routing/2", {"reason": "sent by mistake"})]
    await service.applier.process([case_event(CASE, "routing", 2)])
    assert await service.seen(CASE) == [("routing", 1), ("routing", 3)]


async def test_an_event_that_never_came_can_be_given_up_when_others_wait_for_it(
    service: PlainService, operations: Operations
) -> None:
    await service.applier.process([case_event(CASE, "routing", 2), case_event(CASE, "sla", 1)])
    with pytest.raises(NotFound):
        await operations.drop_held(Place(CASE, "intake", 1), "nobody waits for it", OPERATOR)
    await operations.drop_held(Place(CASE, "routing", 1), "lost for good", OPERATOR)
    assert await service.seen(CASE) == [("routing", 2)]


# -- dead letters ----------------------------------------------------------------------------------------------------


async def bury(service: PlainService, record: Incoming) -> UUID:
    await service.applier.process([record])
    return await service.one("select id from dead_letters where state = 'open'")


def damaged(sequence: int = 1, **headers: str | None) -> Incoming:
    good = case_event(CASE, "routing", sequence)
    changed = {**good.headers, **headers}
    return replace(good, partition=3, offset=70, headers={k: v for k, v in changed.items() if v is not None})


async def test_a_dead_letter_is_shown_unsealed_and_that_is_audited(
    service: PlainService, operations: Operations
) -> None:
    letter = await bury(service, damaged(ce_time=None))
    assert b"property" not in await service.one("select body from dead_letters")
    shown = await operations.show_dead_letter(letter, OPERATOR)
    assert json.loads(shown["content"]) == {"department": "property"}
    assert (shown["topic"], shown["partition"], shown["offset"], shown["key"]) == ("complaints.v1", 3, 70, str(CASE))
    assert (shown["reason"], shown["detail"]) == ("missing_header", "header ce_time is missing")
    assert [(action, subject) for _, action, subject, _ in await audited(service)] == [
        ("dead_letter.read", str(letter))
    ]


async def test_a_replayed_letter_that_can_be_read_now_is_applied_and_its_case_goes_on(
    service: PlainService, operations: Operations
) -> None:
    """A header that nobody needs was not UTF-8: without it the record is fine."""
    letter = await bury(service, replace(damaged(), broken_header="x-note"))
    await service.applier.process([case_event(CASE, "routing", 2), case_event(CASE, "intake", 1)])
    assert await service.seen(CASE) == []
    await operations.replay_dead_letter(letter, "the header does not matter", OPERATOR)
    assert sorted(await service.seen(CASE)) == [("intake", 1), ("routing", 1), ("routing", 2)]
    assert await parked(service) == []
    assert [row["state"] for row in await operations.list_dead_letters(None, 10)] == ["replayed"]
    assert await audited(service) == [
        ("ops.wu", "dead_letter.replay", str(letter), {"reason": "the header does not matter"})
    ]
    with pytest.raises(Refused, match="dead_letter_settled"):
        await operations.replay_dead_letter(letter, "again", OPERATOR)
    with pytest.raises(Refused, match="dead_letter_settled"):
        await operations.drop_dead_letter(letter, "again", OPERATOR)


async def test_a_letter_that_fails_again_is_a_letter_again_however_often(
    service: PlainService, operations: Operations
) -> None:
    letter = await bury(service, damaged(ce_time=None))
    for _ in range(3):
        await operations.replay_dead_letter(letter, "perhaps now", OPERATOR)
        (again,) = await operations.list_dead_letters("open", 10)
        assert again["id"] != letter
        assert await parked(service) == [CASE]
        letter = again["id"]
    assert await service.rows("select 1 from positions where partition < 0") == []


async def test_a_letter_stays_open_when_the_world_fails_during_its_replay(
    service: PlainService, operations: Operations
) -> None:
    letter = await bury(service, replace(damaged(), broken_header="x-note"))
    service.poison, service.poison_error = {CASE}, ConnectionError
    with pytest.raises(ConnectionError):
        await operations.replay_dead_letter(letter, "try", OPERATOR)
    service.poison = set()
    await operations.replay_dead_letter(letter, "try", OPERATOR)
    assert await service.seen(CASE) == [("routing", 1)]


async def test_a_dropped_letter_leaves_its_place_and_the_case_goes_on_without_it(
    service: PlainService, operations: Operations
) -> None:
    letter = await bury(service, damaged(2, ce_time=None))
    await service.applier.process([case_event(CASE, "routing", 3), case_event(CASE, "routing", 1)])
    assert await service.seen(CASE) == []
    await operations.drop_dead_letter(letter, "cannot be repaired", OPERATOR)
    assert await service.seen(CASE) == [("routing", 1), ("routing", 3)]
    assert await operations.list_held(CASE, 10) == []
    assert await audited(service) == [("ops.wu", "dead_letter.drop", str(letter), {"reason": "cannot be repaired"})]


async def test_a_dropped_letter_that_does_not_say_its_place_leaves_a_gap_that_can_be_given_up(
    service: PlainService, operations: Operations
) -> None:
    letter = await bury(service, damaged(ce_sequence=None))
    await service.applier.process([case_event(CASE, "routing", 2)])
    await operations.drop_dead_letter(letter, "cannot be repaired", OPERATOR)
    assert [row["waiting_for"] for row in await operations.list_held(CASE, 10)] == ["routing=1"]
    await operations.drop_held(Place(CASE, "routing", 1), "it was that letter", OPERATOR)
    assert await service.seen(CASE) == [("routing", 2)]


async def test_an_old_letter_does_not_park_a_case_again_when_another_comes_with_it(
    service: PlainService, operations: Operations
) -> None:
    settled = damaged(ce_time=None)
    await operations.drop_dead_letter(await bury(service, settled), "why", OPERATOR)
    other = replace(case_event(OTHER, "routing", 1), headers={}, offset=71)
    await service.applier.process([settled, other])
    assert await parked(service) == [OTHER]


async def test_a_letter_about_a_person_is_read_from_the_log_again_and_never_taken_for_an_erasure(
    make: Make, kafka: KafkaSettings
) -> None:
    service = await make("sla", kafka)

    def letters() -> Awaitable[list]:
        return service.rows("select id from dead_letters where state = 'open'")

    record = personal_record(CASE, 1, b'{"project":"P01"}')
    headers = [(name, value.encode()) for name, value in record.headers.items()]
    async with running(service):
        await put(kafka, [record], headers=[*headers, ("x-note", b"\xff")])
        ((letter,),) = await eventually(letters)
    without_log = Operations(service.database, service.applier, service.core.ring)
    with pytest.raises(Refused, match="dead_letter_content_gone"):
        await without_log.replay_dead_letter(letter, "try", OPERATOR)
    assert await service.rows("select 1 from records") == []

    async def fetched(*place: object) -> Incoming | None:
        found = await fetch(kafka, *place)
        return found and replace(found, broken_header=None)  # as if this version of us could read it

    await Operations(service.database, service.applier, service.core.ring, fetched).replay_dead_letter(
        letter, "upgraded", OPERATOR
    )
    assert await service.one("select body from records") == b'{"project":"P01"}'
    assert await fetch(kafka, "personal.v1", 11, 10_000) is None
