"""The case library: after the closing a role decides whether a case teaches something, and writes down what."""

from pathlib import Path
from typing import Any

from tests.scenarios.story import Story
from tests.scenarios.town import OPERATOR

PACK = Path(__file__).with_name("pack.yaml")


async def closed(there: Story, narrative: str, category: str) -> str:
    case = await there.complain(narrative)
    await there.move("assess", category=category)
    await there.move("reply", text="已处理", channel="phone")
    await there.move("close", ground="settled")
    return case


async def library(there: Story, more: str = "", *, by: str = "head", language: str = "en") -> dict[str, Any]:
    return dict(await there.ask("GET", f"/routing/v1/library?project=P01{more}", by, language=language))


async def test_what_a_case_taught_is_found_by_its_category(there: Story) -> None:
    taught = await closed(there, "水泵反复跳闸", "repair")
    await there.act("has_value", gives="worth_keeping")
    refused = await there.refused("steps/lessons/done")
    assert [error["pointer"] for error in refused["errors"]] == ["/fields/lesson_text"]
    await there.act("lessons", fields={"lesson_text": "先查进线电压再换水泵"})
    await closed(there, "楼道灯不亮", "other")
    await there.act("has_value", gives="ordinary")
    assert "lessons" not in await there.steps()
    found = (await library(there))["items"]
    assert [(each["case"], each["category"], each["grade"], each["rule"]) for each in found] == [
        (taught, "repair", "usual", "X-1/r11")
    ]
    assert found[0]["words"] == [{"part": "lesson_text", "text": "先查进线电压再换水泵"}]
    assert (await library(there, "&category=other"))["items"] == []
    assert (await library(there, language="zh"))["items"][0]["text"] == "经验教训"


async def test_words_are_for_those_who_may_read_them_and_go_with_the_complaint(there: Story) -> None:
    case = await closed(there, "水泵反复跳闸", "repair")
    await there.act("has_value", gives="worth_keeping")
    await there.act("lessons", fields={"lesson_text": "先查进线电压再换水泵"})
    assert (await library(there, by=OPERATOR))["items"][0]["words"] == []
    await there.ask("POST", f"/intake/v1/complaints/{case}/erase")
    await there.world.settle()
    erased = (await library(there))["items"]
    assert [(each["case"], each["words"]) for each in erased] == [(case, [])]


async def test_the_library_is_read_page_by_page_and_within_ones_own_part(there: Story) -> None:
    cases = []
    for n in range(3):
        cases.append(await closed(there, f"第{n}次跳闸", "repair"))
        await there.act("has_value", gives="worth_keeping")
        await there.act("lessons", fields={"lesson_text": f"教训{n}"})
        await there.later(minutes=1)
    seen, more = [], ""
    while True:
        page = await library(there, f"&limit=2{more}", by="leader")
        seen += [each["case"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        more = f"&cursor={page['next_cursor']}"
    assert seen == cases[::-1]
    head = {"Authorization": f"Bearer {there.token('head')}"}
    for query, status in (("project=P99", 403), ("project=P01&cursor=x", 422), ("project=P01&limit=0", 422), ("", 422)):
        answer = await there.world.request("GET", f"/routing/v1/library?{query}", headers=head)
        assert answer.status_code == status
    assert (await there.world.request("GET", "/routing/v1/library?project=P01")).status_code == 401
