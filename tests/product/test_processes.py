"""The five services as processes of their own, each killed in the middle of its work: nothing lost, nothing twice."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.local.stack import EmbeddedStack
from shared.calendars.packaged import packaged_calendars
from shared.calendars.writing import write_calendar
from shared.database.migrating import SERVICES
from shared.policy.loading import DEFAULT
from tests.product.complaints import exported, write_csv
from tests.product.database import query
from tests.product.installation import ROOT, STOPPED_WITHIN_S
from tests.product.services import Services
from tests.product.waiting import eventually

EACH = 300
MANY = EACH * len(SERVICES)
# What grows while a service works.
WORK = {
    "intake": "intake.complaints",
    "routing": "routing.cases",
    "sla": "sla.clocks",
    "notify": "notify.notices",
    "reporting": "reporting.cases",
}


@pytest.fixture
def services(
    stack: EmbeddedStack, new_database_url: str, bootstrap: str, kafka_prefix: str, tmp_path: Path
) -> Iterator[Services]:
    services = Services(tmp_path, new_database_url, bootstrap, kafka_prefix)
    try:
        yield services
    finally:
        services.end()


def test_each_of_the_five_is_killed_in_mid_batch_and_goes_on(
    services: Services, new_database_url: str, tmp_path: Path
) -> None:
    database = new_database_url.replace("postgresql+asyncpg:", "postgresql:")
    services.migrate()
    for name in SERVICES:
        services.start(name)
    for name in SERVICES:
        services.wait_until_ready(name)
    key = set_up(services, tmp_path)

    for name in SERVICES:
        path = tmp_path / f"{name}.csv"
        write_csv(path, exported(uuid4().hex, EACH))
        words = ("intake", "import", str(path), "--project", "P01", "--json")
        begun = count(database, WORK[name])
        importing = services.command(*words, token=key)
        eventually(lambda: count(database, WORK[name]) > begun, what=f"{name} to be at work")  # noqa: B023
        services.kill(name)
        services.start(name)
        importing.communicate(timeout=120)
        services.wait_until_ready("intake")
        tally = json.loads(services.tell(*words, token=key))
        assert (tally["read"], tally["refused"], tally["created"] + tally["existing"]) == (EACH, 0, EACH)

    eventually(lambda: settled(database), within_s=240, what="everything to have gone through")
    assert count(database, "routing.cases where state = 'assigned'") == MANY
    for table, each in (
        ("intake.complaints", 1),
        ("reporting.cases", 1),
        ("notify.notices where kind in ('acknowledgement', 'assignment')", 2),
    ):
        assert count(database, table) == each * MANY
    once = "select name, count(*) as n, count(distinct case_id) as cases from sla.clocks group by 1"
    assert {tuple(row.values())[1:] for row in query(database, once)} == {(MANY, MANY)}
    written = [json.loads(line)["id"] for line in (tmp_path / "notices.jsonl").read_text().splitlines()]
    # A sender that died between writing and recording writes again under the same id (delivery rule 12).
    assert len(set(written)) == count(database, "notify.notices where outcome = 'sent'")
    assert all(code == 0 and took < STOPPED_WITHIN_S for code, took in services.stop().values())


def set_up(services: Services, directory: Path) -> str:
    """What the group tells a new installation; returns a system's key."""
    calendar = directory / "calendar.yaml"
    for found in packaged_calendars():
        calendar.write_text(write_calendar(found), encoding="utf-8")
        services.tell("sla", "calendar", "load", str(calendar))
    for pack in (DEFAULT, "crisis-graded"):  # those the demonstration organisation is bound to
        services.tell("routing", "policy", "publish", pack)
    services.tell("routing", "directory", "load", str(ROOT / "deploy" / "local" / "demo-organisation.yaml"))
    said = services.tell("routing", "key", "add", "--source", "app", "--projects", "P01")
    return str(json.loads(said)["token"])


def count(database: str, what: str) -> int:
    found: int = query(database, f"select count(*) as n from {what}")[0]["n"]
    return found


def settled(database: str) -> bool:
    """Everything that was said is on the log, everybody has applied all of it, and no notice is pending."""
    if any(count(database, f"{name}.outbox_pending") or count(database, f"{name}.held_events") for name in SERVICES):
        return False
    emitted = query(
        database,
        " union all ".join(
            f"select '{name}' as source, sum(emitted)::int as n from {name}.case_marks" for name in SERVICES
        ),
    )
    said = {row["source"]: row["n"] for row in emitted}
    heard = query(database, "select sum(intake)::int as intake, sum(routing)::int as routing, sum(sla)::int as sla, "
                  "sum(notify)::int as notify from reporting.case_marks")[0]  # fmt: skip
    waiting = count(database, "notify.notices where outcome = 'pending'")
    return not waiting and said["intake"] >= MANY and all(heard[name] == said[name] for name in heard)
