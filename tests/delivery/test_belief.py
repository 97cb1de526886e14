"""Rule 6 under arbitrary interleavings: what is believed was applied, whatever is sent, read, lost and restarted when.

The log is in memory, so that it can be wiped between any two steps; everything else is real.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from shared.delivery import progress
from shared.delivery.relay import Relay
from shared.events.codec import Incoming
from shared.events.topics import TOPICS
from tests.delivery.conftest import Make
from tests.delivery.plain_service import PlainService
from tests.delivery.records import said
from tests.scenarios.memory_log import MemoryLog

SENDERS = ("intake", "routing")
CASES = [UUID(int=n) for n in range(3)]

_WRONG = """
    select e.aggregateid, e.sequence from {source}.event_log e
    join sla.progress_marks p on p.source = '{source}' and e.recorded_at <= p.through
    where not exists (select 1 from sla.seen s where s.source = '{source}'
                      and s.case_id = cast(e.aggregateid as uuid) and s.sequence = e.sequence)
"""


class World:
    """Two services that send and one that reads, whose client is this class: it fetches, and goes on where it was."""

    def __init__(self, services: dict[str, PlainService]) -> None:
        self.services = services
        self.reader = services["sla"]
        self.log = MemoryLog()
        self.relays = {name: self._relay(name) for name in SENDERS}
        self.topics = [topic.name for topic in self.reader.service.subscription.topics]
        self.places = [(name, n) for name in self.topics for n in range(TOPICS[name].partitions)]
        self.stands = dict.fromkeys(self.places, 0)
        self.in_hand: list[Incoming] = []
        self.said = 0

    def _relay(self, name: str) -> Relay:
        return Relay(self.services[name].database, self.log, longest_write=timedelta())

    async def say(self, name: str, case: int) -> None:
        self.said += 1
        await self.services[name].emit(said(CASES[case], self.said))

    async def relay(self, name: str) -> None:
        if await self.relays[name].keep_lease():
            await self.relays[name].step()

    async def report(self, name: str) -> None:
        if await self.relays[name].keep_lease():
            await self.relays[name].report_progress()

    async def hear(self, name: str) -> None:
        """The sender reads what the others report."""
        await self.services[name].applier.process(self.log.all("progress.v1"))

    async def restart(self, name: str) -> None:
        await self.relays[name]._hand_over()
        self.relays[name] = self._relay(name)

    async def fetch(self, most: int) -> None:
        """The client hands over records and counts them as read; beyond the end it begins anew."""
        if self.in_hand:
            return
        for place in self.places:
            there = self.log.after([place[0]], {p: self.stands[place] if p == place else 10**9 for p in self.places})
            if not there and self.stands[place] > len(self._all(place)):
                self.stands[place] = 0
            self.in_hand += there[:most]
            self.stands[place] += len(there[:most])

    def _all(self, place: tuple[str, int]) -> list[Incoming]:
        return [record for record in self.log.all(place[0]) if record.partition == place[1]]

    async def apply(self) -> None:
        await self.reader.applier.process(self.in_hand)
        self.in_hand = []

    async def beat(self) -> None:
        """What a runner does once a second, unless a batch is in hand."""
        if not self.in_hand:
            async with self.reader.database.begin() as unit:
                await progress.save_positions(unit, self.stands)
                void = await progress.void_positions(unit) & self.stands.keys()
            self.stands.update(dict.fromkeys(void, 0))
            async with self.reader.database.begin() as unit:
                await progress.restore_positions(unit, {place: self.stands[place] for place in void})
        async with self.reader.database.begin() as unit:
            await progress.believe(unit, self.topics)

    async def wipe(self) -> None:
        self.log.wipe()

    async def check(self, name: str) -> None:
        if await self.relays[name].keep_lease():
            await self.relays[name].check_log()

    async def settle(self) -> None:
        """Everything that goes on by itself, a few times over."""
        for _ in range(4):
            for name in SENDERS:
                await self.hear(name)
                await self.check(name)
                await self.relay(name)
                await self.report(name)
            await self.apply()
            await self.fetch(10_000)
            await self.apply()
            await self.beat()

    async def wrongly_believed(self) -> list[object]:
        return [row for name in SENDERS for row in await self.reader.rows(_WRONG.format(source=name))]


senders = st.sampled_from(SENDERS)
steps = st.one_of(
    st.tuples(st.just("say"), senders, st.integers(0, 2)),
    st.tuples(st.sampled_from(["relay", "report", "hear", "check", "restart"]), senders),
    st.tuples(st.just("fetch"), st.integers(1, 3)),
    st.tuples(st.sampled_from(["apply", "beat", "beat", "wipe"])),
)


SURPRISED = [
    # A relay that did not notice the loss sends into the new log while the reader still stands in the old one.
    *[("say", "intake", 0), ("relay", "intake"), ("report", "intake"), ("fetch", 3), ("apply",), ("beat",)],
    *[("wipe",), ("say", "intake", 0), ("relay", "intake"), ("report", "intake")],
    *[("fetch", 1), ("beat",), ("apply",), ("beat",), ("relay", "intake"), ("report", "intake"), ("beat",)],
]
GOES_ON = [
    # The new log soon reaches beyond where the reader stood in the old one: it would go on there and miss what was sent
    # again before, while what it hears in the same batch says that all is confirmed.
    *[("say", "intake", 0)] * 3,
    *[("relay", "intake"), ("report", "intake"), ("report", "routing"), ("fetch", 9), ("apply",), ("beat",)],
    *[("say", "routing", 0), ("relay", "routing"), ("wipe",), ("check", "routing"), ("relay", "routing")],
    *[("check", "intake"), ("relay", "intake"), ("say", "intake", 0), ("relay", "intake")],
    *[("report", "routing")] * 5,
    *[("fetch", 9), ("apply",), ("beat",), ("beat",)],
]
OVERTAKEN = [
    # One relay notices the loss and fills the new log; the other goes on beyond its own mark and notices nothing.
    *[("say", "intake", 0), ("relay", "intake"), *[("say", "routing", n % 3) for n in range(6)]],
    *[("relay", "routing"), ("report", "routing"), ("report", "intake"), ("wipe",), ("check", "routing")],
    *[("relay", "routing"), ("say", "intake", 0), ("relay", "intake"), ("report", "intake"), ("fetch", 9)],
    *[("apply",), ("beat",), ("report", "intake"), ("fetch", 9), ("apply",), ("beat",)],
]


@pytest.fixture
async def services(make: Make) -> dict[str, PlainService]:
    return {name: await make(name) for name in (*SENDERS, "sla")}


@settings(
    max_examples=25,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(plan=st.lists(steps, min_size=8, max_size=30))
@example(plan=SURPRISED)
@example(plan=GOES_ON)
@example(plan=OVERTAKEN)
async def test_nothing_is_believed_that_was_not_applied_and_in_the_end_all_is(
    services: dict[str, PlainService], plan: list[tuple[str, ...]]
) -> None:
    for service in services.values():
        await service.empty()
    world = World(services)
    for step, *told in plan:
        await getattr(world, step)(*told)
        assert await world.wrongly_believed() == [], step
    await world.settle()
    assert await world.wrongly_believed() == []
    for name in SENDERS:
        newest = await services[name].rows("select recorded_at from event_log where aggregatetype = 'complaints.v1'")
        believed = await world.reader.one("select through from progress_marks where source = :name", name=name)
        assert all(row.recorded_at <= believed for row in newest)
        for case in CASES:
            emitted = await services[name].rows("select emitted from case_marks where case_id = :case", case=case)
            seen = [sequence for source, sequence in await world.reader.seen(case) if source == name]
            assert seen == list(range(1, (emitted[0].emitted if emitted else 0) + 1))
