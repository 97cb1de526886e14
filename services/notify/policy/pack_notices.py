"""The notices a pack asks for by itself: which go out now, which wait for a fact, when, and what they show."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from services.notify.domain import CUSTOMER, Kind, NoticeCase, Recipient, Waiting
from services.notify.policy.recipients import recipients_of
from shared.events.envelope import Event
from shared.policy.ages import WorkingCalendar
from shared.policy.durations import Duration
from shared.policy.happenings import context_of
from shared.policy.holding import Posts
from shared.policy.noticing import NoticeSpec, goes_out, notice_of, notices_of
from shared.policy.pack import Pack
from shared.policy.situation import Context
from shared.values import replace

_LENGTHS = {"min": 60, "h": 3600, "wh": 3600, "d": 86_400, "wd": 86_400, "w": 604_800, "mo": 2_592_000, "y": 31_536_000}


@dataclass(frozen=True, slots=True)
class Call:
    """A notice that is to go out. cause: id of the event that called for it. due_at: not before; None: at once."""

    spec: NoticeSpec
    cause: UUID
    params: Mapping[str, str | int]
    due_at: datetime | None = None


def asks_about_cases(pack: Pack) -> bool:
    """Whether any notice of the pack needs what is known of a case: by a condition, or to show it."""
    return any(spec.when or spec.content or spec.medium or spec.mass or spec.before for spec in notices_of(pack))


def calls_of(
    case: NoticeCase, event: Event, names: Sequence[str], pack: Pack, zone: str, calendar: WorkingCalendar | None
) -> tuple[tuple[Call, ...], tuple[Waiting, ...]]:
    """What goes out because of `event`, and what still waits for a fact: from before, or since now.

    `case` is as it is after the event. The answer to the customer is told by the product itself, whether or not the
    pack gives it a name.
    """
    asked = [Waiting(spec.name, name, event.id) for spec in notices_of(pack) for name in names if name in spec.on]
    asked = [each for each in asked if each.event != "replied" or _others(pack, each)]
    version = getattr(event.data, "texts_version", None)
    asked = [replace(each, texts_version=version) for each in asked]
    calls, waits = [], []
    context = context_of(case.known, pack, event.occurred_at, ZoneInfo(zone), calendar, contactable=case.contactable)
    for each in dict.fromkeys((*case.waiting, *asked)):
        spec = notice_of(pack, each.notice)
        if spec is None:
            continue
        answer = goes_out(pack, spec, case.known.facts, context)
        if answer is None:
            waits.append(each)
        elif answer:
            calls.append(Call(spec, each.cause, _params(spec, each, case, pack), _due_at(spec, each, case, context)))
    return tuple(calls), tuple(waits)


def _others(pack: Pack, asked: Waiting) -> bool:
    spec = notice_of(pack, asked.notice)
    return spec is not None and any(role != CUSTOMER for role in spec.to)


def recipients_of_call(call: Call, case: NoticeCase, pack: Pack, posts: Posts) -> tuple[Recipient, ...]:
    """Who is told by name; everybody of a mass notice is found elsewhere."""
    roles = call.spec.to
    if call.spec.mass or call.params["event"] == "replied":
        roles = tuple(role for role in roles if role != CUSTOMER)
    return recipients_of(roles, case, pack, posts)


def kind_of(spec: NoticeSpec) -> str:
    """What tells one notice of a cause from another in its id."""
    return f"{Kind.NOTICE}:{spec.name}"


def _params(spec: NoticeSpec, asked: Waiting, case: NoticeCase, pack: Pack) -> dict[str, str | int]:
    params: dict[str, str | int] = {"notice": spec.name, "event": asked.event}
    shown = {name: value for name in _shown(spec, asked) if (value := _value(name, case)) is not None}
    if shown:
        params["content"] = json.dumps(shown, ensure_ascii=False)
    if spec.ack:
        params["ack"] = 1
    if medium := _medium(spec, case, pack):
        params["medium"] = medium
    if spec.wording and asked.texts_version is not None:
        params["texts_version"] = asked.texts_version
    if spec.mass:
        params |= {"mass": spec.mass, "pack_code": case.pack_code, "pack_version": case.pack_version}
    return params


def _shown(spec: NoticeSpec, asked: Waiting) -> tuple[str, ...]:
    """The fields shown; a fact whose setting is announced is always among them."""
    fact, _, ending = asked.event.rpartition(".")
    return tuple(dict.fromkeys((*spec.content, *((fact,) if ending == "set" else ()))))


def _value(name: str, case: NoticeCase) -> object:
    return case.known.facts.get(name, case.known.decided.get(name))


def _medium(spec: NoticeSpec, case: NoticeCase, pack: Pack) -> str | None:
    if spec.medium is None:
        return None
    if spec.medium.same_as:
        return pack.channels.get(case.known.channel or "")
    return ",".join(spec.medium.any_of) or None


def _due_at(spec: NoticeSpec, asked: Waiting, case: NoticeCase, context: Context) -> datetime | None:
    """Ahead of the instant that was set, by the pack's lead; None where it speaks of no instant."""
    fact, _, ending = asked.event.rpartition(".")
    value = case.known.facts.get(fact)
    if spec.before is None or ending != "set" or not isinstance(value, str):
        return None
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (instant if instant.tzinfo else instant.replace(tzinfo=context.zone)) - lead(spec.before)


def lead(duration: Duration) -> timedelta:
    """How long ahead, as elapsed time: a working day is taken for a day, a month for thirty."""
    return timedelta(seconds=_LENGTHS.get(duration.unit, 86_400) * max(duration.amount, 1))
