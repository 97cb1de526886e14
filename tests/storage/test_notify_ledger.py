"""Applying on PostgreSQL: each intended notice is one row, before anything is sent, whatever is brought again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.notify.storage.ledger import LedgerStorage, Position
from shared.database.migrating import differences
from shared.events.cases import CaseAssignedV1, CaseRepliedV1
from shared.events.clocks import ClockBreachRevokedV1
from shared.events.complaints import ComplaintErasedV1, ComplaintWithdrawnV1
from shared.events.records import CaseTextsV1
from tests.storage.notify_world import NotifyWorld, notify_world
from tests.unit.notify.examples import CLOCK, DUE, NOW, raised, registered, started, warned

CASE = UUID(int=7)
ASSIGNED = CaseAssignedV1(department="property", person="li.na")
REVOKED = ClockBreachRevokedV1(clock=CLOCK, name="reply", customer=True, due_at=DUE, met_at=DUE - timedelta(hours=1))


@pytest.fixture
async def notify(database_url: str, tmp_path: Path) -> AsyncIterator[NotifyWorld]:
    async with notify_world(database_url, tmp_path) as world:
        yield world


async def test_the_migration_makes_the_tables_as_defined(notify: NotifyWorld, database_url: str) -> None:
    assert await differences(database_url, "notify") == []


async def test_events_become_one_row_for_each_notice_before_anything_is_sent(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, started(), warned(), raised(1), raised(2, ("cs_head",)))
    assert [(row.kind, row.role, row.person, row.channel, row.outcome) for row in await notify.ledger()] == [
        ("acknowledgement", "customer", None, "file", "pending"),
        ("assignment", "owner", "li.na", "file", "pending"),
        ("breach", "cs", "wang.li", "file", "pending"),
        ("breach", "owner", "li.na", "file", "pending"),
        ("escalation", "cs_head", "wu.fang", "file", "pending"),
        ("warning", "owner", "li.na", "file", "pending"),
    ]
    assert notify.lines() == []
    assert await notify.emitted() == []


async def test_a_second_delivery_changes_nothing(notify: NotifyWorld) -> None:
    batch = await notify.register(CASE, ASSIGNED, started(), warned(), raised(1))
    await notify.send()
    before = await notify.ledger()
    await notify.service.applier.process(batch)
    for event in reversed(batch):
        await notify.service.applier.process([event])
    await notify.send()
    assert await notify.ledger() == before
    assert len(notify.lines()) == len(before) == len(await notify.emitted())


async def test_ids_come_from_cause_kind_recipient_and_channel(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, raised(1))
    rows = await notify.ledger()
    assert len({row.id for row in rows}) == len(rows)
    assert {row.cause for row in rows if row.kind == "breach"} == {rows[-1].cause}


async def test_people_are_told_in_their_own_language_and_on_their_own_channel(notify: NotifyWorld) -> None:
    address = notify.record("personal", "person:li.na", notify.addresses("json://127.0.0.1:9/"))
    await notify.service.applier.process([address])
    await notify.register(CASE, ASSIGNED, raised(1), language="en")
    told = {row.person or row.role: (row.language, row.channel) for row in await notify.ledger()}
    assert told == {"customer": ("en", "file"), "li.na": ("zh", "apprise"), "wang.li": ("en", "file")}


async def test_an_acknowledgement_waits_for_the_promise_and_goes_out_with_it(notify: NotifyWorld) -> None:
    await notify.register(CASE)
    assert await notify.send() == NOW + timedelta(seconds=5)
    notify.clock.move(seconds=2)
    await notify.tell(CASE, started("close", clock=UUID(int=71)), started("reply"))
    await notify.send()
    (line,) = notify.lines()
    assert "2026年11月27日 09:00 前答复您" in line["text"]


async def test_an_acknowledgement_goes_out_without_a_promise_after_five_seconds(notify: NotifyWorld) -> None:
    await notify.register(CASE)
    notify.clock.move(seconds=5)
    await notify.send()
    await notify.tell(CASE, started("reply"))
    await notify.send()
    (line,) = notify.lines()
    assert "P01-2026-0001" in line["text"]
    assert "答复您" in line["text"]
    assert "2026年11月27日" not in line["text"]


async def test_history_tells_nobody_and_says_so(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, started(), warned(), mode="history")
    await notify.send()
    assert await notify.outcomes() == [
        ("acknowledgement", "customer", "suppressed", "history"),
        ("assignment", "owner", "suppressed", "history"),
        ("warning", "owner", "suppressed", "history"),
    ]
    assert notify.lines() == []
    assert {(type_, data["reason"]) for type_, data in await notify.emitted()} == {("notice.suppressed.v1", "history")}


async def test_who_cannot_be_told_is_written_down_and_the_supervisor_is_told(notify: NotifyWorld) -> None:
    await notify.register(CASE, CaseAssignedV1(department="property"), contactable=False)
    await notify.send()
    assert await notify.outcomes() == [
        ("acknowledgement", "customer", "suppressed", "no_contact"),
        ("assignment", "customer_service_head", "sent", None),
        ("assignment", "owner", "suppressed", "nobody_in_role"),
    ]
    assert "尚无人负责" in notify.lines()[0]["text"]


@pytest.mark.parametrize(("ending", "reason"), [(ComplaintWithdrawnV1(), "withdrawn"), (ComplaintErasedV1(), "erased")])
@pytest.mark.parametrize("together", [True, False])
async def test_a_case_that_is_over_tells_nobody_anything_more(
    notify: NotifyWorld, ending: ComplaintWithdrawnV1 | ComplaintErasedV1, reason: str, together: bool
) -> None:
    first = [registered(), ASSIGNED, ending] if together else [registered(), ASSIGNED]
    await notify.service.applier.process([notify.record("personal", str(CASE), notify.complaint())])
    await notify.tell(CASE, *first)
    if not together:
        await notify.tell(CASE, ending)
    await notify.tell(CASE, raised(1, ("owner",)))
    notify.clock.move(seconds=10)
    await notify.send()
    assert await notify.outcomes() == [
        ("acknowledgement", "customer", "suppressed", reason),
        ("assignment", "owner", "suppressed", reason),
        ("breach", "owner", "suppressed", reason),
    ]
    assert notify.lines() == []


async def test_what_was_sent_before_the_end_stays_sent(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED)
    await notify.send()
    await notify.tell(CASE, ComplaintWithdrawnV1())
    notify.clock.move(seconds=10)
    await notify.send()
    assert await notify.outcomes() == [
        ("acknowledgement", "customer", "suppressed", "withdrawn"),
        ("assignment", "owner", "sent", None),
    ]


@pytest.mark.parametrize("together", [True, False])
async def test_a_breach_revoked_before_sending_is_not_sent(notify: NotifyWorld, together: bool) -> None:
    await notify.register(CASE, ASSIGNED)
    await notify.send()
    if together:
        await notify.tell(CASE, raised(1), REVOKED)
    else:
        await notify.tell(CASE, raised(1))
        await notify.tell(CASE, REVOKED)
    await notify.send()
    outcomes = [outcome for outcome in await notify.outcomes() if outcome[0] in ("breach", "correction")]
    assert outcomes == [
        ("breach", "cs", "suppressed", "revoked_before_sending"),
        ("breach", "owner", "suppressed", "revoked_before_sending"),
    ]


async def test_a_breach_revoked_after_sending_is_corrected_to_everybody_who_was_told(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, warned(), raised(1), raised(2, ("cs_head",)))
    await notify.send()
    batch = await notify.tell(CASE, raised(3, ("regional_leader",)), REVOKED)
    await notify.service.applier.process(batch)
    await notify.send()
    corrected = [line for line in notify.lines() if line["kind"] == "correction"]
    assert {line["to"]["person"] for line in corrected} == {"li.na", "wang.li", "wu.fang"}
    assert {line["language"] for line in corrected if line["to"]["person"] == "wang.li"} == {"en"}
    # The leader had not been told yet, so nothing is taken back from them; a warning was true when it was given.
    assert ("escalation", "regional_leader", "suppressed", "revoked_before_sending") in await notify.outcomes()


async def test_a_clock_that_breaches_again_is_corrected_for_its_new_breach_only(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, raised(1, ("owner",)))
    await notify.send()
    moved = ClockBreachRevokedV1(clock=CLOCK, name="reply", customer=True, due_at=DUE + timedelta(days=7))
    await notify.tell(CASE, moved)
    await notify.send()
    await notify.tell(CASE, raised(1, ("cs",)))
    await notify.send()
    await notify.tell(CASE, REVOKED)
    await notify.send()
    corrections = [(line["to"]["person"], line["text"]) for line in notify.lines() if line["kind"] == "correction"]
    assert [person for person, _ in corrections] == ["li.na", "wang.li"]
    assert "现时限为 2026年12月04日 09:00" in corrections[0][1]
    assert "done in time" in corrections[1][1]


async def test_another_clock_of_the_case_is_not_corrected(notify: NotifyWorld) -> None:
    await notify.register(CASE, ASSIGNED, raised(1, clock=UUID(int=71)))
    await notify.send()
    await notify.tell(CASE, REVOKED)
    await notify.send()
    assert not [line for line in notify.lines() if line["kind"] == "correction"]


async def test_the_reply_carries_the_words_of_its_version(notify: NotifyWorld) -> None:
    await notify.register(CASE)
    await notify.tell(CASE, CaseRepliedV1(channel="phone", texts_version=2))
    assert [row.kind for row in await notify.ledger()] == ["acknowledgement"]  # held until its words are known
    texts = notify.staff_text("水管已修好", version=2)
    await notify.service.applier.process([notify.record("personal", f"case:{CASE}", texts, version=2)])
    await notify.send()
    (line,) = [line for line in notify.lines() if line["kind"] == "reply"]
    assert line["text"].endswith("水管已修好")
    assert line["to"] == {"role": "customer", "person": None}


async def test_a_reply_erased_before_it_was_sent_is_not_sent(notify: NotifyWorld) -> None:
    await notify.register(CASE)
    await notify.service.applier.process([notify.record("personal", f"case:{CASE}", notify.staff_text("secret"))])
    await notify.tell(CASE, CaseRepliedV1(channel="phone", texts_version=1))
    await notify.service.applier.process([notify.record("personal", f"case:{CASE}", CaseTextsV1, version=2)])
    await notify.send()
    assert ("reply", "customer", "suppressed", "erased") in await notify.outcomes()


@pytest.mark.parametrize("others", [0, 150])
async def test_few_projects_and_many_are_listed_alike(notify: NotifyWorld, others: int) -> None:
    await notify.register(CASE, ASSIGNED)
    await notify.register(UUID(int=8), project="P09")
    wanted = frozenset({"P01", *(f"X{number}" for number in range(others))})
    async with notify.core.database.read() as connection:
        found = await LedgerStorage(connection).page(
            wanted, case=None, kind=None, outcome=None, before=Position(), limit=10
        )
    assert {entry.notice.project for entry in found} == {"P01"}
    assert len(found) == 2


async def test_many_cases_make_as_few_statements_as_one(notify: NotifyWorld) -> None:
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    await notify.register(CASE)  # reads the organisation
    counts = []
    for number in (1, 60):
        cases = [uuid4() for _ in range(number)]
        await notify.service.applier.process(
            [notify.record("personal", str(case), notify.complaint()) for case in cases]
        )
        batch = [
            notify.happening(case, data) for case in cases for data in (registered(), ASSIGNED, started(), raised())
        ]
        sa.event.listen(notify.core.database.engine.sync_engine, "before_cursor_execute", note)
        await notify.service.applier.process(batch)
        sa.event.remove(notify.core.database.engine.sync_engine, "before_cursor_execute", note)
        counts.append(len(statements))
        statements.clear()
    assert counts[0] == counts[1] < 15
    assert len(await notify.ledger()) == 1 + 61 * 4
