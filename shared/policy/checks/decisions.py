"""Do the decisions decide every case: rows or choices, a last row, an order, a presumption."""

from collections import Counter
from collections.abc import Iterator

from shared.policy.document.decisions import Decision
from shared.policy.document.whole import PackDocument
from shared.policy.findings import Finding, Path, nearest
from shared.policy.reading import Source


def check_decisions(source: Source, document: PackDocument) -> Iterator[Finding]:
    """What is wrong with the decisions."""
    for name, decision in document.decisions.items():
        path: Path = ("decisions", name)
        if bool(decision.rows) == bool(decision.choices) or (decision.rows and decision.hit is None):
            yield source.finding(path, "rows_or_choices")
        if decision.rows:
            yield from _rows(source, path, decision)
        if decision.choices:
            yield from _choices(source, path, decision)


def _rows(source: Source, path: Path, decision: Decision) -> Iterator[Finding]:
    for index, row in enumerate(decision.rows):
        last = index == len(decision.rows) - 1
        if (row.give is None) == (row.to is None):
            yield source.finding((*path, "rows", index), "row_gives_nothing")
        if not last and row.when is None:
            yield source.finding((*path, "rows", index + 1), "row_after_last")
    if decision.hit == "gravest":
        given = {row.give for row in decision.rows if row.give is not None}
        if not decision.order:
            yield source.finding(path, "order_missing")
        elif set(decision.order) != given or len(decision.order) != len(given):
            at = source.place((*path, "order"))
            yield source.finding((*path, "order"), "order_differs", at=at, values=", ".join(sorted(map(str, given))))


def _choices(source: Source, path: Path, decision: Decision) -> Iterator[Finding]:
    values = [choice.give for choice in decision.choices]
    for value, times in Counter(values).items():
        if times > 1:
            yield source.finding((*path, "choices"), "choice_twice", value=value)
    if decision.presume is not None and decision.presume not in values:
        here = (*path, "presume")
        shown, meant = ", ".join(map(str, values)), nearest(str(decision.presume), map(str, values))
        yield source.finding(
            here, "presume_unknown", at=source.place(here), value=decision.presume, values=shown, meant=meant
        )
    if decision.suggest == "keywords" and decision.presume is None:
        yield source.finding((*path, "suggest"), "presume_missing")
    owner: dict[str, tuple[int, int | str]] = {}
    for index, choice in enumerate(decision.choices):
        for word in choice.keywords:
            first = owner.setdefault(word.casefold(), (index, choice.give))
            if first[0] != index:
                here = (*path, "choices", index, "keywords")
                yield source.finding(here, "keyword_twice", word=word, first=first[1], second=choice.give)
