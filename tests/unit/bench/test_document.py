"""The shape of `bench.json`, which others read."""

import json
from pathlib import Path

import pytest

from tests.bench import document
from tests.unit.bench.examples import FOUND, ROW, TOO_SLOW

OF_A_ROW = {
    "name": str,
    "unit": str,
    "value": float,
    "p50_ms": float,
    "p95_ms": float,
    "p99_ms": float,
    "baseline": float,
    "ratio": float,
    "goal": int,
    "reached": bool,
    "n": int,
    "concurrency": int,
    "limited_by": str,
}


def test_a_row_has_the_fields_that_were_promised():
    line = ROW.line(FOUND)
    assert {name: type(line[name]) for name in OF_A_ROW} == OF_A_ROW
    assert (line["value"], line["ratio"], line["p50_ms"]) == (1235.0, 0.6173, 12.35)


def test_a_row_says_whether_its_goal_was_reached():
    assert ROW.line(FOUND)["reached"] is True
    assert ROW.line(TOO_SLOW)["reached"] is False


def test_what_else_was_measured_stands_with_what_limits():
    line = ROW.line(type(FOUND)(1, 1, 1, 1, also="The topic took 5 complaints/s."))
    assert line["limited_by"] == "The event loop. The topic took 5 complaints/s."
    assert line["p95_ms"] is None


def test_the_document_is_written_whole_where_it_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUIYIN_BENCH_OUT", str(tmp_path / "deep" / "out.json"))
    path = document.write(document.document([ROW.line(FOUND)]))
    assert list(path.parent.iterdir()) == [path]
    written = json.loads(path.read_text())
    assert set(written) == {"commit", "machine", "broker", "rows"}
    assert all(written[name] and isinstance(written[name], str) for name in ("machine", "broker"))
    assert [row["name"] for row in written["rows"]] == ["http_accept"]
