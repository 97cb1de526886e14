"""Import files as people really have them: gzipped, cut off, half JSON, with a mark, with too many columns."""

import gzip
import json
from pathlib import Path

import pytest

from services.console.reading import UnknownFormat, count_lines, read_lines

ROWS = [{"id": "1", "body": "电梯坏了"}, {"id": "2", "body": "漏水"}]


def write(path: Path, text: str, *, zipped: bool = False) -> Path:
    path.write_bytes(gzip.compress(text.encode()) if zipped else text.encode())
    return path


@pytest.mark.parametrize(("name", "zipped"), [("a.jsonl", False), ("a.jsonl.gz", True), ("a.ndjson", False)])
def test_json_lines_are_read_with_their_numbers(tmp_path: Path, name: str, zipped: bool) -> None:
    file = write(tmp_path / name, "\n".join(map(json.dumps, ROWS)) + "\n", zipped=zipped)
    assert [(line.number, line.values) for line in read_lines(file)] == [(1, ROWS[0]), (2, ROWS[1])]
    assert count_lines(file) == 2


def test_a_half_written_last_line_is_told_and_the_rest_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", json.dumps(ROWS[0]) + '\n{"id": "2", "bo')
    assert [(line.number, line.reason) for line in read_lines(file)] == [(1, None), (2, "not_json")]


def test_a_cut_off_archive_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    whole = gzip.compress("".join(json.dumps({"id": str(n), "body": "x" * 50}) + "\n" for n in range(3000)).encode())
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(whole[: len(whole) // 2])
    lines = list(read_lines(file))
    assert lines[0].values == {"id": "0", "body": "x" * 50}
    assert lines[-1].reason == "archive_damaged"


def test_csv_knows_its_header_and_refuses_rows_of_another_shape(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "\ufeffid,body\n1,电梯坏了\n2\n3,漏水,多余\n")
    assert [(line.values, line.reason) for line in read_lines(file)] == [
        ({"id": "1", "body": "电梯坏了"}, None),
        (None, "wrong_number_of_columns"),
        (None, "wrong_number_of_columns"),
    ]


def test_csv_in_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes("id,body\n1,电梯坏了\n".encode("gbk"))
    assert [line.reason for line in read_lines(file)] == ["not_utf8"]


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    assert [line.reason for line in read_lines(write(tmp_path / "a.xlsx", "no workbook"))] == ["not_xlsx"]


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        list(read_lines(write(tmp_path / "a.doc", "")))
