"""The invented complaints: about 1 kB, distinct, always the same."""

import json

import pytest

from tests.bench.complaints import Complaints, requests

COMPLAINTS = Complaints("app", ["P01", "P02", "P03"])


def test_complaints_are_valid_json_of_about_a_kilobyte():
    for number in range(24):
        body = COMPLAINTS.body(number)
        assert 900 <= len(body) <= 1100
        assert json.loads(body)["source_id"] == COMPLAINTS.source_id(number)


def test_numbers_make_distinct_complaints_and_the_same_number_the_same_one():
    bodies = {COMPLAINTS.body(number) for number in range(1000)}
    assert len(bodies) == 1000
    assert Complaints("app", ["P01", "P02", "P03"]).body(17) == COMPLAINTS.body(17)


def test_complaints_go_to_every_project():
    many = Complaints("app", [f"B{n}" for n in range(50)])
    assert len({json.loads(many.body(number))["project"] for number in range(50)}) == 50


@pytest.mark.parametrize("lines", [1, 5])
def test_requests_say_how_long_they_are(lines: int):
    made = list(requests(COMPLAINTS, "/intake/v1/complaints", "hyk_x", 0, 3, lines))
    assert len(made) == 3
    seen = []
    for raw in made:
        head, _, body = raw.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        seen += [json.loads(line)["source_id"] for line in body.splitlines()]
    assert seen == [COMPLAINTS.source_id(number) for number in range(3 * lines)]
