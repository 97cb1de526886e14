"""`huiyin directory|calendar|policy|key …`: what the group has told the system about itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer

from services.console.client import Client, language, problem_text
from services.console.output import EXIT_CHECK_FAILED, EXIT_USAGE, fail, print_json, print_rows, say

if TYPE_CHECKING:
    from shared.policy.loading import Group
    from shared.policy.pack import Pack

directory = typer.Typer(no_args_is_help=True, help="组织架构 · Organisation")
calendar = typer.Typer(no_args_is_help=True, help="工作日历 · Calendars")
policy = typer.Typer(no_args_is_help=True, help="制度包 · Policy packs")
key = typer.Typer(no_args_is_help=True, help="密钥 · API keys and tokens")

File = Annotated[Path, typer.Argument(help="YAML, JSON")]
PackFile = Annotated[str, typer.Argument(metavar="FILE", help="YAML, or a pack that comes with the product")]
PackCode = Annotated[str, typer.Argument(metavar="CODE", help="a pack, e.g. developer-property")]
PackVersion = Annotated[int, typer.Argument(metavar="VERSION", min=1)]
AsJson = Annotated[bool, typer.Option("--json", help="JSON")]
Language = Annotated[str | None, typer.Option(help="zh | en")]

_YAML = {"Content-Type": "application/yaml"}


@directory.command("load")
def load_directory(file: File, as_json: AsJson = False) -> None:
    """Load the whole organisation; what is missing from the file is deactivated, never deleted."""
    _upload("PUT", "/routing/v1/directory", str(file), _read(file), as_json=as_json)


@directory.command("show")
def show_directory(as_json: AsJson = False) -> None:
    """Nodes and people."""
    found = Client().get("/routing/v1/directory")
    if as_json:
        print_json(found)
        return
    print_rows(found["nodes"], ("code", "kind", "name", "pack", "calendar", "active"), as_json=False)
    print_rows(found["people"], ("id", "name", "language", "posts", "active"), as_json=False)


@calendar.command("load")
def load_calendar(file: File, as_json: AsJson = False) -> None:
    """Publish a calendar version."""
    _upload("POST", "/sla/v1/calendars", str(file), _read(file), as_json=as_json)


@calendar.command("try")
def try_calendar(file: File, as_json: AsJson = False) -> None:
    """Which open cases an unpublished calendar would newly breach or relieve; nothing is changed."""
    from services.console.trying import print_trial
    from services.console.trying import try_calendar as attempt

    trial = attempt(Client(), _read(file))
    print_json(trial) if as_json else print_trial(trial)


@calendar.command("show")
def show_calendar(code: Annotated[str | None, typer.Argument()] = None, as_json: AsJson = False) -> None:
    """All calendars, or one."""
    found = Client().get(f"/sla/v1/calendars/{code}" if code else "/sla/v1/calendars")
    if code or as_json:
        print_json(found)
    else:
        print_rows(found["items"], ("code", "version", "effective", "title"), as_json=False)


@policy.command("check")
def check_policy(file: PackFile, as_json: AsJson = False) -> None:
    """Check a pack without publishing it; exit code 5 if it has errors."""
    from shared.policy.loading import review_pack

    findings = review_pack(_pack_text(file), file, _beside(file))
    if as_json:
        print_json([
            {"file": f.file, "line": f.line, "column": f.column, "path": f.path, "code": f.code,
             "rule": f.rule, "note": f.is_note, "message": f.message(_language())}
            for f in findings
        ])  # fmt: skip
    else:
        for finding in findings:
            typer.echo(finding.render(_language()))
    if any(not finding.is_note for finding in findings):
        raise typer.Exit(EXIT_CHECK_FAILED)
    say("console.pack_clean", file=file)


@policy.command("show")
def show_policy(
    pack: Annotated[str, typer.Argument(help="code, or a YAML file; #MODULE for one module")],
    in_language: Annotated[str | None, typer.Option("--language", help="zh | en")] = None,
    as_json: AsJson = False,
) -> None:
    """A pack in plain words."""
    chosen = in_language or _language()
    if "#" in pack or Path(pack).is_file():
        from shared.policy.describing import describe

        text = describe(_loaded(pack), "zh" if chosen == "zh" else "en")
        print_json({"text": text}) if as_json else typer.echo(text)
        return
    found = Client().get(f"/routing/v1/packs/{pack}", language=chosen)
    print_json(found) if as_json else typer.echo(found["text"])


@policy.command("diff")
def compare_policies(
    before: Annotated[str, typer.Argument(metavar="A", help="YAML, or a pack that comes with the product")],
    after: Annotated[str, typer.Argument(metavar="B", help="the one that takes its place")],
    in_language: Annotated[str | None, typer.Option("--language", help="zh | en")] = None,
    as_json: AsJson = False,
) -> None:
    """What changes, and for whom, when pack B takes the place of pack A."""
    from shared.policy.differing import differences

    older, newer = _loaded(before), _loaded(after)
    text = differences(older, newer, "zh" if (in_language or _language()) == "zh" else "en")
    print_json({"text": text}) if as_json else typer.echo(text, nl=False)


@policy.command("publish")
def publish_policy(file: PackFile, as_json: AsJson = False) -> None:
    """Publish a pack version; a version once published never changes."""
    from shared.policy.findings import PackRefused
    from shared.policy.loading import standalone_text

    text = _pack_text(file)
    try:
        text = standalone_text(text, file, _beside(file))
    except PackRefused as refused:
        for finding in refused.findings:
            typer.echo(finding.render(_language()), err=True)
        raise typer.Exit(EXIT_CHECK_FAILED) from None
    _upload("POST", "/routing/v1/packs", file, text, as_json=as_json)


@policy.command("try")
def try_policy(pack: PackCode, version: PackVersion, as_json: AsJson = False) -> None:
    """What a published version would do to the open cases of its pack; nothing is changed."""
    from services.console.rules import print_cases, try_version

    found = try_version(Client(), pack, version)
    print_json(found) if as_json else print_cases(found)


@policy.command("apply")
def apply_policy(pack: PackCode, version: PackVersion, as_json: AsJson = False) -> None:
    """Put the open cases of a pack under a published version; they keep theirs until then."""
    from services.console.rules import apply_version, print_cases

    found = apply_version(Client(), pack, version)
    print_json(found) if as_json else print_cases(found)


@key.command("add")
def add_key(
    source: Annotated[str | None, typer.Option(help="feeding system, e.g. app")] = None,
    projects: Annotated[str | None, typer.Option(help="P01,P02")] = None,
    person: Annotated[str | None, typer.Option(help="staff id, e.g. li.na")] = None,
    roles: Annotated[str | None, typer.Option(help="handler,…")] = None,
    node: Annotated[str | None, typer.Option(help="node of the roles, e.g. P01")] = None,
) -> None:
    """Make a key for a system (--source, --projects) or a token for staff (--person, --roles, --node). Shown once."""
    if bool(source) == bool(person):
        fail("console.key_for_whom", EXIT_USAGE)
    body: dict[str, Any] = {"kind": "system" if source else "staff"}
    body |= {"source": source, "projects": (projects or "").split(",")} if source else {}
    body |= {"person": person, "roles": (roles or "").split(","), "node": node} if person else {}
    print_json(Client().post("/routing/v1/keys", json=body))


@key.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """All keys, without their secrets."""
    rows = Client().get("/routing/v1/keys")["items"]
    columns = ("id", "kind", "source", "projects", "person", "roles", "node", "revoked_at")
    print_rows(rows, columns, as_json=as_json)


@key.command("revoke")
def revoke_key(id_: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Revoke a key at once and for good."""
    client = Client()
    client.request("DELETE", f"/routing/v1/keys/{id_}", token=client.staff_token("operator"))


