"""The guards of a pack at a move: what it forbids is refused, what it requires must be there."""

from collections.abc import Iterator

from services.routing.domain import FILLED
from services.routing.policy.requiring import required_of
from services.routing.service import bodies
from services.routing.service.desk import Desk
from shared.errors import Conflict
from shared.policy.document.entry import Words
from shared.policy.document.guards import Guard
from shared.policy.expressions.functions import at
from shared.policy.findings import Path
from shared.policy.holding import holders_of
from shared.policy.moving import still_missing
from shared.policy.situation import Situation
from shared.values import replace

EVERY_MOVE = "every_move"
_ENTRY = "progress_entry"
"""The line that every move leaves in the timeline is the entry a pack may require of it (R-001-18/r28)."""


def forbid(desk: Desk, body: bodies.Move) -> None:
    """Raises Conflict where a guard forbids what is about to be done (R-001-18/r33, r37)."""
    actions = set(_actions(desk, body))
    for index, guard in enumerate(desk.regime.pack.document.guards):
        if actions.isdisjoint(guard.forbid) or not _stands(
            desk, guard, ("guards", index), getattr(body, "channel", None)
        ):
            continue
        raise _refusal(desk, "move_forbidden", guard.text, guard.rule, ())


def require(desk: Desk) -> None:
    """Raises Conflict where something is not there that a guard requires of the move just made."""
    records = {**desk.file.course.records, _ENTRY: FILLED}
    for index, guard in enumerate(desk.regime.pack.document.guards):
        if guard.at not in (desk.move.replace("-", "_"), EVERY_MOVE) or not guard.require:
            continue
        if not _stands(desk, guard, ("guards", index)):
            continue
        context = replace(desk.regime.context_of(desk.file, desk.now), records=records)
        missing = still_missing(guard.require, desk.regime.pack, desk.regime.facts_of(desk.file), context)
        if missing:
            raise _refusal(desk, "move_requires", guard.text, guard.rule, missing)
    for asked in required_of(desk.file, desk.regime, desk.now, records):
        if asked.at in (desk.move.replace("-", "_"), EVERY_MOVE):
            raise _refusal(desk, "move_requires", None, asked.rule, asked.needs)


def _actions(desk: Desk, body: bodies.Move) -> Iterator[str]:
    """What the move is, in the words of guards."""
    yield desk.move.replace("-", "_")
    if getattr(body, "promises", False):
        yield "promise"
    if desk.move == "return":
        yield "refuse"
    if desk.move == "assign":
        yield "change_owner"
        if desk.file.person == desk.actor:
            yield "redirect"


def _stands(desk: Desk, guard: Guard, path: Path, channel: str | None = None) -> bool:
    """Whether the guard speaks here: for whoever does it, where `when` may hold and nothing surely lifts it. channel:
    by which the customer is answered."""
    if guard.by is not None and not _holds(desk, guard.by):
        return False
    if guard.unless_by is not None and _holds(desk, guard.unless_by):
        return False
    conditions = desk.regime.pack.conditions
    context = replace(
        desk.regime.context_of(desk.file, desk.now), reply_medium=desk.regime.pack.channels.get(channel or "")
    )
    situation = Situation(desk.regime.pack, desk.regime.facts_of(desk.file), desk.file.measures, context)
    with at(situation.moment):
        # What is unknown forbids, and does not lift.
        if situation.answer(conditions.get((*path, "when"))) is False:
            return False
        return guard.unless is None or situation.answer(conditions[(*path, "unless")]) is not True


def _holds(desk: Desk, role: str) -> bool:
    return desk.actor in holders_of(role, desk.file, desk.regime.pack, desk.docket.directory)


def _refusal(desk: Desk, code: str, text: Words | None, rule: tuple[str, ...], missing: tuple[str, ...]) -> Conflict:
    pack = desk.regime.pack
    title = pack.document.title
    named = [Words(zh=pack.label(name, "zh"), en=pack.label(name, "en")) for name in missing]
    params = {"why": text or Words(zh=f"“{title.zh}”的规定", en=f"A rule of “{title.en}”")}
    return Conflict(
        code,
        params | ({"needs": named} if named else {}),
        members={"rule": list(rule), "needs": list(missing)},
    )
