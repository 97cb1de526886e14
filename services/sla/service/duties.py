"""What projects owe by the calendar: begun period by period, done by people, missed when its time is over.

A round of a survey is done when intake has closed it; what it found below its target, or commonly raised, begins an
improvement.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.sla.life.periods import due_of, period_of
from services.sla.storage.duties import Duty, DutyStorage
from shared.access.keys import WHOLE_GROUP
from shared.access.permissions import Action, demand, may
from shared.access.principal import Principal
from shared.calendars.due import due_at
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict, NotFound, OutOfScope
from shared.events.duties import DutyDoneV1, DutyDueV1, DutyMissedV1
from shared.events.envelope import Draft, Event
from shared.events.surveys import SurveyClosedV1
from shared.ids import duty_id
from shared.policy.holding import Parties, holders_of
from shared.policy.obligations import Obligation, improvement_of, obligations_of
from shared.policy.pack import Pack
from shared.policy.surveying import survey_of
from shared.policy.tables import rules_of
from shared.reference.book import Reference, ReferenceBook

SLA = "service:sla"


class Duties:
    """Commands and queries about duties. A project owes them from the first period that begins after it came under the
    pack: nothing of the past is asked for."""

    def __init__(self, book: ReferenceBook) -> None:
        self._book = book

    async def begin(self, unit: UnitOfWork) -> datetime | None:
        """Open what begins, mark what was missed; returns when to look again."""
        reference = await self._book.within(unit.connection)
        stored, now = DutyStorage(unit.connection), unit.started
        bound = dict(_bound(reference, now))
        since = await stored.begin([(project, pack.code) for project, pack in bound.items()], now)
        owed = [
            duty
            for project, pack in bound.items()
            for duty in _of_project(reference, project, pack, now, since[project, pack.code])
        ]
        new = await stored.open(owed)
        drafts = [_due(duty, _obligation(reference, duty), now) for duty in owed if duty.id in new]
        drafts += [_missed(duty, _obligation(reference, duty), now) for duty in await stored.miss(now)]
        await unit.delivery.emit(drafts)
        if drafts:
            unit.delivery.wakes = True
        if not bound:
            return None
        midnights = [_next_midnight(reference, project, now) for project in bound]
        return min([*midnights, *([due] if (due := await stored.next_due()) else [])])

    async def do(self, unit: UnitOfWork, principal: Principal, id_: UUID) -> tuple[Duty, Obligation]:
        """Somebody did it. Raises NotFound, OutOfScope; Conflict where it is done already, or by closing a survey."""
        reference = await self._book.within(unit.connection)
        stored = DutyStorage(unit.connection)
        duty = await stored.find(id_)
        if duty is None:
            raise NotFound("duty")
        demand(principal, Action.WORK_STEP, duty.project, reference.directory)
        obligation, pack = _obligation(reference, duty), reference.pack(duty.pack_code, duty.pack_version)
        people = holders_of(obligation.by, Parties(duty.project), pack, reference.directory)
        directs = may(principal, Action.DIRECT_CASE, duty.project, reference.directory)
        if principal.actor not in people and not directs:
            raise OutOfScope
        if duty.state == "done":
            raise Conflict("duty_done")
        if duty.kind == "survey":
            raise Conflict("duty_by_survey")
        await stored.done(id_, principal.actor, unit.started)
        await unit.delivery.emit([_done(duty, obligation, principal.actor, unit.started)])
        await unit.delivery.audit(principal, "duty.done", [str(id_)], {"duty": duty.name, "period": duty.period})
        found = await stored.find(id_)
        assert found is not None  # noqa: S101 -- it is locked
        return found, obligation

    async def surveyed(self, unit: UnitOfWork, events: Sequence[Event]) -> None:
        """Surveys were closed: their rounds are done, and what lies below the target is to be improved (R-003/r21)."""
        reference = await self._book.within(unit.connection)
        stored = DutyStorage(unit.connection)
        drafts: list[Draft] = []
        for event in events:
            data = event.data
            if not isinstance(data, SurveyClosedV1):
                continue
            duty = await stored.find(
                event.case
            )  # a special survey is no duty, nor is a round begun before any was owed
            if duty is not None and duty.state != "done":
                await stored.done(duty.id, event.actor, event.occurred_at)
                drafts.append(_done(duty, _obligation(reference, duty), event.actor, event.occurred_at))
            improvement = _improvement(reference, event, data)
            if improvement is not None and await stored.open([improvement]):
                drafts.append(_due(improvement, _obligation(reference, improvement), unit.started))
        await unit.delivery.emit(drafts)

    async def list(
        self, unit: UnitOfWork, principal: Principal, project: str | None, state: str | None, limit: int
    ) -> Sequence[tuple[Duty, Obligation]]:
        """Those of the caller's part of the organisation, newest period first. Raises OutOfScope."""
        reference = await self._book.within(unit.connection)
        tree = reference.directory
        demand(principal, Action.READ_CASE, project or next(iter(principal.scopes), WHOLE_GROUP), tree)
        whole = WHOLE_GROUP in principal.scopes and project is None
        projects = [project] if project else sorted(tree.projects_within(principal.scopes))
        found = await DutyStorage(unit.connection).page(None if whole else projects, state, limit)
        return [(duty, _obligation(reference, duty)) for duty in found]


