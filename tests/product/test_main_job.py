"""The main job: complaints come in by every way, each once, and every one of them gets its grade, its owner, its
clocks, its notices and its answer; all figures agree."""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest

from tests.product.complaints import SAID, complaint, complaints, exported, ndjson, write_csv
from tests.product.database import query
from tests.product.halfway_proxy import HalfwayProxy
from tests.product.installation import Installation, figures
from tests.product.kafka_log import read_topic, write_inbound

BY_HTTP, BY_BATCH, BY_TOPIC, BY_CSV, BY_JSONL = 5, 10, 5, 5, 5
EVERYTHING = BY_HTTP + BY_BATCH + BY_TOPIC + BY_CSV + BY_JSONL
LONG_AGO = "2026-03-02T09:00:00+08:00"


class Sent(NamedTuple):
    """before, after: the settled status around it. mark: how the identities of all of it begin."""

    mark: str
    before: dict[str, Any]
    after: dict[str, Any]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("imports")


@pytest.fixture(scope="module")
def sent(product: Installation, files: Path) -> Sent:
    """Complaints brought in by every way."""
    mark = uuid4().hex[:8]
    before = product.settle()
    write_csv(files / "export.csv", exported(f"{mark}-csv", BY_CSV))
    (files / "export.jsonl").write_bytes(ndjson(exported(f"{mark}-jsonl", BY_JSONL)))
    assert set(bring_everything(product, mark, files)) == {"created"}
    return Sent(mark, before, product.settle())


def bring_everything(product: Installation, mark: str, files: Path) -> Counter[str]:
    """Bring the complaints of `mark` in by every way; what was answered, the topic does not answer."""
    answers: Counter[str] = Counter()
    for number, body in enumerate(complaints(f"{mark}-http", BY_HTTP)):
        answer = product.post("/intake/v1/complaints", body)
        assert answer.status_code == (201 if answer.json()["result"] == "created" else 200)
        assert answer.json()["number"].startswith(f"P0{number % 3 + 1}-")
        answers[answer.json()["result"]] += 1
    lines = product.client("system").post(
        "/intake/v1/complaints:batch",
        content=ndjson(complaints(f"{mark}-batch", BY_BATCH, received_at=LONG_AGO)),
        headers={"Content-Type": "application/x-ndjson"},
    )
    assert [json.loads(line)["line"] for line in lines.text.splitlines()] == list(range(1, BY_BATCH + 1))
    answers.update(json.loads(line)["result"] for line in lines.text.splitlines())
    bodies = complaints(f"{mark}-topic", BY_TOPIC)
    write_inbound(product.bootstrap, [(f"app:{b['source_id']}".encode(), json.dumps(b).encode()) for b in bodies])
    for name, project in (("export.csv", "P01"), ("export.jsonl", "P02")):
        tally = product.command("import", str(files / name), "--project", project)
        assert tally["read"] == tally["created"] + tally["existing"]
        assert tally["refused"] == 0
        answers += Counter(created=tally["created"], existing=tally["existing"])
    return answers


def test_complaints_of_every_way_are_registered_once(product: Installation, sent: Sent) -> None:
    assert sent.after["complaints"] == sent.before["complaints"] + EVERYTHING
    assert sent.after["cases"]["total"] == sent.after["complaints"]
    rows = query(
        product.database,
        "select source, source_id, count(*) as n from intake.complaints where source_id like $1 group by 1, 2",
        f"{sent.mark}-%",
    )
    assert len(rows) == EVERYTHING
    assert {(row["source"], row["n"]) for row in rows} == {("app", 1)}


def test_all_of_it_again_changes_nothing(product: Installation, sent: Sent, files: Path) -> None:
    assert set(bring_everything(product, sent.mark, files)) == {"existing"}
    assert figures(product.settle()) == figures(sent.after)


def test_a_complaint_of_one_way_is_known_to_every_other(product: Installation, sent: Sent) -> None:
    same = complaint(f"{sent.mark}-topic-3", 3)
    by_topic = product.post("/intake/v1/complaints", same)
    other_words = product.post("/intake/v1/complaints", same | {"narrative": "Something else."})
    assert (by_topic.status_code, by_topic.json()["result"]) == (200, "existing")
    assert (other_words.status_code, other_words.json()["code"]) == (409, "idempotency_conflict")


def test_a_killed_import_is_finished_by_the_next(product: Installation, tmp_path: Path) -> None:
    """Killed when the first batch of 500 was stored and its answer had not come back yet."""
    mark, count = uuid4().hex[:8], 520
    before = product.settle()["complaints"]
    path = tmp_path / "large.csv"
    write_csv(path, exported(mark, count))
    with HalfwayProxy(product.url, answers=0) as proxy:
        first = product.begin("import", str(path), "--project", "P03", HUIYIN_URL=proxy.url)
        proxy.wait_until_withheld()
        first.kill()
        first.communicate()
    tally = product.command("import", str(path), "--project", "P03")
    assert tally == {"read": count, "created": 20, "existing": 500, "refused": 0}
    after = product.settle()
    assert after["complaints"] == after["cases"]["total"] == before + count
    with path.open(encoding="utf-8-sig") as file:
        wanted = {row["id"] for row in csv.DictReader(file)}
    stored = query(product.database, "select source_id from intake.complaints where source_id like $1", f"{mark}-%")
    assert sorted(row["source_id"] for row in stored) == sorted(wanted)


