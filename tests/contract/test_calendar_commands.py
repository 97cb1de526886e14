"""`huiyin calendar try|load|show` against a running sla: what operators see, and how the commands end."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from services.cli import app
from services.console import trying
from shared.web.serving import serving
from tests.contract.sla_house import House, sla_house
from tests.contract.test_sla_trials import RECEIVED, draft
from tests.unit.sla.examples import cn

Said = Callable[..., Awaitable[Result]]


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with sla_house(database_url, tmp_path, RECEIVED) as running:
        yield running


@pytest.fixture
async def said(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Said]:
    """A command of the operator's, run against the house; how it ended."""
    monkeypatch.setenv("HUIYIN_HOME", str(tmp_path))
    monkeypatch.setenv("HUIYIN_TOKEN", house.operator["Authorization"].removeprefix("Bearer "))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with serving(house.app, "127.0.0.1", port):
        monkeypatch.setenv("HUIYIN_URL", f"http://127.0.0.1:{port}")

        async def run(*args: object, language: str = "en") -> Result:
            monkeypatch.setenv("HUIYIN_LANGUAGE", language)
            monkeypatch.setenv("COLUMNS", "200")
            return await asyncio.to_thread(CliRunner().invoke, app, ["calendar", *map(str, args)])

        yield run


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "draft.yaml"
    file.write_text(text, encoding="utf-8")
    return file


async def test_a_trial_says_which_cases_are_relieved_in_local_time(house: House, said: Said, tmp_path: Path) -> None:
    case = await house.sla.open_case(RECEIVED)
    await house.sla.live_to("2026-03-17 09:00")
    file = written(tmp_path, draft(holidays=("2026-03-12",)))
    told = await said("try", file)
    assert told.exit_code == 0, told.output
    for words in ("cn-office@2 tried on 1 open cases", "relieved", str(case), "2026-03-16 18:00", "2026-03-17 18:00"):
        assert words in told.output
    assert "不再超时" in (await said("try", file, language="zh")).output
    assert (await house.sla.rows("select calendar_version from case_facts"))[0].calendar_version == 1


async def test_a_trial_as_json_says_which_cases_newly_breach(house: House, said: Said, tmp_path: Path) -> None:
    case = await house.sla.open_case("2026-03-12 10:00")
    house.sla.clock.move_to(cn("2026-03-18 19:00"))
    told = await said("try", written(tmp_path, json.dumps(as_json(draft(worked=("2026-03-14",))))), "--json")
    assert told.exit_code == 0, told.output
    trial = json.loads(told.stdout)
    assert (trial["calendar"], trial["zone"], trial["looked_at"]) == ("cn-office@2", "Asia/Shanghai", 1)
    assert [(row["project"], row["newly_breached"]) for row in trial["by_project"]] == [("P01", 1)]
    assert ("reply", str(case), "newly_breached") in [(i["name"], i["case"], i["effect"]) for i in trial["items"]]


async def test_pages_are_told_as_one(house: House, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "CASES_A_PAGE", 2)
    for number in range(1, 6):
        await house.sla.open_case(RECEIVED, case=UUID(int=number))
    await house.sla.live_to("2026-03-17 09:00")
    trial = json.loads((await said("try", written(tmp_path, draft(holidays=("2026-03-12",))), "--json")).stdout)
    assert (trial["open_cases"], trial["looked_at"], trial["by_project"][0]["relieved"]) == (5, 5, 5)
    assert {item["case"] for item in trial["items"]} == {str(UUID(int=number)) for number in range(1, 6)}


async def test_a_change_that_moves_nothing_says_so(house: House, said: Said, tmp_path: Path) -> None:
    await house.sla.open_case(RECEIVED)
    told = await said("try", written(tmp_path, draft(holidays=("2026-11-18",))))
    assert (told.exit_code, "No limit of any case would move." in told.output) == (0, True)


async def test_what_cannot_be_tried_ends_as_other_commands_do(
    house: House, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await said("try", written(tmp_path, "code: cn-office\nversion: 2\n"))
    assert (broken.exit_code, "week" in broken.output) == (5, True)
    assert (await said("try", tmp_path / "nowhere.yaml")).exit_code == 2
    monkeypatch.setenv("HUIYIN_TOKEN", house.head["Authorization"].removeprefix("Bearer "))
    assert (await said("try", written(tmp_path, draft()))).exit_code == 1
    monkeypatch.setenv("HUIYIN_URL", "http://127.0.0.1:1")
    assert (await said("try", written(tmp_path, draft()))).exit_code == 3


async def test_what_was_tried_is_loaded_and_shown(said: Said, tmp_path: Path) -> None:
    file = written(tmp_path, draft(holidays=("2026-03-12",)))
    assert (await said("load", file)).exit_code == 0
    shown = json.loads((await said("show", "cn-office")).stdout)
    assert (shown["version"], "2026-03-12" in shown["text"]) == (2, True)


def as_json(text: str) -> object:
    """The calendar in `text` as JSON has it."""
    from shared.calendars.loading import load_calendar

    return load_calendar(text).model_dump(mode="json", exclude_none=True)
