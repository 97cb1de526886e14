"""A power cut in the middle of everything: what was answered is kept, nothing is doubled, and work goes on."""

import os
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.product.complaints import complaints, exported, ndjson, write_csv
from tests.product.database import query
from tests.product.installation import STOPPED_WITHIN_S, Installation, figures
from tests.product.waiting import eventually

MANY = 3000  # some seconds of importing: the power goes while it is under way


def cut_the_power(installation: Installation) -> None:
    """Everything ends at once: the services, the database and the broker."""
    children = [installation.child("kafka"), installation.child("postgres")]
    installation.kill()
    for child in children:
        os.kill(child, signal.SIGKILL)


def count(installation: Installation, table: str) -> int:
    found: int = query(installation.database, f"select count(*) as n from {table}")[0]["n"]
    return found


def summary(installation: Installation) -> dict[str, Any]:
    found: dict[str, Any] = installation.get("/reporting/v1/summary", node="G")
    return {name: value for name, value in found.items() if name not in {"as_of", "lag_s"}}


def test_after_a_power_cut_the_figures_are_the_same_and_a_half_done_import_is_finished(
    victim: Installation, tmp_path: Path
) -> None:
    victim.start()
    sent = victim.client("system").post(
        "/intake/v1/complaints:batch",
        content=ndjson(complaints(uuid4().hex, 50)),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert sent.status_code == 200
    before, said = figures(victim.settle()), summary(victim)

    cut_the_power(victim)
    victim.start()
    assert figures(victim.settle()) == before
    assert summary(victim) == said

    path = tmp_path / "many.csv"
    write_csv(path, exported(uuid4().hex, MANY))
    importing = victim.begin("import", str(path), "--project", "P01")
    eventually(lambda: count(victim, "intake.complaints") > 50, what="some of the import to be taken in")
    cut_the_power(victim)
    importing.communicate()
    assert importing.returncode == 3

    victim.start()
    tally = victim.command("import", str(path), "--project", "P01")
    assert (tally["read"], tally["refused"]) == (MANY, 0)
    assert tally["existing"] > 0
    status = victim.settle()
    total = MANY + 50
    assert status["complaints"] == status["cases"]["total"] == total
    assert status["cases"]["by_state"] == {"assigned": total}
    assert summary(victim)["registered"] == summary(victim)["backlog"] == total
    for kind in ("acknowledgement", "assignment"):
        statement = "select count(*) as n, count(distinct case_id) as cases from notify.notices where kind = $1"
        told = query(victim.database, statement, kind)
        assert told == [{"n": total, "cases": total}]
    clocks = query(victim.database, "select name, count(*) as n from sla.clocks group by 1")
    assert {row["name"]: row["n"] for row in clocks}.items() >= {"reply": total, "close": total}.items()
    parked = {name: (found["parked"], found["held"]) for name, found in status["services"].items()}
    assert set(parked.values()) == {(0, 0)}
    assert victim.stop(signal.SIGINT) < STOPPED_WITHIN_S
