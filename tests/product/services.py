"""The five services as in production: `huiyin migrate`, then a process each, set by their environment alone."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import httpx

from deploy.local import ports
from shared.database.migrating import SERVICES, new_password, service_url
from shared.secrets import new_key
from tests.product.installation import HUIYIN, ROOT
from tests.product.waiting import eventually

OPERATOR = "bootstrap-token-of-this-test"


class Services:
    """`start` and `kill` any of them as often as you like. log: what each wrote, by service."""

    def __init__(self, directory: Path, owner_url: str, bootstrap: str, prefix: str) -> None:
        self._passwords = {name: new_password() for name in SERVICES}
        self._ports = {name: ports.free_port() for name in SERVICES}
        self._directory = directory
        self._owner_url = owner_url
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._common = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")} | {
            "HUIYIN_HOME": str(directory),
            "HUIYIN_LANGUAGE": "en",
            "HUIYIN_KAFKA__BOOTSTRAP": bootstrap,
            "HUIYIN_KAFKA__PREFIX": prefix,
            "HUIYIN_SEAL__KEYS": json.dumps([new_key()]),
            "HUIYIN_ACCESS__BOOTSTRAP_TOKEN": OPERATOR,
        }

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports[name]}"

    def migrate(self) -> None:
        """What a release does once, with the owner's URL."""
        passwords = {f"HUIYIN_PASSWORD_{name.upper()}": password for name, password in self._passwords.items()}
        environment = self._common | passwords | {"HUIYIN_DATABASE__URL": self._owner_url}
        subprocess.run([HUIYIN, "migrate"], cwd=ROOT, env=environment, check=True, timeout=120)

    def start(self, name: str) -> None:
        """Start one, under the name it had; does not wait."""
        environment = self._common | {
            "HUIYIN_PORT": str(self._ports[name]),
            "HUIYIN_DATABASE__URL": service_url(self._owner_url, name, self._passwords[name]),
            "HUIYIN_KAFKA__INSTANCE": f"{name}-1",
        }
        with (self._directory / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [HUIYIN, "run", name], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait_until_ready(self, name: str) -> None:
        """Ready, or alive and waiting for the organisation, which only a running service can be told."""

        def answers() -> bool:
            assert self._processes[name].poll() is None, (self._directory / f"{name}.log").read_text()[-2000:]
            try:
                checks = httpx.get(f"{self.url(name)}/{name}/readyz", timeout=5).json()["checks"]
            except (httpx.HTTPError, ValueError):
                return False
            return all(checks[check]["ok"] for check in ("broker", "database", "consumer"))

        eventually(answers, what=f"readiness of {name}")

    def command(self, service: str, *words: str, token: str = OPERATOR) -> "subprocess.Popen[str]":
        """`huiyin …`, asking that service."""
        environment = self._common | {"HUIYIN_URL": self.url(service), "HUIYIN_TOKEN": token}
        return subprocess.Popen(
            [HUIYIN, *words], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def tell(self, service: str, *words: str, token: str = OPERATOR) -> str:
        """The same, run to its end, which must be a good one; what it printed."""
        process = self.command(service, *words, token=token)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said

    def kill(self, name: str) -> None:
        process = self._processes.pop(name)
        process.kill()
        process.wait(timeout=30)

    def stop(self) -> dict[str, tuple[int, float]]:
        """Ask all that run to stop; exit code and seconds of each."""
        found = {}
        for name, process in self._processes.items():
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            found[name] = (process.wait(timeout=60), time.monotonic() - began)
        self._processes.clear()
        return found

    def end(self) -> None:
        """Whatever still runs, at the end of a test that failed."""
        for name in list(self._processes):
            self.kill(name)
