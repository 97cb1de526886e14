"""Applies what other services say has happened: opens case files and changes them, a batch at a time."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from services.routing.domain import CaseFile, Course, Registration, State
from services.routing.policy.assessing import graded, presumed
from services.routing.policy.assigning import may_route
from services.routing.policy.hearing import HEARD, hear
from services.routing.policy.keeping import keeper_of
from services.routing.policy.repeats import Scope, with_counts
from services.routing.service.assigning import Turns, assign_by_route
from services.routing.service.docket import ROUTING, Docket
from services.routing.service.grading import assessed, regrade
from services.routing.service.neighbours import Effect, Touch, count, follows, guard, meet, scopes
from services.routing.service.reacting import react
from services.routing.service.recounting import carry_on
from shared.database.unit_of_work import UnitOfWork
from shared.events.cases import CaseAdmittedV1, CaseKeptV1
from shared.events.complaints import ComplaintErasedV1, ComplaintRegisteredV1
from shared.events.envelope import Event
from shared.reference.book import ReferenceBook
from shared.values import replace

HEARD_TYPES = HEARD | {ComplaintRegisteredV1.event_type}
"""Every type that routing acts on."""
_NOWHERE: tuple[Scope, ...] = ()


async def apply(unit: UnitOfWork, events: Sequence[Event], book: ReferenceBook) -> None:
    """Apply a batch: events of many cases, of each in causal order."""
    docket = await Docket.open(unit, book, {event.case for event in events})
    texts = await _texts(docket, events)
    touches, opened = _touches(docket, events, texts)
    effects = dict(zip(touches, await meet(docket, list(touches.values())), strict=True))
    await guard(docket, [*docket.files.values(), *opened.values()])
    turns = await Turns.of(docket, [*opened.values(), *filter(may_route, docket.files.values())])
    for index, event in enumerate(events):
        before = docket.files.get(event.case)
        effect = effects.get(index) or await _counted(docket, event, opened.get(index))
        if file := opened.get(index):
            _open(docket, file, event, effect, turns)
        elif known := docket.files.get(event.case):
            _hear(docket, known, event, effect, turns)
        if effect.others or docket.files.get(event.case) is not before:
            await carry_on(docket, event.case, effect, str(event.id), ROUTING)
    await turns.save()
    await docket.store()
    await _scrub(unit, events)


def _touches(
    docket: Docket, events: Sequence[Event], texts: dict[UUID, str]
) -> tuple[dict[int, Touch], dict[int, CaseFile]]:
    """What the events change about who counts where, and the files of new cases, both by the event's index.

    A pack that follows its cases has no touches here: what they count rests on what the events before have led to.
    """
    touches: dict[int, Touch] = {}
    opened: dict[int, CaseFile] = {}
    preview = dict(docket.files)
    for index, event in enumerate(events):
        before = preview.get(event.case)
        if isinstance(event.data, ComplaintRegisteredV1):
            if before is not None:
                continue
            file = opened[index] = new_file(docket, event, event.data, texts.get(event.case))
            leaves, scopes_before = False, _NOWHERE
        elif before is not None:
            heard = hear(before, event.data, event.occurred_at, docket.regime(before).pack)
            file, leaves = heard.file, heard.leaves
            preview[event.case] = file
            if (file.facts is before.facts and not leaves) or follows(docket, file):
                continue
            scopes_before = _NOWHERE if leaves else scopes(docket, before)
        else:
            continue
        preview[event.case] = file
        if follows(docket, file):
            continue
        scopes_after = _NOWHERE if leaves else scopes(docket, file)
        if leaves or scopes_after != scopes_before:
            touches[index] = Touch(file, scopes_after)
    return touches, opened


async def _counted(docket: Docket, event: Event, opened: CaseFile | None) -> Effect:
    """What the case counts once it has the event, where its pack follows it."""
    file = opened
    if file is None and not isinstance(event.data, ComplaintRegisteredV1) and (known := docket.files.get(event.case)):
        heard = hear(known, event.data, event.occurred_at, docket.regime(known).pack).file
        file = None if heard is known else heard
    return await count(docket, file) if file is not None and follows(docket, file) else Effect()


def new_file(docket: Docket, event: Event, data: ComplaintRegisteredV1, text: str | None) -> CaseFile:
    """The file of a case just registered: what is presumed of it, not yet graded."""
    registration = Registration(
        id=event.case,
        number=data.number,
        project=data.project,
        building=data.building,
        contact_type=data.contact_type,
        channel=data.channel,
        segment=data.segment,
        first_receiver=data.first_receiver,
        anonymous=data.anonymous,
        contactable=data.contactable,
        received_at=data.received_at,
        happened_at=data.happened_at,
        opened_at=docket.now,
        pack=data.pack,
        calendar=data.calendar,
        mode=data.mode,
        previous_id=data.previous_id,
    )
    pack = docket.reference.pack(data.pack.code, data.pack.version)
    reporter = None if data.anonymous else data.reporter_hash
    happened = {"registered", "assessed", "graded", *(f"{name}.set" for name in data.facts)}
    state = State.ADMITTED if pack.admits_itself else State.RECEIVED
    if pack.admits_itself:
        happened.add("admitted")
    assessment = presumed(pack, data.category, text)
    course = Course(frozenset(happened), fresh=tuple(sorted(happened)))
    return CaseFile(registration, reporter, dict(data.facts), assessment, state, course=course)


def _open(docket: Docket, file: CaseFile, event: Event, effect: Effect, turns: Turns) -> None:
    """R-001-18/r05: admit where the pack admits of itself, assess, assign."""
    cause, received_at = str(event.id), file.registration.received_at
    docket.note(file, "registered", received_at, event.actor, {"channel": file.registration.channel})
    if file.state is State.ADMITTED:
        docket.say(file, CaseAdmittedV1(by="pack"), cause, received_at, ROUTING)
        docket.note(file, "admitted", received_at, ROUTING, {"by": "pack"})
    file = graded(file, docket.regime(file), docket.now, effect.own)
    docket.say(file, assessed(file, "registered"), cause, docket.now, ROUTING)
    params = {"validity": file.assessment.validity.value, "category": file.assessment.category.code}
    docket.note(file, "assessed", docket.now, ROUTING, {**params, "grade": file.assessment.grade.value})
    if file.state is State.ADMITTED:
        file = assign_by_route(docket, file, turns, cause)
    if keeper := keeper_of(file, docket.regime(file), docket.directory):
        file = replace(file, keeper=keeper)
        docket.say(
            file,
            CaseKeptV1(role=keeper.role, person=keeper.person, until=keeper.until),
            cause,
            docket.now,
            ROUTING,
        )
        docket.note(file, "kept", docket.now, ROUTING, {"role": keeper.role, "person": keeper.person})
    react(docket, docket.put(file), cause, opening=True)


def _hear(docket: Docket, file: CaseFile, event: Event, effect: Effect, turns: Turns) -> None:
    if isinstance(event.data, ComplaintRegisteredV1):
        return
    heard = hear(file, event.data, event.occurred_at, docket.regime(file).pack)
    pack = docket.regime(file).pack
    file = docket.put(with_counts(heard.file, pack, effect.own if follows(docket, file) else None))
    for data in heard.says:
        docket.say(file, data, str(event.id), event.occurred_at, event.actor)
    if heard.code:
        docket.note(file, heard.code, event.occurred_at, event.actor, heard.params)
    if heard.regrade:
        file = regrade(docket, file, heard.regrade, str(event.id), ROUTING, effect.own)
        if may_route(file):
            file = docket.put(assign_by_route(docket, file, turns, str(event.id)))
    react(docket, file, str(event.id))


async def _texts(docket: Docket, events: Iterable[Event]) -> dict[UUID, str]:
    """Title and narrative of new complaints without a category; in memory only."""
    untold = {
        ("personal", str(event.case)): event.case
        for event in events
        if isinstance(event.data, ComplaintRegisteredV1) and event.data.category is None
    }
    found = await docket.unit.delivery.records(untold)
    return {untold[place]: _words(json.loads(record.body)) for place, record in found.items() if record.body}


def _words(text: dict[str, Any]) -> str:
    return f"{text.get('title') or ''}\n{text['narrative']}"


async def _scrub(unit: UnitOfWork, events: Iterable[Event]) -> None:
    """Erase what staff wrote about complaints that were erased."""
    for event in events:
        if isinstance(event.data, ComplaintErasedV1):
            await unit.delivery.erase_record("personal", f"case:{event.case}", "case.texts.v1")
