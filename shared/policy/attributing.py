"""The attributions of a pack: its own, and those that an absence from a post of a roster may bring."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.policy.document.entry import Words
from shared.policy.findings import Path
from shared.policy.pack import Pack
from shared.policy.tables import source_of


@dataclass(frozen=True, slots=True)
class AttributionSpec:
    """One attribution. when: the path of its condition. share: in percent; share_from: the fact that says it.
    penalty: what follows from it, in the pack's words; nothing here carries it out."""

    name: str
    kind: str
    party: str
    on: tuple[str, ...]
    when: Path
    by: str | None
    share: int | None
    share_from: str | None
    penalty: Words | None
    rule: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        """What people call it."""
        return self.zh if language == "zh" else self.en


@lru_cache(maxsize=64)
def attributions_of(pack: Pack) -> Mapping[str, AttributionSpec]:
    """Every attribution by name; that of a roster goes by the roster's name, unless the pack has one of this name."""
    return {spec.name: spec for spec in (*_of_rosters(pack), *_written(pack))}


def _written(pack: Pack) -> Iterator[AttributionSpec]:
    for name, entry in pack.document.attributions.items():
        yield AttributionSpec(
            name=name,
            kind=entry.kind,
            party=entry.party,
            on=tuple(entry.on),
            when=("attributions", name, "when"),
            by=entry.by,
            share=int(entry.share.removesuffix("%")) if entry.share else None,
            share_from=entry.share_from,
            penalty=entry.penalty,
            rule=source_of(entry.rule),
            zh=entry.label("zh", name),
            en=entry.label("en", name),
        )


def _of_rosters(pack: Pack) -> Iterator[AttributionSpec]:
    """Whoever left the post may answer for it (R-004-02/r02): a hand says who that was."""
    for name, roster in pack.document.rosters.items():
        if roster.absence and roster.absence.attribute:
            yield AttributionSpec(
                name=name,
                kind=roster.absence.attribute.kind,
                party=roster.role,
                on=(),
                when=("rosters", name, "absence", "attribute", "when"),
                by=roster.gap.tell[0] if roster.gap and roster.gap.tell else None,
                share=None,
                share_from=None,
                penalty=None,
                rule=source_of(roster.rule),
                zh=roster.label("zh", name),
                en=roster.label("en", name),
            )
