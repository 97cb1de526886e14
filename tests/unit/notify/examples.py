"""A small organisation, its default pack, and events as notify meets them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid5

from services.notify.domain import CaseState, ChannelName, Claim, Kind, Notice, NoticeCase, Recipient, Revocation
from shared.events.clocks import ClockStartedV1, ClockWarnedV1, EscalationRaisedV1
from shared.events.complaints import CalendarPin, ComplaintRegisteredV1, PackPin
from shared.events.envelope import Envelope, Event, EventData
from shared.events.records import Name, NodeV1, PersonV1, Post
from shared.policy.loading import default_pack_text, load_pack
from shared.policy.pack import Pack
from shared.reference.directory import Directory

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # 9:00 in China
DUE = NOW + timedelta(days=7)
CASE = UUID(int=7)
CLOCK = UUID(int=70)
PACK = PackPin(code="developer-property", version=1, digest="0")
CALENDAR = CalendarPin(code="cn-office", version=1, digest="0")

NODES = (
    NodeV1(code="G", kind="group", path=("G",), name=Name(zh="和鸣集团", en="Heming Group"), zone="Asia/Shanghai"),
    NodeV1(code="R1", kind="region", path=("G", "R1"), name=Name(zh="华东", en="East")),
    NodeV1(code="P01", kind="project", path=("G", "R1", "P01"), name=Name(zh="听澜花园", en="Tinglan Garden")),
    NodeV1(code="P02", kind="project", path=("G", "R1", "P02"), name=Name(zh="望湖", en="Wanghu")),
    NodeV1(code="R2", kind="region", path=("G", "R2"), name=Name(zh="华中", en="Centre")),
    NodeV1(code="P09", kind="project", path=("G", "R2", "P09"), name=Name(zh="江岸", en="Riverside")),
)


@cache
def pack() -> Pack:
    return load_pack(default_pack_text())


def person(
    id_: str, *posts: tuple[str, str] | tuple[str, str, str], language: str = "zh", active: bool = True
) -> PersonV1:
    held = tuple(Post(role=p[0], node=p[1], department=p[2] if len(p) > 2 else None) for p in posts)
    return PersonV1(id=id_, name=f"Name of {id_}", language=language, posts=held, active=active)


PEOPLE = (
    person("li.na", ("handler", "P01", "property")),
    person("he.qiang", ("handler", "R1", "engineering")),
    person("wang.li", ("handler", "R1", "cs"), language="en"),
    person("wu.fang", ("customer_service_head", "R1"), ("cs_head", "R1")),
    person("sun.yue", ("regional_leader", "R1")),
    person("gone", ("handler", "P01", "property"), active=False),
)


def directory(*people: PersonV1) -> Directory:
    return Directory.of(NODES, people or PEOPLE)


def case(**known: Any) -> NoticeCase:
    usual = {
        "id": CASE,
        "number": "P01-2026-0001",
        "project": "P01",
        "pack_code": PACK.code,
        "pack_version": PACK.version,
        "mode": "live",
        "language": "zh",
        "contactable": True,
        "department": "property",
        "person": "li.na",
    }
    return NoticeCase(**{**usual, **known})


def event(data: EventData, case_: UUID = CASE, source: str = "sla", sequence: int = 1) -> Event:
    envelope = Envelope(
        id=uuid5(case_, f"{source}{sequence}{data.event_type}"),
        type=data.event_type,
        source=source,
        case=case_,
        sequence=sequence,
        after={},
        occurred_at=NOW,
        project="P01",
        cause="test",
        actor="service:test",
    )
    return Event(envelope, data)


def registered(**known: Any) -> ComplaintRegisteredV1:
    usual: dict[str, Any] = {
        "number": "P01-2026-0001",
        "project": "P01",
        "received_at": NOW,
        "contactable": True,
        "pack": PACK,
        "calendar": CALENDAR,
        "source": "app",
    }
    return ComplaintRegisteredV1(**{**usual, **known})


def started(name: str = "reply", **known: Any) -> ClockStartedV1:
    usual: dict[str, Any] = {
        "clock": CLOCK,
        "name": name,
        "customer": True,
        "started_at": NOW,
        "due_at": DUE,
        "limit": "5wd",
        "calendar": "cn-office@1",
    }
    return ClockStartedV1(**{**usual, **known})


def warned(name: str = "reply") -> ClockWarnedV1:
    return ClockWarnedV1(clock=CLOCK, name=name, customer=True, due_at=DUE)


def raised(level: int = 1, roles: tuple[str, ...] = ("owner", "cs"), clock: UUID = CLOCK) -> EscalationRaisedV1:
    return EscalationRaisedV1(
        clock=clock, name="reply", customer=True, ladder="late", level=level, roles=roles, due_at=DUE
    )


def notice(**known: Any) -> Notice:
    usual: dict[str, Any] = {
        "id": UUID(int=1),
        "case": CASE,
        "project": "P01",
        "kind": Kind.BREACH,
        "recipient": Recipient("owner", "li.na"),
        "channel": ChannelName.FILE,
        "language": "zh",
        "cause": UUID(int=2),
        "code": "breach",
        "params": {"clock": "reply", "due_at": "2026-11-27T01:00:00.000000Z"},
        "clock": CLOCK,
        "suppress": None,
        "due_at": NOW,
        "at": NOW,
    }
    return Notice(**{**usual, **known})


def claim(
    attempts: int = 1, revocation: Revocation | None = None, state: CaseState = CaseState.OPEN, **known: Any
) -> Claim:
    return Claim(notice(**known), attempts, revocation, "P01-2026-0001", PACK.code, PACK.version, state)
