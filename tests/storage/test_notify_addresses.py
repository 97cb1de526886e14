"""Notices to people's own addresses, through the real Apprise and a real HTTP receiver; and what must never leak."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr

from services.notify.main import create_service
from shared.core import Core
from shared.errors import CannotStart
from shared.events.cases import CaseAssignedV1
from shared.secrets import new_key
from shared.settings import SealSettings, Settings
from tests.storage.notify_receiver import Receiver, receiving
from tests.storage.notify_world import NotifyWorld, notify_world
from tests.unit.notify.examples import started

CASE = UUID(int=7)
ASSIGNED = CaseAssignedV1(department="property", person="li.na")
OWNER = ("assignment", "owner")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture
async def notify(database_url: str, tmp_path: Path) -> AsyncIterator[NotifyWorld]:
    async with notify_world(database_url, tmp_path) as world:
        yield world


async def give_address(notify: NotifyWorld, *addresses: str, version: int = 1) -> None:
    record = notify.record("personal", "person:li.na", notify.addresses(*addresses), version)
    await notify.service.applier.process([record])


async def outcome(notify: NotifyWorld, kind: str = "assignment", role: str = "owner") -> tuple[str, str | None, int]:
    (row,) = [row for row in await notify.ledger() if (row.kind, row.role) == (kind, role)]
    return row.outcome, row.reason, row.attempts


async def test_a_person_is_told_at_their_own_address(notify: NotifyWorld, receiver: Receiver) -> None:
    await give_address(notify, f"{receiver.address}/hook")
    await notify.register(CASE, ASSIGNED, started())
    await notify.send()
    ((path, headers, body),) = receiver.got
    (row,) = [row for row in await notify.ledger() if row.kind == "assignment"]
    assert path == "/hook"
    assert headers["Idempotency-Key"] == str(row.id)
    assert body["title"] == "新派单：P01-2026-0001"
    assert "听澜花园" in body["message"]
    assert await outcome(notify) == ("sent", None, 1)
    assert [line["kind"] for line in notify.lines()] == ["acknowledgement"]


async def test_a_refusal_is_tried_again_with_the_same_key(notify: NotifyWorld, receiver: Receiver) -> None:
    await give_address(notify, receiver.address)
    await notify.register(CASE, ASSIGNED)
    receiver.answer = 503
    await notify.send()
    assert await outcome(notify) == ("pending", "not_accepted", 1)
    receiver.answer = 204
    notify.clock.move(seconds=10)
    await notify.send()
    assert await outcome(notify) == ("sent", None, 2)
    assert len({headers["Idempotency-Key"] for _, headers, _ in receiver.got}) == 1
    assert len(receiver.got) == 2


async def test_one_address_that_takes_it_is_enough(notify: NotifyWorld, receiver: Receiver) -> None:
    await give_address(notify, f"json://127.0.0.1:{closed_port()}", receiver.address)
    await notify.register(CASE, ASSIGNED)
    await notify.send()
    assert await outcome(notify) == ("sent", None, 1)


async def test_nobody_at_the_other_end_is_a_failure(notify: NotifyWorld) -> None:
    await give_address(notify, f"json://127.0.0.1:{closed_port()}")
    await notify.register(CASE, ASSIGNED)
    await notify.send()
    assert await outcome(notify) == ("pending", "not_accepted", 1)


async def test_a_receiver_that_never_answers_costs_its_time_limit(
    database_url: str, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUIYIN_NOTIFY__TIMEOUT_S", "1")
    receiver.hang.set()
    async with notify_world(database_url, tmp_path) as notify:
        await give_address(notify, receiver.address)
        await notify.register(CASE, ASSIGNED)
        await notify.send()
        assert await outcome(notify) == ("pending", "timed_out", 1)


async def test_a_changed_address_is_used_at_the_next_attempt(notify: NotifyWorld, receiver: Receiver) -> None:
    await give_address(notify, "nonsense://x")
    await notify.register(CASE, ASSIGNED)
    await notify.send()
    assert await outcome(notify) == ("pending", "bad_address", 1)
    await give_address(notify, receiver.address, version=2)
    notify.clock.move(seconds=10)
    await notify.send()
    assert await outcome(notify) == ("sent", None, 2)


async def test_an_address_taken_away_leaves_nobody_to_tell(notify: NotifyWorld) -> None:
    await give_address(notify, "json://127.0.0.1:9")
    await notify.register(CASE, ASSIGNED)
    await give_address(notify, version=2)
    await notify.send()
    assert await outcome(notify) == ("suppressed", "no_contact", 1)


async def test_an_address_sealed_by_another_ring_fails_alone(notify: NotifyWorld, receiver: Receiver) -> None:
    await give_address(notify, receiver.address)
    await notify.register(CASE, ASSIGNED, started())
    foreign = notify.addresses(receiver.address).model_copy(update={"addresses": ("bm90IHNlYWxlZA==",)})
    await notify.service.applier.process([notify.record("personal", "person:li.na", foreign, 2)])
    await notify.send()
    assert await outcome(notify) == ("pending", "bad_address", 1)


async def test_redirects_are_not_followed(notify: NotifyWorld, receiver: Receiver) -> None:
    await give_address(notify, receiver.address)
    await notify.register(CASE, ASSIGNED)
    receiver.answer = 307
    await notify.send()
    assert await outcome(notify) == ("pending", "not_accepted", 1)
    assert len(receiver.got) == 1


# -- customers ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def texting(
    database_url: str, tmp_path: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[NotifyWorld]:
    """An installation that tells customers by telephone number."""
    monkeypatch.setenv("HUIYIN_NOTIFY__CUSTOMER_URL", f"{receiver.address}/sms/{{phone}}")
    async with notify_world(database_url, tmp_path) as world:
        yield world


async def test_a_customer_is_told_at_the_configured_address(texting: NotifyWorld, receiver: Receiver) -> None:
    await texting.register(CASE, started())
    contact = texting.complaint(phone="+8613800000000")
    await texting.service.applier.process([texting.record("personal", str(CASE), contact, 2)])
    await texting.send()
    ((path, _, body),) = receiver.got
    assert path in ("/sms/+8613800000000", "/sms/%2B8613800000000")
    assert "P01-2026-0001" in body["message"]
    assert await outcome(texting, "acknowledgement", "customer") == ("sent", None, 1)
    assert texting.lines() == []


async def test_a_customer_without_the_contact_it_takes_is_not_told(texting: NotifyWorld, receiver: Receiver) -> None:
    await texting.register(CASE, started())
    contact = texting.complaint(email="a@example.com")
    await texting.service.applier.process([texting.record("personal", str(CASE), contact, 2)])
    await texting.send()
    assert await outcome(texting, "acknowledgement", "customer") == ("suppressed", "no_contact", 1)
    assert receiver.got == []


@pytest.mark.parametrize("template", ["json://127.0.0.1/same-for-all", "nonsense://{phone}", "{phone}"])
def test_a_template_that_cannot_work_forbids_the_start(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_NOTIFY__CUSTOMER_URL", template)
    core = Core("notify", Settings(seal=SealSettings(keys=[SecretStr(new_key())])))
    with pytest.raises(CannotStart) as error:
        create_service(core)
    assert error.value.code == "notify_customer_url"


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
