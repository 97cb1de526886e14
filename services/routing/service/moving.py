"""A move of a person: who may make it, when, once, on the version they saw; what it does, and what remains of it."""

from dataclasses import replace
from uuid import UUID, uuid4

from services.routing.domain import CaseFile
from services.routing.policy.moves import allowed_moves, is_known, is_permitted
from services.routing.service import bodies, closing, deciding, deeds
from services.routing.service.desk import Desk, digest_of
from services.routing.service.docket import Docket
from services.routing.service.reacting import react
from shared.access.permissions import demand, move_action
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import CaseParked, IdempotencyConflict, MoveNotAllowed, NotFound, VersionConflict
from shared.reference.book import ReferenceBook

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
}


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
    """Make a move; returns the case after it.

    key: of the request; the same again does nothing more. expected: the version the caller saw, None for any. Raises
    NotFound, OutOfScope, CaseParked, IdempotencyConflict, VersionConflict, MoveNotAllowed, Invalid.
    """
    marks = await unit.delivery.lock([case])
    docket = await Docket.open(unit, book, [case])
    file = docket.files.get(case)
    if file is None:
        raise NotFound("case")
    demand(principal, move_action(move), file.project, docket.directory, accused=file.accused)
    regime = docket.regime(file)
    if not is_known(move, regime.pack):
        raise NotFound("move")
    if marks[case].parked:
        raise CaseParked
    if key is not None:
        digest = digest_of(case, move, body.model_dump(mode="json"))
        known = await unit.delivery.remember_request(principal.actor, key, digest, str(case))
        if known is not None:
            if known[0] != digest:
                raise IdempotencyConflict
            return file
    if expected is not None and expected != file.version:
        raise VersionConflict(expected, file.version)
    if not is_permitted(move, file, regime, unit.started):
        raise MoveNotAllowed(file.state, [each.move for each in allowed_moves(file, regime, unit.started)])
    cause = f"{principal.actor}:{key or uuid4().hex}"
    texts = await unit.delivery.lock_record("personal", f"case:{case}")
    desk = Desk(docket, principal, move, cause, file, regime, texts)
    await DEEDS.get(move, deeds.make_pack_move)(desk, body)
    # Words alone are a change too: whoever has not seen them saw an earlier version.
    after = desk.file if desk.file != file else replace(file, version=file.version + 1)
    desk.file = react(docket, docket.put(after), cause)
    await desk.keep()
    await docket.store()
    detail = {"version": desk.file.version, "from": file.state.value, "to": desk.file.state.value}
    await unit.delivery.audit(principal, f"case.{move}", [str(case)], detail)
    return docket.files[case]
