"""The archive of a pack: which files a case that has ended goes into, what of it, and until when."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from shared.policy.durations import Duration
from shared.policy.expressions.condition import Compiled
from shared.policy.expressions.functions import at
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of

Counted = Callable[[Duration], datetime]
"""When a duration from the end of the case is over. Raises ValueError beyond what calendars reckon."""


@dataclass(frozen=True, slots=True)
class FileSpec:
    """One entry of the archive; its fields are those of the pack."""

    by: str | None
    keep: tuple[str, ...]
    when: Compiled | None
    index: str
    separate: bool
    sort: bool
    hand_over: Duration | None
    retention: Duration | None
    hold: Compiled | None
    rule: str


@dataclass(frozen=True, slots=True)
class Filed:
    """A case in a file. forms: in their order. kept_until: None without end. held: not to be removed, whatever its
    time."""

    by: str | None
    index: str
    separate: bool
    forms: tuple[str, ...]
    kept_until: datetime | None
    hand_over_at: datetime | None
    held: bool
    rule: str


@lru_cache(maxsize=64)
def archive_of(pack: Pack) -> tuple[FileSpec, ...]:
    """Every entry of the pack's archive; a file without an index is that of its case."""
    return tuple(
        FileSpec(
            by=entry.by,
            keep=tuple(entry.keep),
            when=pack.conditions.get(("archive", place, "when")),
            index=entry.index or "case",
            separate=entry.separate,
            sort=entry.sort,
            hand_over=pack.duration(entry.hand_over),
            retention=pack.duration(entry.retention),
            hold=pack.conditions.get(("archive", place, "hold")),
            rule=source_of(entry.rule),
        )
        for place, entry in enumerate(pack.document.archive)
    )


def filed(
    pack: Pack, facts: Mapping[str, object], context: Context, forms: Collection[str], counted: Counted
) -> tuple[Filed, ...]:
    """The files that a case which has ended goes into (R-001-18/r45, R-003/r27). forms: that it has, in the order in
    which they came. An entry holds if its condition surely does and the case has any of the forms it keeps.
    """
    situation = Situation(pack, facts, {}, context)
    with at(situation.moment):
        specs = [
            spec
            for spec in archive_of(pack)
            if situation.answer(spec.when) and (not spec.keep or any(form in spec.keep for form in forms))
        ]
        held = [spec for spec in specs if spec.hold is not None and situation.answer(spec.hold)]
    return tuple(_filed(spec, specs, held, forms, counted) for spec in _made(specs))


def _made(specs: list[FileSpec]) -> Iterator[FileSpec]:
    """What is filed apart with everything takes the place of what is not apart."""
    takes_all = any(_takes_all(spec) for spec in specs)
    return (spec for spec in specs if spec.separate or not takes_all)


def _takes_all(spec: FileSpec) -> bool:
    return spec.separate and not spec.keep


def _filed(
    spec: FileSpec, specs: list[FileSpec], held: list[FileSpec], forms: Collection[str], counted: Counted
) -> Filed:
    taken = [spec, *(each for each in specs if not each.separate)] if _takes_all(spec) else [spec]
    timed = [each for each in taken if each is not spec or each.retention is not None] or [spec]
    ends = [_end(each.retention, counted) for each in timed]
    handed = [end for each in taken if (end := _end(each.hand_over, counted)) is not None]
    kept = [form for form in forms if not spec.keep or form in spec.keep]
    if spec.sort:
        kept.sort(key=spec.keep.index if spec.keep else None)
    return Filed(
        by=next((each.by for each in taken if each.by), None),
        index=spec.index,
        separate=spec.separate,
        forms=tuple(kept),
        kept_until=None if None in ends else max(end for end in ends if end is not None),
        hand_over_at=min(handed, default=None),
        held=any(each in held for each in taken),
        rule=spec.rule,
    )


def _end(duration: Duration | None, counted: Counted) -> datetime | None:
    """None for what has no end, or one so far away that no calendar reckons it."""
    if duration is None:
        return None
    try:
        return counted(duration)
    except ValueError:
        return None
