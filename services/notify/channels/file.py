"""The file channel, default for everybody: one JSON line a notice in `notices.jsonl`, readable by its owner only.

Invariants:
- a batch is one write to a file opened for appending, then one fsync: lines of several processes never mix;
- a line torn by a full disk stays alone: the next batch begins on a line of its own;
- a notice stands once: one that may have been written by an attempt that was never recorded is looked for first.
"""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from services.notify.domain import ChannelName, Message, Reason
from shared.clock import format_instant

log = structlog.get_logger()

_BLOCK = 1 << 18
# Clocks of several machines differ a little.
_SKEW = timedelta(minutes=1)


class FileChannel:
    """Appends to `path`, which is made with its folder when first needed. It is never rotated."""

    name = ChannelName.FILE
    batch = 500
    lease = timedelta(seconds=30)

    def __init__(self, path: Path) -> None:
        self._path = path

    async def deliver(self, messages: Sequence[Message]) -> Mapping[UUID, Reason | None]:
        """Write what is not there yet; a file that cannot be written fails the whole batch."""
        try:
            await asyncio.to_thread(self._write, messages)
        except OSError as error:
            log.warning("notices_not_written", error=type(error).__name__, errno=error.errno)
            return dict.fromkeys((message.notice.id for message in messages), Reason.NOT_WRITTEN)
        return dict.fromkeys((message.notice.id for message in messages), None)

    def _write(self, messages: Sequence[Message]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            doubtful = [message.notice for message in messages if not message.first_attempt]
            there = _written_since(handle, min(n.at for n in doubtful) - _SKEW) if doubtful else frozenset()
            lines = [_line(message) for message in messages if str(message.notice.id) not in there]
            if not lines:
                return
            content = (b"" if _ends_clean(handle) else b"\n") + b"".join(lines)
            if os.write(handle, content) != len(content):
                raise OSError("the line was written in part")
            os.fsync(handle)
        finally:
            os.close(handle)


def _line(message: Message) -> bytes:
    notice = message.notice
    content = {
        "id": str(notice.id),
        "case": str(notice.case),
        "number": message.number,
        "kind": notice.kind,
        "to": {"role": notice.recipient.role, "person": notice.recipient.person},
        "channel": notice.channel,
        "language": notice.language,
        "cause": str(notice.cause),
        "at": format_instant(message.at),
        "title": message.title,
        "text": message.text,
    }
    return json.dumps(content, ensure_ascii=False).encode() + b"\n"


def _ends_clean(handle: int) -> bool:
    size = os.fstat(handle).st_size
    return size == 0 or os.pread(handle, 1, size - 1) == b"\n"


def _written_since(handle: int, instant: datetime) -> frozenset[str]:
    """The ids in all lines since `instant`, read from the end."""
    found = set()
    for line in _lines_backwards(handle):
        read = _read(line)
        if read is None:
            continue  # torn
        if datetime.fromisoformat(read["at"]) < instant:
            break
        found.add(read["id"])
    return frozenset(found)


def _read(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _lines_backwards(handle: int) -> Iterator[bytes]:
    position = os.fstat(handle).st_size
    rest = b""
    while position > 0:
        start = max(0, position - _BLOCK)
        rest = os.pread(handle, position - start, start) + rest
        position = start
        rest, *lines = rest.split(b"\n")
        yield from (line for line in reversed(lines) if line)
    if rest:
        yield rest
