"""The first start: a demonstration organisation, its packs, the packaged calendars, and keys for whoever tries it.

Every step may be run again: tokens are drawn and written down before their keys are published, so a start that was
killed half-way is finished by the next one.
"""

from pathlib import Path
from typing import Any

from deploy.local.private_files import read_private, write_private
from services.routing.directory.loading import load_directory
from services.routing.directory.reading import Known, read_organisation
from services.routing.service.keys import add_key
from services.routing.service.packs import publish_pack
from services.sla.service.calendars import publish_calendar
from shared.access.keys import bootstrap_principal, digest_of, new_token
from shared.access.principal import STAFF_ROLES
from shared.calendars.packaged import packaged_calendars
from shared.calendars.writing import write_calendar
from shared.core import Core
from shared.policy.loading import DEFAULT, packaged_pack_text

_DEMONSTRATION = Path(__file__).with_name("demo-organisation.yaml")


async def first_start(routing: Core, sla: Core, home: Path) -> dict[str, Any]:
    """Load what a new installation lacks; returns the keys file's `system` and `staff` parts."""
    operator = bootstrap_principal()
    async with sla.database.begin() as unit:
        for calendar in packaged_calendars():
            await publish_calendar(unit, write_calendar(calendar), operator)
    document = read_organisation(_DEMONSTRATION.read_text(encoding="utf-8"), Known())
    async with routing.database.begin() as unit:
        known = await routing.book.within(unit.connection)
        # A home that goes on with a newer product keeps the rules it has, until their owner publishes others.
        bound = {document.group.pack or DEFAULT, *(node.pack for node in document.nodes if node.pack)}
    for code in sorted(bound - {code for code, _ in known.packs}):
        async with routing.database.begin() as unit:  # checking a pack takes its time: nothing is locked meanwhile
            await publish_pack(unit, packaged_pack_text(code), operator)
    if not known.directory.nodes:
        async with routing.database.begin() as unit:
            await load_directory(unit, document, operator, routing.ring)
    tokens = _tokens(home, document)
    async with routing.database.begin() as unit:
        keys = (await routing.book.within(unit.connection)).keys
        for entry in tokens["system"]:
            if digest_of(entry["key"]) not in keys:
                await add_key(unit, operator, kind="system", source=entry["source"], projects=entry["projects"],
                              token=entry["key"])  # fmt: skip
        for entry in tokens["staff"]:
            if digest_of(entry["token"]) not in keys:
                await add_key(unit, operator, kind="staff", person=entry["person"], roles=entry["roles"],
                              node=entry["node"], token=entry["token"])  # fmt: skip
    return tokens


def _tokens(home: Path, document: Any) -> dict[str, Any]:
    """The tokens of this installation, drawn at its first start: a system for all projects, a person for each role."""
    path = home / "tokens.json"
    if stored := read_private(path):
        return dict(stored)
    projects = [node.code for node in document.nodes if node.kind == "project"]
    drawn: dict[str, Any] = {
        "system": [{"source": "app", "projects": projects, "key": new_token("system")}],
        "staff": [
            {"person": person.id, "roles": [post.role], "node": post.node, "token": new_token("staff")}
            for person in document.people
            for post in person.posts
            if post.role in STAFF_ROLES
        ],
    }
    write_private(path, drawn)
    return drawn
