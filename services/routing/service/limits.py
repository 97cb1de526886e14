"""The moves that change how long something may take: agreed, set on a slip, extended, standing still."""

from services.routing.domain import WorkState
from services.routing.policy.hearing import happened
from services.routing.policy.limits import limits_for
from services.routing.service import bodies
from services.routing.service.desk import Desk
from shared.access.permissions import Action, may
from shared.errors import Conflict, OutOfScope, invalid
from shared.events import terms
from shared.events.cases import CaseToldV1
from shared.policy.holding import holders_of
from shared.policy.tables import rules_of
from shared.policy.timing import ClockSpec
from shared.values import replace


async def agree(desk: Desk, body: bodies.Agree) -> None:
    """R-001-18/r12, r27; R-001-15/r10: an agreed time runs beside the fixed limit."""
    _check_run(desk, _limit(desk, "agree", body.clock) if body.clock is not None else None, body.run)
    if body.until <= desk.now:
        raise invalid("/until", "in_the_past")
    if body.text:
        desk.write(body.text)
    desk.file = happened(desk.file, "agreed")
    desk.say(terms.CaseAgreedV1(until=body.until, clock=body.clock, run=body.run))
    desk.note("agreed", {"due_at": body.until.isoformat()})


async def set_limit(desk: Desk, body: bodies.SetLimit) -> None:
    """R-001-14/r05; R-004-04/r02: whoever gives the work writes the limit on the slip."""
    spec = _limit(desk, "set-limit", body.clock)
    _check_run(desk, spec, body.run)
    _one_of(body.within, body.until, "/within")
    role = spec.limit.set_by if spec.limit else None
    directs = may(desk.principal, Action.DIRECT_CASE, desk.file.project, desk.docket.directory)
    if not directs and desk.actor not in holders_of(str(role), desk.file, desk.regime.pack, desk.docket.directory):
        raise OutOfScope
    desk.say(terms.CaseLimitSetV1(clock=body.clock, within=body.within, until=body.until, run=body.run))
    desk.note("limit_set", {"clock": body.clock})


async def extend(desk: Desk, body: bodies.Extend) -> None:
    """R-001-18/r20: the customer is told why, and as often as the pack permits."""
    spec = _limit(desk, "extend", body.clock)
    _one_of(body.by, body.until, "/by")
    assert spec.extend is not None  # noqa: S101 -- asked before
    if spec.extend.reason == "required" and body.reason is None:
        raise invalid("/reason", "missing")
    before = int(desk.file.course.records.get(f"extended:{body.clock}", 0))
    if spec.extend.max != "none" and before >= spec.extend.max:
        raise Conflict("no_more_extensions", {"max": spec.extend.max}, members={"extended": before})
    version = desk.write(body.reason) if body.reason else None
    records = {**desk.file.course.records, f"extended:{body.clock}": before + 1}
    file = replace(desk.file, course=replace(desk.file.course, records=records))
    desk.file = happened(file, f"{body.clock}.extended")
    desk.say(
        terms.CaseExtendedV1(
            clock=body.clock, by=body.by, until=body.until, texts_version=version, tell=spec.extend.tell
        )
    )
    if spec.extend.tell:
        desk.say(CaseToldV1(to=spec.extend.tell, event=f"{body.clock}.extended", rule=rules_of(spec.rule)))
    desk.note("extended", {"clock": body.clock})


async def suspend(desk: Desk, body: bodies.Suspend) -> None:
    causes = desk.regime.pack.document.pause.causes
    if body.cause not in causes:
        raise invalid("/cause", "not_one_of", expected=list(causes))
    if body.clock is not None:
        _limit(desk, "suspend", body.clock)
    desk.file = happened(desk.file, "suspended")
    desk.say(terms.CaseSuspendedV1(cause=body.cause, clock=body.clock))
    desk.note("suspended")


async def resume(desk: Desk, body: bodies.Resume) -> None:
    if body.clock is not None:
        _limit(desk, "resume", body.clock)
    desk.file = happened(desk.file, "resumed")
    desk.say(terms.CaseResumedV1(clock=body.clock))
    desk.note("resumed")


def _limit(desk: Desk, move: str, clock: str) -> ClockSpec:
    known = limits_for(move, desk.regime.pack)
    if clock not in known:
        raise invalid("/clock", "not_one_of", expected=list(known))
    return known[clock]


def _check_run(desk: Desk, spec: ClockSpec | None, run: str | None) -> None:
    """Of several departments that are asked at once each may have its own limit."""
    step = spec.name if spec and spec.from_step else None
    runs = [work.run for work in desk.file.works if work.name == step and work.state is WorkState.OPEN]
    if run is not None and run not in runs:
        raise invalid("/run", "not_one_of", expected=runs)


def _one_of(first: object, second: object, pointer: str) -> None:
    if first is None and second is None:
        raise invalid(pointer, "missing")
    if first is not None and second is not None:
        raise invalid(pointer, "not_null")
