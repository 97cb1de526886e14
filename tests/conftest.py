"""What tests of several folders share: the real database and the real broker, started once per session."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from weakref import WeakSet

import pytest
import structlog
import uvloop
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from deploy.local.stack import EmbeddedStack
from shared.memory import settle_memory

ROOT = Path(__file__).parents[1]
# Tables hold little: deleting it takes a tenth of the time of making their files anew. Who is connected is cut off.
EMPTY = r"""
    do $$
    declare
        name text;
    begin
        perform pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid();
        set local session_replication_role = replica;
        for name in
            select format('%I.%I', n.nspname, c.relname)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and c.relname <> 'alembic_version'
              and n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
        loop
            execute 'delete from ' || name;
        end loop;
        for name in select format('%I.%I', schemaname, sequencename) from pg_sequences where last_value is not null loop
            execute 'alter sequence ' || name || ' restart';
        end loop;
    end $$
"""


# How long an example takes says how busy the machine is.
settings.register_profile("huiyin", deadline=None)
settings.load_profile("huiyin")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest, for it waits for whole installations, begins first."""
    items.sort(key=lambda item: not item.nodeid.startswith("tests/product/"))


class ByFile(LoadScopeScheduling):
    """One worker runs all tests of a file, so that what they share is made once; and all that share one product.

    (The marker `xdist_group` would say the same; xdist 3.8 does not see it under pytest 9.2.)
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "product" if file.startswith("tests/product/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="module", autouse=True)
def kept() -> None:
    """What a file leaves behind (modules, packs, statements) is not looked through again and again for garbage: that
    took a second each time, and on a busy machine longer than a transaction may be idle."""
    settle_memory()


@pytest.fixture(scope="session", autouse=True)
def plain_log() -> None:
    """Drawing tracebacks with all their values takes longer than what is tested."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that the services run on."""
    return {"uvloop": _new_loop}


def _new_loop() -> asyncio.AbstractEventLoop:
    loop = uvloop.new_event_loop()
    _loops.add(loop)
    return loop


_loops: WeakSet[asyncio.AbstractEventLoop] = WeakSet()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test that hangs in its event loop tells what every task waits for, before its time is up.

    The stacks of threads, which pytest prints at the same time, show only an idle loop then.
    """
    seconds = float(item.config.getini("faulthandler_timeout"))
    timer = threading.Timer(seconds, _tell_tasks, (item,))
    timer.daemon = True
    timer.start()
    try:
        return (yield)
    finally:
        timer.cancel()


def _tell_tasks(item: pytest.Item) -> None:
    for loop in _loops:
        if loop.is_running():
            loop.call_soon_threadsafe(_print_tasks, item)


def _print_tasks(item: pytest.Item) -> None:
    with item.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"{item.nodeid} hangs in:", file=sys.stderr)  # noqa: T201
        for task in asyncio.all_tasks():
            task.print_stack(file=sys.stderr)


@pytest.fixture(scope="session")
def stack() -> Iterator[EmbeddedStack]:
    """A started stack in a home of its own. Not durable: tests that pull plugs start one themselves.

    A process of its own holds it, which stops it and removes its home when this session ends in whatever way,
    SIGKILL included. HUIYIN_TEST_POSTGRES_BIN names another PostgreSQL's directory of programs.
    """
    home = Path(tempfile.mkdtemp(prefix="huiyin-test-"))
    binaries = os.environ.get("HUIYIN_TEST_POSTGRES_BIN")
    command = [sys.executable, "-m", "deploy.local", "hold", "--home", str(home), "--throw-away"]
    command += ["--postgres-binaries", binaries] if binaries else []
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as holder:
        assert holder.stdout is not None
        answer = json.loads(holder.stdout.readline() or '{"detail": "the stack\'s holder died"}')
        # Said by every test that needs it: the reason with which a worker would leave, xdist keeps to itself.
        assert "database" in answer, f"the embedded stack did not start: {answer['detail']}"
        yield EmbeddedStack(home)


@pytest.fixture(scope="session")
def postgres_url(stack: EmbeddedStack) -> str:
    """URL of the server's database `postgres`, as the owner (a superuser)."""
    return stack.postgres.url("postgres")


@pytest.fixture
def new_database_url(stack: EmbeddedStack) -> Iterator[str]:
    """URL of an empty database of this test's own, as the owner; gone afterwards, open connections or not."""
    name = f"test_{secrets.token_hex(6)}"
    stack.postgres.sql(f"create database {name}", database="postgres")
    yield stack.postgres.url(name)
    stack.postgres.sql(f"drop database {name} with (force)", database="postgres")


@pytest.fixture(scope="session")
def _reused_database(stack: EmbeddedStack) -> str:
    name = f"test_{secrets.token_hex(6)}"
    stack.postgres.sql(f"create database {name}", database="postgres")
    return name


@pytest.fixture
def database_url(stack: EmbeddedStack, _reused_database: str) -> Iterator[str]:
    """URL of a database in which nothing has happened, as the owner. Services that earlier tests migrated have their
    tables there already: making them anew for each test takes longer than most tests."""
    yield stack.postgres.url(_reused_database)
    stack.postgres.sql(EMPTY, database=_reused_database)


@pytest.fixture(scope="session")
def bootstrap(stack: EmbeddedStack) -> str:
    """`127.0.0.1:PORT` of the broker. Topics are made by the test, their names begin with its `kafka_prefix`."""
    return stack.kafka.bootstrap


@pytest.fixture
def kafka_prefix() -> str:
    """A topic prefix no other test uses."""
    return f"t{secrets.token_hex(6)}"
