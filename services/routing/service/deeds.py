"""What each move does with the case on the desk. Whether it is permitted was asked before."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from services.routing.domain import FILLED, CaseFile, State
from services.routing.policy.hearing import answered, happened
from services.routing.policy.moves import reopened
from services.routing.policy.working import called
from services.routing.service import bodies
from services.routing.service.assigning import assign, assign_by_route
from services.routing.service.checking import checked_department, checked_person
from services.routing.service.desk import Desk
from services.routing.service.filling import fill
from services.routing.service.grading import regrade
from shared.clock import format_instant
from shared.errors import Conflict, invalid
from shared.events import cases
from shared.policy.moving import still_missing
from shared.values import replace

Deed = Callable[[Desk, Any], Awaitable[None]]


async def admit(desk: Desk, _: bodies.Admit) -> None:
    desk.file = happened(desk.file, "admitted", state=State.ADMITTED)
    desk.say(cases.CaseAdmittedV1(by="person"))
    desk.note("admitted", {"by": "person"})
    desk.file = assign_by_route(desk.docket, desk.file, await desk.take_turns(), desk.cause, desk.actor)


async def assign_case(desk: Desk, body: bodies.Assign) -> None:
    """To whom the body says; a person is found for a department and a department for a person."""
    turns = await desk.take_turns()
    if body.department is None and body.person is None:
        desk.file = assign_by_route(desk.docket, replace(desk.file, department=None), turns, desk.cause, desk.actor)
        if desk.file.department is None:
            raise invalid("/department", "no_route")
        return
    person = checked_person(desk, body.person)
    department = checked_department(desk, body.department, person)
    given = assign(
        desk.docket, desk.file, department, person or turns.next(desk.file, department), desk.cause, desk.actor
    )
    desk.file = happened(given, "handed_over")


async def accept(desk: Desk, _: bodies.Accept) -> None:
    desk.file = happened(desk.file, "taken_up", state=State.ACCEPTED, person=desk.actor)
    desk.say(cases.CaseAcceptedV1(person=desk.actor))
    desk.note("accepted", {"person": desk.actor})


async def return_(desk: Desk, body: bodies.Return) -> None:
    """Back to the desk: nobody has the case until somebody assigns it."""
    params = {"department": desk.file.department, "person": desk.file.person}
    desk.file = happened(desk.file, "returned", state=State.ADMITTED, department=None, person=None)
    desk.say(cases.CaseReturnedV1(texts_version=desk.write(body.reason)))
    desk.note("returned", params)


async def progress(desk: Desk, body: bodies.Progress) -> None:
    """R-001-18/r21, r28: a tracking record."""
    informed = ("informed",) if body.informed else ()
    desk.file = _recorded(happened(desk.file, "progressed", *informed), "progress_entry")
    desk.say(cases.CaseProgressedV1(texts_version=desk.write(body.text), informed=body.informed))
    desk.note("progressed")


async def reply(desk: Desk, body: bodies.Reply) -> None:
    """R-001-18/r18, r19, r27."""
    channels = list(desk.regime.pack.channels)
    if body.channel not in channels:
        raise invalid("/channel", "not_one_of", expected=channels)
    fill(desk, body.fields)
    desk.file = happened(desk.file, "replied", "informed", state=State.REPLIED)
    desk.say(cases.CaseRepliedV1(channel=body.channel, texts_version=desk.write(body.text)))
    desk.note("replied", {"channel": body.channel})


async def resolve(desk: Desk, body: bodies.Resolve) -> None:
    fill(desk, body.fields)
    desk.file = _recorded(happened(desk.file, "resolved", state=State.RESOLVED), "result")
    desk.say(cases.CaseResolvedV1(texts_version=desk.write(body.result)))
    desk.note("resolved")


async def follow_up(desk: Desk, body: bodies.FollowUp) -> None:
    """R-001-18/r22, r41: the customer is asked; only somebody reached can answer."""
    if body.reached and body.satisfied is None:
        raise invalid("/satisfied", "missing")
    if not body.reached and body.satisfied is not None:
        raise invalid("/satisfied", "not_null")
    if body.reached:
        desk.file = called(desk.file, desk.regime, desk.actor, desk.now)
        desk.file = answered(desk.file, "accepted" if body.satisfied else "dissatisfied")
    version = desk.write(body.text or "")
    data = cases.CaseFollowedUpV1(reached=body.reached, satisfied=body.satisfied, texts_version=version)
    desk.say(data)
    desk.note("followed_up", {"reached": body.reached, "satisfied": body.satisfied})


async def reopen(desk: Desk, body: bodies.Reopen) -> None:
    """A new round; what became known meanwhile may raise the grade."""
    desk.file = reopened(desk.file)
    desk.say(cases.CaseReopenedV1(round=desk.file.round, texts_version=desk.write(body.reason)))
    desk.note("reopened", {"round": desk.file.round})
    desk.file = desk.docket.put(desk.file)
    desk.file = regrade(desk.docket, desk.file, "reopened", desk.cause, desk.actor)


async def link_back(desk: Desk, body: bodies.LinkBack) -> None:
    """The record that was started outside came back, with what it brought."""
    out = [link.name for link in desk.file.links if link.back_at is None]
    if body.link not in out:
        raise invalid("/link", "not_one_of", expected=out)
    at = format_instant(desk.now)
    links = tuple(
        replace(link, back_at=at) if link.name == body.link and link.back_at is None else link
        for link in desk.file.links
    )
    desk.file = happened(desk.file, f"{body.link}.back", links=links)
    desk.say(cases.CaseLinkReturnedV1(link=body.link, texts_version=desk.write(body.text)))
    desk.note("link_returned", {"link": body.link})


async def make_pack_move(desk: Desk, body: bodies.PackMove) -> None:
    """A move of the pack's own leaves its fields and has happened."""
    move = desk.regime.pack.document.moves.named[desk.move]
    given: Mapping[str, str] = body.__pydantic_extra__
    for name in given:
        if name not in move.records:
            raise invalid(f"/{name}", "unknown")
    for name in move.records:
        if name not in given and name not in desk.file.course.records:
            raise invalid(f"/{name}", "missing")
    context = desk.regime.context_of(desk.file, desk.now)
    wanted = [need.key for need in move.needs]
    if needs := still_missing(wanted, desk.regime.pack, desk.regime.facts_of(desk.file), context):
        raise Conflict("step_waits", {"step": desk.move, "needs": list(needs)}, members={"needs": list(needs)})
    for name, text in given.items():
        desk.write(text, name)
    desk.file = _recorded(happened(desk.file, f"{desk.move}.done"), *given)
    version = desk.texts_version if given else desk.write("")
    desk.say(cases.CaseProgressedV1(texts_version=version, move=desk.move))
    desk.note("moved", {"move": desk.move})


def _recorded(file: CaseFile, *names: str) -> CaseFile:
    records = {**file.course.records, **dict.fromkeys(names, FILLED)}
    return replace(file, course=replace(file.course, records=records))
