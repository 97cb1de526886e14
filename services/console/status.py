"""`huiyin status`: one picture of all services, and whether everything that came in has gone through."""

import time
from typing import Any

from services.console.client import Client

SERVICES = ("intake", "routing", "sla", "notify", "reporting")
_ASK_EVERY_S = 0.25


def ask(client: Client) -> dict[str, Any]:
    """The present status."""
    answers = {name: client.get(f"/{name}/v1/ops/status") for name in SERVICES}
    figures = {name: answer["figures"] for name, answer in answers.items()}
    return {
        "ready": all(answer["ready"] for answer in answers.values()),
        "settled": all(_is_settled(answer) for answer in answers.values()),
        "version": answers["intake"]["version"],
        "services": {
            name: {
                key: answer[key]
                for key in ("ready", "lag", "outbox", "oldest_outbox_s", "held", "parked", "dead_letters")
            }
            for name, answer in answers.items()
        },
        "complaints": figures["intake"].get("complaints"),
        "cases": figures["routing"].get("cases"),
        "clocks": figures["sla"].get("clocks"),
        "notices": figures["notify"].get("notices"),
    }


def wait_until_settled(client: Client, seconds: float) -> dict[str, Any]:
    """The status once it is settled, or the last one when time is up.

    Services are asked one after another, so a record may slip from one not asked yet to one asked before: only two
    settled answers in a row with the same figures count.
    """
    deadline = time.monotonic() + seconds
    before: dict[str, Any] | None = None
    while True:
        status = ask(client)
        if status["settled"] and before is not None and _figures(status) == _figures(before):
            return status
        if time.monotonic() > deadline:
            return status | {"settled": False}
        before = status if status["settled"] else None
        time.sleep(_ASK_EVERY_S)


def _is_settled(answer: dict[str, Any]) -> bool:
    waiting = answer["waiting"] + answer["outbox"] + answer["figures"].get("waiting", 0)
    return bool(answer["lag"] == 0 and waiting == 0)


def _figures(status: dict[str, Any]) -> tuple[Any, ...]:
    return status["complaints"], status["cases"], status["clocks"], status["notices"]
