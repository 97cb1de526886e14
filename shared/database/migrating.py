"""Migrations: each service's schema, role and tables, brought to the newest version with the owner's URL.

Every service keeps its revisions in `services/<name>/migrations/versions`; its version table stands in its schema. Run
again, nothing happens but that coming months get their partitions.
"""

import importlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from shared.clock import Clock
from shared.database.engine import asyncpg_url

SERVICES = ("intake", "routing", "sla", "notify", "reporting")
_MONTHS_AHEAD = 13


async def migrate(owner_url: str, clock: Clock, services: Iterable[str] = SERVICES) -> None:
    """Create what is missing: schema, tables, partitions."""
    engine = create_async_engine(asyncpg_url(owner_url))
    try:
        for service in services:
            async with engine.begin() as connection:
                await connection.execute(text(f"create schema if not exists {service}"))
                await connection.execute(text(f"set local search_path = {service}"))
                await connection.run_sync(_upgrade, service)
                await connection.run_sync(_add_partitions, service, clock.now())
    finally:
        await engine.dispose()


async def create_roles(owner_url: str, passwords: Mapping[str, str]) -> None:
    """One login role a service, `huiyin_<service>`, allowed to work in its own schema and nowhere else."""
    engine = create_async_engine(asyncpg_url(owner_url))
    try:
        async with engine.begin() as connection:
            known = set((await connection.execute(text("select rolname from pg_roles"))).scalars())
            for service, password in passwords.items():
                role = f"huiyin_{service}"
                quoted = await connection.scalar(text("select quote_literal(:password)"), {"password": password})
                verb = "alter" if role in known else "create"
                await connection.execute(text(f"{verb} role {role} login password {quoted}"))
                for statement in (
                    f"grant usage on schema {service} to {role}",
                    f"grant select, insert, update, delete on all tables in schema {service} to {role}",
                    f"grant usage on all sequences in schema {service} to {role}",
                ):
                    await connection.execute(text(statement))
    finally:
        await engine.dispose()


def service_url(owner_url: str, service: str, password: str) -> str:
    """The URL with which a service's own role connects."""
    url = make_url(asyncpg_url(owner_url)).set(username=f"huiyin_{service}", password=password)
    return url.render_as_string(hide_password=False)


def new_password() -> str:
    return secrets.token_urlsafe(24)


def metadata_of(service: str) -> MetaData:
    """A service's table definitions, delivery's included."""
    found: MetaData = importlib.import_module(f"services.{service}.tables").metadata
    return found


def versions_of(service: str) -> Path:
    return Path(__file__).resolve().parents[2] / "services" / service / "migrations"


def _upgrade(connection: Connection, service: str) -> None:
    script = ScriptDirectory(str(versions_of(service)))

    def steps(revision: object, _context: object) -> object:
        return script._upgrade_revs("head", revision)  # type: ignore[arg-type]  # noqa: SLF001  # what alembic's own command does

    with EnvironmentContext(Config(), script, fn=steps) as environment:
        environment.configure(connection=connection, version_table_schema=service)
        environment.run_migrations()


def _add_partitions(connection: Connection, service: str, now: datetime) -> None:
    """A partition a month, from the present month on, and a default one for what is older or much later."""
    present = set(inspect(connection).get_table_names(schema=service))
    for table in _partitioned(service):
        for name, first, last in _months(table.name, now):
            if name not in present:
                connection.execute(
                    text(f"create table {name} partition of {table.name} for values from ('{first}') to ('{last}')")
                )
        if f"{table.name}_rest" not in present:
            connection.execute(text(f"create table {table.name}_rest partition of {table.name} default"))


def _partitioned(service: str) -> list[Table]:
    return [t for t in metadata_of(service).sorted_tables if t.dialect_options["postgresql"].get("partition_by")]


def _months(table: str, now: datetime) -> list[tuple[str, str, str]]:
    first = now.year * 12 + now.month - 1
    return [
        (f"{table}_{m // 12}_{m % 12 + 1:02d}", _month_start(m), _month_start(m + 1))
        for m in range(first, first + _MONTHS_AHEAD)
    ]


def _month_start(month: int) -> str:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).isoformat()


# -- for developers: new revisions, and the test that none is missing --------------------------------------------------


async def differences(owner_url: str, service: str) -> list[object]:
    """What the tables in the database lack of, or have beyond, the definitions; empty when all is well."""
    engine = create_async_engine(asyncpg_url(owner_url))
    try:
        async with engine.connect() as connection:
            await connection.execute(text(f"set search_path = {service}"))
            return await connection.run_sync(
                lambda c: list(compare_metadata(_context(c, service), metadata_of(service)))
            )
    finally:
        await engine.dispose()


async def render_revision(owner_url: str, service: str) -> str:
    """The upgrade code that brings the database to the definitions, as alembic would write it."""
    engine = create_async_engine(asyncpg_url(owner_url))
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"create schema if not exists {service}"))
            await connection.execute(text(f"set search_path = {service}"))

            def render(c: Connection) -> str:
                found = produce_migrations(_context(c, service), metadata_of(service))
                return render_python_code(found.upgrade_ops) if found.upgrade_ops else ""

            return await connection.run_sync(render)
    finally:
        await engine.dispose()


def _context(connection: Connection, service: str) -> MigrationContext:
    partitions = {table.name for table in _partitioned(service)}

    def ours(_object: object, name: str | None, type_: str, _reflected: bool, _other: object) -> bool:
        # Partitions come and go with the months; like the version table they are no part of the definitions.
        return not (
            type_ == "table"
            and name
            and name not in partitions
            and (name == "alembic_version" or any(name.startswith(f"{p}_") for p in partitions))
        )

    return MigrationContext.configure(
        connection,
        opts={"version_table_schema": service, "include_object": ours, "target_metadata": metadata_of(service)},
    )
