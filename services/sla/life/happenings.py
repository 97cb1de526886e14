"""Events on the wire as a pack calls them: what happened, and what became known by it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.events import attributions, cases, complaints, steps, terms
from shared.events.envelope import EventData
from shared.values import replace

ORDERED = {"start": "started", "cancel": "cancelled", "climb": "climbed"}
"""What a pack's order is called when it is carried out: of a clock `reply.started`; no entry of a pack waits for it."""
RESPONSES = frozenset({"accepted", "rejected", "dissatisfied"})


@dataclass(frozen=True, slots=True)
class Happening:
    """names: events of the pack. facts, decided, response, reply_channel: what became known; None: nothing new.

    because: why limits may change now, a code of `clock.adjusted`. runs: beside the first names, which piece of work of
    its name each is about, from 0: several may be under way at once.
    """

    names: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    decided: Mapping[str, Any] = field(default_factory=dict)
    response: str | None = None
    reply_channel: str | None = None
    because: str = "facts"
    runs: tuple[int, ...] = ()

    def runs_of(self, name: str) -> tuple[int, ...]:
        """Those of the event `name`: of each opening its own, however many come at once."""
        same = [run for each, run in zip(self.names, self.runs, strict=False) if each == name]
        return tuple(dict.fromkeys(same))

    @property
    def learned(self) -> frozenset[str]:
        """Every name that conditions may now answer differently about."""
        own = {"customer_response", "agreement", "rounds"} if self.response else set()
        own |= {"reply_medium"} if self.reply_channel else set()
        return frozenset({*self.facts, *self.decided, *own, *self.names})


def happening_of(data: EventData, follow_ups: Collection[str]) -> Happening:
    """What the pack calls this event. follow_ups: the pack's steps that a call to the customer completes.

    The pack's own `closed`, `withdrawn` and `reopened` are here too; what they mean for the case is not.
    """
    if name := _LIFE.get(type(data)):
        return Happening((name,), because=_TERMS.get(name, "facts"))
    match data:
        case complaints.ComplaintAmendedV1():
            return Happening(("amended", *_set(data.facts)), facts=data.facts, because="amended")
        case complaints.CustomerRespondedV1(kind=kind) if kind in RESPONSES:
            return _responded(kind, ())
        case cases.CaseAssessedV1():
            decided = {
                "validity": data.validity.value,
                "category": data.category.code,
                "grade": data.grade.value,
            }
            graded = ("graded",) if data.previous_grade != data.grade.value else ()
            return Happening(("assessed", *graded, *_set(decided)), decided=decided)
        case cases.CaseFactSetV1():
            attributed = ("delay_attributed",) if "delay_cause" in data.facts else ()
            return Happening((*attributed, *_set(data.facts)), facts=data.facts)
        case cases.CaseProgressedV1():
            # One of the pack's own moves is no tracking record.
            informed = ("informed",) if data.informed else ()
            return Happening((f"{data.move}.done",) if data.move else ("progressed", *informed))
        case cases.CaseRepliedV1():
            return Happening(("replied", "informed"), reply_channel=data.channel)
        case cases.CaseFollowedUpV1(reached=True):
            # Nobody answered: the customer has not been contacted yet, and the call is still owed (R-001-18/r22).
            done = tuple(f"{step}.done" for step in follow_ups)
            response = (
                {True: "accepted", False: "dissatisfied"}.get(data.satisfied) if data.satisfied is not None else None
            )
            return _responded(response, done) if response else Happening(done)
        case terms.CaseExtendedV1():
            return Happening((f"{data.clock}.extended",), because="extended")
        case terms.CaseLimitSetV1():
            return Happening((), because="set")
        case _:
            return _of_parts(data)


def _of_parts(data: EventData) -> Happening:
    """Of the work, the links and the clocks that the pack declares."""
    match data:
        case cases.CaseOrderedV1(name=str(name)) if data.act in ORDERED:
            return Happening((f"{name}.{ORDERED[data.act]}",), because="ordered")
        case attributions.CaseAttributedV1(kind="delaying"):
            return Happening(("delay_attributed",))
        case cases.CaseLinkReturnedV1():
            return Happening((f"{data.link}.back",))
        case steps.CaseStepOpenedV1():
            names = tuple(f"{each.step}.opened" for each in data.steps)
            return Happening(names, runs=tuple(number_of(each.run) for each in data.steps))
        case steps.CaseTaskReceivedV1():
            return Happening((f"{data.step}.received",))
        case steps.CaseStepDoneV1():
            left = {**data.records, **({data.step: data.gives} if data.gives else {})}
            runs = (number_of(data.run),) * len(data.happened)
            known = Happening((*data.happened, *_set(data.filled)), decided=left, runs=runs)
            return _with_response(known, data.response) if data.response else known
        case steps.CaseFormMarkedV1():
            return Happening((*data.happened, *_set(data.filled)), decided=data.records)
        case _:
            return Happening(())


def _responded(response: str, names: tuple[str, ...]) -> Happening:
    dissatisfied = ("dissatisfied",) if response == "dissatisfied" else ()
    return Happening((*names, *dissatisfied, "customer_response.set"), response=response)


def _with_response(known: Happening, response: str) -> Happening:
    said = _responded(response, known.names)
    return replace(said, decided=known.decided, runs=known.runs)


def number_of(run: str) -> int:
    """From 0: `consult` is the first piece of work of its name, `consult.2` the second."""
    number = run.partition(".")[2]
    return int(number) - 1 if number.isdigit() else 0


def _set(facts: Collection[str]) -> tuple[str, ...]:
    return tuple(f"{fact}.set" for fact in facts)


_LIFE: Mapping[type[EventData], str] = {
    complaints.ComplaintRegisteredV1: "registered",
    complaints.ComplaintWithdrawnV1: "withdrawn",
    cases.CaseAdmittedV1: "admitted",
    cases.CaseAssignedV1: "assigned",
    cases.CaseAcceptedV1: "taken_up",
    cases.CaseReturnedV1: "returned",
    cases.CaseResolvedV1: "resolved",
    cases.CaseClosedV1: "closed",
    cases.CaseReopenedV1: "reopened",
    cases.CaseLinkedV1: "linked",
    terms.CaseAgreedV1: "agreed",
    terms.CaseSuspendedV1: "suspended",
    terms.CaseResumedV1: "resumed",
}
_TERMS = {"agreed": "agreed", "suspended": "suspended", "resumed": "resumed"}
