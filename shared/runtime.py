"""Runs one service: relay, consumer, background work, housekeeping, HTTP application."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from fastapi import FastAPI

from shared.clock import monotonic
from shared.core import VERSION, Service
from shared.database.engine import is_outage
from shared.database.unit_of_work import LONGEST_WRITE
from shared.delivery import progress
from shared.delivery import statements as sql
from shared.delivery.log import LogWriter
from shared.delivery.operations import Operations
from shared.delivery.relay import Relay
from shared.delivery.standing import BEAT_S
from shared.kafka.consuming import Consumption, create_broker
from shared.kafka.fetching import fetch
from shared.kafka.joining import keep_joined
from shared.kafka.writing import KafkaLog
from shared.stepping import drive
from shared.telemetry.exposition import MetricsSource, source_of
from shared.telemetry.health import HealthBoard
from shared.telemetry.routes import health_routes, metrics_routes
from shared.web.application import create_application
from shared.web.operations import operations_routes
from shared.web.pages import Pages

log = structlog.get_logger()

_HELD_TOO_LONG = timedelta(seconds=60)
_POLL_LIMIT_S = 30.0


class Runner:
    """One running service. `app`: its HTTP application; `start` and `stop` bracket its life."""

    def __init__(
        self,
        service: Service,
        writer: LogWriter | None = None,
        longest_write: timedelta = LONGEST_WRITE,
    ) -> None:
        self.service = service
        core = self.core = service.core
        self.relay = Relay(
            core.database,
            writer or KafkaLog(core.settings.kafka),
            poll_s=core.settings.relay.poll_ms / 1000,
            longest_write=longest_write,
        )
        self._broker = create_broker(core.settings.kafka)
        self.consumption = Consumption(self._broker, core.settings.kafka, service.subscription, service.applier)
        self._consuming: list[asyncio.Task[None]] = []
        self._tasks: list[asyncio.Task[Any]] = []
        self._woken = [asyncio.Event() for _ in service.background]
        self.health = HealthBoard(
            VERSION,
            {
                "broker": self._check_broker,
                "database": self._check_database,
                "consumer": self._check_consumer,
                "reference": self._check_reference,
            },
        )
        self.app = self._create_app()

    def _create_app(self) -> FastAPI:
        service, core = self.service, self.core
        app = create_application(
            core.name,
            version=VERSION,
            authenticate=core.authenticate,
            pages=Pages(service.templates),
            body_rules=service.body_rules,
            is_outage=is_outage,
            short_ways=service.short_ways,
        )
        token = core.settings.metrics.token
        prefix = f"/{core.name}"
        # What the service is for comes first: every request is compared with all routes before its own.
        for router in service.routers:
            app.include_router(router)
        app.include_router(health_routes(prefix, self.health.readiness))
        app.include_router(metrics_routes(prefix, self.metrics_sources, token.get_secret_value() if token else None))
        operations = Operations(core.database, service.applier, core.ring, partial(fetch, core.settings.kafka))
        app.include_router(operations_routes(core.name, operations, core.book, self.status))
        return app

    def metrics_sources(self) -> list[MetricsSource]:
        return [source_of(self.core.metrics.registry), *self.service.metrics]

    # -- life --------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start everything; waits for nothing: what is away is waited for in the background, and readiness tells."""
        self.core.database.after_commit.append(self._wake)
        self._tasks = [
            asyncio.create_task(self.relay.run(), name=f"{self.core.name} relay"),
            asyncio.create_task(self._beat(), name=f"{self.core.name} beat"),
            *(
                asyncio.create_task(drive(stepper, self.core.clock, woken), name=f"{self.core.name} {stepper.name}")
                for stepper, woken in zip(self.service.background, self._woken, strict=True)
            ),
            *(asyncio.create_task(_run(task)) for task in self.service.tasks),
        ]
        consuming = keep_joined(self._broker, self.consumption, self._is_lost)
        self._consuming = [asyncio.create_task(consuming, name=f"{self.core.name} consumer")]

    async def stop(self) -> None:
        """Stop in order: no more records, background work, the relay; then close the database."""
        for tasks in (self._consuming, self._tasks):
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        await self.core.database.close()

    def _wake(self) -> None:
        for woken in self._woken:
            woken.set()

    # -- housekeeping ------------------------------------------------------------------------------------------------

    async def _beat(self) -> None:
        """Once a second: positions, belief, what was missed, counts."""
        retried = False
        while True:
            try:
                if not retried:
                    await self.service.applier.retry_versions()
                    retried = True
                await self.core.book.prepare()
                await self._keep_positions()
                await self.housekeep()
            except Exception as error:  # noqa: BLE001  # the next beat tries again
                log.warning("beat_failed", service=self.core.name, error=type(error).__name__)
            await asyncio.sleep(BEAT_S)

    async def _keep_positions(self) -> None:
        """Save where the consumer stands; where the log began anew, only after going back to what may be unread."""
        asked_at, ends = monotonic(), await self.consumption.ends()
        positions = await self.consumption.positions()
        async with self.core.database.begin() as unit:
            await progress.save_positions(unit, positions)
            self.core.standing.note_ends(asked_at, ends, await progress.positions(unit))
            void = await progress.void_positions(unit) & positions.keys()
            since = progress.reread_from(await progress.read(unit), self.core.name)
        if void:
            back = await self.consumption.go_back(void, since)
            async with self.core.database.begin() as unit:
                await progress.restore_positions(unit, back)

    async def housekeep(self) -> None:
        """The part of a beat that needs no broker."""
        async with self.core.database.begin() as unit:
            await progress.believe(unit, [topic.name for topic in self.service.subscription.topics])
            await self.core.book.within(unit.connection)
        metrics = self.core.metrics
        metrics.consumer_poll_age.set(self.consumption.poll_age_s())
        state = await self.count()
        if state["held"]:
            await self.service.applier.sweep()
        metrics.held_events.set(state["held"])
        metrics.parked_cases.set(state["parked"])
        metrics.outbox_rows.set(state["outbox"])
        metrics.outbox_oldest_age.set(state["oldest_outbox_s"])
        if state["lag"] is not None:
            metrics.consumer_lag.set(state["lag"])

    async def count(self) -> dict[str, Any]:
        """What is on its way in this service, asked now: lag (None while unassigned), outbox, held, parked, letters."""
        async with self.core.database.begin() as unit:
            now = unit.started
            held = (await unit.connection.execute(sql.COUNT_HELD, {"old": now - _HELD_TOO_LONG})).one()
            pending = (await unit.connection.execute(sql.PENDING_STATE)).one()
        return {
            "lag": await self.consumption.lag(),
            "outbox": pending.pending,
            "oldest_outbox_s": max(0.0, (now - pending.oldest).total_seconds()) if pending.oldest else 0.0,
            "held": held.held,
            "waiting": held.waiting,
            "held_too_long": held.overdue,
            "parked": held.parked,
            "dead_letters": held.dead_letters,
        }

    async def status(self) -> dict[str, Any]:
        """`count`, readiness and the service's own figures."""
        readiness = await self.health.readiness()
        figures = await self.service.figures() if self.service.figures else {}
        return {"ready": readiness.ready, "version": VERSION, **await self.count(), "figures": figures}

    # -- readiness ---------------------------------------------------------------------------------------------------

    async def _check_broker(self) -> str | None:
        return None if await self._broker.ping(timeout=1.5) else "unreachable"

    async def _check_database(self) -> str | None:
        async with self.core.database.read() as connection:
            await connection.exec_driver_sql("select 1")
        return None

    async def _check_consumer(self) -> str | None:
        if self.service.applier.brake.pulled:
            return "brake_pulled"
        if not self.consumption.joined():
            return "not_joined"
        return "not_polled" if self.consumption.poll_age_s() > _POLL_LIMIT_S else None

    async def _is_lost(self) -> bool:
        """Whether the consumer gets nothing though the broker is there for others."""
        return self.consumption.poll_age_s() > _POLL_LIMIT_S and await self._check_broker() is None

    async def _check_reference(self) -> str | None:
        return None if self.core.book.known() else "empty"


async def _run(task: Callable[[], Awaitable[None]]) -> None:
    await task()
