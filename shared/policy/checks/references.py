"""Does everything that is named exist: roles, forms, steps, facts, events, actions, needs, parameters."""

from collections.abc import Collection, Iterator, Mapping

from shared.policy.document.entry import (
    ActionName,
    AttributionName,
    ClockName,
    EventName,
    FactName,
    FormName,
    LadderName,
    MeasureName,
    NeedName,
    Reference,
    RoleName,
    StepName,
)
from shared.policy.document.guards import ACTIONS
from shared.policy.document.limits import Timing
from shared.policy.document.moves import BASIC
from shared.policy.document.roles import PARTIES
from shared.policy.document.steps import KINDS
from shared.policy.document.values import ValueType
from shared.policy.document.whole import PackDocument
from shared.policy.durations import Duration
from shared.policy.entries import all_of
from shared.policy.events import events_of
from shared.policy.findings import Finding, Path, nearest
from shared.policy.names import EVIDENCE, PLACES, Named
from shared.policy.reading import Source


def check_references(source: Source, document: PackDocument, names: Mapping[str, Named]) -> Iterator[Finding]:
    """Every name that nothing bears."""
    events = events_of(document)
    known: dict[type[Reference], Collection[str]] = {
        RoleName: document.roles.keys() | PARTIES,
        FormName: document.forms.keys(),
        StepName: document.steps.keys(),
        ClockName: document.clocks.keys() | {name for name, step in document.steps.items() if step.within},
        LadderName: document.ladders.keys(),
        AttributionName: document.attributions.keys(),
        MeasureName: document.measures.keys(),
        FactName: names.keys() | PLACES.keys(),
        EventName: events | {name for name, entry in names.items() if entry.type is ValueType.INSTANT},
        ActionName: document.moves.named.keys() | ACTIONS | set(BASIC),
        NeedName: names.keys() | events | EVIDENCE.keys(),
    }
    for path, reference in all_of(Reference, document):
        if isinstance(reference, Timing):
            yield from _timing(source, path, reference, document)
        elif reference not in known[type(reference)]:
            yield _missing(source, path, f"no_{reference.names}", reference, known[type(reference)])
    for path, kind in _kinds(document):
        if kind not in KINDS:
            yield _missing(source, path, "no_kind", kind, KINDS)
    for name, notice in document.notices.items():
        texts = [key for key, entry in names.items() if entry.type is ValueType.TEXT]
        if notice.wording is not None and notice.wording not in texts:
            yield _missing(source, ("notices", name, "wording"), "no_wording", notice.wording, texts)


def _kinds(document: PackDocument) -> Iterator[tuple[Path, str]]:
    """Every label of a step, or of a part of one."""
    for name, step in document.steps.items():
        yield ("steps", name, "do"), step.do
        for index, part in enumerate(step.chain):
            yield ("steps", name, "chain", index, "do"), part.do
    for name, settlement in document.settlements.items():
        for index, link in enumerate(settlement.chain):
            yield ("settlements", name, "chain", index, "do"), link.do


def _timing(source: Source, path: Path, timing: Timing, document: PackDocument) -> Iterator[Finding]:
    if timing.startswith("$"):
        if timing[1:] not in document.params:
            yield _missing(source, path, "no_param", timing[1:], document.params)
            return
        value, path = document.params[timing[1:]].value, ("params", timing[1:], "value")
    else:
        value = timing
    if value not in (None, "none") and not is_duration(str(value)):
        path = source.written(path)
        yield source.finding(path, "no_duration", at=source.place(path), given=value)


def is_duration(text: str) -> bool:
    """Whether `text` is a duration as packs write them."""
    try:
        Duration.parse(text)
    except ValueError:
        return False
    return True


def _missing(source: Source, path: Path, code: str, name: str, known: Collection[str]) -> Finding:
    path = source.written(path)
    return source.finding(path, code, at=source.place(path), name=name, meant=nearest(name, known))
