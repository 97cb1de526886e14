"""Processes that are killed or stopped in the middle of their work: nothing is lost, nothing is applied twice."""

import signal
from collections import Counter
from uuid import uuid4

import pytest

from shared.clock import monotonic
from shared.kafka import options
from shared.settings import KafkaSettings
from tests.delivery import plain_process
from tests.delivery.conftest import Make
from tests.delivery.running import Traffic, process, relaying, running
from tests.delivery.topics import places_of
from tests.delivery.waiting import eventually


@pytest.fixture(autouse=True)
def hastened(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same haste here as in the processes of their own."""
    for module, name in (("lease", "LEASE"), ("lease", "RENEW_S")):
        monkeypatch.setattr(f"shared.delivery.{module}.{name}", getattr(plain_process.lease, name))
    monkeypatch.setattr("shared.kafka.options.CONSUMER", dict(plain_process.options.CONSUMER))
    plain_process.hasten()


async def test_a_relay_killed_between_sending_and_confirming_sends_again_and_readers_apply_once(
    make: Make, plain_url: str, kafka: KafkaSettings
) -> None:
    sender, reader = await make("intake", kafka), await make("sla", kafka)
    traffic = Traffic(sender, [uuid4() for _ in range(10)])
    await traffic.say(5)
    async with process(sender, plain_url, fault="after_send") as relay:
        assert await relay.died() == signal.SIGKILL
    assert await sender.one("select count(*) from outbox_pending") == 50
    async with relaying(sender), running(reader):
        await traffic.arrived(reader)
        await eventually(lambda: sender.rows("select 1 from outbox_pending"), lambda rows: not rows)
    sent = Counter(await places_of(kafka))
    assert sent == Counter({(case, n): 2 for case in traffic.cases for n in range(1, 6)})


async def test_a_consumer_killed_in_mid_batch_and_before_acknowledging_loses_and_doubles_nothing(
    make: Make, plain_url: str, kafka: KafkaSettings
) -> None:
    sender, reader = await make("intake", kafka), await make("sla", kafka)
    traffic = Traffic(sender, [uuid4() for _ in range(30)])
    async with relaying(sender):
        await traffic.say(10)
        async with process(reader, plain_url, fault="in_batch") as consumer:
            assert await consumer.died() == signal.SIGKILL
        assert await reader.seen() == []
        async with process(reader, plain_url, fault="before_ack") as consumer:
            assert await consumer.died() == signal.SIGKILL
        assert len(await reader.seen()) > 0
        await traffic.say(2)
        async with running(reader):
            await traffic.arrived(reader)


async def test_a_killed_process_that_comes_back_under_its_name_goes_on_at_once(
    make: Make, plain_url: str, kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instead of waiting for its own session to run out, which would take 45 s."""
    monkeypatch.setitem(options.CONSUMER, "session_timeout_ms", 45_000)
    named = kafka.model_copy(update={"instance": "one"})
    sender, reader = await make("intake", named), await make("sla", named)
    traffic = Traffic(sender, [uuid4() for _ in range(5)])
    async with relaying(sender):
        await traffic.say()
        async with process(reader, plain_url, fault="slow_session") as killed:
            await eventually(reader.seen)
            killed.signal(signal.SIGKILL)
            await killed.died()
        began = monotonic()
        async with running(reader):
            await traffic.say()
            await traffic.arrived(reader)
        assert monotonic() - began < 30


async def test_when_the_leading_relay_is_stopped_another_takes_over_in_order_and_without_loss(
    make: Make, plain_url: str, kafka: KafkaSettings
) -> None:
    sender, reader = await make("intake", kafka), await make("sla", kafka)
    traffic = Traffic(sender, [uuid4() for _ in range(10)])
    async with process(sender, plain_url) as leader, running(reader):
        await eventually(lambda: sender.one("select owner from relay_state"), lambda o: f":{leader.popen.pid}:" in o)
        async with relaying(sender) as other:
            async with traffic.flowing():
                await eventually(lambda: reader.rows("select 1 from seen"), lambda rows: len(rows) > 200)
                assert not other.leading
                leader.signal(signal.SIGSTOP)
                stopped_at = traffic.rounds
                await eventually(lambda: other.leading)
                await eventually(
                    lambda: reader.one("select max(sequence) from seen"), lambda newest: newest > stopped_at + 20
                )
                leader.signal(signal.SIGCONT)
                again = traffic.rounds
                await eventually(lambda: traffic.rounds > again + 20)
            await eventually(lambda: sender.rows("select 1 from outbox_pending"), lambda rows: not rows)
            assert other.leading
        await traffic.arrived(reader)
    for case in traffic.cases:
        # What a stopped relay had under way may come late; without such late ones the order is perfect.
        sequences = [sequence for key, sequence in await places_of(kafka) if key == case]
        assert list(dict.fromkeys(sequences)) == list(range(1, traffic.rounds + 1))


async def test_members_that_join_and_leave_during_traffic_lose_and_double_nothing(
    make: Make, kafka: KafkaSettings
) -> None:
    sender = await make("intake", kafka)
    members = [await make("sla", kafka) for _ in range(3)]
    traffic = Traffic(sender, [uuid4() for _ in range(20)])

    def shares(*runners) -> list[int]:
        return [len(runner.consumption._subscriber.consumer.assignment()) for runner in runners]

    async with relaying(sender), traffic.flowing(), running(members[0]) as (first,):
        await eventually(members[0].seen)
        async with running(members[1]) as (second,):
            await eventually(lambda: all(shares(first, second)))
            await first.stop()
            third_cases = traffic.rounds
            await eventually(lambda: traffic.rounds > third_cases + 5)
            async with running(members[2]) as (third,):
                await eventually(lambda: all(shares(second, third)))
                await second.stop()
                rounds = traffic.rounds
                await eventually(
                    lambda: members[2].one("select max(sequence) from seen"), lambda newest: newest > rounds
                )
    async with relaying(sender), running(await make("sla", kafka)):
        await traffic.arrived(members[2])
