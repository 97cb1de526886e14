"""An organisation for tests of intake: two projects in two regions, the default pack, keys for everyone."""

import hashlib
from datetime import UTC, date, datetime
from importlib.resources import files

from shared.access.keys import digest_of
from shared.access.principal import Principal
from shared.events.records import CalendarV1, KeyV1, Name, NodeV1, PackV1, RecordData
from shared.policy.loading import default_pack_text, load_pack
from shared.reference.book import Reference
from shared.reference.directory import Directory

NOW = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)  # a Friday, 09:00 in Shanghai

APP = Principal("app", frozenset({"system"}), ("P01",))
DESK = Principal("wang.li", frozenset({"front_desk"}), ("P01",))
HEAD = Principal("zhao.yun", frozenset({"customer_service_head"}), ("R1",))
HANDLER = Principal("li.na", frozenset({"handler"}), ("P01",))
LEADER = Principal("sun.wei", frozenset({"regional_leader"}), ("R1",))
AUDITOR = Principal("qian.jin", frozenset({"auditor"}), ("G",))
OPERATOR = Principal("zhou.min", frozenset({"operator"}), ("G",))
OTHER_APP = Principal("callcentre", frozenset({"system"}), ("P01", "P02"))
PEOPLE = (APP, DESK, HEAD, HANDLER, LEADER, AUDITOR, OPERATOR, OTHER_APP)


def token(principal: Principal) -> str:
    """The token with which a principal of this organisation signs in."""
    return ("hyk_" if principal.has_role("system") else "hys_") + principal.actor


def _node(code: str, kind: str, *above: str, **more: object) -> NodeV1:
    return NodeV1(code=code, kind=kind, path=(*above, code), name=Name(zh=code, en=code), **more)  # type: ignore[arg-type]


NODES = (
    _node("G", "group", pack="developer-property", calendar="cn-office"),
    _node("R1", "region", "G"),
    _node("R2", "region", "G"),
    _node("P01", "project", "G", "R1"),
    _node("P01-3", "building", "G", "R1", "P01"),
    _node("P02", "project", "G", "R2", zone="America/Los_Angeles"),
    _node("P02-1", "building", "G", "R2", "P02"),
    _node("P09", "project", "G", "R2", active=False),
    _node("X", "group"),
    _node("P66", "project", "X"),  # nobody bound a pack here
)


def _pack(version: int, effective: date) -> PackV1:
    text = default_pack_text()
    text = text.replace("\nversion: 1\n", f"\nversion: {version}\n")
    loaded = load_pack(text)
    return PackV1(code=loaded.code, version=version, effective=effective, digest=loaded.digest, text=text)


def _calendar(version: int, effective: date) -> CalendarV1:
    text = (
        files("shared.calendars")
        .joinpath("cn-office-1.yaml")
        .read_text("utf-8")
        .replace("\nversion: 1\n", f"\nversion: {version}\n")
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return CalendarV1(code="cn-office", version=version, effective=effective, digest=digest, text=text)


def _key(principal: Principal) -> KeyV1:
    system = principal.has_role("system")
    return KeyV1(
        id=principal.actor,
        kind="system" if system else "staff",
        digest=digest_of(token(principal)),
        source=principal.actor if system else None,
        projects=principal.scopes if system else (),
        person=None if system else principal.actor,
        roles=() if system else tuple(principal.roles),
        node=None if system else principal.scopes[0],
        created_at=NOW,
    )


PACKS = (_pack(1, date(2000, 1, 1)), _pack(2, date(2026, 11, 1)))
CALENDARS = (_calendar(1, date(2000, 1, 1)), _calendar(2, date(2026, 11, 20)))

RECORDS: dict[str, RecordData] = {
    **{f"node:{node.code}": node for node in NODES},
    **{f"pack:{pack.code}@{pack.version}": pack for pack in PACKS},
    **{f"calendar:{calendar.code}@{calendar.version}": calendar for calendar in CALENDARS},
    **{f"key:{principal.actor}": _key(principal) for principal in PEOPLE},
}

REFERENCE = Reference(
    directory=Directory.of(NODES, ()),
    packs={(pack.code, pack.version): pack for pack in PACKS},
    calendars={(calendar.code, calendar.version): calendar for calendar in CALENDARS},
)
