"""Keys of systems and tokens of staff: shown once, kept only as digests."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from shared.access.principal import STAFF_ROLES, SYSTEM_ROLE, Principal

KeyKind = Literal["system", "staff"]

# Prefixes let a person, or a scanner for leaked secrets, tell at sight what was found.
PREFIXES: dict[KeyKind, str] = {"system": "hyk_", "staff": "hys_"}
WHOLE_GROUP = "*"
"""A scope that holds every node, also before the organisation is known."""

_RANDOM_BYTES = 32
_TOKEN = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as it is stored.

    id: what people call it when listing or revoking. digest: SHA-256 of the token, hexadecimal. A system key has a
    source and projects; a staff token has a person, roles and a node.
    """

    id: str
    kind: KeyKind
    digest: str
    created_at: datetime
    source: str | None = None
    projects: tuple[str, ...] = ()
    person: str | None = None
    roles: tuple[str, ...] = ()
    node: str | None = None
    revoked_at: datetime | None = None


class KeyBook(Protocol):
    """Where keys are kept."""

    async def find(self, digest: str) -> KeyRecord | None:
        """The key with this digest, revoked ones included, or None."""


def new_token(kind: KeyKind) -> str:
    """A new token: its prefix and 32 random bytes, base64url."""
    return PREFIXES[kind] + secrets.token_urlsafe(_RANDOM_BYTES)


def digest_of(token: str) -> str:
    """SHA-256 of a token, 64 hexadecimal digits. Raises ValueError for what can be no token (empty, long, spaces).

    A plain fast hash is right here: a token has 256 random bits, so nobody can try candidates, which is all that slow
    password hashes guard against.
    """
    if not _TOKEN.fullmatch(token):
        raise ValueError("a token is 1 to 200 printable ASCII characters without spaces")
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def principal_of(record: KeyRecord) -> Principal:
    """Whom a key stands for. Raises ValueError for a record that names nobody."""
    if record.kind == "system":
        if record.source is None:
            raise ValueError(f"system key {record.id} has no source")
        return Principal(record.source, frozenset({SYSTEM_ROLE}), record.projects)
    if record.person is None:
        raise ValueError(f"staff token {record.id} has no person")
    # A staff token is never a system, whatever its stored roles say.
    roles = frozenset(record.roles) - {SYSTEM_ROLE, "service"}
    return Principal(record.person, roles, (record.node,) if record.node else ())


def bootstrap_principal() -> Principal:
    """Whom the bootstrap token of the settings stands for: an operator of the whole group, to load the first data."""
    return Principal("bootstrap", frozenset({"operator"}), (WHOLE_GROUP,))


def unknown_roles(roles: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `roles` that are none of the product's own; a pack may name further ones, a typing error should not."""
    return tuple(role for role in roles if role not in STAFF_ROLES)
