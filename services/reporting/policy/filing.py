"""From all events of a case to the files it goes into once it has ended. Pure: the same whenever it is run again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID, uuid5

from services.reporting.domain import Filing, Part
from shared.calendars.counting import Counting
from shared.calendars.due import due_at
from shared.calendars.working import WorkingCalendar
from shared.events.cases import CaseAssignedV1, CaseClosedV1, CaseReopenedV1, CaseRulesChangedV1
from shared.events.complaints import (
    CalendarPin,
    ComplaintAmendedV1,
    ComplaintErasedV1,
    ComplaintRegisteredV1,
    ComplaintWithdrawnV1,
    CustomerRespondedV1,
    PackPin,
)
from shared.events.envelope import Event
from shared.events.steps import CaseFormMarkedV1, CaseStepDoneV1
from shared.policy.archiving import Filed, filed
from shared.policy.document.values import ValueType
from shared.policy.happenings import Known, context_of, learn, names_of
from shared.policy.pack import Pack
from shared.policy.work_specs import works_of
from shared.values import replace

_FILES = UUID("6f0f7c1e-4a56-4d0c-9f43-0c6a5b3a2e71")
_HANDOVER = "unit.collective_handover"
FILED_AGAIN_ON = frozenset(
    type_.event_type
    for type_ in (
        CaseClosedV1, ComplaintWithdrawnV1, CaseReopenedV1, ComplaintErasedV1, ComplaintAmendedV1, CustomerRespondedV1,
        CaseStepDoneV1, CaseFormMarkedV1,
    )
)  # fmt: skip
"""The types that may change how a case is filed: what ends it or opens it again, and what may come after its end."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A case as its file sees it. pack, calendar: as pinned. forms: when each first came to be. ended_at: of the
    present end; None while the case is open. erased_at: when everything personal was removed."""

    registered: ComplaintRegisteredV1
    pack: PackPin
    known: Known = field(default_factory=Known)
    department: str | None = None
    forms: Mapping[str, datetime] = field(default_factory=dict)
    ended_at: datetime | None = None
    erased_at: datetime | None = None

    @property
    def calendar(self) -> CalendarPin:
        return self.registered.calendar


def pins_of(events: Sequence[Event]) -> PackPin:
    """The version of the pack that governs the case after these events, of which the first registers it."""
    registered: Any = events[0].data
    moved = [event.data.pack for event in events if isinstance(event.data, CaseRulesChangedV1)]
    return moved[-1] if moved else registered.pack


def in_causal_order(events: Sequence[Event]) -> list[Event]:
    """Each source's in its sequence, each event after all its emitter had applied; of those free to go the earliest
    first. Where that cannot be (something is missing), the earliest."""
    waiting: dict[str, list[Event]] = {}
    for event in sorted(events, key=lambda each: each.envelope.sequence, reverse=True):
        waiting.setdefault(event.envelope.source, []).append(event)
    ordered: list[Event] = []
    while waiting:
        heads = [queue[-1] for queue in waiting.values()]
        numbers = {head.envelope.source: head.envelope.sequence for head in heads}
        free = [
            head
            for head in heads
            if all(numbers.get(source, last + 1) > last for source, last in head.envelope.after.items())
        ]
        chosen = min(free or heads, key=lambda each: (each.occurred_at, each.envelope.source))
        ordered.append(chosen)
        queue = waiting[chosen.envelope.source]
        queue.pop()
        if not queue:
            del waiting[chosen.envelope.source]
    return ordered


def whole_of(events: Sequence[Event], pack: Pack) -> Whole:
    """The case after all its events, in causal order; the first registers it."""
    registered: Any = events[0].data
    channel = pack.document.channels.ways.get(registered.channel or "")
    forms = {str(channel.form): registered.received_at} if channel and channel.form else {}
    whole = Whole(registered, registered.pack, forms=forms)
    for event in events:
        whole = _after(whole, event, pack)
    return whole


def _after(whole: Whole, event: Event, pack: Pack) -> Whole:
    data, at = event.data, event.occurred_at
    whole = replace(whole, known=learn(whole.known, event, names_of(event, pack)))
    if isinstance(data, CaseAssignedV1):
        return replace(whole, department=data.department)
    if isinstance(data, CaseClosedV1 | ComplaintWithdrawnV1):
        return replace(whole, ended_at=whole.ended_at or at)
    if isinstance(data, CaseReopenedV1):
        return replace(whole, ended_at=None)
    if isinstance(data, CaseRulesChangedV1):
        return replace(whole, pack=data.pack)
    if isinstance(data, ComplaintErasedV1):
        texts = {name for name, fact in pack.document.facts.items() if fact.type is ValueType.TEXT}
        facts = {name: value for name, value in whole.known.facts.items() if name not in texts}
        return replace(whole, erased_at=whole.erased_at or at, known=replace(whole.known, facts=facts))
    if form := _form_of(event, pack):
        return replace(whole, forms={**whole.forms, form: whole.forms.get(form, at)})
    return whole


def _form_of(event: Event, pack: Pack) -> str | None:
    """The form that came to be, or was there already, by what was done."""
    data = event.data
    if isinstance(data, CaseFormMarkedV1):
        return data.form
    if not isinstance(data, CaseStepDoneV1) or (spec := works_of(pack).get(data.step)) is None:
        return None
    part = spec.parts[data.part] if data.part is not None and data.part < len(spec.parts) else None
    form = part.form if part else spec.form
    written = bool(data.filled) or f"{form}.signed" in data.happened or f"{data.step}.done" in data.happened
    return form if written else None


def filings_of(
    case: UUID, whole: Whole, pack: Pack, calendar: WorkingCalendar, zone: tzinfo, handover: date | None
) -> tuple[Filing, ...]:
    """The files of a case, none while it is open. handover: of its building, as the directory has it."""
    ended_at = whole.ended_at
    if ended_at is None:
        return ()
    facts = {name: handover for name, fact in pack.document.facts.items() if fact.from_ == _HANDOVER and handover}
    context = context_of(
        whole.known, pack, ended_at, zone, Counting(calendar), contactable=whole.registered.contactable
    )
    found = filed(
        pack, {**facts, **whole.known.facts}, context, whole.forms,
        lambda duration: due_at(calendar, ended_at, duration, pack.count).instant,
    )  # fmt: skip
    return tuple(_filing(case, whole, each, place, ended_at, zone) for place, each in enumerate(found))


def _filing(case: UUID, whole: Whole, each: Filed, place: int, ended_at: datetime, zone: tzinfo) -> Filing:
    registered = whole.registered
    keys = {
        "case": registered.number,
        "household": None if whole.erased_at else registered.household_hash,
        "year": str(ended_at.astimezone(zone).year),
        "department": whole.department,
    }
    key = keys[each.index]
    apart = "apart" if each.separate else ""
    # A file without a key (a household nobody named, or that was forgotten) is that of this case alone.
    name = (registered.project, whole.pack.code, each.index, key or str(case), apart, each.by or "")
    return Filing(
        case=case,
        place=place,
        project=registered.project,
        number=registered.number,
        pack_code=whole.pack.code,
        pack_version=whole.pack.version,
        file=uuid5(_FILES, "\x1f".join(name)),
        index=each.index,
        key=key,
        separate=each.separate,
        by=each.by,
        department=whole.department,
        parts=tuple(Part(form, whole.forms[form]) for form in each.forms),
        ended_at=ended_at,
        kept_until=each.kept_until,
        hand_over_at=each.hand_over_at,
        held=each.held,
        removed_at=whole.erased_at,
        rule=each.rule,
    )
