"""Where a row is measured: its progress on stderr, homes that vanish, the bare stack."""

import json
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.status import Status

from deploy.local.stack import EmbeddedStack
from shared.clock import monotonic
from tests.bench.processes import kept, line_of

START_S = 90.0


class Stage:
    """The surroundings of one row."""

    def __init__(self, row: str, console: Console, status: Status | None) -> None:
        self._row = row
        self._console = console
        self._status = status
        self._began = monotonic()

    def tell(self, doing: str) -> None:
        """Say what the row does now: on a terminal in place, elsewhere as a line."""
        self._show(doing, lasting=True)

    def count(self, doing: str, done: int, total: int) -> None:
        """Say how far the row is; only a terminal is told every time."""
        self._show(f"{doing}: {done:,} of {total:,}", lasting=False)

    def _show(self, text: str, *, lasting: bool) -> None:
        words = f"{self._row}, {monotonic() - self._began:.0f} s: {text}"
        if self._status is not None:
            self._status.update(words)
        elif lasting:
            self._console.print(words, highlight=False)

    @contextmanager
    def home(self) -> Iterator[Path]:
        """A new home directory, gone after the block."""
        with tempfile.TemporaryDirectory(prefix="huiyin-bench-", ignore_cleanup_errors=True) as directory:
            yield Path(directory) / "home"


@dataclass(frozen=True, slots=True)
class BareStack:
    """PostgreSQL and Kafka without the services. dsn: for asyncpg, as the owner, a database of its own."""

    stack: EmbeddedStack
    bootstrap: str
    url: str

    @property
    def dsn(self) -> str:
        return self.url.replace("postgresql+asyncpg", "postgresql", 1)


@asynccontextmanager
async def bare_stack(home: Path, database: str = "bare") -> AsyncIterator[BareStack]:
    """Start database and broker of `home` with the product's own settings, durable, and make `database`, empty."""
    home.parent.mkdir(parents=True, exist_ok=True)
    log = home.with_name("stack.log")
    command = [sys.executable, "-m", "deploy.local", "hold", "--home", str(home)]
    async with kept(command, log, ends_with_input=True) as holder:
        answer = json.loads(await line_of(holder, log, START_S))
        stack = EmbeddedStack(home)
        stack.postgres.sql(f"create database {database}", database="postgres")
        yield BareStack(stack, answer["bootstrap"], stack.postgres.url(database))
