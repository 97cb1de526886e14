"""A plain service on a schema that is made once and emptied for every test."""

import secrets
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from deploy.local.stack import EmbeddedStack
from tests.delivery.plain_service import PlainService, create, member

_TABLES = sa.text(
    "select string_agg(relname, ', ') from pg_class where relkind in ('r', 'p') and relnamespace = 'sla'::regnamespace"
)


@pytest.fixture(scope="session")
async def sla_schema(stack: EmbeddedStack) -> str:
    """URL of a database with the schema of a plain service `sla`."""
    name = f"delivery_{secrets.token_hex(4)}"
    stack.postgres.sql(f"create database {name}", database="postgres")
    url = stack.postgres.url(name)
    await (await create(url, "sla")).database.close()
    return url


@pytest.fixture
async def service(sla_schema: str) -> AsyncIterator[PlainService]:
    """The plain service `sla`, its tables empty, not connected to any broker."""
    service = member(sla_schema, "sla")
    async with service.database.begin() as unit:
        tables = (await unit.connection.execute(_TABLES)).scalar_one()
        await unit.connection.execute(sa.text(f"truncate {tables} restart identity"))
    yield service
    await service.database.close()
