"""What people write and who they are stands in the personal records alone; erasing removes it and changes no figure."""

import base64
import json
from collections.abc import Iterator
from typing import NamedTuple
from uuid import uuid4

import httpx
import pytest

from tests.product.canaries import Canaries, flat
from tests.product.collector import Collector
from tests.product.database import SCHEMAS, rows_of, tables
from tests.product.installation import Installation, figures
from tests.product.kafka_log import TOPICS, read_topic
from tests.product.sowing import HANDLED, Sower
from tests.product.waiting import eventually


class Planted(NamedTuple):
    """cases: what it was for -> complaint id. answers: every document the product answered with on the way."""

    canaries: Canaries
    cases: dict[str, str]
    answers: list[httpx.Response]


@pytest.fixture(scope="module")
def planted(product: Installation, tmp_path_factory: pytest.TempPathFactory) -> Planted:
    """Canaries in every place of every interface that takes words of people."""
    mark = uuid4().hex[:12]
    canaries = Canaries(mark)
    sower = Sower(product, canaries, mark)
    sower.register(tmp_path_factory.mktemp("personal"))
    sower.say()
    sower.handle()
    sower.misplace()
    product.settle()
    return Planted(canaries, sower.cases, sower.answers)


@pytest.mark.parametrize("before", [b"", b"x", b"xy"])
def test_the_search_sees_words_however_they_are_spelt(before: bytes) -> None:
    canaries = Canaries("0123456789ab")
    planted = before + " ".join(canaries.words.values()).encode() + b" and more"
    for content in (planted, json.dumps(planted.decode()).encode(), planted.hex().encode(), base64.b64encode(planted)):
        assert canaries.found_in(content) == set(canaries.words)


def test_words_of_people_leave_in_no_answer_that_does_not_ask_for_them(planted: Planted) -> None:
    for answer in planted.answers:
        assert planted.canaries.found_in(answer.content) == set(), answer.text


def test_whoever_may_read_a_complaint_reads_all_of_it(product: Installation, planted: Planted) -> None:
    text = product.get(f"/intake/v1/complaints/{planted.cases[HANDLED]}/text", "auditor")
    assert text["reporter"]["name"] == planted.canaries["name"]
    assert text["reporter"]["phone"] == f"+86{planted.canaries['phone']}"
    assert planted.canaries["amendment"] in text["narrative"]
    assert {said["kind"] for said in text["said"]} == {"information", "survey", "dissatisfied", "former_narrative"}
    timeline = product.get(f"/routing/v1/cases/{planted.cases[HANDLED]}", "auditor")["timeline"]
    words = " ".join(part["text"] for entry in timeline for part in entry["words"])
    for place in ("return", "progress", "reply", "result", "follow-up", "process", "contact-way"):
        assert planted.canaries[place] in words


@pytest.mark.parametrize("topic", [topic for topic in TOPICS if topic not in {"inbound", "personal"}])
def test_no_other_topic_knows_people(product: Installation, planted: Planted, topic: str) -> None:
    for record in read_topic(product.bootstrap, topic):
        found = planted.canaries.found_in(flat(record._asdict() | {"headers": dict(record.headers)}))
        assert found == set(), (topic, record.partition, record.offset, record.headers)


def test_contact_data_are_sealed_on_the_personal_topic_too(product: Installation, planted: Planted) -> None:
    """Free text may name people, so it is looked at without; what the reporter's fields hold is sealed."""
    seen = 0
    for record in read_topic(product.bootstrap, "personal"):
        if record.key is None or record.key.decode() not in planted.cases.values() or record.value is None:
            continue
        reporter = json.dumps(json.loads(record.value)["reporter"], ensure_ascii=False).encode()
        assert planted.canaries.found_in(reporter) == set()
        seen += 1
    assert seen >= len(planted.cases)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_table_but_the_personal_records_knows_people(product: Installation, planted: Planted, schema: str) -> None:
    for table in tables(product.database):
        if not table.startswith(f"{schema}."):
            continue
        for row in rows_of(product.database, table):
            if table.endswith(".records") and row["topic"] == "personal":
                if row["type"] == "complaint.text.v1" and row["body"]:
                    row["body"] = json.dumps(json.loads(row["body"])["reporter"], ensure_ascii=False).encode()
                elif row["type"] == "case.texts.v1":
                    row["body"] = None
            assert planted.canaries.found_in(flat(row)) == set(), (table, row)


def test_logs_metrics_and_pages_know_nobody(product: Installation, planted: Planted) -> None:
    for name, content in everything_shown(product):
        assert planted.canaries.found_in(content) == set(), name


