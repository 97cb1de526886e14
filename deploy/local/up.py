"""`huiyin up`: database, broker and the five services in one process under one port; `.huiyin/` is the whole state."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from pydantic import SecretStr

from deploy.local.first_start import first_start
from deploy.local.private_files import read_private, write_private
from deploy.local.stack import EmbeddedStack
from shared.clock import SystemClock, monotonic
from shared.core import VERSION, Core
from shared.database.migrating import SERVICES, create_roles, migrate, new_password, service_url
from shared.kafka.provisioning import provision
from shared.memory import settle_memory
from shared.runtime import Runner
from shared.secrets import new_key
from shared.settings import DatabaseSettings, KafkaSettings, RelaySettings, SealSettings, Settings
from shared.telemetry.tracing import start_tracing, stop_tracing
from shared.together import Together
from shared.web.serving import serving, stop_on_signals

FRONT = "reporting"  # serves `/`
_READY_WITHIN_S = 60.0

Say = Callable[[str], None]


class NotReady(RuntimeError):
    """The services did not become ready; the message says which check failed."""


@dataclass(frozen=True)
class Secrets:
    """What the embedded stack keeps to itself: passwords of the services' roles and the key that seals contact data."""

    passwords: dict[str, str]
    seal: list[str]

    @classmethod
    def of(cls, home: Path) -> "Secrets":
        """Read from, or first written to, `secrets.json` (mode 0600)."""
        path = home / "secrets.json"
        stored = read_private(path)
        if stored is None:
            stored = {"passwords": {service: new_password() for service in SERVICES}, "seal": [new_key()]}
            write_private(path, stored)
        return cls(stored["passwords"], stored["seal"])


async def up(settings: Settings, say: Say) -> None:
    """Start everything, say when it is ready, run until SIGINT or SIGTERM, stop everything."""
    stop = stop_on_signals()
    stack = EmbeddedStack(settings.home)
    began = monotonic()
    say(f"Starting PostgreSQL and Kafka in {settings.home} …")
    await asyncio.to_thread(stack.start)
    try:
        if not stop.is_set():
            await _run_services(settings, stack, stop, say, began)
    finally:
        say("Stopping …")
        await asyncio.to_thread(stack.stop)


async def _run_services(settings: Settings, stack: EmbeddedStack, stop: asyncio.Event, say: Say, began: float) -> None:
    telemetry = settings.telemetry
    start_tracing("huiyin", version=VERSION, endpoint=telemetry.otlp, ratio=telemetry.sample)
    private = Secrets.of(settings.home)
    # One process a home, so it may keep its name: after a crash its partitions need not wait for its old session.
    kafka = settings.kafka.model_copy(update={"bootstrap": stack.kafka.bootstrap, "instance": "embedded"})
    say("Preparing tables and topics …")
    await asyncio.gather(_prepare_database(stack, private), provision(kafka))
    cores = [Core(name, _settings_of(settings, stack, private, name, kafka)) for name in SERVICES]
    services = [import_module(f"services.{core.name}.main").create_service(core) for core in cores]
    by_name = {core.name: core for core in cores}
    tokens = await first_start(by_name["routing"], by_name["sla"], settings.home)
    runners = [Runner(service) for service in services]
    say("Starting the services …")
    await asyncio.gather(*(runner.start() for runner in runners))
    try:
        async with serving(Together(runners, FRONT), settings.host, settings.port):
            if await _until_ready(runners, stop):
                write_private(
                    settings.home / "keys.json",
                    {
                        "url": f"http://{settings.host}:{settings.port}",
                        "bootstrap": stack.kafka.bootstrap,
                        "database": stack.postgres.url(),
                        **tokens,
                    },
                )
                settle_memory()
                say(f"Ready after {monotonic() - began:.1f} s; API keys are in {settings.home / 'keys.json'}")
                say(f"Huiyin is ready: http://{settings.host}:{settings.port}")
                await stop.wait()
    finally:
        await asyncio.gather(*(runner.stop() for runner in runners))
        await asyncio.to_thread(stop_tracing)


async def _prepare_database(stack: EmbeddedStack, private: Secrets) -> None:
    await migrate(stack.postgres.url(), SystemClock())
    await create_roles(stack.postgres.url(), private.passwords)


def _settings_of(
    settings: Settings, stack: EmbeddedStack, private: Secrets, service: str, kafka: KafkaSettings
) -> Settings:
    url = service_url(stack.postgres.socket_url(), service, private.passwords[service])
    return settings.model_copy(
        update={
            "kafka": kafka,
            "database": DatabaseSettings(url=SecretStr(url)),
            "seal": SealSettings(keys=[SecretStr(key) for key in private.seal]),
            # Everything is committed in this process and wakes the relay itself.
            "relay": RelaySettings(poll_ms=1000),
        }
    )


async def _until_ready(runners: list[Runner], stop: asyncio.Event) -> bool:
    """True when all are ready, False when told to stop before. Raises NotReady."""
    deadline = monotonic() + _READY_WITHIN_S
    waiting = asyncio.create_task(stop.wait())
    try:
        while True:
            states = {runner.core.name: await runner.health.readiness() for runner in runners}
            if all(state.ready for state in states.values()):
                return True
            if monotonic() > deadline:
                reasons = {name: {k: v for k, v in state.reasons.items() if v} for name, state in states.items()}
                raise NotReady(f"not ready after {_READY_WITHIN_S:.0f} s: {reasons}")
            if (await asyncio.wait([waiting], timeout=0.1))[0]:
                return False
    finally:
        waiting.cancel()
