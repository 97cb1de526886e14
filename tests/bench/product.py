"""The product itself: `huiyin up` in a home and on a port of its own, used as anybody would use it."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import asyncpg
import httpx

from deploy.local.ports import kept_port
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.up import Secrets
from services.console.status import SERVICES, wait_until_settled
from shared.clock import monotonic
from shared.database.migrating import service_url
from shared.policy.loading import DEFAULT
from tests.bench.load import Load
from tests.bench.processes import Failed, kept, line_of, tail
from tests.bench.stage import Stage

if TYPE_CHECKING:
    from services.console.client import Client

READY = "Huiyin is ready:"
START_S = 120.0
HUIYIN = Path(sys.executable).with_name("huiyin")


@dataclass(frozen=True, slots=True)
class System:
    """A feeding system's key, as `keys.json` has it."""

    source: str
    projects: tuple[str, ...]
    key: str


class Product:
    """A running installation. ready_s: seconds from starting the command to its ready line. ports: of services that
    are processes of their own."""

    def __init__(
        self, home: Path, port: int, log: Path, ready_s: float, ports: Mapping[str, int] | None = None
    ) -> None:
        self.home = home
        self.port = port
        self.log = log
        self.ready_s = ready_s
        self._ports = dict.fromkeys(SERVICES, port) | dict(ports or {})
        self._keys: dict[str, Any] = json.loads((home / "keys.json").read_text())

    @cached_property
    def system(self) -> System:
        """The feeding system that may report for most projects, with those whose pack knows our complaints' facts."""
        entry = max(self._keys["system"], key=lambda entry: len(entry["projects"]))
        with Operator(self._ports, self._keys) as operator:
            views = {project: operator.get(f"/intake/v1/projects/{project}") for project in entry["projects"]}
        projects = tuple(project for project, view in views.items() if view["pack"]["code"] == DEFAULT)
        return System(entry["source"], projects, entry["key"])

    @property
    def bootstrap(self) -> str:
        return str(self._keys["bootstrap"])

    def complaints(self, count: int, *, first: int = 0, **options: Any) -> Load:
        """A load of `count` requests with complaints of our feeding system."""
        system = self.system
        path = "/intake/v1/complaints" + (":batch" if options.get("lines", 1) > 1 else "")
        return Load(
            port=self.port,
            path=path,
            count=count,
            key=system.key,
            source=system.source,
            projects=system.projects,
            first=first,
            **options,
        )

    async def command(self, *arguments: str, seconds: float = 60.0) -> str:
        """Run `huiyin …` against this installation and return what it prints. Raises Failed."""
        environment = {"HUIYIN_HOME": str(self.home), "HUIYIN_URL": f"http://127.0.0.1:{self.port}"}
        async with kept([str(HUIYIN), *arguments], self.log, environment) as process, asyncio.timeout(seconds):
            assert process.stdout is not None
            printed = (await process.stdout.read()).decode()
            if await process.wait():
                raise Failed(f"huiyin {' '.join(arguments)} ended with {process.returncode}; {tail(self.log)}")
        return printed

    async def settle(self, seconds: float) -> None:
        """Wait until everything that came in has gone through. Raises Failed when it has not in time."""
        with Operator(self._ports, self._keys) as operator:
            status = await asyncio.to_thread(wait_until_settled, cast("Client", operator), seconds)
        if not status["settled"]:
            raise Failed(f"not settled within {seconds:.0f} s: {json.dumps(status['services'])}")

    async def connect(self) -> asyncpg.Connection:
        """A connection to the product's database, for watching."""
        dsn = EmbeddedPostgres(self.home).url().replace("postgresql+asyncpg", "postgresql", 1)
        return await asyncpg.connect(dsn)


class Operator:
    """Asks as the operator of `keys.json`; what `services.console.status` needs of its client."""

    def __init__(self, ports: Mapping[str, int], keys: dict[str, Any]) -> None:
        self._ports = ports
        token = next(entry["token"] for entry in keys["staff"] if "operator" in entry["roles"])
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(headers=headers, timeout=60.0)

    def get(self, path: str) -> Any:
        port = self._ports[path.split("/")[1]]
        return self._http.get(f"http://127.0.0.1:{port}{path}").raise_for_status().json()

    def __enter__(self) -> "Operator":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()


@asynccontextmanager
async def product(home: Path, stage: Stage) -> AsyncIterator[Product]:
    """`huiyin up` until the end of the block, with everything it started."""
    home.parent.mkdir(parents=True, exist_ok=True)
    log = home.with_name("product.log")
    port = kept_port(home.with_name("port"))
    environment = {"HUIYIN_HOME": str(home), "HUIYIN_PORT": str(port)}
    stage.tell("starting the product")
    began = monotonic()
    async with kept([str(HUIYIN), "up"], log, environment) as process:
        while not (await line_of(process, log, START_S)).startswith(READY):
            pass
        yield Product(home, port, log, monotonic() - began)
        stage.tell("stopping the product")


@asynccontextmanager
async def intake_alone(home: Path, stage: Stage) -> AsyncIterator[Product]:
    """Intake as in production, as a process of its own; the other four have told it what it must know and do not
    run."""
    async with _apart(home, stage, ("intake",)) as running:
        yield running


@asynccontextmanager
async def five_processes(home: Path, stage: Stage) -> AsyncIterator[Product]:
    """The five services as in production, a process each; requests for complaints go to intake's."""
    async with _apart(home, stage, SERVICES) as running:
        yield running


@asynccontextmanager
async def _apart(home: Path, stage: Stage, names: Sequence[str]) -> AsyncIterator[Product]:
    """`huiyin run …` for each of these on the stack of `home`, once everything is set up and settled."""
    async with product(home, stage) as whole:
        await whole.settle(START_S)
    secrets, postgres = Secrets.of(home), EmbeddedPostgres(home)
    command = [sys.executable, "-m", "deploy.local", "hold", "--home", str(home)]
    async with AsyncExitStack() as running:
        log = home.with_name("stack.log")
        holder = await running.enter_async_context(kept(command, log, ends_with_input=True))
        answer = json.loads(await line_of(holder, log, START_S))
        stage.tell(f"starting {', '.join(names)} apart")
        began = monotonic()
        ports = {}
        for name in names:
            ports[name] = kept_port(home.with_name(f"port-{name}"))
            environment = {
                "HUIYIN_HOME": str(home),
                "HUIYIN_PORT": str(ports[name]),
                "HUIYIN_DATABASE__URL": service_url(postgres.socket_url(), name, secrets.passwords[name]),
                "HUIYIN_KAFKA__BOOTSTRAP": answer["bootstrap"],
                "HUIYIN_KAFKA__INSTANCE": "embedded",  # whom they take over from, who would be waited for otherwise
                "HUIYIN_SEAL__KEYS": json.dumps(secrets.seal),
            }
            logged = home.with_name(f"{name}.log")
            await running.enter_async_context(kept([str(HUIYIN), "run", name], logged, environment))
        for name, port in ports.items():
            await _until_ready(f"http://127.0.0.1:{port}/{name}/readyz", home.with_name(f"{name}.log"))
        yield Product(home, ports["intake"], home.with_name("intake.log"), monotonic() - began, ports)
        stage.tell(f"stopping {', '.join(names)}")


async def _until_ready(url: str, log: Path) -> None:
    deadline = monotonic() + START_S
    async with httpx.AsyncClient(timeout=5.0) as http:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await http.get(url)).is_success:
                    return
            if monotonic() > deadline:
                raise Failed(f"{url} is not ready after {START_S:.0f} s; {tail(log)}")
            await asyncio.sleep(0.1)
