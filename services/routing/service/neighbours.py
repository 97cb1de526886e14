"""Counts, sums and shares over neighbouring cases, decided once and stored (delivery rule 7).

Scopes are locked before anything in them is read, and so are the cases that may be graded anew. What each case of a
batch counts, and whom it raises, is worked out case by case in the order of the batch: a batch decides what single
deliveries would have decided.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.routing.domain import CaseFile, Member
from services.routing.policy.regime import Regime
from services.routing.policy.repeats import Scope, decides_anew, scopes_of, summed_up
from services.routing.policy.windows import Total, reach, value_of, values_with
from services.routing.service.docket import Docket
from services.routing.storage.neighbours import MOST_MEMBERS, NeighbourStorage, Span
from shared.policy.measuring import counted_by, followed_in
from shared.values import replace


@dataclass(frozen=True, slots=True)
class Touch:
    """A case comes into these scopes and leaves all others; without scopes it leaves them all."""

    file: CaseFile
    scopes: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """What a touch does: counts of the case itself (None where it was not counted), and of others that are to be graded
    anew, each by measure."""

    own: dict[str, int] | None = None
    others: dict[UUID, dict[str, int]] = field(default_factory=dict)


def scopes(docket: Docket, file: CaseFile) -> tuple[Scope, ...]:
    """The scopes in which a case counts now."""
    regime = docket.regime(file)
    return tuple(scopes_of(file, regime, _bound_at(docket, file))) if regime.pack.document.measures else ()


def follows(docket: Docket, file: CaseFile) -> bool:
    """Whether the case's pack has measures that any change of a case may change."""
    return bool(followed_in(docket.regime(file).pack))


async def meet(docket: Docket, touches: Sequence[Touch]) -> list[Effect]:
    """The effects of these touches, in their order; the cases they raise are locked and on the docket afterwards."""
    if not touches:
        return []
    storage = NeighbourStorage(docket.unit.connection)
    docket.met.update((touch.file.id, touch.scopes) for touch in touches)
    spans = _spans(docket, touches)
    await guard(docket, [touch.file for touch in touches], spans)
    scene = _Scene(await storage.members(spans) if spans else {})
    effects = [scene.touch(touch, docket.regime(touch.file)) for touch in touches]
    others = {case for effect in effects for case in effect.others} - docket.files.keys()
    others -= {touch.file.id for touch in touches}
    if others:
        await docket.unit.delivery.lock(others)
        await docket.load(others)
    await storage.keep_members({touch.file.id: [s.key for s in touch.scopes] for touch in touches})
    await storage.put_members(list(scene.changed.values()))
    for touch, effect in zip(touches, effects, strict=True):
        await _sum_up(docket, touch, effect)
    return effects


async def guard(docket: Docket, files: Iterable[CaseFile], scopes: Iterable[str] = ()) -> None:
    """Lock these scopes; where a pack follows its cases all at once that they may come into: what a change leads to
    brings them into further ones, and two that took them one by one might wait for each other."""
    followed = {_guard_of(docket, file) for file in files if follows(docket, file)}
    wanted = {*scopes, *followed} - docket.guarded
    await docket.unit.delivery.lock_scopes(wanted)
    docket.guarded |= wanted


def _guard_of(docket: Docket, file: CaseFile) -> str:
    pack = docket.regime(file).pack
    wide = any(measure.within == "subtree" for measure in counted_by(pack).values())
    return f"followed {pack.code} {_bound_at(docket, file) if wide else file.project}"


async def _sum_up(docket: Docket, touch: Touch, effect: Effect) -> None:
    """What the case counts where only the whole is wanted: the database adds it up."""
    pack, file = docket.regime(touch.file).pack, touch.file
    whole = {scope.key: scope for scope in touch.scopes if scope.measure in summed_up(pack)}
    if not whole:
        return
    storage, at = NeighbourStorage(docket.unit.connection), file.registration.received_at
    await storage.put_members([(key, Member(file.id, at, file.reporter, each.amount)) for key, each in whole.items()])
    for key, total in (await storage.totals(whole)).items():
        measure = whole[key].measure
        _own(whole[key], effect, value_of(pack.document.measures[measure], Total(*total)))


