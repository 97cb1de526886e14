"""How commands reach the running system: address, token, errors that say what to do."""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import typer

from services.console.output import EXIT_FAILED, EXIT_UNREACHABLE, EXIT_USAGE, fail

_TIMEOUT = httpx.Timeout(60.0, connect=5.0)


class Client:
    """HTTP to the installation at `HUIYIN_URL`, or at the address the keys file names.

    The token is `HUIYIN_TOKEN` or, in an embedded stack, the keys file's entry for the role a command needs.
    """

    def __init__(self) -> None:
        self._keys = _read_keys()
        self.url = os.environ.get("HUIYIN_URL") or self._keys.get("url") or "http://127.0.0.1:8000"
        self._http = httpx.Client(base_url=self.url, timeout=_TIMEOUT)

    @property
    def bootstrap(self) -> str:
        """Where the broker is: `HUIYIN_KAFKA__BOOTSTRAP` or the keys file's."""
        return os.environ.get("HUIYIN_KAFKA__BOOTSTRAP") or self._keys.get("bootstrap") or "127.0.0.1:9092"

    def staff_token(self, role: str) -> str:
        """The token of somebody with `role`."""
        if token := os.environ.get("HUIYIN_TOKEN"):
            return token
        for entry in self._keys.get("staff", []):
            if role in entry["roles"]:
                return str(entry["token"])
        return fail("console.no_token", EXIT_USAGE, role=role)

    def system_key(self, project: str) -> str:
        """The key of a system that feeds `project`."""
        if token := os.environ.get("HUIYIN_TOKEN"):
            return token
        for entry in self._keys.get("system", []):
            if project in entry["projects"]:
                return str(entry["key"])
        return fail("console.no_key", EXIT_USAGE, project=project)

    def request(
        self, method: str, path: str, *, token: str, accept: tuple[int, ...] = (), **kwargs: Any
    ) -> httpx.Response:
        """The answer. Ends the command with exit code 3 if nobody answers, 1 with the problem's words otherwise;
        statuses in `accept` are given back."""
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": language(), **kwargs.pop("headers", {})}
        try:
            response = self._http.request(method, path, headers=headers, **kwargs)
        except httpx.TransportError as error:
            fail("console.unreachable", EXIT_UNREACHABLE, url=self.url, reason=type(error).__name__)
        if response.is_success or response.status_code in accept:
            return response
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            fail("console.not_ready", EXIT_UNREACHABLE, url=self.url)
        return fail("console.refused", EXIT_FAILED, problem=problem_text(response))

    def get(self, path: str, *, role: str = "operator", **params: Any) -> Any:
        """The JSON at `path`, asked by somebody with `role`."""
        given = {name: value for name, value in params.items() if value is not None}
        return self.request("GET", path, token=self.staff_token(role), params=given).json()

    def post(self, path: str, *, role: str = "operator", **kwargs: Any) -> Any:
        return self.request("POST", path, token=self.staff_token(role), **kwargs).json()


def language() -> str:
    """zh or en, by the usual variables of the terminal; English only where it is asked for."""
    for name in ("HUIYIN_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def problem_text(response: httpx.Response) -> str:
    """An RFC 9457 problem in one or a few lines."""
    try:
        problem = response.json()
        lines = [f"{response.status_code} {problem['title']}: {problem['detail']}"]
        lines += [f"  {e['pointer'] or '/'}: {e['message']} {e['remedy']}" for e in problem.get("errors") or []]
        return "\n".join(lines)
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.reason_phrase}"


def home() -> Path:
    return Path(os.environ.get("HUIYIN_HOME", ".huiyin"))


def _read_keys() -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((home() / "keys.json").read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise typer.Exit(_say_bad_keys(error)) from error
    return found


def _say_bad_keys(error: Exception) -> int:
    typer.echo(f"{home() / 'keys.json'}: {type(error).__name__}", err=True)
    return EXIT_USAGE
