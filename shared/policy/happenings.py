"""Events on the wire as a pack calls them, and what they make known of a case to whoever only listens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from shared.events.cases import CaseAssessedV1, CaseKeptV1, CaseReopenedV1, CaseRulesChangedV1
from shared.events.clocks import ClockBreachedV1, ClockData, EscalationRaisedV1
from shared.events.complaints import ComplaintRegisteredV1, CustomerRespondedV1
from shared.events.envelope import Event, EventData
from shared.events.steps import CaseFormMarkedV1, CaseStepDoneV1, CaseStepOpenedV1
from shared.policy.ages import WorkingCalendar
from shared.policy.document.values import ValueType
from shared.policy.events import LIFE
from shared.policy.pack import Pack
from shared.policy.situation import Context
from shared.values import replace

_PARTS = ("step", "settlement", "form", "link", "measure")
_OTHER_WORDS = {"case.accepted": "taken_up", "case.progressed": "progressed"}
_RESPONSES = frozenset({"accepted", "rejected", "dissatisfied"})


@dataclass(slots=True, unsafe_hash=True)  # as good as frozen
class Known:
    """What conditions may ask about a case, as it travels in events: instants as text.

    happened: events of the current round, as the pack calls them. kept_by, kept_until: who keeps the case, and until
    which of them. compensated: something was paid, in whatever round.
    """

    facts: Mapping[str, Any] = field(default_factory=dict)
    decided: Mapping[str, Any] = field(default_factory=dict)
    happened: tuple[str, ...] = ()
    contact_type: str | None = None
    channel: str | None = None
    registered_at: str | None = None
    arisen_at: str | None = None
    anonymous: bool = False
    response: str | None = None
    round: int = 1
    kept_by: str | None = None
    kept_until: str | None = None
    compensated: bool = False


def names_of(event: Event, pack: Pack) -> tuple[str, ...]:
    """What the pack calls this event, and what it sets. A breach that a ladder climbs is believed with its first
    level: nobody is told of one that may still be taken back."""
    data: Any = event.data
    if isinstance(data, ClockData):
        return _of_clock(event, data, pack)
    if isinstance(data, CaseRulesChangedV1):  # what it tells of the case has been told before
        return ()
    name = event.envelope.name
    past = name.partition(".")[2]
    found = [f"{fact}.set" for fact in getattr(data, "facts", ())]
    if name == "case.linked":
        return ("linked",)
    if isinstance(data, CaseStepOpenedV1):
        return tuple(f"{step.step}.opened" for step in data.steps)
    if isinstance(data, CaseStepDoneV1 | CaseFormMarkedV1):
        response = _said(getattr(data, "response", None))
        return (*data.happened, *(f"{field}.set" for field in data.filled), *response, *found)
    if name == "case.link_returned":
        return (f"{data.link}.back",)
    part = next((value for noun in _parts_of(type(event.data)) if (value := getattr(data, noun))), None)
    if part is not None:
        return (f"{part}.{past.rpartition('_')[2]}", *found)
    if move := getattr(data, "move", None):
        return (f"{move}.done", *found)
    if isinstance(data, CaseAssessedV1):
        graded = ["graded"] if data.previous_grade != data.grade.value else []
        return ("assessed", *graded, "validity.set", "category.set", "grade.set")
    if isinstance(data, CustomerRespondedV1):
        return _said(data.kind)
    word = _OTHER_WORDS.get(name, past)
    informed = ("informed",) if word == "replied" or getattr(data, "informed", False) else ()
    return (word, *informed, *found) if word in LIFE else tuple(found)


@lru_cache(maxsize=256)
def _parts_of(kind: type[EventData]) -> tuple[str, ...]:
    """Which parts of a pack events of this type may name."""
    return tuple(noun for noun in _PARTS if noun in kind.model_fields)


def _said(response: str | None) -> tuple[str, ...]:
    dissatisfied = ["dissatisfied"] if response == "dissatisfied" else []
    return (*dissatisfied, "customer_response.set") if response in _RESPONSES else ()


def _of_clock(event: Event, data: ClockData, pack: Pack) -> tuple[str, ...]:
    past = event.envelope.name.partition(".")[2]
    if isinstance(data, EscalationRaisedV1):
        return (f"{data.name}.breached",) if data.level == 1 else ()
    if isinstance(data, ClockBreachedV1):
        climbs = any(f"{data.name}.breached" in ladder.on for ladder in pack.document.ladders.values())
        return () if climbs or data.late_detected else (f"{data.name}.breached",)
    return (f"{data.name}.{past}",)


def learn(known: Known, event: Event, names: Collection[str]) -> Known:
    """What is known of the case after the event; facts merge, what happened begins anew with each round."""
    data: Any = event.data
    if isinstance(data, ComplaintRegisteredV1):
        known = replace(
            known,
            contact_type=data.contact_type,
            channel=data.channel,
            anonymous=data.anonymous,
            registered_at=data.received_at.isoformat(),
            arisen_at=data.happened_at.isoformat() if data.happened_at else None,
            facts={**data.facts, **({"segment": data.segment} if data.segment else {})},
        )
    elif facts := getattr(data, "facts", None):
        known = replace(known, facts={**known.facts, **facts})
    if isinstance(data, CaseAssessedV1):
        decided = {"validity": data.validity.value, "category": data.category.code, "grade": data.grade.value}
        decided = {name: said.values[0] for name, said in data.decisions.items() if said.values} | decided
        known = replace(known, decided={**known.decided, **decided})
    if isinstance(data, CustomerRespondedV1) and data.kind in _RESPONSES:
        known = replace(known, response=data.kind)
    if isinstance(data, CaseStepDoneV1 | CaseFormMarkedV1):
        known = replace(known, decided={**known.decided, **data.records})
    if isinstance(data, CaseStepDoneV1):
        gives = {data.step: data.gives} if data.gives else {}
        known = replace(
            known,
            decided={**known.decided, **gives},
            response=data.response or known.response,
            compensated=known.compensated or f"{data.step}.paid" in data.happened,
        )
    if isinstance(data, CaseKeptV1):
        known = replace(known, kept_by=data.person, kept_until=data.until)
    if isinstance(data, CaseReopenedV1):
        return replace(known, happened=(), round=data.round)
    fresh = tuple(name for name in names if name not in known.happened)
    return replace(known, happened=(*known.happened, *fresh)) if fresh else known


def context_of(
    known: Known, pack: Pack, now: datetime, zone: tzinfo, calendar: WorkingCalendar | None, *, contactable: bool
) -> Context:
    """The case as conditions see it; how often people talked is told in no event, and unknown."""
    whole = {name for name in known.decided if name in pack.names and pack.names[name].type is ValueType.INT}
    return Context(
        now=now,
        zone=zone,
        calendar=calendar,
        happened=frozenset(known.happened),
        decided={
            name: int(value) if name in whole and isinstance(value, str) else value
            for name, value in known.decided.items()
        },
        contact_type=known.contact_type,
        channel=known.channel,
        registered_at=_instant(known.registered_at),
        arisen_at=_instant(known.arisen_at),
        open="closed" not in known.happened,
        contactable=contactable,
        anonymous=known.anonymous,
        reopened_count=known.round - 1,
        customer_response=known.response,
        agreement=known.response == "accepted",
        rounds=None,
        compensated=known.compensated,
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
