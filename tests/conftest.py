"""What tests of several folders share: the real database and the real broker, started once per session."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.stack import EmbeddedStack

ROOT = Path(__file__).parents[1]


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
        if "database" not in answer:
            pytest.exit(f"the embedded stack did not start: {answer['detail']}", returncode=3)
        yield EmbeddedStack(home)


@pytest.fixture(scope="session")
def postgres_url(stack: EmbeddedStack) -> str:
    """URL of the server's database `postgres`, as the owner (a superuser)."""
    return stack.postgres.url("postgres")


@pytest.fixture
def database_url(stack: EmbeddedStack) -> Iterator[str]:
    """URL of an empty database of this test's own, as the owner; gone afterwards, open connections or not."""
    name = f"test_{secrets.token_hex(6)}"
    stack.postgres.sql(f"create database {name}", database="postgres")
    yield stack.postgres.url(name)
    stack.postgres.sql(f"drop database {name} with (force)", database="postgres")


@pytest.fixture(scope="session")
def bootstrap(stack: EmbeddedStack) -> str:
    """`127.0.0.1:PORT` of the broker. Topics are made by the test, their names begin with its `kafka_prefix`."""
    return stack.kafka.bootstrap


@pytest.fixture
def kafka_prefix() -> str:
    """A topic prefix no other test uses."""
    return f"t{secrets.token_hex(6)}"
