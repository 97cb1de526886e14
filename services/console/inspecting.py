"""`huiyin held …` and `huiyin dead-letters …`: what did not go through, in every service."""

import json
from typing import Annotated, Any

import typer

from services.console.client import Client
from services.console.output import EXIT_USAGE, fail, print_json, print_rows
from services.console.status import SERVICES

held = typer.Typer(no_args_is_help=True, help="暂停的事件 · Held events")
dead_letters = typer.Typer(no_args_is_help=True, help="死信 · Dead letters")

Service = Annotated[str | None, typer.Option(help="服务 · only this service")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON")]
Reason = Annotated[str, typer.Option(help="原因，写入审计 · why; kept in the audit")]
Where = Annotated[str, typer.Argument(metavar="SERVICE/CASE/SOURCE/SEQUENCE")]
Letter = Annotated[str, typer.Argument(metavar="SERVICE/ID")]


@held.command("list")
def list_held(service: Service = None, case: str | None = None, as_json: AsJson = False) -> None:
    """What waits or failed, in all services."""
    rows = _collect("held", service, case=case)
    print_rows(rows, ("place", "type", "reason", "waiting_for", "error", "held_at"), as_json=as_json)


@held.command("show")
def show_held(place: Where) -> None:
    """One held event with its data."""
    print_json(Client().get(_held_path(place)))


@held.command("edit")
def edit_held(place: Where, data: Annotated[str, typer.Option(help="JSON")], reason: Reason) -> None:
    """Give a held event other data; it keeps its place. Replay it afterwards."""
    try:
        parsed = json.loads(data)
    except ValueError:
        fail("console.not_json", EXIT_USAGE)
    client = Client()
    body = {"data": parsed, "reason": reason}
    print_json(client.request("PUT", _held_path(place), token=client.staff_token("operator"), json=body).json())


@held.command("replay")
def replay_held(place: Where, reason: Reason) -> None:
    """Try the case again."""
    print_json(Client().post(f"{_held_path(place)}/replay", json={"reason": reason}))


@held.command("drop")
def drop_held(place: Where, reason: Reason) -> None:
    """Give the event up; its case goes on without it."""
    print_json(Client().post(f"{_held_path(place)}/drop", json={"reason": reason}))


@dead_letters.command("list")
def list_dead_letters(service: Service = None, state: str = "open", as_json: AsJson = False) -> None:
    """Dead letters of all services."""
    rows = _collect("dead-letters", service, state=None if state == "all" else state)
    print_rows(rows, ("place", "topic", "message", "remedy", "state", "at"), as_json=as_json)


@dead_letters.command("show")
def show_dead_letter(letter: Letter) -> None:
    """One dead letter with its content; reading it is audited."""
    print_json(Client().get(_letter_path(letter)))


@dead_letters.command("replay")
def replay_dead_letter(letter: Letter, reason: Reason) -> None:
    """Read the record again, as if it came now."""
    print_json(Client().post(f"{_letter_path(letter)}/replay", json={"reason": reason}))


@dead_letters.command("drop")
def drop_dead_letter(letter: Letter, reason: Reason) -> None:
    """Give the record up."""
    print_json(Client().post(f"{_letter_path(letter)}/drop", json={"reason": reason}))


def _collect(what: str, service: str | None, **params: Any) -> list[dict[str, Any]]:
    client, rows = Client(), []
    for name in (service,) if service else SERVICES:
        for item in client.get(f"/{name}/v1/ops/{what}", **params)["items"]:
            place = f"{name}/{item['id']}" if "id" in item else _place(name, item)
            rows.append({"place": place, "service": name, **item})
    return rows


def _place(service: str, item: dict[str, Any]) -> str:
    return f"{service}/{item['case_id']}/{item['source']}/{item['sequence']}"


def _held_path(place: str) -> str:
    parts = place.split("/")
    if len(parts) != 4:
        fail("console.bad_place", EXIT_USAGE, given=place)
    return f"/{parts[0]}/v1/ops/held/{parts[1]}/{parts[2]}/{parts[3]}"


def _letter_path(letter: str) -> str:
    service, slash, id_ = letter.partition("/")
    if not slash:
        fail("console.bad_place", EXIT_USAGE, given=letter)
    return f"/{service}/v1/ops/dead-letters/{id_}"
