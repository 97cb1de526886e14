"""A new version of a pack: open cases keep theirs until an operator moves them, which can be tried beforehand."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli import app
from services.console import rules
from shared.policy.loading import packaged_pack_text
from shared.web.serving import serving
from tests.scenarios.story import Story
from tests.scenarios.town import OPERATOR

PACK = "developer-property"
REPLY = "{within: 5wd, rule: R-001-18/r18}"
CLOCK = "  reply: {zh: 答复, en: reply, promise"
SECOND = {
    REPLY: REPLY.replace("5wd", "2wd"),
    "      - {give: 4, rule: R-001-18/r17}": '      - {give: 3, when: "people == 2", assume: x}\n'
    "      - {give: 4, rule: R-001-18/r17}",
    "steps:\n": "steps:\n  write_down: {zh: 笔录, en: minutes, do: tell, by: cs, opens: {on: assigned}, assume: x}\n",
    CLOCK: "  minutes_in_time: {from: assigned, until: write_down.done, within: 3wd, assume: x}\n" + CLOCK,
}
LONGER = {REPLY: REPLY.replace("5wd", "8wd")}


def version(number: int, changes: dict[str, str], effective: str = "2026-03-03") -> str:
    """The pack as it is from a day on with these lines changed."""
    text = packaged_pack_text(PACK)
    changes = {"version: 1\n": f"version: {number}\n", "effective: 2000-01-01": f"effective: {effective}"} | changes
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


async def published(there: Story, number: int, changes: dict[str, str], **more: str) -> None:
    await there.ask("POST", "/routing/v1/packs", OPERATOR, json={"text": version(number, changes, **more)})
    await there.world.settle()


async def applied(there: Story, number: int, *, dry_run: bool) -> dict[str, Any]:
    body = {"pack": PACK, "version": number, "dry_run": dry_run}
    found = await there.ask("POST", "/routing/v1/packs:apply", OPERATOR, json=body)
    await there.world.settle()
    return dict(found)


async def tried(there: Story, number: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """What moving the cases would do: as routing tells it, then as sla does."""
    found = await applied(there, number, dry_run=True)
    cases = [{"case": each["case"], **each["known"]} for each in found["items"] if each["moves"]]
    body = {"pack": PACK, "version": number, "cases": cases}
    return found, await there.ask("POST", "/sla/v1/packs:try", OPERATOR, json=body)


def effects(trial: dict[str, Any], case: str) -> dict[str, str]:
    return {each["name"]: each["effect"] for each in trial["items"] if each["case"] == case}


async def test_open_cases_keep_their_version_until_they_are_moved(there: Story) -> None:
    first = await there.complain("楼道灯不亮", facts={"people": 2})
    await published(there, 2, SECOND)
    await there.until("2026-03-04 12:00")
    newer = await there.complain("楼道灯又不亮", facts={"people": 2})
    assert ((await there.seen())["pack"]["version"], await there.grade()) == (2, "3")
    there.case = first
    assert ((await there.seen())["pack"]["version"], await there.grade()) == (1, "4")
    assert await there.due("reply") == "2026-03-09 18:00"

    await there.until("2026-03-05 10:00")
    found, trial = await tried(there, 2)
    assert [(each["case"], each["old_grade"], each["new_grade"]) for each in found["items"]] == [(first, "4", "3")]
    assert effects(trial, first)["reply"] == "newly_breached"
    assert effects(trial, first)["minutes_in_time"] == "begun"
    assert (trial["by_project"][0]["newly_breached"], trial["looked_at"]) == (1, 1)
    assert ((await there.seen())["pack"]["version"], await there.due("reply")) == (1, "2026-03-09 18:00")

    done = await applied(there, 2, dry_run=False)
    assert (done["moved"], done["stayed"], done["items"][0]["new_grade"]) == (1, 0, "3")
    seen = await there.seen()
    assert (seen["pack"]["version"], seen["grade"]["value"]) == (2, "3")
    assert "Rules changed from version 1 to 2" in await there.timeline()
    assert "适用制度由第 1 版改为第 2 版" in await there.timeline("zh")
    assert (await there.steps())["write_down"] == "open"
    clocks = await there.clocks()
    assert (await there.due("reply"), clocks["reply"]["state"]) == ("2026-03-04 18:00", "breached")
    # When it was assigned no clock of the first version had asked: the new limit begins with the change.
    assert await there.due("minutes_in_time") == "2026-03-10 18:00"
    assert [told["because"] for told in there.said("clock.adjusted") if told["name"] == "reply"] == ["pack"]

    assert (await applied(there, 2, dry_run=False))["items"] == []
    await there.act("write_down")
    assert (await there.clocks())["minutes_in_time"]["state"] == "met"
    there.case = newer
    assert "rules" not in str(await there.timeline()).lower()


async def test_a_longer_limit_takes_a_breach_back_and_the_first_version_brings_it_again(there: Story) -> None:
    await there.complain("楼道灯不亮")
    await there.until("2026-03-10 10:00")
    assert (await there.clocks())["reply"]["state"] == "breached"
    await published(there, 2, LONGER)
    _, trial = await tried(there, 2)
    assert effects(trial, there.case) == {"reply": "relieved"}
    await applied(there, 2, dry_run=False)
    assert (await there.due("reply"), (await there.clocks())["reply"]["state"]) == ("2026-03-12 18:00", "running")
    assert [told["name"] for told in there.said("clock.breach_revoked")] == ["reply"]
    _, trial = await tried(there, 1)
    assert effects(trial, there.case) == {"reply": "newly_breached"}
    await applied(there, 1, dry_run=False)
    assert (await there.due("reply"), (await there.clocks())["reply"]["state"]) == ("2026-03-09 18:00", "breached")


async def test_a_case_stays_where_the_other_version_does_not_know_what_it_holds(there: Story) -> None:
    await published(there, 2, SECOND, effective="2026-03-02")
    await published(there, 3, LONGER, effective="2026-04-01")
    await there.complain("楼道灯不亮")
    assert (await there.steps())["write_down"] == "open"
    for number, what in ((1, [("work", "write_down")]), (3, [("not_in_force", ""), ("work", "write_down")])):
        found = await applied(there, number, dry_run=False)
        assert (found["moved"], found["stayed"]) == (0, 1)
        assert [(each["what"], each["name"]) for each in found["items"][0]["obstacles"]] == what
    assert "write_down" in found["items"][0]["obstacles"][1]["text"]
    assert (await there.seen())["pack"]["version"] == 2


async def test_closed_cases_keep_the_rules_they_were_closed_by(there: Story) -> None:
    await there.complain("楼道灯不亮", reporter=None)
    await there.move("reply", text="已派电工", channel="phone")
    await there.move("close", ground="no_contact", result="灯已修好")
    await published(there, 2, LONGER, effective="2026-03-02")
    assert (await applied(there, 2, dry_run=False))["items"] == []


async def test_a_case_is_filed_by_the_version_it_was_closed_under(there: Story) -> None:
    ending = {"ground": "beyond_authority_or_range", "position_told": "…", "evidence": "…"}
    kept = "retention: {zh: 保存期限, en: retention, value: none"
    cases = [await there.complain("电梯停运") for _ in range(2)]
    there.case = cases[0]
    await there.mark("cooperation_slip", "fill", fields={"explanation": "非本部门"})
    await there.move("close", **ending)
    await published(there, 2, {kept: kept.replace("none", "1y")}, effective="2026-03-02")
    assert [each["moves"] for each in (await applied(there, 2, dry_run=False))["items"]] == [True]
    there.case = cases[1]
    await there.move("close", **ending)
    assert [item["kept_until"] for item in await there.filed()] == ["2027-03-02T16:00:00Z"]
    there.case = cases[0]
    await there.mark("cooperation_slip", "sign", role="customer")  # filed again, by the version it was closed under
    [first] = await there.filed()
    assert (first["kept_until"], [part["form"] for part in first["parts"]]) == (
        None,
        ["visit_form", "cooperation_slip"],
    )


async def test_facts_are_judged_at_the_register_by_the_version_the_case_is_under(there: Story) -> None:
    more = "facts:\n  lamps: {zh: 灯数, en: lamps, int: true, ask: intake, assume: x}\n"
    await there.complain("楼道灯不亮")
    path = f"/intake/v1/complaints/{there.case}/amendments"
    assert (await there.refused_at(path, facts={"lamps": 3}))["errors"][0]["pointer"] == "/facts/lamps"
    await published(there, 2, {"facts:\n": more}, effective="2026-03-02")
    await applied(there, 2, dry_run=False)
    await there.ask("POST", path, json={"facts": {"lamps": 3}})
    await there.world.settle()
    assert any("lamps" in line for line in await there.timeline())


async def test_only_who_may_publish_rules_may_move_cases(there: Story) -> None:
    body = {"pack": PACK, "version": 1, "cases": []}
    for path, more in (("/routing/v1/packs:apply", {}), ("/sla/v1/packs:try", {"cases": []})):
        answer = await there.refused_at(path, pack=PACK, version=1, **more)
        assert answer["status"] == 403
        unknown = await there._send("POST", path, OPERATOR, json={"pack": PACK, "version": 9, **more})
        assert unknown.status_code == 404
    assert (await there.ask("POST", "/sla/v1/packs:try", OPERATOR, json=body))["items"] == []


async def test_an_operator_tries_and_moves_from_the_command_line(
    there: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page holds one case: two are told as one."""
    monkeypatch.setattr(rules, "CASES_A_PAGE", 1)
    for people in (1, 2):
        await there.complain("楼道灯不亮", facts={"people": people})
    await published(there, 2, SECOND, effective="2026-03-02")
    await there.until("2026-03-05 10:00")

    async def whole(scope: Any, receive: Any, send: Any) -> None:
        name = scope["path"].lstrip("/").partition("/")[0]
        await there.world.runners[name].app(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    given = {"HUIYIN_URL": f"http://127.0.0.1:{port}", "HUIYIN_TOKEN": there.token(OPERATOR), "COLUMNS": "200"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path))

    async def said(*args: str, language: str = "en", code: int = 0) -> str:
        monkeypatch.setenv("HUIYIN_LANGUAGE", language)
        result = await asyncio.to_thread(CliRunner().invoke, app, ["policy", *args])
        assert result.exit_code == code, result.output
        return result.output if "--json" not in args else result.stdout

    async with serving(whole, "127.0.0.1", port):
        told = await said("try", PACK, "2")
        for words in ("2 open cases would go under it, 0 stay", "P01-2026-0002", "newly breached", "reply"):
            assert words in told
        assert "将超时" in await said("try", PACK, "2", language="zh")
        found = json.loads(await said("try", PACK, "2", "--json"))
        assert [(each["old_grade"], each["new_grade"]) for each in found["cases"]].count(("4", "3")) == 1
        assert found["by_project"][0]["newly_breached"] == 2
        done = json.loads(await said("apply", PACK, "2", "--json"))
        assert [each["moves"] for each in done["cases"]] == [True] * 2
        await there.world.settle()
        assert "0 open cases would go under it" in await said("try", PACK, "2")
        assert "write_down" in await said("try", PACK, "1")
        await said("try", PACK, "7", code=1)
