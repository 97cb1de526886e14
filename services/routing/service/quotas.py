"""Quotas: when a window is over, whoever the pack names hears which roles did less than their share (R-004-07/r01)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.routing.service.docket import ROUTING
from services.routing.storage.lists import CaseLists
from services.routing.storage.neighbours import NeighbourStorage
from shared.database.unit_of_work import Database, UnitOfWork
from shared.events.envelope import Draft
from shared.events.quotas import Behind, QuotaMissedV1
from shared.ids import duty_id
from shared.policy.pack import Pack
from shared.policy.periods import Period, period_at
from shared.policy.quotas import Watch, behind, watches_of
from shared.policy.tables import rules_of
from shared.reference.book import Reference, ReferenceBook


@dataclass(frozen=True, slots=True)
class _Window:
    """A quota of a project in the window that was over last."""

    project: str
    pack: Pack
    watch: Watch
    period: Period
    zone: ZoneInfo

    @property
    def place(self) -> tuple[str, str]:
        return self.project, f"settled {self.pack.code}/{self.watch.name}@{self.period.key}"


class Quotas:
    """A stepper: settles each window once, whoever does it, a project at a time."""

    name = "quotas"
    poll_s = 60.0

    def __init__(self, database: Database, book: ReferenceBook) -> None:
        self._database = database
        self._book = book
        self._settled: set[tuple[str, str]] = set()

    async def step(self) -> datetime | None:
        """Settle the next window that is over; returns when the next one may be."""
        async with self._database.begin() as unit:
            reference = await self._book.within(unit.connection)
            over = list(_windows(reference, unit.started))
            self._settled &= {window.place for window in over}
            for window in over:
                if window.place not in self._settled:
                    await _settle(unit, window)
                    self._settled.add(window.place)
                    return unit.started
            return min((_next_midnight(window, unit.started) for window in over), default=None)


async def _settle(unit: UnitOfWork, window: _Window) -> None:
    turns = NeighbourStorage(unit.connection)
    if (await turns.lock_turns([window.place]))[window.place]:
        return
    watch = window.watch
    start, end = _midnight(window.period.first, window.zone), _midnight(_after(window.period), window.zone)
    found = await CaseLists(unit.connection).work_done(window.project, [watch.share, watch.over], start, end)
    over = sum(times for (name, _), times in found.items() if name == watch.over)
    done = {role: times for (name, role), times in found.items() if name == watch.share and role is not None}
    if late := behind(watch, done, over):
        data = QuotaMissedV1(
            duty=watch.name,
            kind="quota",
            period=window.period.key,
            pack_code=window.pack.code,
            pack_version=window.pack.version,
            by=late[0],
            to=watch.tell,
            rule=rules_of(watch.rule),
            over=over,
            behind=tuple(Behind(role=role, share=watch.owed[role][1], done=done.get(role, 0)) for role in late),
        )
        id_ = duty_id(window.project, window.pack.code, f"quota/{watch.name}", window.period.key)
        await unit.delivery.emit([Draft(id_, data, unit.started, window.project, f"{id_}:missed", ROUTING)])
        unit.delivery.wakes = True
    await turns.save_turns({window.place: 1})


def _windows(reference: Reference, now: datetime) -> Iterator[_Window]:
    for node in reference.directory.nodes.values():
        if node.kind != "project" or not node.active:
            continue
        zone = ZoneInfo(reference.directory.zone(node.code))
        today = now.astimezone(zone).date()
        in_force = reference.pack_of(node.code, today)
        if in_force is None:
            continue
        pack = reference.pack(in_force.code, in_force.version)
        for watch in watches_of(pack):
            present = period_at(watch.every, today)
            yield _Window(node.code, pack, watch, period_at(watch.every, present.first - timedelta(days=1)), zone)


def _next_midnight(window: _Window, now: datetime) -> datetime:
    return _midnight(now.astimezone(window.zone).date() + timedelta(days=1), window.zone)


def _after(period: Period) -> date:
    return period.last + timedelta(days=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)
