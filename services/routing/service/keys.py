"""Keys of systems and tokens of staff: made, listed, revoked. The secret is shown once and kept nowhere."""

import secrets
from collections.abc import Sequence

from services.routing.storage.reference import PublishedRecords
from shared.access.keys import KeyKind, digest_of, new_token
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import NotFound
from shared.events.records import KeyV1


async def add_key(
    unit: UnitOfWork,
    principal: Principal,
    *,
    kind: KeyKind,
    source: str | None = None,
    projects: Sequence[str] = (),
    person: str | None = None,
    roles: Sequence[str] = (),
    node: str | None = None,
    token: str | None = None,
) -> tuple[KeyV1, str]:
    """Publish a new key; returns it and its token. A system key has a source and projects, a staff token a person,
    roles and a node. token: one that was drawn (and safely kept) before."""
    token = token or new_token(kind)
    key = KeyV1(
        id=secrets.token_hex(6),
        kind=kind,
        digest=digest_of(token),
        source=source,
        projects=tuple(projects),
        person=person,
        roles=tuple(roles),
        node=node,
        created_at=unit.started,
    )
    await unit.delivery.put_records("reference", {f"key:{key.id}": key})
    detail = {"kind": kind, "source": source, "projects": list(projects), "person": person, "roles": list(roles),
              "node": node}  # fmt: skip
    await unit.delivery.audit(principal, "key.add", [key.id], detail)
    return key, token


async def list_keys(unit: UnitOfWork) -> list[KeyV1]:
    """All keys, revoked ones included, oldest first."""
    found = await PublishedRecords(unit.connection).of_kind("reference", "key")
    keys = [KeyV1.model_validate_json(body) for body in found.values()]
    return sorted(keys, key=lambda key: (key.created_at, key.id))


async def find_key(unit: UnitOfWork, id_: str) -> KeyV1:
    """One key, locked. Raises NotFound."""
    record = await unit.delivery.lock_record("reference", f"key:{id_}")
    if record is None or record.body is None:
        raise NotFound("key")
    return KeyV1.model_validate_json(record.body)


async def revoke_key(unit: UnitOfWork, principal: Principal, key: KeyV1) -> KeyV1:
    """Revoke a key for good; once more changes nothing."""
    if key.revoked_at is not None:
        return key
    revoked = key.model_copy(update={"revoked_at": unit.started})
    await unit.delivery.put_records("reference", {f"key:{key.id}": revoked})
    await unit.delivery.audit(principal, "key.revoke", [key.id])
    return revoked
