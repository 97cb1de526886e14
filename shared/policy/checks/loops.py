"""Reactions that set each other off without anybody between them: such a pack would run for ever."""

from collections.abc import Iterator, Mapping

from shared.policy.checks.facts import circles
from shared.policy.document.reactions import Effect
from shared.policy.document.whole import PackDocument
from shared.policy.expressions.condition import Compiled
from shared.policy.findings import Finding, Path, dotted
from shared.policy.reading import Source

_OF_DECISION = {"grade": "graded", "route": "assigned"}
"""The life event that a decision of this name makes; every decision also makes its `.set`."""


def check_loops(source: Source, document: PackDocument, conditions: Mapping[Path, Compiled]) -> Iterator[Finding]:
    """Every circle of reactions; a circle through a person's work is none."""
    edges = _edges(document, conditions)
    for circle in circles(edges):
        reactions = [node for node in circle if node.startswith("reactions[")]
        if reactions:
            index = int(reactions[0].removeprefix("reactions[").removesuffix("]"))
            yield source.finding(("reactions", index), "runs_for_ever", circle=" -> ".join((*circle, circle[0])))


def _edges(document: PackDocument, conditions: Mapping[Path, Compiled]) -> dict[str, set[str]]:
    """From reactions to the events they cause, from events to the reactions and steps they set off, and on."""
    edges: dict[str, set[str]] = {}
    for index, reaction in enumerate(document.reactions):
        node = dotted(("reactions", index))
        for event in reaction.on:
            edges.setdefault(str(event), set()).add(node)
        edges.setdefault(node, set()).update(event for effect in reaction.do for event in _caused(effect))
    for name, step in document.steps.items():
        for event in step.opens.on if step.opens else ():
            edges.setdefault(str(event), set()).add(f"{name}.opened")
    for path, condition in conditions.items():
        derived = path[0] == "facts" and path[2:3] == ("derive",)
        if derived or (path[0] == "decisions" and document.decisions[str(path[1])].again_on):
            decided = str(path[1])
            for name in condition.names:
                edges.setdefault(f"{name}.set", set()).add(f"{decided}.set")
            if decided in _OF_DECISION:
                edges.setdefault(f"{decided}.set", set()).add(_OF_DECISION[decided])
    return edges


def _caused(effect: Effect) -> Iterator[str]:
    if effect.open:
        yield f"{effect.open}.opened"
    if effect.assign:
        yield "assigned"
    if effect.link:
        yield "linked"
    yield from (f"{fact}.set" for fact in effect.set_)
