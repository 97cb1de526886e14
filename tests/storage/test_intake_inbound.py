"""Complaints from the inbound topic: entered once, or buried with a reason; never parked, never in each other's way."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.intake.service.inbound import OrganisationUnknown
from shared.ids import complaint_id
from tests.storage.intake_world import IntakeWorld, intake

GOOD: dict[str, Any] = {"project": "P01", "source": "app", "source_id": "A-1", "narrative": "电梯坏了"}


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[IntakeWorld]:
    async with intake(database_url) as world:
        yield world


async def letters(world: IntakeWorld) -> list[tuple[str, str]]:
    rows = await world.rows("""select reason, detail from dead_letters order by "offset" """)
    return [(row.reason, row.detail) for row in rows]


async def test_a_record_is_registered(world: IntakeWorld) -> None:
    await world.service.applier.process([world.inbound(GOOD, "app:A-1")])
    (complaint,) = await world.rows("select id, source, source_id from complaints")
    assert tuple(complaint) == (complaint_id("app", "A-1"), "app", "A-1")
    assert await world.audited("complaint.register") == [("app", str(complaint.id))]
    assert world.counted(way="inbound", result="created") == 1


async def test_a_second_delivery_changes_nothing(world: IntakeWorld) -> None:
    record = world.inbound(GOOD, "app:A-1")
    await world.service.applier.process([record])
    await world.service.applier.process([record, record])
    assert len(await world.events()) == 1
    assert await letters(world) == []
    assert world.counted(way="inbound", result="existing") == 2


@pytest.mark.parametrize(
    ("value", "key", "reason", "detail"),
    [
        (b"{", "app:A-1", "malformed", "/ json_syntax"),
        (b"\xff", "app:A-1", "malformed", "/ json_not_utf8"),
        (None, "app:A-1", "malformed", "/ missing"),
        (b'"' + b"x" * 300_000 + b'"', "app:A-1", "too_large", "too_large"),
        ({"source": "app", "source_id": "1"}, "app:1", "invalid_field", "/project missing, /narrative missing"),
        ({**GOOD, "project": "P77"}, "app:A-1", "invalid_field", "/project unknown_project"),
        ({**GOOD, "narrative": "x" * 20_001}, "app:A-1", "invalid_field", "/narrative too_long"),
        ({**GOOD, "channel": "x"}, "app:A-1", "invalid_field", "/channel not_one_of"),
        ({**GOOD, "mode": "history"}, "app:A-1", "invalid_field", "/mode not_one_of"),
        (GOOD, "app:A-2", "invalid_field", "/source_id other_than_key"),
        (GOOD, "crm:A-1", "invalid_field", "/source_id other_than_key"),
        ({"project": "P01", "narrative": "x"}, None, "invalid_field", "/source no_identity"),
        ({"project": "P01", "narrative": "x"}, "app:", "invalid_field", "/source_id no_identity"),
    ],
)
async def test_a_refusal_is_a_dead_letter_with_its_reason(
    world: IntakeWorld, value: Any, key: str | None, reason: str, detail: str
) -> None:
    other = {**GOOD, "source_id": "B-1"}
    await world.service.applier.process([world.inbound(value, key), world.inbound(other, "app:B-1")])
    assert await letters(world) == [(reason, detail)]
    assert len(await world.events()) == 1
    assert await world.rows("select 1 from case_marks where parked_at is not null") == []
    labels = {"service": "intake", "reason": reason}
    assert world.core.metrics.registry.get_sample_value("huiyin_dead_letters_total", labels) == 1


async def test_a_dead_letter_keeps_the_record_sealed_and_says_nothing_of_it(world: IntakeWorld) -> None:
    await world.service.applier.process([world.inbound({**GOOD, "channel": "电话是13800138000"}, "app:A-1")])
    ((body, detail),) = await world.rows("select body, detail from dead_letters")
    assert "13800138000" not in detail
    assert b"13800138000" not in body
    assert "13800138000" in world.core.ring.unseal(body).decode()


async def test_the_key_may_give_the_identity(world: IntakeWorld) -> None:
    await world.service.applier.process([world.inbound({"project": "P01", "narrative": "x"}, "app:A:1")])
    ((source, source_id),) = await world.rows("select source, source_id from complaints")
    assert (source, source_id) == ("app", "A:1")


async def test_the_same_identity_with_other_content_is_a_dead_letter(world: IntakeWorld) -> None:
    await world.service.applier.process(
        [world.inbound(GOOD, "app:A-1"), world.inbound({**GOOD, "narrative": "漏水"}, "app:A-1")]
    )
    assert await letters(world) == [("idempotency_conflict", str(complaint_id("app", "A-1")))]
    assert world.counted(way="inbound", result="conflict") == 1


async def test_a_batch_of_many_is_one_transaction(world: IntakeWorld) -> None:
    records = [world.inbound({**GOOD, "source_id": f"A-{n}"}, f"app:A-{n}") for n in range(300)]
    await world.service.applier.process(records)
    ((transactions, complaints),) = await world.rows(
        "select count(distinct cast(xmin as text)), count(*) from complaints"
    )
    assert (transactions, complaints) == (1, 300)


async def test_what_no_database_takes_is_buried_alone(world: IntakeWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault in our own judging fails its record only: here a source so named makes judging raise."""
    from services.intake.service.sender import Sender

    real = Sender.of_record

    def failing(source: str, source_id: str | None) -> Sender:
        if source == "cursed":
            raise RuntimeError("a bug")
        return real(source, source_id)

    monkeypatch.setattr(Sender, "of_record", failing)
    bad = {**GOOD, "source": "cursed"}
    await world.service.applier.process([world.inbound(bad, "cursed:A-1"), world.inbound(GOOD, "app:A-1")])
    assert await letters(world) == [("failed", "RuntimeError")]
    assert len(await world.events()) == 1
    assert world.counted(way="inbound", result="created") == 1


async def test_records_wait_while_no_organisation_is_known(world: IntakeWorld) -> None:
    async with world.core.database.begin() as unit:
        await unit.connection.exec_driver_sql("delete from records where topic = 'reference'")
        await unit.connection.exec_driver_sql("update record_stamps set stamp = stamp + 1")
    with pytest.raises(OrganisationUnknown):
        await world.service.applier.process([world.inbound(GOOD, "app:A-1")])
    assert await letters(world) == []


async def test_replaying_a_dead_letter_registers_it_once_its_project_exists(world: IntakeWorld) -> None:
    from shared.delivery.operations import Operations
    from shared.events.records import Name, NodeV1
    from tests.unit.intake.organisation import OPERATOR

    await world.service.applier.process([world.inbound({**GOOD, "project": "P77"}, "app:A-1")])
    ((letter,),) = await world.rows("select id from dead_letters")
    node = NodeV1(code="P77", kind="project", path=("G", "R1", "P77"), name=Name(zh="新", en="new"))
    async with world.core.database.begin() as unit:
        await unit.delivery.put_records("reference", {"node:P77": node})
    await Operations(world.core.database, world.service.applier, world.core.ring).replay_dead_letter(
        letter, "the project is there now", OPERATOR
    )
    assert [data["project"] for _, _, data in await world.events()] == ["P77"]
