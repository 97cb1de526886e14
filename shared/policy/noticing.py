"""The notices of a pack: who is told what when something happens."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.policy.document.entry import Words
from shared.policy.expressions.condition import Compiled
from shared.policy.expressions.functions import at
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """One notice: the events that send it, the parties it goes to, the field whose text it carries."""

    name: str
    on: tuple[str, ...]
    to: tuple[str, ...]
    when: Compiled | None
    wording: str | None
    content: tuple[str, ...]
    ack: bool
    rule: str
    assume: Words | None
    zh: str
    en: str


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
            rule=source_of(notice.rule),
            assume=notice.assume,
            zh=notice.label("zh", name),
            en=notice.label("en", name),
        )
        for name, notice in pack.document.notices.items()
    )


def is_sent(pack: Pack, notice: NoticeSpec, facts: Mapping[str, object], context: Context) -> bool:
    """Whether the notice goes out for this case; not while an unknown fact decides."""
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        return bool(situation.answer(notice.when))
