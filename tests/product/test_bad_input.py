"""Bad input: whoever sends it is told what is wrong and what to do, in both languages; nobody else notices."""

import gzip
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from tests.product.complaints import complaint, complaints, exported, ndjson, write_csv
from tests.product.database import query
from tests.product.dead_letters import drop, told_in_both_languages
from tests.product.installation import Installation
from tests.product.kafka_log import write, write_inbound

pytestmark = pytest.mark.usefixtures("others")


class Bad(NamedTuple):
    """What is sent and what must be answered. fields: changes to a good complaint. raw: instead of it."""

    status: int
    code: str
    pointer: str | None = None
    field: str | None = None
    fields: Mapping[str, Any] = MappingProxyType({})
    raw: bytes | None = None
    media_type: str = "application/json"


TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
BAD = {
    "cut off": Bad(400, "malformed", "", "json_syntax", raw=b'{"project": "P01", "narrative": "Wat'),
    "not UTF-8": Bad(400, "malformed", "", "json_not_utf8", raw='{"narrative": "电梯"}'.encode("gb18030")),
    "not a number of JSON": Bad(400, "malformed", "", "json_not_finite", raw=b'{"facts": {"people": NaN}}'),
    "a list": Bad(422, "invalid_field", "", "not_object", raw=b"[]"),
    "nothing": Bad(400, "malformed", raw=b""),
    "too deep": Bad(400, "malformed", raw=b'{"facts":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    "no narrative": Bad(422, "invalid_field", "/narrative", "missing", {"narrative": None}),
    "an empty narrative": Bad(422, "invalid_field", "/narrative", "too_short", {"narrative": " \n "}),
    "a long narrative": Bad(422, "invalid_field", "/narrative", "too_long", {"narrative": "长" * 20_001}),
    "a narrative of 1 MB": Bad(413, "too_large", fields={"narrative": "a" * 1_000_000}),
    "a control character": Bad(422, "invalid_field", "/narrative", "control_character", {"narrative": "a\x00b\x1b"}),
    "a number for a project": Bad(422, "invalid_field", "/project", "not_text", {"project": 7}),
    "an unknown project": Bad(422, "invalid_field", "/project", "unknown_project", {"project": "P99"}),
    "an unknown channel": Bad(422, "invalid_field", "/channel", "not_one_of", {"channel": "smoke signals"}),
    "a misspelt channel": Bad(422, "invalid_field", "/channel", "not_one_of_meant", {"channel": "phon"}),
    "words for a number": Bad(422, "invalid_field", "/facts/people", "not_whole", {"facts": {"people": "twelve"}}),
    "too many people": Bad(422, "invalid_field", "/facts/people", "too_large", {"facts": {"people": 10**7}}),
    "an unknown fact": Bad(422, "invalid_field", "/facts/weather", "unknown_fact", {"facts": {"weather": "rain"}}),
    "a misspelt field": Bad(422, "invalid_field", "/narative", "misspelt", {"narative": "x"}),
    "yes for true": Bad(422, "invalid_field", "/reporter/anonymous", "not_boolean", {"reporter": {"anonymous": "yes"}}),
    "30 February": Bad(422, "invalid_field", "/received_at", None, {"received_at": "2026-02-30T10:00:00+08:00"}),
    "no zone": Bad(422, "invalid_field", "/received_at", None, {"received_at": "2026-03-01T10:00:00"}),
    "seconds since 1970": Bad(422, "invalid_field", "/received_at", "not_an_instant", {"received_at": 1_772_000_000}),
    "last century": Bad(422, "invalid_field", "/received_at", None, {"received_at": "1999-12-31T23:00:00+08:00"}),
    "tomorrow": Bad(422, "invalid_field", "/received_at", None, {"received_at": TOMORROW}),
    "no identity": Bad(422, "invalid_field", None, "no_identity", {"source_id": None}),
    "a form": Bad(415, "unsupported_media_type", raw=b"narrative=x", media_type="application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", BAD)
def test_a_bad_complaint_is_refused_with_place_and_remedy(product: Installation, name: str, language: str) -> None:
    bad = BAD[name]
    body = {k: v for k, v in (complaint(uuid4().hex) | bad.fields).items() if v is not None}
    answer = product.client("system", language=language).post(
        "/intake/v1/complaints",
        content=json.dumps(body).encode() if bad.raw is None else bad.raw,
        headers={"Content-Type": bad.media_type},
    )
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (bad.status, bad.code), problem
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.headers["Content-Language"] == language
    for words in (problem["title"], problem["detail"]):
        assert words
        assert (not words.isascii()) == (language == "zh"), words
    if bad.pointer is not None or bad.field is not None:
        (error,) = (e for e in problem["errors"] if bad.pointer in {None, e["pointer"]})
        assert bad.field in {None, error["code"]}
        assert error["message"]
        assert error["remedy"]
        assert not re.search(r"\{[a-z_]+\}", error["message"] + error["remedy"])
        assert not (error["message"] + error["remedy"]).isascii() or language == "en"


def test_bad_lines_of_a_batch_harm_no_good_ones(product: Installation) -> None:
    mark = uuid4().hex[:8]
    good = ndjson(complaints(mark, 3)).splitlines()
    lines = [good[0], b"{", good[1], b'{"project": "P01"}', b'\xff"', good[2], b'{"narrative": "\\ud800"}']
    answer = product.client("system").post(
        "/intake/v1/complaints:batch", content=b"\n".join(lines), headers={"Content-Type": "application/x-ndjson"}
    )
    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [(r["line"], r["result"]) for r in results] == [
        (1, "created"), (2, "invalid"), (3, "created"), (4, "invalid"), (5, "invalid"), (6, "created"), (7, "invalid")
    ]  # fmt: skip
    for result in results:
        if result["result"] == "invalid":
            assert result["problem"]["errors"][0]["remedy"]
        else:
            assert result["problem"] is None


HALF = ("a line cut off", "columns missing", "an archive cut off")


@pytest.mark.parametrize("how", HALF)
def test_a_half_written_file_brings_in_its_good_lines_and_names_the_others(
    product: Installation, tmp_path: Path, how: str
) -> None:
    mark = uuid4().hex[:8]
    rows = exported(mark, 400)
    path = tmp_path / ("half.csv" if how == "columns missing" else "half.jsonl")
    if how == "a line cut off":
        path.write_bytes(ndjson(rows[:4])[:-30])
    elif how == "columns missing":
        write_csv(path, rows[:4])
        path.write_text(path.read_text("utf-8-sig").rstrip().rpartition(",")[0] + "\n", encoding="utf-8")
    else:
        whole = gzip.compress(ndjson(rows), mtime=0)
        path = tmp_path / "half.jsonl.gz"
        path.write_bytes(whole[: len(whole) // 2])
    told = tmp_path / "refused.jsonl"
    tally = product.command("import", str(path), "--project", "P02", "--refused", str(told), expect=4)
    assert tally["refused"] == 1
    assert tally["created"] == tally["read"] - 1 >= 3
    refused = [json.loads(line) for line in told.read_text().splitlines()]
    assert [line["line"] for line in refused] == [tally["read"]]
    assert refused[0]["reason"]
    stored = query(product.database, "select source_id from intake.complaints where source_id like $1", f"{mark}-%")
    assert len(stored) == tally["created"]


INBOUND = {
    "not JSON": (b"\xff\xfe{]", "malformed", "/"),
    "nothing in it": (b"", "malformed", "/"),
    "no value": (None, "malformed", "/"),
    "a number": (b"7", "invalid_field", "/ not_object"),
    "no narrative": (b'{"project": "P01"}', "invalid_field", "/narrative missing"),
    "unknown project": (json.dumps(complaint("?", project="P99")).encode(), "invalid_field", "/project"),
    "30 February": (
        json.dumps(complaint("?", received_at="2026-02-30T10:00:00Z")).encode(), "invalid_field", "/received_at",
    ),
    "a narrative of 900 kB": (json.dumps(complaint("?", narrative="长" * 150_000)).encode(), "too_large", ""),
    "a control character": (json.dumps(complaint("?", title="\x07")).encode(), "invalid_field", "/title"),
}  # fmt: skip


def test_bad_records_of_the_inbound_topic_become_dead_letters(product: Installation) -> None:
    mark = uuid4().hex[:8]
    sent = {f"app:{mark}-{number}": case for number, case in enumerate(INBOUND.values())}
    write_inbound(
        product.bootstrap,
        [(key.encode(), value and value.replace(b'"?"', f'"{key[4:]}"'.encode())) for key, (value, *_) in sent.items()],
    )
    found = told_in_both_languages(product, "intake", set(sent))
    for key, (_, reason, place) in sent.items():
        assert found[key]["reason"] == reason, found[key]
        assert place in found[key]["detail"]
        assert "长" not in json.dumps(found[key])
    for letter in found.values():
        drop(product, "intake", letter)


def test_headers_and_keys_of_the_inbound_topic_are_the_senders_own_affair(product: Installation) -> None:
    """CloudEvents headers are optional there: broken ones harm nothing, nor does a missing key."""
    mark = uuid4().hex[:8]
    bodies = [json.dumps(complaint(f"{mark}-{number}", number)).encode() for number in range(4)]
    write(product.bootstrap, "inbound", [
        (f"app:{mark}-0".encode(), bodies[0], [("ce_id", None)]),
        (f"app:{mark}-1".encode(), bodies[1], [("ce_source", b"\xff\xfe"), ("traceparent", b"\x00")]),
        (None, bodies[2], []),
        (None, bodies[3], [("ce_type", b"anything.v9"), ("ce_specversion", b"9.9")]),
    ])  # fmt: skip
    product.settle()
    stored = query(product.database, "select source_id from intake.complaints where source_id like $1", f"{mark}-%")
    assert {row["source_id"] for row in stored} == {f"{mark}-{number}" for number in range(4)}
