"""The file of notices: private, one line a notice, whole lines whatever happens."""

import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.notify.channels.file import FileChannel
from services.notify.domain import Message, Reason, Recipient
from tests.unit.notify.examples import NOW, notice


def message(id_: UUID | None = None, *, first: bool = True, minutes: float = 0, text: str = "已逾期") -> Message:
    at = NOW + timedelta(minutes=minutes)
    return Message(notice(id=id_ or uuid4(), at=at), "P01-2026-0001", "标题", text, at, first)


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines() if line]


async def test_a_line_says_what_was_told_to_whom(tmp_path: Path):
    path = tmp_path / "home" / "notices.jsonl"
    sent = message()
    assert await FileChannel(path).deliver([sent]) == {sent.notice.id: None}
    assert lines(path) == [
        {
            "id": str(sent.notice.id),
            "case": str(sent.notice.case),
            "number": "P01-2026-0001",
            "kind": "breach",
            "to": {"role": "owner", "person": "li.na"},
            "channel": "file",
            "language": "zh",
            "cause": str(sent.notice.cause),
            "at": "2026-11-20T01:00:00.000000Z",
            "title": "标题",
            "text": "已逾期",
        }
    ]


async def test_only_its_owner_may_read_it(tmp_path: Path):
    path = tmp_path / "notices.jsonl"
    before = os.umask(0)
    try:
        await FileChannel(path).deliver([message()])
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_notice_that_may_be_there_already_is_written_once(tmp_path: Path):
    path = tmp_path / "notices.jsonl"
    channel = FileChannel(path)
    id_ = uuid4()
    await channel.deliver([message(id_)])
    for minutes in range(1, 400):  # more than one block to look through
        await channel.deliver([message(minutes=minutes, text="x" * 2000)])
    again, fresh = message(id_, first=False), message(first=False)
    assert await channel.deliver([again, fresh]) == {id_: None, fresh.notice.id: None}
    ids = [line["id"] for line in lines(path)]
    assert ids.count(str(id_)) == 1
    assert ids.count(str(fresh.notice.id)) == 1


async def test_a_torn_line_stays_alone(tmp_path: Path):
    path = tmp_path / "notices.jsonl"
    first, second = message(), message()
    await FileChannel(path).deliver([first])
    with path.open("ab") as file:
        file.write(b'{"id": "torn')
    await FileChannel(path).deliver([second])
    written = path.read_text().splitlines()
    assert written[1] == '{"id": "torn'
    assert [json.loads(line)["id"] for line in (written[0], written[2])] == [
        str(first.notice.id),
        str(second.notice.id),
    ]
    # It is no obstacle to looking for what is there.
    await FileChannel(path).deliver([message(first.notice.id, first=False)])
    assert len(path.read_text().splitlines()) == 3


async def test_line_breaks_in_a_text_make_no_second_line(tmp_path: Path):
    path = tmp_path / "notices.jsonl"
    await FileChannel(path).deliver([message(text="一\n二\u2028三\r四")])
    content = path.read_bytes()
    assert content.count(b"\n") == 1
    assert json.loads(content)["text"] == "一\n二\u2028三\r四"


async def test_a_file_that_cannot_be_written_fails_every_message_of_the_batch(tmp_path: Path):
    path = tmp_path / "notices.jsonl"
    path.mkdir()
    batch = [message(), message()]
    assert await FileChannel(path).deliver(batch) == {m.notice.id: Reason.NOT_WRITTEN for m in batch}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
async def test_a_full_disk_is_a_failure():
    sent = message()
    assert await FileChannel(Path("/dev/full")).deliver([sent]) == {sent.notice.id: Reason.NOT_WRITTEN}


def test_several_processes_never_mix_their_lines(tmp_path: Path):
    path = tmp_path / "notices.jsonl"
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from services.notify.channels.file import FileChannel\n"
        "from tests.unit.notify.test_file_channel import message\n"
        "channel = FileChannel(Path(sys.argv[1]))\n"
        "for _ in range(30):\n"
        "    asyncio.run(channel.deliver([message(text='长' * 3000) for _ in range(5)]))\n"
    )
    root = Path(__file__).parents[3]
    processes = [subprocess.Popen([sys.executable, "-c", program, str(path)], cwd=root) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    written = lines(path)
    assert len(written) == len({line["id"] for line in written}) == 450


def test_a_message_never_shows_its_addresses():
    secret = Message(notice(recipient=Recipient("customer")), "n", "t", "x", NOW, True, ("mailto://u:canary@h",))
    assert "canary" not in repr(secret)
