"""The notices of a pack: who is told what when something happens."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.policy.document.entry import Words
from shared.policy.document.notices import NoticeMedium
from shared.policy.durations import Duration
from shared.policy.expressions.condition import Compiled
from shared.policy.expressions.functions import at
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """One notice: the events that send it, the parties it goes to, the field whose text it carries.

    before: how long ahead of the instant it speaks of it goes out. mass: everybody of the case's `node` or `segment`.
    """

    name: str
    on: tuple[str, ...]
    to: tuple[str, ...]
    when: Compiled | None
    wording: str | None
    content: tuple[str, ...]
    ack: bool
    medium: NoticeMedium | None
    before: Duration | None
    mass: str | None
    rule: str
    assume: Words | None
    zh: str
    en: str


@lru_cache(maxsize=64)
def notices_of(pack: Pack) -> tuple[NoticeSpec, ...]:
    """Every notice of the pack."""
    return tuple(
        NoticeSpec(
            name=name,
            on=tuple(notice.on),
            to=tuple(notice.to),
            when=pack.conditions.get(("notices", name, "when")),
            wording=notice.wording,
            content=tuple(notice.content),
            ack=notice.ack,
            medium=notice.medium,
            before=pack.duration(notice.before),
            mass=notice.mass,
            rule=source_of(notice.rule),
            assume=notice.assume,
            zh=notice.label("zh", name),
            en=notice.label("en", name),
        )
        for name, notice in pack.document.notices.items()
    )


def notice_of(pack: Pack, name: str) -> NoticeSpec | None:
    """The notice of this name, if the pack has it."""
    return next((notice for notice in notices_of(pack) if notice.name == name), None)


def goes_out(pack: Pack, notice: NoticeSpec, facts: Mapping[str, object], context: Context) -> bool | None:
    """Whether the notice goes out for this case; None while an unknown fact decides: it is asked again when it is set.

    A count over cases is unknown here: who counts says so by an event of its own.
    """
    if notice.when is None:
        return True
    if not notice.when.names.isdisjoint(pack.document.measures):
        return None
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        return situation.answer(notice.when, presuming=False)


def is_sent(pack: Pack, notice: NoticeSpec, facts: Mapping[str, object], context: Context) -> bool:
    """Whether the notice surely goes out for this case."""
    return goes_out(pack, notice, facts, context) is True


def slip_of(pack: Pack, ladder: str, level: int) -> Words | None:
    """What the paper is called by which this level of a ladder chases whom it tells, if there is one (R-001-18/r05)."""
    found = pack.document.ladders.get(ladder)
    return found.levels[level - 1].slip if found and 0 < level <= len(found.levels) else None
