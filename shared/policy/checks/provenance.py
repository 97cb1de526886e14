"""Where every entry comes from: a rule of a regime the pack implements, or a reading; and whether figures are given."""

from collections.abc import Iterator
from string import Formatter

from shared.policy.document.entry import Entry
from shared.policy.document.whole import PackDocument
from shared.policy.entries import all_of
from shared.policy.findings import Finding, Path
from shared.policy.reading import Source

_PLACEHOLDERS = {"project", "year", "month", "n"}


def check_provenance(source: Source, document: PackDocument) -> Iterator[Finding]:
    """Entries without a source, rules of foreign regimes, demanded figures left open, a number that numbers nothing."""
    for path, entry in _sourced(document):
        if not _has_source(entry):
            yield source.finding(source.written(path), "no_provenance")
    for path, entry in all_of(Entry, document):
        for rule in entry.rule:
            if rule.partition("/")[0] not in document.implements:
                here = source.written((*path, "rule"))
                implements = ", ".join(document.implements)
                yield source.finding(here, "foreign_rule", at=source.place(here), rule=rule, implements=implements)
    for name, param in document.params.items():
        if param.value is None:
            yield source.finding(("params", name), "demand_without_value" if param.demand else "param_no_value")
    if not _is_pattern(document.number.pattern):
        yield source.finding(("number", "pattern"), "bad_pattern", at=source.place(("number", "pattern")))


def _sourced(document: PackDocument) -> Iterator[tuple[Path, Entry]]:
    """The entries that must name their source; what stands inside them inherits it."""
    for key in ("count", "on_regrade", "pause", "number", "governance"):
        entry = getattr(document, key)
        if entry is not None:
            yield (key,), entry
    channels, moves = document.channels, document.moves
    sections: list[tuple[Path, object]] = [
        *(((key,), getattr(document, key)) for key in _SECTIONS),
        (("channels",), channels.ways),
        (("channels", "publish"), channels.publish),
        (("moves",), moves.named),
        (("moves", "close"), moves.close),
    ]
    if channels.staffing:
        yield ("channels", "staffing"), channels.staffing
    for path, section in sections:
        items = (
            section.items() if isinstance(section, dict) else enumerate(section) if isinstance(section, tuple) else ()
        )
        yield from (((*path, key), entry) for key, entry in items)


_SECTIONS = (
    "params", "roles", "types", "forms", "facts", "measures", "decisions", "steps", "settlements", "clocks", "ladders",
    "reactions", "guards", "notices", "reports", "archive", "scripts",
)  # fmt: skip


def _has_source(entry: Entry) -> bool:
    if entry.rule or entry.assume:
        return True
    rows: tuple[Entry, ...] = (*getattr(entry, "rows", ()), *getattr(entry, "choices", ()))
    return bool(rows) and all(row.rule or row.assume for row in rows)


def _is_pattern(pattern: str) -> bool:
    try:
        fields = [
            (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(pattern) if name is not None
        ]
    except ValueError:
        return False
    names = {name for name, _, _ in fields}
    plain = all(not spec and not conversion for _, spec, conversion in fields)
    return plain and names <= _PLACEHOLDERS and {"project", "n"} <= names
