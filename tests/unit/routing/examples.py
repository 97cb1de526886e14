"""A small organisation, the default pack, and a complaint as routing meets it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from services.routing.domain import CaseFile, Registration, State
from services.routing.policy.assessing import graded, presumed
from services.routing.policy.regime import Regime
from shared.calendars.loading import load_calendar
from shared.calendars.working import WorkingCalendar
from shared.events.complaints import CalendarPin, ComplaintRegisteredV1, PackPin
from shared.policy.expressions.functions import CHINA
from shared.policy.loading import default_pack_text, load_pack
from shared.policy.pack import Pack

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # 10:00 in China
RECEIVED = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
CASE = UUID(int=7)
PACK = PackPin(code="developer-property", version=1, digest="0")
CALENDAR = CalendarPin(code="cn-office", version=1, digest="0")

ORGANISATION = """
group: {code: G, name: {zh: 集团, en: Group}, pack: developer-property, calendar: cn-office, zone: Asia/Shanghai}
nodes:
  - {code: R1, kind: region, parent: G, name: 华东}
  - {code: R2, kind: region, parent: G, name: 华中}
  - {code: P01, kind: project, parent: R1, name: {zh: 听澜, en: Tinglan}}
  - {code: P02, kind: project, parent: R1, name: 望湖}
  - {code: P09, kind: project, parent: R2, name: 江岸}
  - {code: P01-1, kind: building, parent: P01, name: 1栋, handover: 2024-06-30}
  - {code: P01-3, kind: building, parent: P01, name: 3栋, handover: 2026-10-15}
people:
  - {id: wu.fang, name: 吴芳, posts: [{role: customer_service_head, node: R1}]}
  - {id: wang.li, name: 王丽, posts: [{role: handler, node: R1, department: cs}]}
  - id: li.na
    name: 李娜
    posts: [{role: handler, node: P01, department: property}]
    addresses: ["mailto://li@example.com"]
  - {id: chen.wei, name: 陈伟, posts: [{role: handler, node: P01, department: property}]}
  - {id: he.qiang, name: 何强, posts: [{role: handler, node: R1, department: dept}]}
"""


@cache
def pack() -> Pack:
    return load_pack(default_pack_text())


@cache
def regime() -> Regime:
    text = files("shared.calendars").joinpath("cn-office-1.yaml").read_text("utf-8")
    return Regime(pack(), WorkingCalendar.compile(load_calendar(text)), CHINA, date(2024, 6, 30))


def registered(**known: Any) -> ComplaintRegisteredV1:
    """A complaint about property management by a known person of building 1, unless told otherwise."""
    usual: dict[str, Any] = {
        "number": "P01-2026-0001",
        "project": "P01",
        "building": "P01-1",
        "channel": "phone",
        "category": "property",
        "received_at": RECEIVED,
        "reporter_hash": "somebody",
        "contactable": True,
        "pack": PACK,
        "calendar": CALENDAR,
        "source": "app",
    }
    return ComplaintRegisteredV1(**{**usual, **known})


def case_file(
    state: State = State.ASSIGNED, *, id_: UUID = CASE, facts: dict[str, Any] | None = None, **known: Any
) -> CaseFile:
    """A file in a state, graded by the default pack."""
    said = {name: known.pop(name) for name in tuple(known) if name in Registration.__slots__}
    usual: dict[str, Any] = {
        "number": "P01-2026-0001",
        "project": "P01",
        "building": "P01-1",
        "contact_type": "complaint",
        "channel": "phone",
        "segment": None,
        "first_receiver": None,
        "anonymous": False,
        "contactable": True,
        "received_at": RECEIVED,
        "happened_at": None,
        "opened_at": RECEIVED,
        "pack": PACK,
        "calendar": CALENDAR,
        "mode": "live",
    }
    registration = Registration(id=id_, **{**usual, **said})
    file = CaseFile(registration, "somebody", facts or {}, presumed(pack(), known.pop("category", "property"), None))
    file = graded(file, regime(), NOW)
    return replace(file, state=state, department="property", person="li.na", hops=1, **known)
