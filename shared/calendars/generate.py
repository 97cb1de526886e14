"""Write the packaged Chinese office calendar from the `holidays` library: `python -m shared.calendars.generate`.

The output is stored as a file and a version, so that a library upgrade moves no deadline. For a new year: generate
with the next version, compare with the notice of the State Council, add the file to `shared.calendars.packaged`.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from importlib import metadata

import holidays

_SUBSTITUTED = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


def cn_office(first: int, last: int, version: int) -> str:
    """The calendar `cn-office` in YAML for the years `first` to `last`."""
    zh = holidays.country_holidays("CN", years=range(first, last + 1), language="zh_CN")
    en = holidays.country_holidays("CN", years=range(first, last + 1), language="en_US")
    return "\n".join(_lines(first, last, version, dict(zh), dict(en))) + "\n"


def _lines(first: int, last: int, version: int, zh: Mapping[date, str], en: Mapping[date, str]) -> Iterator[str]:
    yield "code: cn-office"
    yield f"version: {version}"
    yield f"effective: {first}-01-01"
    yield "zone: Asia/Shanghai"
    yield "title:\n  zh: 中国办公时间\n  en: Office hours in China"
    library = f"the Python library holidays {metadata.version('holidays')}"
    yield f"source: 国务院办公厅节假日安排 / notices of the State Council, by {library}"
    yield f"known_until: {last}-12-31"
    yield "week:"
    yield from (f'  {day}: ["09:00-12:00", "13:30-18:00"]' for day in ("mon", "tue", "wed", "thu", "fri"))
    yield "holidays:"
    made_up: dict[date, date] = {}
    for day in sorted(zh):
        if found := _SUBSTITUTED.search(zh[day]):
            worked = date(int(found[1]), int(found[2]), int(found[3]))
            made_up[worked] = day
            yield f"  {day}: {{zh: 调休（{worked} 上班）, en: Day off worked on {worked}}}"
        else:
            yield f"  {day}: {{zh: {zh[day].replace('; ', '、')}, en: {en[day].replace('; ', ' and ')}}}"
    yield "working_days:"
    for worked, day in sorted(made_up.items()):
        yield f"  {worked}: {{zh: 上班（{day} 调休）, en: Working day for {day}}}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the calendar cn-office to standard output")
    parser.add_argument("--first", type=int, required=True, help="first year, e.g. 2018")
    parser.add_argument("--last", type=int, required=True, help="last year with announced holidays, e.g. 2026")
    parser.add_argument("--version", type=int, required=True)
    given = parser.parse_args()
    sys.stdout.write(cn_office(given.first, given.last, given.version))


if __name__ == "__main__":
    main()
