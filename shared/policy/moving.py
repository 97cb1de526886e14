"""The moves a pack permits, and the grounds on which one case may be closed now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from shared.policy.document.entry import Words
from shared.policy.document.moves import BASIC
from shared.policy.expressions.condition import Compiled
from shared.policy.expressions.functions import at
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of


@dataclass(frozen=True, slots=True)
class MoveSpec:
    """One move: whether the pack permits it, what brings it, when, what it needs and leaves, whom it tells."""

    name: str
    allowed: bool
    on: tuple[str, ...]
    when: Compiled | None
    needs: tuple[str, ...]
    records: tuple[str, ...]
    tell: tuple[str, ...]
    goes: str | None
    rule: str
    assume: Words | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class GroundState:
    """A ground for closing as it stands for one case.

    `holds` is None while one of `missing_facts` decides. `missing_needs` are fields, evidence or events that must be
    there first; a ground is open when it holds and nothing is missing.
    """

    ground: str
    holds: bool | None
    missing_needs: tuple[str, ...]
    missing_facts: tuple[str, ...]
    rule: str
    zh: str
    en: str

    @property
    def is_open(self) -> bool:
        """Whether the case may be closed on this ground now."""
        return self.holds is True and not self.missing_needs


def moves_of(pack: Pack) -> tuple[MoveSpec, ...]:
    """The basic moves, then the pack's own; what the pack says of a basic one replaces what the product says."""
    specs = {name: MoveSpec(name, True, (), None, (), (), (), None, "", None, *ACTION_WORDS[name]) for name in BASIC}
    for name, move in pack.document.moves.named.items():
        spec = specs.get(name, MoveSpec(name, True, (), None, (), (), (), None, "", None, name, name))
        specs[name] = replace(
            spec,
            allowed=move.allow,
            on=tuple(move.on),
            when=pack.conditions.get(("moves", name, "when")),
            needs=tuple(need.key for need in move.needs),
            records=tuple(move.records),
            tell=tuple(move.tell),
            goes=move.goes,
            rule=source_of(move.rule),
            assume=move.assume,
            zh=move.label("zh", spec.zh),
            en=move.label("en", spec.en),
        )
    return tuple(specs.values())


def close_grounds(
    pack: Pack, facts: Mapping[str, object], measures: Mapping[str, int], context: Context
) -> tuple[GroundState, ...]:
    """Every ground of the pack that holds for this case or may still hold, in the order of the pack."""
    situation = Situation(pack, facts, measures, context)
    states = []
    with at(situation.moment):
        for index, ground in enumerate(pack.document.moves.close):
            condition = pack.conditions.get(("moves", "close", index, "when"))
            holds = situation.answer(condition)
            if holds is False:
                continue
            needs = [need.key for need in ground.needs] + ([f"{ground.after}.done"] if ground.after else [])
            missing = tuple(need for need in needs if not _is_there(need, pack, situation, context))
            facts_missing = situation.missing(condition.names) if condition is not None and holds is None else ()
            labels = ground.label("zh", ground.ground), ground.label("en", ground.ground)
            states.append(GroundState(ground.ground, holds, missing, facts_missing, source_of(ground.rule), *labels))
    return tuple(states)


def still_missing(needs: Iterable[str], pack: Pack, facts: Mapping[str, object], context: Context) -> tuple[str, ...]:
    """Of these needs those that are not there yet: no such event, field, evidence or fact."""
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        return tuple(need for need in needs if not _is_there(need, pack, situation, context))


def _is_there(need: str, pack: Pack, situation: Situation, context: Context) -> bool:
    if need in context.happened or context.records.get(need) not in (None, "", []):
        return True
    return need in pack.document.facts and situation.value(need) is not None


ACTION_WORDS: Mapping[str, tuple[str, str]] = {
    "assess": ("评估", "assess"),
    "accept": ("接单", "accept"),
    "return": ("退回", "return"),
    "progress": ("跟进", "progress"),
    "reply": ("答复", "reply"),
    "resolve": ("解决", "resolve"),
    "follow_up": ("回访", "follow up"),
    "close": ("关闭", "close"),
    "reopen": ("重新打开", "reopen"),
    "promise": ("承诺", "promise"),
    "refuse": ("拒绝", "refuse"),
    "redirect": ("推给他人", "send elsewhere"),
    "change_owner": ("更换责任人", "change the owner"),
    "every_move": ("每个动作", "every move"),
    "registration": ("登记", "registration"),
}
"""What people call the moves every case knows, and the other acts that a guard may speak of."""
