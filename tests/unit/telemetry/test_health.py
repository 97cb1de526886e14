"""Ready means every check passed within its time."""

import asyncio

import pytest

from shared.telemetry.health import HealthBoard, PollWatch


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


async def well() -> None:
    return None


async def lost() -> str:
    return "no_broker"


async def broken() -> None:
    raise ConnectionRefusedError("db.internal:5432")


async def hanging() -> None:
    await asyncio.Event().wait()


async def test_all_well_is_ready() -> None:
    state = await HealthBoard("0.1.0", {"broker": well, "database": well}).readiness()
    assert state.document() == {
        "ready": True,
        "version": "0.1.0",
        "checks": {"broker": {"ok": True}, "database": {"ok": True}},
    }


async def test_one_failed_check_is_enough_and_says_why() -> None:
    board = HealthBoard("0.1.0", {"broker": lost, "database": broken, "consumer": well, "reference": hanging}, 0.01)
    state = await board.readiness()
    assert not state.ready
    assert state.document()["checks"] == {
        "broker": {"ok": False, "reason": "no_broker"},
        "database": {"ok": False, "reason": "failed"},
        "consumer": {"ok": True},
        "reference": {"ok": False, "reason": "timeout"},
    }


async def test_watchers_asking_at_once_share_one_answer_and_later_ones_get_a_new_one(time: Time) -> None:
    runs = 0

    async def counted() -> None:
        nonlocal runs
        runs += 1

    board = HealthBoard("0.1.0", {"database": counted}, time=time)
    await asyncio.gather(*(board.readiness() for _ in range(20)))
    assert runs == 1
    time.now += 1
    await board.readiness()
    assert runs == 2


async def test_a_consumer_that_has_not_joined_is_not_ready(time: Time) -> None:
    assert await PollWatch(time=time).check() == "not_joined"


async def test_a_consumer_that_polls_is_well(time: Time) -> None:
    watch = PollWatch(time=time)
    watch.assigned(12)
    for _ in range(10):
        time.now += 25
        assert await watch.check() is None
        watch.polled()


async def test_assigned_but_not_polled_for_30_seconds_fails(time: Time) -> None:
    watch = PollWatch(time=time)
    watch.assigned(12)
    time.now += 30
    assert await watch.check() is None
    time.now += 0.1
    assert await watch.check() == "not_polled"
    assert watch.age() == pytest.approx(30.1)
    watch.polled()
    assert await watch.check() is None


async def test_a_spare_member_without_partitions_is_well(time: Time) -> None:
    watch = PollWatch(time=time)
    watch.assigned(0)
    time.now += 3600
    assert await watch.check() is None
    assert watch.age() == 0
