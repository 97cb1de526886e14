"""A town whose one project lives by one pack, and the story of a complaint in it, told in the words of the pack."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from services.routing.directory.loading import load_directory
from services.routing.service.keys import add_key
from services.routing.service.packs import publish_pack
from services.sla.service.calendars import publish_calendar
from shared.access.keys import bootstrap_principal
from shared.calendars.packaged import packaged_calendars
from shared.calendars.writing import write_calendar
from shared.policy.loading import load_pack, packaged_pack_text
from shared.policy.pack import Pack
from tests.scenarios.town import HEAD, PRODUCT, organisation_of
from tests.scenarios.world import World, world

CHINA = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=CHINA)
"""An ordinary working Monday at ten, with no holiday for five weeks."""


class Story:
    """One project under one pack, on virtual time through all five services.

    People are called by what they do: `head` (customer service, who may do everything), `desk`, `leader`, `operator`,
    `customer` in notices; `unit.<department>` handles for a unit role or a category of the pack; whoever else the pack
    names goes by the name of the role, but for whoever heads the unit that owns complaints: that is `head`. `case` is
    the complaint registered last, and what most methods speak of.
    """

    def __init__(self, world: World, pack: Pack, tokens: dict[str, str]) -> None:
        self.world = world
        self.pack = pack
        self._tokens = tokens
        self._asked = 0
        self._people = 0
        self.case = ""

    # -- doing -------------------------------------------------------------------------------------------------------

    async def complain(self, narrative: str = "楼道灯不亮", *, building: str | None = "P01-1", **known: Any) -> str:
        """A complaint by somebody new. known: fields of the intake's body (`facts`, `contact_type`, `channel` …);
        those given as None are left out. The first type and the first channel of the pack unless told otherwise."""
        self._people += 1
        number = self._people
        body = {
            "project": "P01",
            "source_id": f"S-{number}",
            "contact_type": self.pack.contact_types[0],
            "channel": next(iter(self.pack.channels)),
            "narrative": narrative,
            "building": building,
            "unit": f"1-{number}-101",
            "reporter": {"name": f"某人{number}", "phone": f"+86138{number:08d}"},
        } | known
        given = {name: value for name, value in body.items() if value is not None}
        self.case = str((await self.ask("POST", "/intake/v1/complaints", "system", json=given))["id"])
        await self.world.settle()
        return self.case

    async def responds(self, kind: str, **more: Any) -> None:
        """The customer says by themselves that they accept, reject or are dissatisfied."""
        path = f"/intake/v1/complaints/{self.case}/responses"
        await self.ask("POST", path, "system", json={"kind": kind, **more})
        await self.world.settle()

    async def move(self, move: str, *, by: str = HEAD, **body: Any) -> Any:
        """A move of the case."""
        return await self._post(move, by, body)

    async def act(self, run: str, act: str = "done", *, by: str = HEAD, **body: Any) -> Any:
        """An act on a step or a settlement, with `fields`, `gives`, `facts`, `response` … as the body has them."""
        return await self._post(f"steps/{run}/{act}", by, body)

    async def mark(self, form: str, mark: str, *, by: str = HEAD, **body: Any) -> Any:
        """Fill, sign, return or confirm a form."""
        return await self._post(f"forms/{form}/{mark}", by, body)

    async def refused(self, path: str, *, by: str = HEAD, **body: Any) -> dict[str, Any]:
        """A move, act or mark (`reply`, `steps/plan/done`) that must be refused; the problem it is refused with."""
        answer = await self._send("POST", f"/routing/v1/cases/{self.case}/{path}", by, json=body)
        assert answer.status_code in (403, 404, 409, 422), f"{answer.status_code} {answer.text}"
        return dict(answer.json())

    async def refused_at(self, path: str, *, by: str = HEAD, method: str = "POST", **body: Any) -> dict[str, Any]:
        """Any other request that must be refused; the problem it is refused with."""
        answer = await self._send(method, path, by, **({"json": body} if method == "POST" else {}))
        assert answer.status_code in (403, 404, 409, 422), f"{answer.status_code} {answer.text}"
        return dict(answer.json())

    async def refused_complaint(self, **known: Any) -> dict[str, Any]:
        """A complaint that must not be taken in; the problem it is refused with."""
        body = {"project": "P01", "source_id": "refused", "narrative": "…", **known}
        answer = await self._send("POST", "/intake/v1/complaints", "system", json=body)
        assert answer.status_code == 422, f"{answer.status_code} {answer.text}"
        return dict(answer.json())

    async def later(self, **by: float) -> None:
        """Time goes by: `hours=2`, `days=1` …"""
        await self.world.advance(by=timedelta(**by))

    async def until(self, instant: str) -> None:
        """Time goes by until an instant of local time: `2026-03-09 18:01`."""
        await self.world.advance(to=datetime.fromisoformat(instant).replace(tzinfo=CHINA))

    def token(self, who: str) -> str:
        """What somebody identifies themselves with."""
        return self._tokens[who]

    # -- seeing ------------------------------------------------------------------------------------------------------

    async def seen(self, *, by: str = HEAD, language: str = "en") -> dict[str, Any]:
        """The case as somebody sees it."""
        return dict(await self.ask("GET", f"/routing/v1/cases/{self.case}", by, language=language))

    async def steps(self) -> dict[str, str]:
        """run -> open, done or failed."""
        return {step["run"]: step["state"] for step in (await self.seen())["steps"]}

    async def step(self, run: str) -> dict[str, Any]:
        """One step with its role, person, marks, acts and what is missing."""
        return next(step for step in (await self.seen())["steps"] if step["run"] == run)

    async def grade(self) -> str:
        return str((await self.seen())["grade"]["value"])

    async def clocks(self) -> dict[str, Any]:
        """name -> the newest clock of it, with `state`, `due_at` (UTC) and what else the clocks' page says."""
        found = await self.ask("GET", f"/sla/v1/cases/{self.case}/clocks", HEAD)
        newest = sorted(found["clocks"], key=lambda clock: (clock["round"], clock["occurrence"]))
        return {clock["name"]: clock for clock in newest}

    async def due(self, clock: str) -> str:
        """When it is due, in local time: `2026-03-09 18:00`."""
        instant = datetime.fromisoformat((await self.clocks())[clock]["due_at"])
        return instant.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")

    async def explained(self, clock: str, language: str = "zh") -> str:
        """How the due instant comes about, in words."""
        path = f"/sla/v1/cases/{self.case}/clocks?explain={language}"
        found = await self.ask("GET", path, HEAD, language=language)
        return json.dumps(next(each for each in found["clocks"] if each["name"] == clock), ensure_ascii=False)

    async def notices(self) -> list[tuple[str, str]]:
        """(kind, to whom) of every notice of the case that was sent, in the order they were meant."""
        return [(kind, who) for kind, who, _ in await self._notices()]

    async def told(self, kind: str | None = None) -> list[str]:
        """Who was sent a notice (of this kind), in order: names of people, or `customer`."""
        return [who for found, who, _ in await self._notices() if kind in (None, found)]

    async def _notices(self) -> list[tuple[str, str, str]]:
        answer = await self.ask("GET", f"/notify/v1/notices?case={self.case}&limit=200", HEAD)
        items = sorted(answer["items"], key=lambda item: str(item["at"]))
        return [
            (item["kind"], item["to"]["person"] or item["to"]["role"], item["at"])
            for item in items
            if item["outcome"] == "sent"
        ]

    async def filed(self, asked: str = "") -> list[dict[str, Any]]:
        """How the archive has the case filed, or what it answers to another question; the last closed first."""
        return list((await self.ask("GET", f"/reporting/v1/archive?{asked or f'case={self.case}'}"))["items"])

    async def duties(self, state: str | None = None) -> list[tuple[str, str, str]]:
        """(name, period, state) of what the project owes by the calendar, newest period first."""
        asked = f"/sla/v1/duties?project=P01&limit=200{f'&state={state}' if state else ''}"
        return [(each["name"], each["period"], each["state"]) for each in (await self.ask("GET", asked))["items"]]

    async def duty(self, name: str, period: str) -> dict[str, Any]:
        """One period of a duty; from then on `told` and `said` speak of it."""
        found = (await self.ask("GET", "/sla/v1/duties?project=P01&limit=200"))["items"]
        duty = next(each for each in found if (each["name"], each["period"]) == (name, period))
        self.case = duty["id"]
        return dict(duty)

    async def do(self, *, by: str = HEAD) -> dict[str, Any]:
        """The duty last looked at is done."""
        answer = await self.ask("POST", f"/sla/v1/duties/{self.case}/done", by)
        await self.world.settle()
        return dict(answer)

    async def timeline(self, language: str = "en") -> list[str]:
        """The lines of the case's timeline."""
        return [entry["text"] for entry in (await self.seen(language=language))["timeline"]]

    def said(self, name: str) -> list[dict[str, Any]]:
        """The data of every event `name` (without its version) that was sent about the case, in order."""
        records = [
            record for topic in ("complaints.v1", "notices.v1", "duties.v1") for record in self.world.log.all(topic)
        ]
        return [
            json.loads(record.value)
            for record in records
            if record.value
            and record.key.decode() == self.case
            and record.headers["ce_type"].rpartition(".v")[0] == name
        ]

    async def ask(self, method: str, path: str, by: str = HEAD, *, language: str = "en", **kwargs: Any) -> Any:
        """A request of somebody's, which must succeed."""
        answer = await self._send(method, path, by, language=language, **kwargs)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def _send(self, method: str, path: str, by: str, *, language: str = "en", **kwargs: Any) -> httpx.Response:
        self._asked += 1
        headers = {"Authorization": f"Bearer {self._tokens[by]}", "Accept-Language": language}
        if "/routing/v1/cases/" in path and method == "POST":
            headers["Idempotency-Key"] = f"request-{self._asked}"
        return await self.world.request(method, path, headers=headers, **kwargs)

    async def _post(self, path: str, by: str, body: dict[str, Any]) -> Any:
        answer = await self.ask("POST", f"/routing/v1/cases/{self.case}/{path}", by, json=body)
        await self.world.settle()
        return answer