def _bound(reference: Reference, now: datetime) -> Iterator[tuple[str, Pack]]:
    """Every project with the pack that is in force there, if that one owes anything by the calendar."""
    for node in reference.directory.nodes.values():
        if node.kind != "project" or not node.active:
            continue
        zone = ZoneInfo(reference.directory.zone(node.code))
        in_force = reference.pack_of(node.code, now.astimezone(zone).date())
        if in_force is not None and obligations_of(pack := reference.pack(in_force.code, in_force.version)):
            yield node.code, pack


def _of_project(reference: Reference, project: str, pack: Pack, now: datetime, since: datetime) -> Iterator[Duty]:
    today = now.astimezone(ZoneInfo(reference.directory.zone(project))).date()
    in_force = reference.calendar_of(project, pack, today)
    if in_force is None:
        return
    calendar = reference.calendar(in_force.code, in_force.version)
    for name, obligation in obligations_of(pack).items():
        period = period_of(obligation.every, today, calendar)
        if period is None or datetime.combine(period.first, time.min, calendar.zone) < since:
            continue
        due = due_of(obligation.due, period, calendar)
        id_ = duty_id(project, pack.code, name, period.key)
        yield Duty(id_, project, pack.code, pack.version, name, obligation.kind, period.key, due)


def _improvement(reference: Reference, event: Event, data: SurveyClosedV1) -> Duty | None:
    """The improvement that topics below the target, or commonly raised, call for, due as the pack's limit says."""
    pack = reference.pack(data.pack_code, data.pack_version)
    spec = survey_of(pack, data.duty)
    if not data.to_improve or spec is None or spec.improve is None:
        return None
    zone = ZoneInfo(reference.directory.zone(event.project))
    in_force = reference.calendar_of(event.project, pack, event.occurred_at.astimezone(zone).date())
    if in_force is None:
        return None
    due = due_at(reference.calendar(in_force.code, in_force.version), event.occurred_at, spec.improve, pack.count)
    id_ = duty_id(event.project, pack.code, f"{data.duty}/improvement", str(event.case))
    return Duty(
        id_, event.project, pack.code, pack.version, data.duty, "improvement", data.period, due.instant,
        data.to_improve,
    )  # fmt: skip


def _obligation(reference: Reference, duty: Duty) -> Obligation:
    pack = reference.pack(duty.pack_code, duty.pack_version)
    if duty.kind != "improvement":
        return obligations_of(pack)[duty.name]
    found = improvement_of(pack, duty.name)
    assert found is not None, "it was begun by this version of the pack"  # noqa: S101
    return found


def _told(duty: Duty, obligation: Obligation, to: tuple[str, ...]) -> dict[str, object]:
    return {
        "duty": duty.name, "kind": duty.kind, "period": duty.period, "pack_code": duty.pack_code,
        "pack_version": duty.pack_version, "by": obligation.by, "to": to, "rule": rules_of(obligation.rule),
        "about": duty.about,
    }  # fmt: skip


def _due(duty: Duty, obligation: Obligation, now: datetime) -> Draft:
    data = DutyDueV1(**_told(duty, obligation, (obligation.by,)), due_at=duty.due_at)
    return Draft(duty.id, data, now, duty.project, f"{duty.id}:due", SLA)


def _done(duty: Duty, obligation: Obligation, person: str, at: datetime) -> Draft:
    data = DutyDoneV1(**_told(duty, obligation, obligation.to), person=person)
    return Draft(duty.id, data, at, duty.project, f"{person}:{duty.id}", person)


def _missed(duty: Duty, obligation: Obligation, now: datetime) -> Draft:
    assert duty.due_at is not None  # noqa: S101 -- only what has an end is missed
    to = obligation.missed or (obligation.by,)
    data = DutyMissedV1(**_told(duty, obligation, to), due_at=duty.due_at)
    return Draft(duty.id, data, now, duty.project, f"{duty.id}:missed", SLA)


def _next_midnight(reference: Reference, project: str, now: datetime) -> datetime:
    zone = ZoneInfo(reference.directory.zone(project))
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time.min, zone)
