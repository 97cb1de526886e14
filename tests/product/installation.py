"""One installation of the product, run as a user runs it: `huiyin up` with a home and a port of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from deploy.local import ports
from tests.product.waiting import eventually

ROOT = Path(__file__).parents[2]
HUIYIN = str(Path(sys.executable).with_name("huiyin"))
READY_WITHIN_S = 240.0
STOPPED_WITHIN_S = 15.0
SETTLED_WITHIN_S = 240.0


class Installation:
    """`start` and `stop` (or `kill`) as often as you like. log: everything it wrote to standard error."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.home = directory / "home"
        self.log = directory / "stderr.log"
        self.port = ports.free_port()
        self.said: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self._clients: dict[tuple[str | None, ...], httpx.Client] = {}
        ours = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")}
        home = {"HUIYIN_HOME": str(self.home), "HUIYIN_PORT": str(self.port), "HUIYIN_LANGUAGE": "en"}
        self._environment = ours | home | environment

    # -- life --------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start and wait for the ready line."""
        self.__dict__.pop("keys", None)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [HUIYIN, "up"],
                cwd=ROOT,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        too_late = threading.Timer(READY_WITHIN_S, self.process.kill)
        too_late.start()
        self.said = []
        try:
            for line in self.process.stdout:
                self.said.append(line.rstrip("\n"))
                if "Huiyin is ready" in line:
                    return
        finally:
            too_late.cancel()
        raise AssertionError(f"not ready: {self.said}, exit code {self.process.wait()}, see {self.log}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to stop; returns how long that took. Its exit code must be 0."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(number)
        try:
            code = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        took = time.monotonic() - began
        assert code == 0, f"exit code {code}, see {self.log}"
        return took

    def kill(self) -> None:
        """What a power cut does to the services; database and broker live on, as after a crash of ours alone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=60)

    def child(self, name: str) -> int:
        """The process number of `postgres` or `kafka`."""
        return int(json.loads((self.home / "run" / f"{name}.process.json").read_text())["pid"])

    # -- access ------------------------------------------------------------------------------------------------------

    @cached_property
    def keys(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.home / "keys.json").read_text())
        return read

    @property
    def url(self) -> str:
        return str(self.keys["url"])

    @property
    def bootstrap(self) -> str:
        return str(self.keys["bootstrap"])

    @property
    def database(self) -> str:
        """As asyncpg and psql want it; as the owner."""
        return str(self.keys["database"]).replace("postgresql+asyncpg:", "postgresql:")

    def token(self, role: str, node: str | None = None) -> str:
        """Of somebody with `role`, at `node` if given; of the demonstration system for `system`."""
        if role == "system":
            return str(self.keys["system"][0]["key"])
        found = (e for e in self.keys["staff"] if role in e["roles"] and node in {None, e["node"]})
        return str(next(found)["token"])

    def client(self, role: str | None, node: str | None = None, language: str = "en") -> httpx.Client:
        """The HTTP client that speaks as somebody with `role`; None for nobody."""
        known = self._clients.get((role, node, language))
        if known is None:
            headers = {"Accept-Language": language}
            if role is not None:
                headers["Authorization"] = f"Bearer {self.token(role, node)}"
            known = httpx.Client(base_url=self.url, headers=headers, timeout=120)
            self._clients[role, node, language] = known
        return known

    def get(self, path: str, role: str = "auditor", **params: Any) -> Any:
        """The JSON at `path`."""
        return self.client(role).get(path, params=params).raise_for_status().json()

    def post(self, path: str, body: Any, role: str = "system", **headers: str) -> httpx.Response:
        """The answer to a JSON body; headers: `idempotency_key`, `traceparent`, …"""
        return self.client(role).post(path, json=body, headers=_spelt(headers))

    def move(
        self, case: str, name: str, body: Any = None, *, by: str = "customer_service_head", **headers: str
    ) -> httpx.Response:
        """The answer to a move of a case; headers: `if_match`, `idempotency_key` (a new one by default), …"""
        given = _spelt({"idempotency_key": uuid4().hex} | headers)
        client = self.client(by, "R1" if by == "customer_service_head" else "P01")
        # A well-behaved client asks again when it is told to.
        return eventually(
            lambda: (
                answer
                if (answer := client.post(f"/routing/v1/cases/{case}/{name}", json=body, headers=given)).status_code
                != 503
                else None
            ),
            what=f"the move {name}",
        )

    # -- commands ----------------------------------------------------------------------------------------------------

    def begin(self, *words: str, **environment: str) -> "subprocess.Popen[str]":
        """`huiyin …`, started."""
        return subprocess.Popen(
            [HUIYIN, *words],
            cwd=ROOT,
            env=self._environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def command(self, *words: str, expect: int = 0) -> Any:
        """`huiyin … --json` run to its end; what it printed."""
        process = self.begin(*words, "--json")
        said, complained = process.communicate(timeout=SETTLED_WITHIN_S + 60)
        assert process.returncode == expect, f"huiyin {words}: {process.returncode}\n{said}\n{complained}"
        return json.loads(said)

    def settle(self) -> dict[str, Any]:
        """The status once everything that came in has gone through every service."""
        found: dict[str, Any] = self.command("status", "--wait-settled", str(SETTLED_WITHIN_S))
        return found


def figures(status: dict[str, Any]) -> dict[str, Any]:
    """The part of a status that counts complaints and what came of them."""
    return {name: status[name] for name in ("complaints", "cases", "clocks", "notices")}


def _spelt(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
