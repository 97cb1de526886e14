"""Identifiers that are computed, not drawn: the same cause always gives the same id, so a retry repeats nothing."""

from hashlib import sha1
from typing import cast
from uuid import UUID

from asyncpg.pgproto import pgproto

COMPLAINTS = UUID("6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a001")
EVENTS = UUID("6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a002")
CLOCKS = UUID("6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a003")
NOTICES = UUID("6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a004")

DUTIES = UUID("6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a005")
SURVEYS = UUID("6f0a3f4e-8c1e-5a53-9d0e-52a1d1c0a006")

# A separator that no identifier may contain (control characters are refused at the edge), so that
# ("a", "bc") and ("ab", "c") never meet.
_SEPARATOR = "\x1f"


def read_id(text: str) -> UUID:
    """The id that `text` spells. Raises ValueError.

    It is the database driver's kind of UUID, written in C: reading, hashing, comparing and spelling the standard
    library's own takes ten times as long, and ids are most of what delivery handles.
    """
    return cast("UUID", pgproto.UUID(text))


def _named(space: UUID, name: str) -> UUID:
    """UUID version 5 (RFC 9562, section 5.5), as `uuid.uuid5` makes it."""
    digest = bytearray(sha1(space.bytes + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    return cast("UUID", pgproto.UUID(bytes(digest)))


def complaint_id(source: str, source_id: str) -> UUID:
    """The id of the complaint that `source` (a feeding system) calls `source_id`."""
    return _named(COMPLAINTS, f"{source}{_SEPARATOR}{source_id}")


def successor_id(case: UUID, link: str, n: int) -> UUID:
    """The id of the complaint that goes on where `case` ends: the n-th started by this link of its pack, from 0."""
    return _named(COMPLAINTS, _SEPARATOR.join(("successor", str(case), link, str(n))))


def event_id(cause: str, event_type: str, discriminator: str) -> UUID:
    """Delivery rule 1: the id of the event of `event_type` that `cause` brings about.

    `discriminator` tells apart several events of one type with one cause (a complaint id, a clock name).
    """
    return _named(EVENTS, _SEPARATOR.join((cause, event_type, discriminator)))


def clock_id(case: UUID, name: str, round_: int, occurrence: int = 0) -> UUID:
    """The id of one clock of one case: `name` in the pack, the case's round, the n-th of a cadence."""
    return _named(CLOCKS, _SEPARATOR.join((str(case), name, str(round_), str(occurrence))))


def duty_id(project: str, pack: str, name: str, period: str) -> UUID:
    """The id of one period of what a project owes by the calendar."""
    return _named(DUTIES, _SEPARATOR.join((project, pack, name, period)))


def survey_id(project: str, name: str, key: str) -> UUID:
    """The id of a special survey that somebody opened by a request with this key; a round has that of its duty."""
    return _named(SURVEYS, _SEPARATOR.join((project, name, key)))


def notice_id(cause: UUID, kind: str, recipient: str, channel: str) -> UUID:
    """The id of one intended notice: one cause tells one recipient one thing once on one channel."""
    return _named(NOTICES, _SEPARATOR.join((str(cause), kind, recipient, channel)))
