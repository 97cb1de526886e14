"""A move of a person: who may make it, when, once, on the version they saw; what it does, and what remains of it."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from services.routing.domain import CaseFile
from services.routing.policy.moves import allowed_moves, is_known, is_permitted
from services.routing.policy.regime import Regime
from services.routing.service import attributing, bodies, closing, deciding, deeds, limits
from services.routing.service.desk import Desk, digest_of
from services.routing.service.docket import Docket
from services.routing.service.guarding import forbid, require
from services.routing.service.reacting import react
from services.routing.service.reading import may_assess, may_attribute
from services.routing.service.recounting import carry_on, counted_now
from shared.access.permissions import Action, demand, move_action
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import CaseParked, IdempotencyConflict, MoveNotAllowed, NotFound, OutOfScope, VersionConflict
from shared.reference.book import ReferenceBook
from shared.values import replace

DEEDS: dict[str, deeds.Deed] = {
    "admit": deeds.admit,
    "assess": deciding.assess,
    "assign": deeds.assign_case,
    "accept": deeds.accept,
    "return": deeds.return_,
    "progress": deeds.progress,
    "reply": deeds.reply,
    "resolve": deeds.resolve,
    "follow-up": deeds.follow_up,
    "close": closing.close,
    "reopen": deeds.reopen,
    "link-back": deeds.link_back,
    "attribute": attributing.attribute,
    "agree": limits.agree,
    "set-limit": limits.set_limit,
    "extend": limits.extend,
    "suspend": limits.suspend,
    "resume": limits.resume,
}


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody wants done with a case. deed: what it does. known, permitted: raise where there is no such thing,
    and where the case does not permit it now."""

    name: str
    action: Action
    body: bodies.Move
    deed: deeds.Deed
    known: Callable[[CaseFile, Regime], None]
    permitted: Callable[[CaseFile, Regime, Docket], None]


async def make_move(
    unit: UnitOfWork,
    book: ReferenceBook,
    principal: Principal,
    case: UUID,
    move: str,
    body: bodies.Move,
    *,
    key: str | None = None,
    expected: int | None = None,
) -> CaseFile:
    """Make a move; returns the case after it. Raises what `make_change` does."""

    def known(_: CaseFile, regime: Regime) -> None:
        if not is_known(move, regime.pack):
            raise NotFound("move")

    def permitted(file: CaseFile, regime: Regime, docket: Docket) -> None:
        if not is_permitted(move, file, regime, docket.now):
            raise MoveNotAllowed(file.state, [each.move for each in allowed_moves(file, regime, docket.now)])
        if isinstance(body, bodies.Assess) and not may_assess(principal, file, regime, docket.directory, body):
            raise OutOfScope
        if isinstance(body, bodies.Attribute) and not may_attribute(
            principal, file, regime, docket.directory, body.attribution
        ):
            raise OutOfScope

    deed = DEEDS.get(move, deeds.make_pack_move)
    change = Change(move, move_action(move), body, deed, known, permitted)
    return await make_change(unit, book, principal, case, change, key=key, expected=expected)


async def make_change(
    unit: UnitOfWork,
    book: ReferenceBook,
    principal: Principal,
    case: UUID,
    change: Change,
    *,
    key: str | None = None,
    expected: int | None = None,
) -> CaseFile:
    """Change a case as somebody wants; returns it as it is then.

    key: of the request; the same again does nothing more. expected: the version the caller saw, None for any. Raises
    NotFound, OutOfScope, CaseParked, IdempotencyConflict, VersionConflict, MoveNotAllowed, Invalid.
    """
    marks = await unit.delivery.lock([case])
    docket = await Docket.open(unit, book, [case])
    file = docket.files.get(case)
    if file is None:
        raise NotFound("case")
    demand(principal, change.action, file.project, docket.directory, accused=file.accused)
    regime = docket.regime(file)
    change.known(file, regime)
    if marks[case].parked:
        raise CaseParked
    if key is not None:
        digest = digest_of(case, change.name, change.body.model_dump(mode="json"))
        known = await unit.delivery.remember_request(principal.actor, key, digest, str(case))
        if known is not None:
            if known[0] != digest:
                raise IdempotencyConflict
            return file
    if expected is not None and expected != file.version:
        raise VersionConflict(expected, file.version)
    cause = f"{principal.actor}:{key or uuid4().hex}"
    file = await counted_now(docket, file, f"{cause}/before", principal.actor)
    change.permitted(file, regime, docket)
    texts = await unit.delivery.lock_record("personal", f"case:{case}")
    desk = Desk(docket, principal, change.name, cause, file, regime, texts)
    forbid(desk, change.body)
    await change.deed(desk, change.body)
    require(desk)
    # Words alone are a change too: whoever has not seen them saw an earlier version.
    after = desk.file if desk.file != file else replace(desk.file, version=file.version + 1)
    react(docket, docket.put(after), cause)
    await carry_on(docket, case, desk.counted, cause, principal.actor)
    desk.file = docket.files[case]
    await desk.keep()
    await docket.store()
    detail = {"version": desk.file.version, "from": file.state.value, "to": desk.file.state.value}
    await unit.delivery.audit(principal, f"case.{change.name}", [str(case)], detail)
    return docket.files[case]
