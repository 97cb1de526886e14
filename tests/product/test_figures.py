"""The figures, from outside: summary, status, a recount in the database and the metrics agree."""

from collections import Counter
from uuid import uuid4

import pytest

from tests.product.complaints import PROJECTS, complaints
from tests.product.database import query
from tests.product.installation import Installation
from tests.product.waiting import eventually


@pytest.fixture(scope="module", autouse=True)
def late(product: Installation) -> None:
    """In every project a complaint that is overdue, and one that is not."""
    for number, body in enumerate(complaints(uuid4().hex, 2 * len(PROJECTS))):
        received = {"received_at": "2026-03-02T09:00:00+08:00"} if number < len(PROJECTS) else {}
        assert product.post("/intake/v1/complaints", body | received).status_code == 201
    for project in PROJECTS:
        eventually(
            lambda: product.get("/reporting/v1/summary", node=project)["overdue"],  # noqa: B023
            what="the overdue complaint",
        )


def test_summary_status_and_a_recount_agree(product: Installation) -> None:
    status, summary = product.settle(), product.get("/reporting/v1/summary", node="G")
    counted = query(product.database, "select state, grade, count(*) as n from routing.cases group by 1, 2")
    by_state: Counter[str] = Counter()
    by_grade: Counter[str] = Counter()
    for row in counted:
        by_state[row["state"]] += row["n"]
        by_grade[row["grade"]] += row["n"]
    registered = query(product.database, "select count(*) as n from intake.complaints")[0]["n"]
    assert summary["registered"] == status["complaints"] == status["cases"]["total"] == registered
    assert summary["by_state"] == status["cases"]["by_state"] == dict(by_state)
    assert summary["by_grade"] == status["cases"]["by_grade"] == dict(by_grade)
    assert summary["backlog"] == registered - by_state["closed"] - by_state["withdrawn"]
    assert summary["closed"] == registered - summary["backlog"]
    overdue = query(
        product.database,
        "select count(distinct k.case_id) as n from sla.clocks k join routing.cases c using (case_id) "
        "where k.customer and k.state = 'breached' and c.state not in ('closed', 'withdrawn')",
    )[0]["n"]
    assert summary["overdue"] == overdue > 0
    assert summary["overdue_ratio"] == overdue / summary["backlog"]


def test_metrics_show_backlog_and_overdue_by_project(product: Installation) -> None:
    product.settle()
    text = product.client(None).get("/metrics").raise_for_status().text
    backlog, overdue = gauge(text, "huiyin_backlog_cases"), gauge(text, "huiyin_overdue_cases")
    for project in PROJECTS:
        summary = product.get("/reporting/v1/summary", node=project)
        assert sum(value for labels, value in backlog if labels["project"] == project) == summary["backlog"]
        assert sum(value for labels, value in overdue if labels["project"] == project) == summary["overdue"]


def gauge(text: str, name: str) -> list[tuple[dict[str, str], float]]:
    """The series of one metric."""
    from prometheus_client.parser import text_string_to_metric_families

    return [
        (sample.labels, sample.value)
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    ]