@pytest.fixture(scope="module")
def cases(product: Installation, sent: Sent) -> dict[str, UUID]:
    """source_id -> case, of everything sent."""
    rows = query(
        product.database, "select source_id, id from intake.complaints where source_id like $1", f"{sent.mark}-%"
    )
    return {row["source_id"]: row["id"] for row in rows}


def test_every_case_is_graded_and_in_somebodys_hands(product: Installation, cases: Mapping[str, UUID]) -> None:
    for source_id, case in cases.items():
        number = int(source_id.rpartition("-")[2])
        found = product.get(f"/routing/v1/cases/{case}")
        _, category, department = SAID[number % len(SAID)]
        assert found["state"] == "assigned", source_id
        assert found["grade"]["value"] in {"1", "2", "3", "4"}
        assert all(found["grade"]["reason"][language] for language in ("zh", "en"))
        assert (found["category"]["code"], found["department"]) == (category, department)
        assert found["person"]
        assert found["pack"]["code"] == "developer-property"


def test_every_case_runs_its_clocks_and_the_late_ones_are_overdue(
    product: Installation, sent: Sent, cases: Mapping[str, UUID]
) -> None:
    for source_id, case in cases.items():
        found = {clock["name"]: clock for clock in product.get(f"/sla/v1/cases/{case}/clocks")["clocks"]}
        assert set(found) >= {"reply", "close", "tracking"}
        late = "-batch-" in source_id
        assert {found[name]["state"] for name in ("reply", "close")} == {"breached" if late else "running"}
    assert sent.after["clocks"]["breached"] - sent.before["clocks"]["breached"] >= 2 * BY_BATCH


def test_every_customer_and_every_handler_was_told_once(product: Installation, cases: Mapping[str, UUID]) -> None:
    for source_id, case in cases.items():
        found = product.get("/notify/v1/notices", case=case)["items"]
        told = {kind: [n for n in found if n["kind"] == kind] for kind in ("acknowledgement", "assignment")}
        assert [notice["outcome"] for notice in told["assignment"]] == ["sent"]
        # The files name nobody who could be told.
        unknown = "csv-" in source_id or "jsonl-" in source_id
        assert [(notice["outcome"], notice["reason"]) for notice in told["acknowledgement"]] == [
            ("suppressed", "no_contact") if unknown else ("sent", None)
        ]


def test_one_case_from_acceptance_to_closing(product: Installation, sent: Sent, cases: Mapping[str, UUID]) -> None:
    case = str(cases[f"{sent.mark}-http-0"])
    moves: list[tuple[str, Any, str, str]] = [
        ("accept", None, "handler", "accepted"),
        ("progress", {"text": "The lift company is on its way."}, "handler", "accepted"),
        ("reply", {"text": "The lift runs again; the motor was replaced.", "channel": "phone"}, "handler", "replied"),
        ("resolve", {"result": "Motor replaced."}, "handler", "resolved"),
        ("follow-up", {"reached": True, "satisfied": True, "text": "Content."}, "customer_service_head", "resolved"),
        ("close", {"ground": "accepted"}, "customer_service_head", "closed"),
    ]
    seen = product.get(f"/routing/v1/cases/{case}")["version"]
    for name, body, role, state in moves:
        answer = product.move(case, name, body, by=role, if_match=f'"{seen}"')
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == state
        assert answer.headers["ETag"] == f'"{answer.json()["version"]}"'
        assert answer.json()["version"] > seen
        seen = answer.json()["version"]
    product.settle()
    found = product.get(f"/routing/v1/cases/{case}")
    assert [entry["code"] for entry in found["timeline"] if entry["actor"] in {"li.na", "chen.wei", "wu.fang"}] == [
        "accepted", "progressed", "replied", "resolved", "followed_up", "closed"
    ]  # fmt: skip
    clocks = {clock["name"]: clock["state"] for clock in product.get(f"/sla/v1/cases/{case}/clocks")["clocks"]}
    assert (clocks["reply"], clocks["close"], clocks["follow_up"]) == ("met", "met", "met")
    tracking = product.get(f"/intake/v1/complaints/{case}", "system")
    assert tracking["state"] == "closed"
    assert tracking["promised_by"] is None
    assert len(tracking["updates"]) >= 5
    kinds = [notice["kind"] for notice in product.get("/notify/v1/notices", case=case)["items"]]
    assert Counter(kinds) == Counter(acknowledgement=1, assignment=1, reply=1)


