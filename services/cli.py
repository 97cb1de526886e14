"""The `huiyin` command."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from services.console import importing, inspecting, reference, status
from services.console.client import Client
from services.console.output import (
    EXIT_FAILED,
    EXIT_REFUSED_LINES,
    EXIT_UNREACHABLE,
    EXIT_USAGE,
    fail,
    print_json,
    print_rows,
    say,
)

app = typer.Typer(
    name="huiyin",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="回音：事事有着落，件件有回音 · Huiyin: every complaint gets its answer",
)
app.add_typer(reference.directory, name="directory")
app.add_typer(reference.calendar, name="calendar")
app.add_typer(reference.policy, name="policy")
app.add_typer(reference.key, name="key")
app.add_typer(inspecting.held, name="held")
app.add_typer(inspecting.dead_letters, name="dead-letters")
topics = typer.Typer(help="Kafka 主题 · Topics", invoke_without_command=True)
app.add_typer(topics, name="topics")

AsJson = Annotated[bool, typer.Option("--json", help="JSON")]
_SERVICES = ("intake", "routing", "sla", "notify", "reporting")


@app.command()
def up() -> None:
    """整套系统：数据库、Kafka 和五个服务 · Everything in one process: database, broker, the five services."""
    from deploy.local.errors import StackError
    from deploy.local.up import NotReady
    from deploy.local.up import up as run_up
    from shared.settings import Settings
    from shared.telemetry.logging import configure_logging

    settings = Settings()
    configure_logging(settings.telemetry.log_level)
    try:
        _run(run_up(settings, typer.echo))
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from None
    except NotReady as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_UNREACHABLE) from None
    except OSError as error:
        fail("console.cannot_listen", EXIT_FAILED, port=settings.port, reason=error.strerror or type(error).__name__)


@app.command()
def run(service: Annotated[str, typer.Argument(help=" | ".join(_SERVICES))]) -> None:
    """生产环境：运行一个服务 · One service in this process, with settings from the environment."""
    if service not in _SERVICES:
        fail("console.no_service", EXIT_USAGE, given=service, services=", ".join(_SERVICES))
    from services.console.serving import serve_one

    _run(serve_one(service))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV, JSONL, XLSX; .gz")],
    project: Annotated[str, typer.Option(help="P01")],
    mapping: Annotated[list[str] | None, typer.Option("--map", help="field=column")] = None,
    mode: Annotated[str, typer.Option(help="live | history")] = "live",
    refused: Annotated[
        Path | None, typer.Option(help="where refused lines go; default: NAME.refused.jsonl in this directory")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """导入文件，可重复执行 · Bring a file of complaints in; run it again as often as you like."""
    if mode not in {"live", "history"}:
        fail("console.bad_mode", EXIT_USAGE, given=mode)
    refused = refused or Path(f"{file.name}.refused.jsonl")
    tally = importing.import_file(Client(), file, project, mapping or [], mode, refused)
    if as_json:
        print_json(importing.as_dict(tally))
    else:
        say("console.imported", **importing.as_dict(tally))
    if tally.refused:
        say("console.refused_lines", file=str(refused.absolute()))
        raise typer.Exit(EXIT_REFUSED_LINES)


@app.command("status")
def show_status(
    as_json: AsJson = False,
    wait_settled: Annotated[
        float | None, typer.Option(help="seconds to wait until everything has gone through")
    ] = None,
) -> None:
    """各服务状态 · How all services are; exit code 3 if not ready, or not settled in time."""
    client = Client()
    found = status.ask(client) if wait_settled is None else status.wait_until_settled(client, wait_settled)
    if as_json:
        print_json(found)
    else:
        rows = [{"service": name, **values} for name, values in found["services"].items()]
        print_rows(rows, ("service", "ready", "lag", "outbox", "held", "parked", "dead_letters"), as_json=False)
        typer.echo(json.dumps({k: v for k, v in found.items() if k != "services"}, ensure_ascii=False))
    if not found["ready"] or (wait_settled is not None and not found["settled"]):
        raise typer.Exit(EXIT_UNREACHABLE)


@app.command()
def cases(
    project: str | None = None,
    state: str | None = None,
    grade: str | None = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: AsJson = False,
) -> None:
    """案件列表 · Cases."""
    found = Client().get("/routing/v1/cases", project=project, state=state, grade=grade, limit=limit)
    columns = ("number", "project", "state", "grade", "category", "department", "person", "id")
    rows = [_flat(item) for item in found["items"]]
    print_rows(found["items"] if as_json else rows, columns, as_json=as_json)


@topics.callback()
def list_topics(context: typer.Context, as_json: AsJson = False) -> None:
    """Topics of this installation and how many records they hold."""
    if context.invoked_subcommand is None:
        from services.console.topics import states

        print_rows(asyncio.run(states(Client())), ("name", "partitions", "records", "key"), as_json=as_json)


@topics.command("tail")
def tail_topic(
    topic: Annotated[str, typer.Argument(help="huiyin.complaints.v1")],
    last: Annotated[int, typer.Option(help="records of each partition", min=0, max=10_000)] = 10,
    follow: Annotated[bool, typer.Option("--follow", "-f")] = False,
) -> None:
    """Records of a topic, a JSON object a line."""
    from services.console.topics import print_tail

    asyncio.run(print_tail(Client(), topic, last, follow=follow))


@app.command()
def migrate() -> None:
    """建库、建表、建主题 · Create schemas, tables, partitions, roles and topics (HUIYIN_DATABASE__URL of the owner)."""
    from services.console.serving import migrate_all

    asyncio.run(migrate_all())


def _flat(item: dict[str, Any]) -> dict[str, Any]:
    def of(name: str, part: str) -> Any:
        value = item.get(name)
        return value.get(part) if isinstance(value, dict) else value

    return {**item, "grade": of("grade", "value"), "category": of("category", "code")}


def _run(main: Any) -> None:
    """Run the main coroutine of a server on uvloop."""
    import uvloop

    uvloop.run(main)


def main() -> None:
    """Entry point. An interrupted command ends as interrupted, not with a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
