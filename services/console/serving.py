"""`huiyin run` and `huiyin migrate`: production, with settings from the environment."""

import asyncio
import os
from importlib import import_module

from shared.clock import SystemClock
from shared.core import VERSION, Core
from shared.database.migrating import SERVICES, create_roles
from shared.database.migrating import migrate as migrate_database
from shared.kafka.provisioning import provision
from shared.memory import settle_memory
from shared.runtime import Runner
from shared.settings import Settings
from shared.telemetry.logging import configure_logging
from shared.telemetry.tracing import start_tracing, stop_tracing
from shared.web.serving import serving, stop_on_signals


async def serve_one(name: str) -> None:
    """One service until SIGINT or SIGTERM. It starts whatever is away; readiness tells when it can work."""
    settings = Settings()
    configure_logging(settings.telemetry.log_level)
    start_tracing(name, version=VERSION, endpoint=settings.telemetry.otlp, ratio=settings.telemetry.sample)
    stop = stop_on_signals()
    service = import_module(f"services.{name}.main").create_service(Core(name, settings))
    runner = Runner(service)
    await runner.start()
    settle_memory()
    try:
        async with serving(runner.app, settings.host, settings.port):
            await stop.wait()
    finally:
        await runner.stop()
        await asyncio.to_thread(stop_tracing)


async def migrate_all() -> None:
    """Schemas, tables, partitions and topics; roles for the services whose `HUIYIN_PASSWORD_<SERVICE>` is set."""
    settings = Settings()
    configure_logging(settings.telemetry.log_level)
    owner = settings.database.url.get_secret_value()
    await migrate_database(owner, SystemClock())
    passwords = {name: value for name in SERVICES if (value := os.environ.get(f"HUIYIN_PASSWORD_{name.upper()}"))}
    await create_roles(owner, passwords)
    await provision(settings.kafka)
