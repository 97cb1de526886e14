"""The move `close`: on a ground of the pack that holds, with what the ground needs."""

from services.routing.domain import FILLED, State
from services.routing.policy.hearing import happened
from services.routing.policy.moves import allowed_moves, grounds_of, missing_events
from services.routing.service import bodies
from services.routing.service.desk import Desk
from shared.errors import Conflict, FieldError, Invalid, invalid
from shared.events.cases import CaseClosedV1
from shared.policy.moving import GroundState
from shared.policy.tables import rules_of
from shared.values import replace


async def close(desk: Desk, body: bodies.Close) -> None:
    """R-001-18/r41, r42. Raises Invalid for an unknown ground or missing fields, Conflict where the ground does not
    hold or something has to happen first."""
    ground = _ground(desk, body.ground)
    given = dict(body.__pydantic_extra__)
    wrong = [FieldError(f"/{name}", "unknown") for name in given if name not in _fillable(desk, ground)]
    wrong += [FieldError(f"/{name}", "missing") for name in ground.missing_needs if name not in given]
    if wrong:
        raise Invalid(*wrong)
    for name, words in given.items():
        for text in [words] if isinstance(words, str) else words:
            desk.write(text, name)
    if body.text:
        desk.write(body.text)
    records = {**desk.file.course.records, **dict.fromkeys(given, FILLED)}
    course = replace(desk.file.course, records=records)
    closed = replace(desk.file, state=State.CLOSED, course=course, closed_at=desk.now, ground=ground.ground)
    desk.file = happened(closed, "closed")
    desk.say(CaseClosedV1(ground=ground.ground, rule=rules_of(ground.rule)))
    desk.note("closed", {"ground": ground.ground, "rule": ground.rule})


def _ground(desk: Desk, name: str) -> GroundState:
    known = [ground.ground for ground in desk.regime.pack.document.moves.close]
    if name not in known:
        raise invalid("/ground", "not_one_of", expected=known)
    found = next((g for g in grounds_of(desk.file, desk.regime, desk.now) if g.ground == name), None)
    if found is None or not found.holds:
        raise _not_open(desk, name, (), found.missing_facts if found else ())
    if missing := missing_events(found, desk.regime.pack):
        raise _not_open(desk, name, missing, ())
    return found


def _not_open(desk: Desk, ground: str, needs: tuple[str, ...], facts: tuple[str, ...]) -> Conflict:
    allowed = [move.move for move in allowed_moves(desk.file, desk.regime, desk.now)]
    known = {"state": desk.file.state.value, "allowed": allowed}
    return Conflict(
        "move_not_allowed",
        {**known, "allowed": allowed or ["none"]},
        members={**known, "ground": ground, "needs": list(needs), "missing_facts": list(facts)},
    )


def _fillable(desk: Desk, ground: GroundState) -> set[str]:
    written = next(g for g in desk.regime.pack.document.moves.close if g.ground == ground.ground)
    return {str(need.name) for need in written.needs if need.name} | {"evidence", "result"}