def _own(scope: Scope, effect: Effect, value: int | None) -> None:
    """Of several scopes of one measure, one for each whom the case is about, the highest value is the case's."""
    if value is not None and effect.own is not None:
        effect.own[scope.measure] = max(value, effect.own.get(scope.measure, value))


async def count(docket: Docket, file: CaseFile) -> Effect:
    """What the case counts now, as it stands in `file`."""
    (effect,) = await meet(docket, [Touch(file, scopes(docket, file))])
    return effect


class _Scene:
    """The members of the scopes at hand, as the touches change them."""

    def __init__(self, members: dict[str, list[Member]]) -> None:
        self._members = members
        self._scopes_of: defaultdict[UUID, set[str]] = defaultdict(set)
        for scope, found in members.items():
            for member in found:
                self._scopes_of[member.case].add(scope)
        self.changed: dict[tuple[str, UUID], tuple[str, Member]] = {}

    def touch(self, touch: Touch, regime: Regime) -> Effect:
        effect = Effect(own={})
        case, known = touch.file.id, self._scopes_of[touch.file.id]
        for left in known - {scope.key for scope in touch.scopes}:
            self._leave(left, case)
        for scope in touch.scopes:
            if scope.measure in summed_up(regime.pack):
                continue
            if scope.key not in known or scope.measure in followed_in(regime.pack):
                self._enter(scope, touch.file, regime, effect)
        return effect

    def _enter(self, scope: Scope, file: CaseFile, regime: Regime, effect: Effect) -> None:
        """The case comes into the scope, or what it brings in may have changed."""
        members = self._members[scope.key]
        before = next((member for member in members if member.case == file.id), None)
        if before is not None:
            members.remove(before)
        new = Member(file.id, file.registration.received_at, file.reporter, scope.amount)
        insort(members, new, key=_place)
        self._scopes_of[file.id].add(scope.key)
        for index, value in values_with(new, members, regime.pack, scope.measure, regime.zone):
            member = members[index]
            if member is new:
                _own(scope, effect, value)
            elif value is not None and decides_anew(regime.pack, scope.measure, member.counted, value):
                effect.others.setdefault(member.case, {})[scope.measure] = value
            else:
                continue
            members[index] = counted = replace(member, counted=value)
            if counted != before:
                self.changed[scope.key, member.case] = (scope.key, counted)

    def _leave(self, scope: str, case: UUID) -> None:
        members = self._members[scope]
        members[:] = [member for member in members if member.case != case]
        self._scopes_of[case].discard(scope)
        self.changed.pop((scope, case), None)


def _place(member: Member) -> tuple[datetime, UUID]:
    return member.at, member.case


def _spans(docket: Docket, touches: Sequence[Touch]) -> dict[str, Span]:
    spans: dict[str, Span] = {}
    for touch in touches:
        regime = docket.regime(touch.file)
        for scope in touch.scopes:
            if scope.measure in summed_up(regime.pack):
                continue
            starts, ends = reach(regime.pack, scope.measure, touch.file.registration.received_at, regime.zone)
            # A sum or a share of the newest cases only would be another one.
            most = None if scope.measure in followed_in(regime.pack) else MOST_MEMBERS
            known = spans.get(scope.key, Span(starts, ends, most))
            spans[scope.key] = Span(min(starts, known.starts), max(ends, known.ends), most)
    return spans


def _bound_at(docket: Docket, file: CaseFile) -> str:
    """The nearest node above the case that the pack is bound to, else the group."""
    path = docket.directory.path(file.project)
    code = file.registration.pack.code
    bound = (node for node in reversed(path) if docket.directory.nodes[node].pack == code)
    return next(bound, path[0] if path else file.project)