@asynccontextmanager
async def story(
    owner_url: str, home: Path, code: str | Path, *, now: datetime = MONDAY, vacant: Sequence[str] = ()
) -> AsyncIterator[Story]:
    """A project under the packaged pack `code`, or under the pack in a file. vacant: roles that nobody holds."""
    text = _text_of(code)
    pack = load_pack(text)
    async with world(owner_url, home, now=now) as made:
        tokens = await _settled(made, pack, text, vacant)
        await made.settle()
        yield Story(made, pack, tokens)


def _text_of(code: str | Path) -> str:
    return code.read_text(encoding="utf-8") if isinstance(code, Path) else packaged_pack_text(code)


@cache
def _calendar(code: str) -> str:
    return write_calendar(next(calendar for calendar in packaged_calendars() if calendar.code == code))


async def _settled(made: World, pack: Pack, text: str, vacant: Sequence[str]) -> dict[str, str]:
    """Calendar, pack, organisation and keys, as an operator would load them; a token for everybody."""
    routing, sla = made.runners["routing"].core, made.runners["sla"].core
    operator = bootstrap_principal()
    async with sla.database.begin() as unit:
        await publish_calendar(unit, _calendar(pack.document.calendar), operator)
    document, tokens = organisation_of(pack, vacant), {}
    async with routing.database.begin() as unit:  # checking a pack takes its time: nothing is locked meanwhile
        await publish_pack(unit, text, operator)
    async with routing.database.begin() as unit:
        await routing.book.within(unit.connection)
        await load_directory(unit, document, operator, routing.ring)
        _, tokens["system"] = await add_key(unit, operator, kind="system", source="app", projects=["P01"])
        for person in document.people:
            post = person.posts[0]
            role = post.role if post.role in {*PRODUCT.values(), "handler"} else "specialist"
            _, tokens[person.id] = await add_key(
                unit, operator, kind="staff", person=person.id, roles=[role], node=post.node
            )
    return tokens