def _upload(method: str, path: str, name: str, text: str, *, as_json: bool) -> None:
    client = Client()
    response = client.request(
        method,
        path,
        token=client.staff_token("operator"),
        accept=(httpx.codes.UNPROCESSABLE_ENTITY,),
        content=text.encode(),
        headers=_YAML,
    )
    if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        typer.echo(problem_text(response), err=True)
        raise typer.Exit(EXIT_CHECK_FAILED)
    if as_json:
        print_json(response.json())
    else:
        say("console.loaded", file=name)


def _pack_text(name: str) -> str:
    """The text of a file, or of a pack that comes with the product."""
    from shared.policy.loading import packaged_pack_text, packaged_packs

    if not Path(name).exists() and name in packaged_packs():
        return packaged_pack_text(name)
    return _read(Path(name))


def _loaded(name: str) -> "Pack":
    """A pack, or with `#MODULE` one module of it with what belongs to that; its errors end the command."""
    from shared.policy.findings import PackRefused
    from shared.policy.loading import load_pack

    file, _, module = name.partition("#")
    try:
        return load_pack(_pack_text(file), name, module or None, group=_beside(file))
    except PackRefused as refused:
        for finding in refused.findings:
            typer.echo(finding.render(_language()), err=True)
        raise typer.Exit(EXIT_CHECK_FAILED) from None


def _beside(name: str) -> "Group":
    """Finds what a pack extends: a file of that name beside it, else a pack that comes with the product."""
    from shared.policy.loading import packaged_pack_text, packaged_packs

    def find(code: str) -> str | None:
        file = Path(name).parent / f"{Path(code).name}.yaml"
        if file.is_file():
            return _read(file)
        return packaged_pack_text(code) if code in packaged_packs() else None

    return find


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fail("console.unreadable_file", EXIT_USAGE, file=str(file), reason=type(error).__name__)


def _language() -> Any:
    return language()
