"""Plain services on schemas that are made once and emptied for every test that uses them."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from deploy.local.stack import EmbeddedStack
from shared.kafka.provisioning import provision
from shared.settings import KafkaSettings
from tests.delivery.plain_service import PlainService, create, member

Make = Callable[..., Awaitable[PlainService]]

_NAMES = ("intake", "routing", "sla", "reporting")


@pytest.fixture(scope="session")
async def plain_url(stack: EmbeddedStack) -> str:
    """URL of a database with the schemas of some plain services."""
    name = f"delivery_{secrets.token_hex(4)}"
    stack.postgres.sql(f"create database {name}", database="postgres")
    url = stack.postgres.url(name)
    for service in _NAMES:
        await (await create(url, service)).database.close()
    return url


@pytest.fixture
async def make(plain_url: str) -> AsyncIterator[Make]:
    """Makes members of plain services; the first member of a service finds its tables empty."""
    made: list[PlainService] = []

    async def make_member(name: str, kafka: KafkaSettings | None = None) -> PlainService:
        service = member(plain_url, name, kafka)
        if name not in {other.core.name for other in made}:
            await service.empty()
        made.append(service)
        return service

    yield make_member
    for service in made:
        await service.database.close()


@pytest.fixture
async def service(make: Make) -> PlainService:
    """A plain service `sla`, not connected to any broker."""
    return await make("sla")


@pytest.fixture(scope="session")
async def shared_topics(bootstrap: str) -> KafkaSettings:
    """Topics that many tests write to, each about cases of its own."""
    settings = KafkaSettings(bootstrap=bootstrap, prefix=f"s{secrets.token_hex(6)}")
    await provision(settings)
    return settings


@pytest.fixture
async def kafka(bootstrap: str, kafka_prefix: str) -> KafkaSettings:
    """Topics and consumer groups of this test's own on the real broker."""
    settings = KafkaSettings(bootstrap=bootstrap, prefix=kafka_prefix)
    await provision(settings)
    return settings
