"""Are the facts sound: one source each, values of their type, nothing decided in a circle."""

from collections.abc import Iterator, Mapping

from shared.policy.document.facts import Fact
from shared.policy.document.values import ValueType
from shared.policy.document.whole import PackDocument
from shared.policy.expressions.condition import Compiled
from shared.policy.fact_values import FactSchema
from shared.policy.findings import Finding, Path
from shared.policy.reading import Source

ASKED_AT = ("intake", "handling", "work_order")
_NUMBERS = {ValueType.INT, ValueType.MONEY}


def check_facts(source: Source, document: PackDocument, conditions: Mapping[Path, Compiled]) -> Iterator[Finding]:
    """What is wrong with the facts."""
    schema = FactSchema(document.facts)
    for name, fact in document.facts.items():
        yield from _fact(source, document, schema, name, fact)
    for circle in circles(_depends_on(document, conditions)):
        first = circle[0]
        kind = next((kind for kind in ("facts", "measures") if first in getattr(document, kind)), "decisions")
        path = (kind, first)
        yield source.finding(path, "circle", circle=" -> ".join((*circle, first)))


def _fact(source: Source, document: PackDocument, schema: FactSchema, name: str, fact: Fact) -> Iterator[Finding]:
    path = ("facts", name)
    if not fact.sources:
        yield source.finding(path, "no_source_of_fact")
    elif len(fact.sources) > 1:
        yield source.finding(path, "many_sources_of_fact", given=", ".join(fact.sources))
    if fact.ask is not None and fact.ask not in ASKED_AT:
        at = source.place((*path, "ask"))
        yield source.finding((*path, "ask"), "not_asked_there", at=at, values=", ".join(ASKED_AT))
    if fact.unknown_as is not None and not schema.accepts(name, fact.unknown_as):
        at = source.place((*path, "unknown_as"))
        yield source.finding((*path, "unknown_as"), "bad_unknown_as", at=at, given=fact.unknown_as)
    if fact.derive and fact.derive.max_known:
        parts = [document.facts.get(part) for part in fact.derive.max_known]
        if fact.type not in _NUMBERS or any(part is not None and part.type is not fact.type for part in parts):
            yield source.finding((*path, "derive"), "max_of_numbers")


def _depends_on(document: PackDocument, conditions: Mapping[Path, Compiled]) -> dict[str, set[str]]:
    """What each derived fact, each decision and each measure looks at."""
    edges: dict[str, set[str]] = {
        name: {*map(str, measure.same), *([str(measure.sum)] if measure.sum else [])}
        for name, measure in document.measures.items()
    }
    for name, fact in document.facts.items():
        if fact.derive:
            edges[name] = {str(part) for part in fact.derive.max_known}
    asked = {("facts", "derive"), ("measures", "where")}
    for path, compiled in conditions.items():
        if path[0] == "decisions" or path[:3:2] in asked:
            edges.setdefault(str(path[1]), set()).update(compiled.names)
    return edges


def circles(edges: Mapping[str, set[str]]) -> list[tuple[str, ...]]:
    """Every circle that a walk along `edges` finds, each once."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            found.append(trail[trail.index(name) :])
        elif name not in done:
            for target in sorted(edges.get(name, ())):
                visit(target, (*trail, name))
            done.add(name)

    for name in edges:
        visit(name, ())
    return found
