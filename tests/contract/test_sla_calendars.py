"""`/sla/v1/calendars` over HTTP: publishing, refusing and reading calendars."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.calendars.packaged import packaged_calendar
from shared.calendars.writing import write_calendar
from shared.database.migrating import differences
from shared.reference.book import ReferenceBook
from tests.contract.sla_house import House, sla_house

YEAR = """
code: north-office
version: 1
effective: 2026-01-01
zone: Asia/Shanghai
title: {zh: 北方办公时间, en: Office hours of the north}
source: the region's own
known_until: 2026-12-31
week:
  mon: ["08:30-12:00", "13:00-17:30"]
  tue: ["08:30-12:00", "13:00-17:30"]
holidays:
  2026-10-01: {zh: 国庆节, en: National Day}
"""
OVERRIDE = """
code: p01-office
version: 1
extends: cn-office
effective: 2026-01-01
title: {zh: 一期办公时间, en: Office hours of phase one}
source: the project's own
week:
  sat: ["09:00-12:00"]
holidays:
  2026-10-08: {zh: 停电, en: Power cut}
"""


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with sla_house(database_url, tmp_path, "2026-02-12 10:00") as running:
        yield running


async def test_a_calendar_is_published_and_sent_to_everyone(house: House) -> None:
    answer = await house.publish(house.operator, YEAR)
    assert answer.status_code == 201, answer.text
    published = answer.json()
    assert (published["code"], published["version"], published["result"]) == ("north-office", 1, "created")
    [row] = await house.sla.rows("select type, payload from event_log where aggregateid = 'calendar:north-office@1'")
    assert (row.type, row.payload) == ("calendar.published.v1", None)  # the relay reads its body when it sends
    calendar = (await ReferenceBook(house.sla.core.database).current()).calendar("north-office", 1)
    assert calendar.document.digest() == published["digest"]
    [audit] = await house.sla.rows("select actor, action, subject from audit")
    assert tuple(audit) == ("ops", "calendar.publish", "calendar:north-office@1")


async def test_the_same_again_changes_nothing_and_other_content_is_refused(house: House) -> None:
    await house.publish(house.operator, YEAR)
    again = await house.publish(house.operator, "# a comment is no content\n" + YEAR)
    assert (again.status_code, again.json()["result"]) == (200, "existing")
    other = await house.publish(house.operator, YEAR.replace("17:30", "18:00"))
    assert (other.status_code, other.json()["code"]) == (409, "calendar_version_taken")
    assert "version 2" in (await house.publish(house.operator, YEAR.replace("17:30", "18:00"), **ENGLISH)).text
    later = await house.publish(house.operator, YEAR.replace("17:30", "18:00").replace("version: 1", "version: 2"))
    assert later.status_code == 201
    assert len(await house.sla.rows("select 1 from event_log where type = 'calendar.published.v1'")) == 2


ENGLISH = {"Accept-Language": "en"}


async def test_an_override_is_laid_upon_what_it_extends(house: House) -> None:
    answer = await house.publish(house.operator, OVERRIDE)
    assert answer.status_code == 201, answer.text
    assert answer.json()["derived_from"] == "cn-office@1"
    shown = (await house.get(house.head, "/sla/v1/calendars/p01-office")).json()
    assert "extends" not in shown["text"]
    assert "2026-10-08" in shown["text"]
    assert "2026-10-01" in shown["text"]
    assert (await house.publish(house.operator, shown["text"])).status_code == 200  # the text says it all


@pytest.mark.parametrize(
    ("text", "pointer", "place"),
    [
        (YEAR.replace("08:30-12:00", "8:30-12", 1), "/week/mon/0", "line 10"),
        (YEAR.replace("zone: Asia/Shanghai", "zone: Asia/Atlantis"), "/zone", "line 5"),
        (YEAR + "weekend: none\n", "/weekend", "line 14"),
        (OVERRIDE.replace("extends: cn-office", "extends: cn-shop"), "/extends", "line 4"),
        ("just words", "", "line 1"),
        ("", "", "line 1"),
        ("code: [", "", "line 1"),
    ],
)
async def test_a_broken_calendar_is_refused_where_it_is_broken(
    house: House, text: str, pointer: str, place: str
) -> None:
    answer = await house.publish(house.operator, text, **ENGLISH)
    assert (answer.status_code, answer.json()["code"]) == (422, "calendar_invalid"), answer.text
    [error] = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert place in error["message"]
    assert not await house.sla.rows("select 1 from event_log where type = 'calendar.published.v1'")


async def test_only_operators_publish_and_staff_read(house: House) -> None:
    assert (await house.publish(house.head, YEAR)).status_code == 403
    assert (await house.publish(house.stranger, YEAR)).status_code == 401
    assert (await house.publish(house.bootstrap, YEAR)).status_code == 201
    assert (await house.get(house.head, "/sla/v1/calendars")).status_code == 200
    assert (await house.get(house.system, "/sla/v1/calendars")).status_code == 403
    assert (await house.get(house.head, "/sla/v1/calendars/nowhere")).status_code == 404


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (YEAR.encode("utf-16"), "application/yaml", 400),
        (YEAR.encode(), "application/json", 415),
        (b"x" * 300_000, "application/yaml", 413),
    ],
)
async def test_what_cannot_be_a_calendar_is_refused_at_the_door(
    house: House, content: bytes, media: str, status: int
) -> None:
    answer = await house.publish(house.operator, content, **{"Content-Type": media})
    assert answer.status_code == status, answer.text


async def test_all_versions_are_listed(house: House) -> None:
    await house.publish(house.operator, YEAR)
    await house.publish(house.operator, YEAR.replace("version: 1", "version: 2").replace("17:30", "18:00"))
    items = (await house.get(house.head, "/sla/v1/calendars")).json()["items"]
    assert [(item["code"], item["version"]) for item in items] == [
        ("cn-office", 1),
        ("north-office", 1),
        ("north-office", 2),
    ]
    assert items[0]["known_until"] == "2026-12-31"
    shown = (await house.get(house.head, "/sla/v1/calendars/north-office")).json()
    assert (shown["version"], [each["version"] for each in shown["versions"]]) == (2, [1, 2])


async def test_what_the_product_brings_can_be_published_as_it_is(house: House) -> None:
    always = packaged_calendar("always")
    assert always is not None
    assert (await house.publish(house.operator, write_calendar(always))).status_code == 201
    assert await differences(house.sla.url, "sla") == []