def everything_shown(product: Installation) -> Iterator[tuple[str, bytes]]:
    """What operations and strangers can see: logs, keys, metrics, ledgers, lists."""
    yield "stderr", product.log.read_bytes()
    for path in [*product.home.glob("run/*"), *product.home.glob("*.json")]:
        yield str(path), path.read_bytes()
    yield "/metrics", product.client(None).get("/metrics").content
    operator = product.client("operator")
    for path in (
        "/notify/v1/notices?limit=200", "/routing/v1/cases?limit=200", "/sla/v1/clocks?limit=200",
        "/reporting/v1/summary", "/routing/v1/keys", "/routing/v1/directory", "/",
    ):  # fmt: skip
        answer = operator.get(path)
        assert answer.status_code == 200, path
        yield path, answer.content
    for service in SCHEMAS:
        for what in ("status", "held", "dead-letters"):
            yield f"{service} {what}", operator.get(f"/{service}/v1/ops/{what}").raise_for_status().content


def test_no_trace_knows_people(planted: Planted, collector: Collector) -> None:
    wanted = set(planted.cases.values())
    eventually(lambda: wanted <= {span.case for span in collector.spans}, what="the spans of all cases")
    for content in list(collector.raw):
        assert planted.canaries.found_in(content) == set()


def test_only_the_reply_itself_is_in_the_file_of_notices(product: Installation, planted: Planted) -> None:
    """The file stands for the customer's letter box: it holds what the customer was told, and nothing else."""
    lines = [json.loads(line) for line in (product.home / "notices.jsonl").read_text().splitlines()]
    ours = [line for line in lines if line["case"] in planted.cases.values()]
    assert {line["kind"] for line in ours} >= {"acknowledgement", "assignment", "reply"}
    for line in ours:
        found = planted.canaries.found_in(json.dumps(line, ensure_ascii=False).encode())
        assert "reply" in found if line["kind"] == "reply" else not found


def test_erasing_removes_it_everywhere_and_changes_no_figure(product: Installation, planted: Planted) -> None:
    before = product.settle()
    for schema in ("intake", "routing", "notify"):  # whoever works with personal data has them until now
        assert planted.canaries.found_in(b"".join(map(flat, rows_of(product.database, f"{schema}.records"))))
    summary = product.get("/reporting/v1/summary", node="G")
    for case in planted.cases.values():
        answer = product.post(f"/intake/v1/complaints/{case}/erase", None, "operator")
        assert (answer.status_code, answer.json()["result"]) == (200, "recorded")
    after = product.settle()
    again = product.post(f"/intake/v1/complaints/{planted.cases[HANDLED]}/erase", None, "operator")
    assert (again.status_code, again.json()["result"]) == (200, "unchanged")

    for name in ("complaints", "cases"):
        assert figures(after)[name] == figures(before)[name]
    same = ("registered", "backlog", "overdue", "closed", "by_grade", "by_state", "overdue_ratio")
    found = product.get("/reporting/v1/summary", node="G")
    assert {name: found[name] for name in same} == {name: summary[name] for name in same}

    stored = [(table, row) for table in tables(product.database) for row in rows_of(product.database, table)]
    assert [table for table, row in stored if planted.canaries.found_in(flat(row))] == []
    wanted = {key for case in planted.cases.values() for key in (case, f"case:{case}")}
    last = {record.key.decode(): record for record in read_topic(product.bootstrap, "personal") if record.key}
    assert {key: last[key].value for key in wanted & last.keys()} == dict.fromkeys(wanted & last.keys())
    assert {f"case:{planted.cases[HANDLED]}", *planted.cases.values()} <= last.keys()


def test_nothing_comes_back_after_erasing(product: Installation, planted: Planted) -> None:
    case, words = planted.cases[HANDLED], planted.canaries.text("afterwards")
    said = product.post(f"/intake/v1/complaints/{case}/responses", {"kind": "information", "text": words})
    amended = product.post(f"/intake/v1/complaints/{case}/amendments", {"narrative": words})
    assert (said.status_code, amended.status_code) == (409, 409)
    assert product.client("auditor").get(f"/intake/v1/complaints/{case}/text").status_code == 409
    assert product.move(case, "progress", {"text": words}).status_code == 200
    product.settle()
    for table in tables(product.database):
        for row in rows_of(product.database, table):
            assert planted.canaries.found_in(flat(row)) == set(), table
    for topic in TOPICS:
        for record in read_topic(product.bootstrap, topic):
            assert planted.canaries.found_in(flat(record._asdict()), ["afterwards"]) == set(), topic