def test_a_move_that_is_not_allowed_now_says_which_are(product: Installation, cases: Mapping[str, UUID]) -> None:
    case = next(str(case) for source_id, case in cases.items() if source_id.endswith("http-3"))  # a project of R1
    answer = product.move(case, "follow-up", {"reached": False})
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["state"]) == ("move_not_allowed", "assigned")
    assert set(problem["allowed"]) >= {"accept", "return", "progress", "reply", "assign"}
    assert "follow-up" not in problem["allowed"]


def test_a_move_is_made_once_and_on_the_version_that_was_seen(product: Installation, cases: Mapping[str, UUID]) -> None:
    case = next(str(case) for source_id, case in cases.items() if source_id.endswith("csv-1"))
    seen, key, body = product.get(f"/routing/v1/cases/{case}")["version"], uuid4().hex, {"text": "Seen on the spot."}
    first = product.move(case, "progress", body, by="handler", idempotency_key=key)
    again = product.move(case, "progress", body, by="handler", idempotency_key=key)
    other = product.move(case, "progress", {"text": "Something else."}, by="handler", idempotency_key=key)
    stale = product.move(case, "progress", body, by="handler", if_match=f'"{seen}"')
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["version"] == again.json()["version"] == seen + 1
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_conflict")
    assert (stale.status_code, stale.json()["code"], stale.json()["version"]) == (409, "version_conflict", seen + 1)
    # Words alone are a change too.
    more = product.move(case, "progress", {"text": "Bins ordered."}, by="handler", if_match=f'"{seen + 1}"')
    assert (more.status_code, more.json()["version"]) == (200, seen + 2)
    progressed = [e for e in product.get(f"/routing/v1/cases/{case}")["timeline"] if e["code"] == "progressed"]
    assert [[words["text"] for words in entry["words"]] for entry in progressed] == [
        ["Seen on the spot."], ["Bins ordered."]
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("zh", "办公时间"), ("en", "office hours")])
def test_clocks_are_explained(product: Installation, cases: Mapping[str, UUID], language: str, words: str) -> None:
    case = next(case for source_id, case in cases.items() if "-csv-" in source_id)
    clocks = product.get(f"/sla/v1/cases/{case}/clocks", explain=language)["clocks"]
    reply = next(clock for clock in clocks if clock["name"] == "reply")
    assert (reply["limit"], reply["calendar"]["code"]) == ("5wd", "cn-office")
    segments = reply["segments"]
    assert all(words in segment["why"] for segment in segments if segment["kind"] == "running")
    assert sum(segment["counted_days"] for segment in segments) == 5
    assert (segments[0]["from"], segments[-1]["to"]) == (reply["started_at"], reply["due_at"])
    assert all(left["to"] == right["from"] for left, right in pairwise(segments))


def test_notices_are_listed_and_written_down(product: Installation, cases: Mapping[str, UUID]) -> None:
    product.settle()
    written = [json.loads(line) for line in (product.home / "notices.jsonl").read_text().splitlines()]
    by_id = {entry["id"]: entry for entry in written}
    assert len(by_id) == len(written)
    listed: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = product.get("/notify/v1/notices", limit=200, **cursor)
        listed.extend(page["items"])
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    sent_by_file = {n["id"]: n for n in listed if n["outcome"] == "sent" and n["channel"] == "file"}
    assert set(sent_by_file) == set(by_id)
    assert {n["id"]: (n["kind"], n["to"], n["case"]) for n in sent_by_file.values()} == {
        entry["id"]: (entry["kind"], entry["to"], entry["case"]) for entry in written
    }
    assert all(entry["title"] and entry["text"] for entry in written)


def test_events_lie_on_the_log_in_order_and_without_gaps(product: Installation) -> None:
    product.settle()
    complaints = {str(row["id"]) for row in query(product.database, "select id from intake.complaints")}
    found = [
        record
        for topic in ("complaints", "notices")
        for record in read_topic(product.bootstrap, topic)
        if record.key and record.key.decode() in complaints  # strangers put anything there
    ]
    sequences: dict[tuple[str, str], list[int]] = defaultdict(list)
    partitions: dict[tuple[str, str], set[int]] = defaultdict(set)
    for record in found:
        case, source = record.header("ce_subject"), record.header("ce_source")
        assert record.key == case.encode()
        assert datetime.fromisoformat(record.header("ce_time")).tzinfo
        sequences[case, source].append(int(record.header("ce_sequence")))
        partitions[record.topic, case].add(record.partition)
    assert {len(places) for places in partitions.values()} == {1}
    for place, numbers in sequences.items():
        assert numbers == list(range(1, len(numbers) + 1)), place
    registered = [record for record in found if record.header("ce_type") == "complaint.registered.v1"]
    assert {record.header("ce_subject") for record in registered} == complaints
    assert len(registered) == len(complaints)
