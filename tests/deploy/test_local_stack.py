"""The embedded stack on a real machine: what it keeps, what it leaves behind, what it refuses."""

import asyncio
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.aot import make_cache
from deploy.local.errors import StackError
from deploy.local.jars import DIRECTORY
from deploy.local.kafka import EmbeddedKafka
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.processes import Child, wait_until
from deploy.local.stack import EmbeddedStack
from tests.deploy.processes_of import LOOPBACK, listening_addresses, processes_of

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "deploy.local"]
TOPIC = "kept"

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at processes through /proc")


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that need not be there before the test; whatever still runs afterwards is a failure."""
    directory = Path(tempfile.mkdtemp(prefix="huiyin-home-"))
    home = directory / "home"
    directory.chmod(0o711)
    yield home
    EmbeddedStack(home).stop()
    left = processes_of(home)
    shutil.rmtree(directory)
    assert not left


@pytest.fixture
def jar_directory() -> Iterator[Path]:
    """The jars once more, without the ahead-of-time cache."""
    with tempfile.TemporaryDirectory(prefix="huiyin-jars-") as directory:
        for jar in DIRECTORY.glob("*.jar"):
            shutil.copy2(jar, directory)
        yield Path(directory)


def recorded(home: Path, name: str) -> int:
    return int(json.loads((home / "run" / f"{name}.process.json").read_text())["pid"])


async def write_one(stack: EmbeddedStack) -> None:
    stack.postgres.sql("create table kept (n int); insert into kept values (1)")
    admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(TOPIC, 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=stack.kafka.bootstrap) as producer:
        await producer.send_and_wait(TOPIC, b"1")


async def read_all(stack: EmbeddedStack) -> tuple[str, list[bytes]]:
    async with AIOKafkaConsumer(bootstrap_servers=stack.kafka.bootstrap, auto_offset_reset="earliest") as consumer:
        consumer.assign([TopicPartition(TOPIC, 0)])
        record = await asyncio.wait_for(consumer.getone(), 10)
    return stack.postgres.sql("select n from kept"), [record.value]


async def test_what_was_written_is_there_after_both_were_killed(home: Path):
    stack = EmbeddedStack(home)
    stack.start()
    await write_one(stack)
    session = await asyncpg.connect(stack.postgres.url().replace("+asyncpg", ""))
    for name in ("postgres", "kafka"):
        os.kill(recorded(home, name), signal.SIGKILL)
    await asyncio.to_thread(stack.start)
    assert await read_all(stack) == ("1", [b"1"])
    session.terminate()


async def test_an_orderly_stop_leaves_no_process_and_keeps_the_data(home: Path):
    with EmbeddedStack(home) as stack:
        await write_one(stack)
    assert processes_of(home) == set()
    assert not stack.postgres.running()
    assert not stack.kafka.running()
    stack.stop()
    with stack:
        stack.start()
        assert await read_all(stack) == ("1", [b"1"])


def test_the_next_start_adopts_what_a_killed_supervisor_left(home: Path):
    with hold(home) as holder:
        assert holder.stdout is not None
        told = json.loads(holder.stdout.readline())
        before = {name: recorded(home, name) for name in ("postgres", "kafka")}
        holder.kill()
    with EmbeddedStack(home) as stack:
        assert {name: recorded(home, name) for name in ("postgres", "kafka")} == before
        assert told == {"database": stack.postgres.url(), "bootstrap": stack.kafka.bootstrap}
        assert stack.postgres.sql("select 1") == "1"


def test_a_server_started_with_other_settings_is_replaced(home: Path):
    subprocess.run([*COMMAND, "start", "--home", home, "--throw-away"], cwd=ROOT, check=True, capture_output=True)
    before = {name: recorded(home, name) for name in ("postgres", "kafka")}
    with EmbeddedStack(home, durable=True) as stack:
        assert stack.postgres.sql("show fsync") == "on"
        assert recorded(home, "postgres") != before["postgres"]
        assert recorded(home, "kafka") == before["kafka"]


def test_both_end_with_the_process_that_holds_them(home: Path):
    with hold(home, "--throw-away") as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert processes_of(home)
        assert holder.stdin is not None
        holder.stdin.close()
        assert holder.wait(timeout=20) == 0
    assert processes_of(home) == set()
    assert not home.exists()


def test_a_second_supervisor_is_refused_and_told_who_holds_the_home(home: Path):
    with EmbeddedStack(home) as stack:
        with pytest.raises(StackError, match=f"process {os.getpid()}") as refused:
            EmbeddedStack(home).start()
        assert refused.value.code == "home_in_use"
        stopping = subprocess.run(
            [*COMMAND, "stop", "--home", home], cwd=ROOT, check=False, capture_output=True, text=True
        )
        assert stopping.returncode == 1
        assert json.loads(stopping.stdout)["error"] == "home_in_use"
        assert stack.postgres.running()
        assert stack.kafka.running()


def test_a_process_that_got_a_recorded_number_later_is_left_alone(home: Path):
    home.mkdir()
    child = Child("sleeper", home)
    child.launch(["/bin/sleep", "60"], "fingerprint")
    record = home / "sleeper.process.json"
    true = json.loads(record.read_text())
    record.write_text(json.dumps({**true, "started": str(int(true["started"]) - 1)}))
    assert child.running() is None
    assert child.stop(signal.SIGTERM)
    assert not child.exited()
    record.write_text(json.dumps(true))
    assert child.stop(signal.SIGTERM)
    assert child.exited()


def test_a_child_that_does_not_listen_is_killed_with_its_own_children(home: Path):
    home.mkdir()
    child = Child("deaf", home)
    child.launch(["/bin/sh", "-c", "trap '' TERM; sleep 1000 & echo ready; while :; do wait; done"], "fingerprint")
    assert wait_until(lambda: "ready" in child.log.read_text(), 5)
    assert len(processes_of(home)) == 2
    assert child.stop(signal.SIGTERM, seconds=0.2) is False
    assert wait_until(lambda: processes_of(home) == set(), 5)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda jar: jar.write_bytes(jar.read_bytes()[:-1] + b"x"), "changed: "),
        (lambda jar: jar.unlink(), "missing: "),
        (lambda jar: shutil.copy(jar, jar.with_name("stranger.jar")), "not ours: stranger.jar"),
    ],
)
def test_jars_that_are_not_the_listed_ones_are_refused(home: Path, jar_directory: Path, spoil, said: str):
    spoil(next(jar_directory.glob("kafka-clients-*.jar")))
    with pytest.raises(StackError, match=said) as refused:
        EmbeddedKafka(home, jar_directory=jar_directory).start()
    assert refused.value.code == "jars_differ"
    assert processes_of(home) == set()


def test_the_ahead_of_time_cache_is_used_and_a_broken_one_prevents_nothing(home: Path, jar_directory: Path):
    make_cache(jar_directory)
    (cache,) = jar_directory.glob("*.aot*")
    made = cache.stat()
    make_cache(jar_directory)
    assert cache.stat().st_ino == made.st_ino
    kafka = EmbeddedKafka(home, jar_directory=jar_directory)
    kafka.start()
    assert str(cache) in Path(f"/proc/{recorded(home, 'kafka')}/maps").read_text()
    kafka.stop()
    os.truncate(cache, made.st_size // 2)
    kafka.start()
    assert kafka.running()
    kafka.stop()


def test_nothing_listens_beyond_loopback_and_the_socket_is_private(home: Path):
    with EmbeddedStack(home) as stack:
        addresses = listening_addresses(processes_of(home))
        assert addresses
        assert addresses <= LOOPBACK
        sockets = home / "postgres" / "sockets"
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert (sockets / f".s.PGSQL.{stack.postgres.port}").is_socket()
        assert (home / "postgres" / "password").stat().st_mode & 0o777 == 0o600


async def test_nobody_enters_without_the_password(home: Path):
    postgres = EmbeddedPostgres(home)
    postgres.start()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(postgres.url(password="guessed").replace("+asyncpg", ""))
    postgres.stop()


def test_a_port_taken_meanwhile_is_replaced(home: Path):
    with EmbeddedStack(home) as stack:
        stack.postgres.sql("create table kept (n int)")
        before = (stack.postgres.port, stack.kafka.bootstrap)
    with socket.create_server(("127.0.0.1", before[0])), socket.create_server(tuple_of(before[1])), stack:
        assert stack.postgres.port != before[0]
        assert stack.kafka.bootstrap != before[1]
        assert stack.postgres.sql("select count(*) from kept") == "0"


def test_a_statement_that_fails_leaves_no_personal_data_in_the_log(home: Path):
    postgres = EmbeddedPostgres(home)
    postgres.start()
    postgres.sql("create table person (phone text primary key); insert into person values ('13800000000')")
    with pytest.raises(StackError):
        postgres.sql("insert into person values ('13800000000')")
    log = (home / "run" / "postgres.log").read_text()
    postgres.stop()
    assert "duplicate key" in log
    assert "13800000000" not in log


def test_a_home_that_is_no_directory_is_refused(home: Path):
    home.write_text("")
    with pytest.raises(StackError) as refused:
        EmbeddedStack(home).start()
    assert refused.value.code == "home_unusable"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can forbid user name spaces")
def test_root_runs_without_user_name_spaces(home: Path):
    # All user and group numbers are mapped to themselves, then further name spaces are forbidden inside this one.
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    waiting = ["unshare", "--user", "sh", "-c", 'read go && exec sh -c "$@"', "-", forbid, "-"]
    with subprocess.Popen(
        [*waiting, *COMMAND, "start", "--home", str(home)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as starting:
        process = Path(f"/proc/{starting.pid}")
        assert wait_until(lambda: os.readlink(process / "ns/user") != os.readlink("/proc/self/ns/user"), 5)
        for numbers in ("uid_map", "gid_map"):
            (process / numbers).write_text("0 0 65536")
        told, _ = starting.communicate(b"go\n", timeout=60)
    assert starting.returncode == 0, told
    assert Path(f"/proc/{recorded(home, 'postgres')}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    with EmbeddedStack(home) as stack:
        assert stack.postgres.sql("select 1") == "1"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become a user without a name")
def test_a_user_without_a_name_runs_it(home: Path):
    home.mkdir()
    nameless = next(uid for uid in range(54321, 60000) if uid not in {user.pw_uid for user in pwd.getpwall()})
    os.chown(home, nameless, nameless)
    for action in ("start", "status", "stop"):
        command = [*COMMAND, action, "--home", str(home)]
        try:
            subprocess.run(command, cwd=ROOT, check=True, user=nameless, group=nameless, extra_groups=[])
        except PermissionError:
            pytest.skip("this Python itself is out of other users' reach")


def hold(home: Path, *more: str) -> subprocess.Popen[str]:
    """Start a process that keeps a stack until its standard input ends."""
    command = [*COMMAND, "hold", "--home", str(home), *more]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def tuple_of(address: str) -> tuple[str, int]:
    host, port = address.split(":")
    return host, int(port)
