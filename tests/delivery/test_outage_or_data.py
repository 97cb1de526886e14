"""Whose fault an error is: the world's (wait and try again) or the data's (park the case), on real PostgreSQL."""

import asyncio
import re
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.database.engine import create_engine, is_outage
from tests.delivery.plain_service import PlainService
from tests.delivery.records import case_event

CASE = UUID(int=1)


async def failure_of(url: str, *statements: str, **parameters: object) -> Exception:
    engine = create_engine(url, "public", pool_size=1)
    try:
        async with engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement), parameters if ":" in statement else {})
    except Exception as error:  # noqa: BLE001  # which one it is, is the question
        return error
    finally:
        await engine.dispose()
    pytest.fail("nothing failed")


@pytest.mark.parametrize(
    ("statements", "parameters"),
    [
        (["select 1/0"], {}),
        (["select cast(:value as int)"], {"value": 2**31}),
        (["select cast(:value as int)"], {"value": "no number"}),
        (["select cast(:value as text)"], {"value": "a\x00b"}),
        (["select cast(cast(:value as text) as jsonb)"], {"value": '{"a": "\\u0000"}'}),
        (["create temp table one (a int primary key)", "insert into one values (1), (1)"], {}),
        (["create temp table one (a int not null)", "insert into one values (null)"], {}),
    ],
    ids=["division", "too large", "wrong type", "null character", "null in json", "twice", "missing"],
)
async def test_what_the_data_did_is_no_outage(new_database_url: str, statements: list[str], parameters: dict) -> None:
    assert not is_outage(await failure_of(new_database_url, *statements, **parameters))


@pytest.mark.parametrize(
    "statements",
    [
        ["select pg_terminate_backend(pg_backend_pid())"],
        ["set local statement_timeout = '20ms'", "select pg_sleep(10)"],
        ["set local transaction_read_only = on", "create table one (a int)"],
    ],
    ids=["connection lost", "too slow", "a standby that reads only"],
)
async def test_what_the_world_did_is_an_outage(new_database_url: str, statements: list[str]) -> None:
    assert is_outage(await failure_of(new_database_url, *statements))


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [(r":\d+/", ":1/"), (r"://huiyin:[^@]+@", "://huiyin:wrong@"), (r"/test_\w+", "/missing")],
    ids=["nobody listens", "password changed", "database gone"],
)
async def test_a_database_that_lets_nobody_in_is_an_outage(
    new_database_url: str, pattern: str, replacement: str
) -> None:
    assert is_outage(await failure_of(re.sub(pattern, replacement, new_database_url), "select 1"))


async def test_a_database_that_is_still_starting_is_an_outage(new_database_url: str) -> None:
    async def still_starting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        body = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
        writer.write(b"E" + (len(body) + 4).to_bytes(4, "big") + body)
        writer.close()

    async with await asyncio.start_server(still_starting, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = re.sub(r":\d+/", f":{port}/", new_database_url) + "?ssl=disable"
        assert is_outage(await failure_of(url, "select 1"))


async def test_waiting_for_a_free_connection_in_vain_is_an_outage(new_database_url: str) -> None:
    engine = create_engine(new_database_url, "public", pool_size=1)
    engine.pool._timeout = 0.05
    async with engine.connect(), engine.connect():
        with pytest.raises(Exception) as caught:  # noqa: PT011
            await engine.connect()
    await engine.dispose()
    assert is_outage(caught.value)


async def test_waiting_for_a_lock_in_vain_parks_nothing(service: PlainService) -> None:
    """Somebody holds a row for long, say a migration: that is not the case's fault."""

    async def want_the_lock(unit, _events) -> None:
        await unit.connection.execute(text("set local lock_timeout = '20ms'"))
        await _lock(unit.connection)

    service.before = want_the_lock
    async with service.database.begin() as holder:
        await _lock(holder.connection)
        with pytest.raises(Exception) as caught:  # noqa: PT011
            await service.applier.process([case_event(CASE, "intake", 1)])
    assert is_outage(caught.value)
    assert await service.rows("select 1 from case_marks") == []
    await service.applier.process([case_event(CASE, "intake", 1)])
    assert await service.seen() == [("intake", 1)]


async def _lock(connection: AsyncConnection) -> None:
    await connection.execute(text("select pg_advisory_xact_lock(1)"))
