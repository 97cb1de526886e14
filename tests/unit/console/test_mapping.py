"""From lines to complaints: columns, times, identities that a second run finds again."""

from zoneinfo import ZoneInfo

import pytest

from services.console.mapping import BadMapping, LineMapper, NoTime, parse_mapping

SHANGHAI = ZoneInfo("Asia/Shanghai")


def mapper(*given: str, history: bool = False) -> LineMapper:
    return LineMapper("P01", parse_mapping(list(given)), SHANGHAI, history=history)


def test_the_usual_columns_are_known() -> None:
    body = mapper().body({"id": 285107, "time": "2019-01-01 02:20:10", "subject": "标题", "body": "内容", "likes": 0})
    assert body == {
        "project": "P01",
        "source_id": "285107",
        "title": "标题",
        "narrative": "内容",
        "occurred_at": "2019-01-01T02:20:10+08:00",
    }


def test_a_date_alone_is_its_local_midnight() -> None:
    assert mapper().body({"body": "x", "time": "2026-06-12"})["occurred_at"] == "2026-06-12T00:00:00+08:00"


def test_history_takes_the_files_time_as_reception() -> None:
    body = mapper(history=True).body({"id": "1", "body": "x", "time": "2019-01-01 02:20:10"})
    assert (body["received_at"], body["mode"]) == ("2019-01-01T02:20:10+08:00", "history")


def test_columns_are_mapped_by_name_also_into_groups() -> None:
    body = mapper("narrative=内容", "reporter.phone=电话", "facts.people=人数").body(
        {"内容": "x", "电话": "1", "人数": 3}
    )
    assert (body["narrative"], body["reporter"], body["facts"]) == ("x", {"phone": "1"}, {"people": 3})


def test_lines_without_an_id_get_one_that_a_second_run_finds_again() -> None:
    lines = [{"body": "a"}, {"body": "a"}, {"body": "b"}]
    first, again = ([m.body(line)["source_id"] for line in lines] for m in (mapper(), mapper()))
    assert first == again
    assert len(set(first)) == 3


@pytest.mark.parametrize("given", ["narrative", "narrative=", "nonsense=a"])
def test_a_mapping_that_means_nothing_is_refused(given: str) -> None:
    with pytest.raises(BadMapping):
        parse_mapping([given])


def test_what_is_no_time_is_told() -> None:
    with pytest.raises(NoTime):
        mapper().body({"body": "x", "time": "yesterday"})
