"""Who keeps a case as their own from the first word to the reply or the closing, whoever handles it (首问责任)."""

from services.routing.domain import CaseFile, Keeper
from services.routing.policy.regime import Regime
from shared.policy.holding import Posts, holders_of
from shared.policy.pack import Pack
from shared.values import replace

_OWNER = "owner"


def keeper_of(file: CaseFile, regime: Regime, posts: Posts) -> Keeper | None:
    """Whoever keeps the case by the pack's decision `owner` or by a role that keeps its cases (R-004-01/r01, r05;
    R-002-07/r02): the first receiver, if the role is theirs, else the first who holds it."""
    found = _role_of(file, regime.pack)
    if found is None:
        return None
    role, until = found
    people = [person for person in holders_of(role, file, regime.pack, posts) if person not in file.accused]
    person = file.first_receiver if file.first_receiver in people else next(iter(people), None)
    return Keeper(role, person, until)


def ended(file: CaseFile) -> CaseFile:
    """The case without a keeper, once what they kept it for has happened in this round."""
    keeper = file.keeper
    if keeper is None or keeper.ended == (over := keeper.until in file.course.happened):
        return file
    return replace(file, keeper=replace(keeper, ended=over))


def _role_of(file: CaseFile, pack: Pack) -> tuple[str, str] | None:
    decided = file.decisions.get(_OWNER)
    if decided is not None and decided.values:
        role = decided.values[0]
        rows = pack.document.decisions[_OWNER].rows
        until = next((row.keeps_case for row in rows if row.to == role and row.keeps_case), None)
        return role, (until or pack.document.roles[role].keeps_case or "until_closed").removeprefix("until_")
    keeps = ((name, role.keeps_case) for name, role in pack.document.roles.items() if role.keeps_case)
    return next(((name, until.removeprefix("until_")) for name, until in keeps if until), None)
