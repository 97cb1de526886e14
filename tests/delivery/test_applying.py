"""Applying on real PostgreSQL: once, in causal order, failing alone (delivery rules 2 and 3)."""

from uuid import UUID, uuid4

import pytest

from shared.delivery.brake import BrakePulled
from shared.events.codec import Incoming
from tests.delivery.plain_service import PlainService
from tests.delivery.records import case_event, personal_record, progressed

CASE, OTHER = UUID(int=1), UUID(int=2)


async def test_events_are_applied_in_the_order_of_their_sequence(service: PlainService) -> None:
    await service.applier.process([case_event(CASE, "intake", 1), case_event(CASE, "intake", 2)])
    assert await service.seen() == [("intake", 1), ("intake", 2)]


async def test_a_second_delivery_changes_nothing(service: PlainService) -> None:
    batch = [case_event(CASE, "intake", 1), case_event(CASE, "routing", 1, {"intake": 1})]
    await service.applier.process(batch)
    await service.applier.process(batch)
    assert await service.seen() == [("intake", 1), ("routing", 1)]


async def test_an_event_that_comes_before_its_cause_waits_for_it(service: PlainService) -> None:
    await service.applier.process([case_event(CASE, "routing", 1, {"intake": 1})])
    assert await service.seen() == []
    assert [row.waiting_for for row in await service.rows("select waiting_for from held_events")] == ["intake=1"]
    await service.applier.process([case_event(CASE, "intake", 1)])
    assert await service.seen() == [("intake", 1), ("routing", 1)]
    assert await service.rows("select 1 from held_events") == []


async def test_a_gap_in_a_sequence_is_waited_for(service: PlainService) -> None:
    await service.applier.process([case_event(CASE, "intake", 3), case_event(CASE, "intake", 1)])
    assert await service.seen() == [("intake", 1)]
    await service.applier.process([case_event(CASE, "intake", 2)])
    assert await service.seen() == [("intake", 1), ("intake", 2), ("intake", 3)]


async def test_types_the_service_does_not_use_still_move_the_marks(service: PlainService) -> None:
    await service.applier.process(
        [
            case_event(CASE, "routing", 1, type_="case.accepted.v1"),
            case_event(CASE, "routing", 2),
        ]
    )
    assert await service.seen() == [("routing", 2)]


async def test_an_unknown_version_of_a_used_type_holds_its_case_only(service: PlainService) -> None:
    await service.applier.process(
        [
            case_event(CASE, "routing", 1, type_="case.assigned.v9"),
            case_event(CASE, "routing", 2),
            case_event(OTHER, "routing", 1),
        ]
    )
    assert await service.seen() == [("routing", 1)]
    waiting = await service.rows("select waiting_for from held_events order by sequence")
    assert [row.waiting_for for row in waiting] == ["version:case.assigned.v9", "routing=1"]


async def test_a_poisonous_case_parks_and_delays_no_other(service: PlainService) -> None:
    service.poison.add(CASE)
    await service.applier.process([case_event(CASE, "intake", 1), case_event(OTHER, "intake", 1)])
    assert await service.seen(OTHER) == [("intake", 1)]
    assert await service.seen(CASE) == []
    held = await service.rows("select reason, waiting_for, error from held_events")
    assert [(row.reason, row.waiting_for, row.error) for row in held] == [("failed", "parked", "ValueError")]
    await service.applier.process([case_event(CASE, "intake", 2), case_event(OTHER, "intake", 2)])
    assert await service.seen(OTHER) == [("intake", 1), ("intake", 2)]
    assert len(await service.rows("select 1 from held_events")) == 2


async def test_what_stood_before_the_failing_event_stands(service: PlainService) -> None:
    await service.applier.process([case_event(CASE, "intake", 1)])
    service.poison.add(CASE)
    await service.applier.process([case_event(CASE, "intake", 2), case_event(CASE, "intake", 3)])
    assert await service.seen(CASE) == [("intake", 1)]
    marks = await service.rows("select intake, parked_at from case_marks")
    assert marks[0].intake == 1
    assert marks[0].parked_at is not None


async def test_data_that_cannot_be_decoded_parks_the_case(service: PlainService) -> None:
    good = case_event(CASE, "intake", 1, type_="customer.responded.v1")
    bad = Incoming(good.topic, 0, 7, good.key, good.headers, b'{"kind": 1')
    await service.applier.process([bad, case_event(OTHER, "intake", 1)])
    held = await service.rows("select reason, error from held_events")
    assert [(row.reason, row.error) for row in held] == [("failed", "Undecodable")]
    assert await service.seen() == [("intake", 1)]


