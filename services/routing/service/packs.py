"""Packs: published once, never changed."""

import asyncio

from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.errors import Conflict
from shared.events.records import PackV1
from shared.policy.loading import load_pack


async def publish_pack(unit: UnitOfWork, text: str, principal: Principal) -> tuple[PackV1, bool]:
    """Publish the pack in `text`; returns it and whether it is new.

    Raises PackRefused with every finding, and Conflict where this version was published with another text.
    """
    # Checking compiles every condition: a quarter of a second that other requests must not wait for.
    pack = await asyncio.to_thread(load_pack, text)
    record = PackV1(code=pack.code, version=pack.version, effective=pack.effective, digest=pack.digest, text=pack.text)
    key = f"pack:{pack.code}@{pack.version}"
    await unit.delivery.lock_scopes([key])
    stored = await unit.delivery.lock_record("reference", key)
    if stored is not None and stored.body is not None:
        known = PackV1.model_validate_json(stored.body)
        if known.digest != record.digest:
            raise Conflict("pack_version_exists", {"code": pack.code, "version": pack.version})
        return known, False
    await unit.delivery.put_records("reference", {key: record})
    await unit.delivery.audit(principal, "pack.publish", [key], {"digest": pack.digest})
    return record, True
