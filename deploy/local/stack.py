"""PostgreSQL and Kafka together: started side by side, stopped side by side."""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.errors import StackError
from deploy.local.kafka import EmbeddedKafka
from deploy.local.postgres import EmbeddedPostgres


class EmbeddedStack:
    """The embedded database and broker of one home directory.

    `durable=False` is for throw-away databases; `postgres_binaries` is another PostgreSQL's directory of programs.
    """

    def __init__(self, home: Path, *, durable: bool = True, postgres_binaries: Path | None = None) -> None:
        self.home = home
        self.postgres = EmbeddedPostgres(home, durable=durable, binaries=postgres_binaries)
        self.kafka = EmbeddedKafka(home)

    def start(self) -> None:
        """Start both and return when both answer; when one cannot start, stop the other and raise its StackError."""
        try:
            _side_by_side(self.postgres.start, self.kafka.start)
        except BaseException:
            with contextlib.suppress(StackError):
                self.stop()
            raise

    def stop(self) -> None:
        """Stop both within 12 s; what does not run is left alone. Raises StackError home_in_use."""
        _side_by_side(self.postgres.stop, self.kafka.stop)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def _side_by_side(*works: Callable[[], None]) -> None:
    with ThreadPoolExecutor(len(works), thread_name_prefix="embedded") as pool:
        running = [pool.submit(work) for work in works]
        try:
            wait(running)
        except BaseException:  # Ctrl-C: what is half started cannot be stopped in an orderly way until it has started
            wait(running)
            raise
    for work in running:
        work.result()
