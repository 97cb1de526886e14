"""Counts again what a change has changed, and sees to whom that raised."""

from collections import Counter, deque
from collections.abc import Mapping
from uuid import UUID

from services.routing.domain import CaseFile
from services.routing.policy.repeats import with_counts
from services.routing.service.docket import Docket
from services.routing.service.grading import regrade
from services.routing.service.neighbours import Effect, count, follows, scopes
from services.routing.service.reacting import MOST_ROUNDS, EndlessReactions, react


async def carry_on(docket: Docket, case: UUID, effect: Effect, cause: str, actor: str) -> None:
    """Grade anew whom the counts raised; where a pack follows its cases also count again what that, and the change of
    the case itself, has changed, until it stays as it is. Raises EndlessReactions."""
    waiting: deque[tuple[UUID, Mapping[str, int]]] = deque(effect.others.items())
    if case in docket.files and _has_moved(docket, docket.files[case]):
        waiting.append((case, {}))
    times: Counter[UUID] = Counter()
    while waiting:
        other, counts = waiting.popleft()
        file = docket.files.get(other)
        if file is None:
            continue
        times[other] += 1
        if times[other] > MOST_ROUNDS:
            raise EndlessReactions(", ".join(counts))
        if follows(docket, file):
            again = await count(docket, file)
            waiting.extend(again.others.items())
            counts = {**counts, **(again.own or {})}
        # A case may be graded twice because of one thing: by its own change and by what that made of the counts.
        why = f"{cause}/counted{times[other]}" if other == case or times[other] > 1 else cause
        raised = regrade(docket, file, "repeated", why, actor, counts)
        react(docket, raised, why)
        if _has_moved(docket, docket.files[other]):
            waiting.append((other, {}))


async def counted_now(docket: Docket, file: CaseFile, cause: str, actor: str) -> CaseFile:
    """The file with its counts as they are now, where its pack follows them: what is decided of the case next rests on
    these. They alone do not grade it anew."""
    if not follows(docket, file):
        return file
    effect = await count(docket, file)
    docket.settle(with_counts(file, docket.regime(file).pack, effect.own))
    await carry_on(docket, file.id, effect, cause, actor)
    return docket.files[file.id]


def _has_moved(docket: Docket, file: CaseFile) -> bool:
    return follows(docket, file) and docket.met.get(file.id) != scopes(docket, file)
