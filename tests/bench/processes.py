"""Processes of the bench: each in a session of its own, none outliving the block that started it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from tests.bench import keeper
from tests.bench.document import ROOT

STOP_S = keeper.PATIENCE_S + 5
LONGEST_LINE = 64 * 2**20


class Failed(RuntimeError):
    """A row could not be measured; the message says why."""


@asynccontextmanager
async def kept(
    command: list[str], log: Path, environment: Mapping[str, str] | None = None, *, ends_with_input: bool = False
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run `command` inside the block, its errors going to `log`.

    A Ctrl-C at the terminal does not reach it: we end it, in order; should we be killed, its keeper does. What
    `ends_with_input` by itself needs no keeper.
    """
    keep = [] if ends_with_input else [sys.executable, "-I", "-S", keeper.__file__]
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *keep,
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            limit=LONGEST_LINE,
        )
    try:
        yield process
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    async with asyncio.timeout(STOP_S):
        while await process.stdout.read(65536):  # whoever still writes must not wait for us
            pass
        await process.wait()


async def line_of(process: asyncio.subprocess.Process, log: Path, seconds: float) -> str:
    """The next line the process prints. Raises Failed when it ends or stays silent."""
    assert process.stdout is not None
    try:
        async with asyncio.timeout(seconds):
            line = await process.stdout.readline()
    except TimeoutError:
        raise Failed(f"no word within {seconds:.0f} s; {tail(log)}") from None
    if not line:
        raise Failed(f"it ended with exit code {await process.wait()}; {tail(log)}")
    return line.decode()


def tail(log: Path) -> str:
    """The end of a log, to be put into an error."""
    lines = log.read_text(errors="replace").splitlines()[-15:]
    return "\n".join([f"end of {log.name}:", *lines])