async def test_a_record_without_key_is_a_dead_letter_once(service: PlainService) -> None:
    good = case_event(CASE, "intake", 1)
    bad = Incoming(good.topic, 3, 7, None, good.headers, b"{}")
    await service.applier.process([bad])
    await service.applier.process([bad, case_event(OTHER, "intake", 1)])
    letters = await service.rows("select reason, body from dead_letters")
    assert [row.reason for row in letters] == ["no_key"]
    assert await service.seen() == [("intake", 1)]
    assert len(await service.rows("select 1 from outbox_pending")) == 1


async def test_an_unreadable_header_parks_the_case_its_key_names(service: PlainService) -> None:
    good = case_event(CASE, "intake", 1)
    bad = Incoming(good.topic, 3, 7, good.key, good.headers, b"{}", broken_header="ce_time")
    await service.applier.process([bad])
    assert (await service.rows("select parked_reason from case_marks"))[0].parked_reason == "dead_letter"


async def test_an_outage_parks_nothing_and_raises(service: PlainService) -> None:
    service.poison.add(CASE)
    service.poison_error = ConnectionError
    with pytest.raises(ConnectionError):
        await service.applier.process([case_event(CASE, "intake", 1)])
    assert await service.rows("select 1 from case_marks") == []


async def test_many_failing_cases_pull_the_brake_instead_of_parking_them_all(service: PlainService) -> None:
    cases = [uuid4() for _ in range(40)]
    service.poison.update(cases)
    with pytest.raises(BrakePulled):
        await service.applier.process([case_event(case, "intake", 1) for case in cases])
    assert len(await service.rows("select 1 from case_marks where parked_at is not null")) < 21
    with pytest.raises(BrakePulled):
        await service.applier.process([case_event(OTHER, "intake", 1)])


async def test_an_event_waits_for_the_record_it_speaks_of(service: PlainService) -> None:
    await service.applier.process([case_event(CASE, "routing", 1, type_="case.progressed.v1")])
    assert await service.seen() == []
    await service.applier.process([personal_record(CASE, 1, b'{"project":"P01"}')])
    assert await service.seen() == [("routing", 1)]


async def test_an_erased_record_meets_every_need_and_stays_erased(service: PlainService) -> None:
    await service.applier.process([personal_record(CASE, 2, None), personal_record(CASE, 1, b'{"project":"P01"}')])
    await service.applier.process([personal_record(CASE, 3, b'{"project":"P01"}')])
    await service.applier.process([case_event(CASE, "routing", 1, type_="case.progressed.v1")])
    assert await service.seen() == [("routing", 1)]
    assert [row.body for row in await service.rows("select body from records")] == [None]


async def test_an_older_version_never_replaces_a_newer_one(service: PlainService) -> None:
    await service.applier.process([personal_record(CASE, 2, b'{"project":"new"}')])
    await service.applier.process([personal_record(CASE, 1, b'{"project":"old"}')])
    assert [(row.version, row.body) for row in await service.rows("select version, body from records")] == [
        (2, b'{"project":"new"}')
    ]


async def test_what_was_missed_between_two_transactions_is_swept_up(service: PlainService) -> None:
    await service.applier.process([case_event(CASE, "routing", 1, type_="case.progressed.v1")])
    async with service.database.begin() as unit:  # another member stored the record while ours held the event
        await unit.delivery.put_records("personal", {})
        await unit.connection.exec_driver_sql(
            "insert into records values ('personal', $1, 1, 'case.texts.v1', '{}', false, $2)",
            (f"case:{CASE}", unit.started),
        )
        await unit.connection.exec_driver_sql("update held_events set held_at = held_at - interval '1 minute'")
    await service.applier.sweep()
    assert await service.seen() == [("routing", 1)]


async def test_emitted_events_carry_sequence_and_what_was_applied_before(service: PlainService) -> None:
    service.react = lambda event: [progressed(event.case, 1 if event.envelope.source == "intake" else 2)]
    await service.applier.process(
        [
            case_event(CASE, "intake", 1),
            case_event(CASE, "routing", 1, {"intake": 1}),
        ]
    )
    log = await service.rows("select sequence, after, id from event_log order by sequence")
    assert [(row.sequence, row.after) for row in log] == [(1, "intake=1,routing=1"), (2, "intake=1,routing=1")]
    assert (await service.rows("select emitted from case_marks"))[0].emitted == 2
