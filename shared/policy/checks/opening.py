"""Is there something that opens each step: its own events or role, a reaction, a measure, a duty, a report."""

from collections.abc import Iterator

from shared.policy.document.entry import StepName
from shared.policy.document.steps import Step
from shared.policy.document.whole import PackDocument
from shared.policy.entries import all_of
from shared.policy.findings import Finding
from shared.policy.reading import Source

_NOT_OPENING = frozenset({"merges", "after", "of"})
"""Keys that name a step without opening it."""


def check_opening(source: Source, document: PackDocument) -> Iterator[Finding]:
    """Steps that nothing opens."""
    opened = opened_elsewhere(document)
    for name, step in document.steps.items():
        if name not in opened and not opens_itself(step):
            yield source.finding(("steps", name), "never_opened")


def opens_itself(step: Step) -> bool:
    """Whether the step says by which events, or by whom, it is opened."""
    return step.opens is not None and bool(step.opens.on or step.opens.by or step.opens.when)


def opened_elsewhere(document: PackDocument) -> frozenset[str]:
    """The steps that other parts of the pack open."""
    return frozenset(
        str(step)
        for path, step in all_of(StepName, document)
        if "open" in path[-2:] and not _NOT_OPENING.intersection(map(str, path[-2:]))
    )
