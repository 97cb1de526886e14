"""Says in plain words what changes, and for whom, when one pack takes the place of another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shared.policy.describing import Teller
from shared.policy.document.clocks import Clock
from shared.policy.document.entry import Entry, RoleName
from shared.policy.entries import all_of
from shared.policy.findings import Language
from shared.policy.pack import Pack
from shared.policy.timing import clocks_of

_FOR_CUSTOMERS = frozenset({"types", "channels"})
"""Sections that every customer meets."""


@dataclass(frozen=True, slots=True)
class _Told:
    """One entry: how it is told, and itself."""

    lines: tuple[str, ...]
    entry: Entry | None


def differences(before: Pack, after: Pack, language: Language) -> str:
    """What is new, gone or changed in `after`, section by section, each with the roles it concerns.

    Entries are compared by their names in the pack; reactions, guards, archive and reminders, which have none, by what
    they say. A change that the words do not show is told by the keys in which the entries differ.
    """
    return "\n".join(_Comparison(before, after, language).lines()) + "\n"


class _Comparison:
    def __init__(self, before: Pack, after: Pack, language: Language) -> None:
        self.old, self.new = Teller(before, language), Teller(after, language)

    def lines(self) -> Iterator[str]:
        yield self.new.say("diff_head", before=_version(self.old), after=_version(self.new))
        nothing = True
        for heading, changes in self.sections():
            told = list(changes)
            if told:
                nothing = False
                yield from ("", self.new.say(heading), *told)
        if nothing:
            yield self.new.say("diff_nothing")

    def sections(self) -> Iterator[tuple[str, Iterator[str]]]:
        yield "diff_whole", self.whole()
        for (heading, was), (_, now) in zip(self.old.sections(), self.new.sections(), strict=True):
            old, new = (_told(teller, heading, lines) for teller, lines in ((self.old, was), (self.new, now)))
            yield heading, self.section(heading, old, new)

    def whole(self) -> Iterator[str]:
        """How the pack as a whole counts, numbers, admits and pauses; its first line is its version."""
        for was, now in zip_longest(list(self.old.identity())[1:], list(self.new.identity())[1:], fillvalue=""):
            if was != now:
                yield from self.changed((was,), (now,))

    def section(self, heading: str, old: dict[str, _Told], new: dict[str, _Told]) -> Iterator[str]:
        for key, told in new.items():
            was = old.get(key)
            if was is None:
                yield self.mark("diff_added", told.lines)
                yield self.concerns(heading, told)
            elif was.lines != told.lines:
                yield from self.changed(was.lines, told.lines)
                yield self.concerns(heading, was, told)
            elif keys := _keys(was.entry, told.entry):
                details = self.new.say("diff_details", keys=self.new.join(keys))
                yield self.mark("diff_changed", (*told.lines, f"      {details}"))
                yield self.concerns(heading, was, told)
        for key, told in old.items():
            if key not in new:
                yield self.mark("diff_removed", told.lines)
                yield self.concerns(heading, told)

    def mark(self, code: str, lines: Sequence[str]) -> str:
        first, *rest = lines
        return "\n".join((f"  {self.new.say(code)}{self.new.colon()}{first.strip()}", *rest))

    def changed(self, was: Sequence[str], now: Sequence[str]) -> Iterator[str]:
        """Both sides, without the lines of a table that stayed."""
        yield f"  {self.new.say('diff_changed')}{self.new.colon()}{(now[0] if was[0] == now[0] else was[0]).strip()}"
        for code, mine, others in (("diff_before", was, now), ("diff_after", now, was)):
            for line in mine:
                if line not in others and not (code == "diff_before" and line == was[0]):
                    yield f"      {self.new.say(code)}{self.new.colon()}{line.strip()}"

    def concerns(self, heading: str, *sides: _Told) -> str:
        """Everybody who stands in the entry, and the customer where it is promised to him."""
        roles: dict[str, None] = {}
        for told in sides:
            roles |= {str(role): None for _, role in all_of(RoleName, told.entry)}
            if heading in _FOR_CUSTOMERS or (isinstance(told.entry, Clock) and told.entry.promise == "customer"):
                roles["customer"] = None
        named = dict.fromkeys(self.role(role) for role in roles)
        who = self.new.join(named) or self.new.say("diff_all")
        return f"      {self.new.say('diff_concerns', who=who)}"

    def role(self, role: str) -> str:
        """What a role is called, also one that only the older pack has."""
        return (self.new if role in self.new.pack.document.roles else self.old).role(role)


def _version(teller: Teller) -> str:
    pack, title = teller.pack, teller.pack.document.title
    words = title.zh if teller.language == "zh" else title.en
    return teller.say("diff_version", title=words, pack=pack.code, version=pack.version, effective=pack.effective)


def _told(teller: Teller, heading: str, lines: Sequence[str]) -> dict[str, _Told]:
    """The entries of a section by key; lines deeper than an entry's own belong to it."""
    blocks: list[list[str]] = []
    for line in lines:
        if line.startswith("   ") and blocks:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    told: dict[str, _Told] = {}
    for (name, entry), block in zip(_entries(teller.pack, heading), blocks, strict=True):
        key, count = name or block[0], 1
        while key in told:  # the same ground for two types of contact, the same words twice
            count += 1
            key = f"{name or block[0]} ({count})"
        told[key] = _Told(tuple(block), entry)
    return told


def _entries(pack: Pack, heading: str) -> Iterator[tuple[str, Entry]]:
    """The entries that a section tells, in the same order, with their names where they have some."""
    document = pack.document
    if heading == "clocks":
        for spec in clocks_of(pack):
            yield spec.name, document.clocks.get(spec.name) or document.steps[spec.name]
    elif heading == "channels":
        yield from document.channels.ways.items()
        yield from (("", place) for place in document.channels.publish)
        if document.channels.staffing is not None:
            yield "", document.channels.staffing
    elif heading == "moves":
        yield from document.moves.named.items()
    elif heading == "grounds":
        yield from ((ground.ground, ground) for ground in document.moves.close)
    else:
        entries = getattr(document, heading)
        yield from entries.items() if isinstance(entries, dict) else (("", entry) for entry in entries)


def _keys(before: Entry | None, after: Entry | None) -> list[str]:
    """The keys in which two entries differ."""
    if before is None or after is None or type(before) is not type(after):
        return []
    fields = type(before).model_fields.items()
    return [field.alias or name for name, field in fields if getattr(before, name) != getattr(after, name)]
