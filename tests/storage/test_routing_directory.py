"""The organisation as records: only what changed, nothing deleted, addresses sealed; whoever comes gets what waited."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from services.routing.domain import State
from services.routing.service.keys import add_key, find_key, list_keys, revoke_key
from services.routing.service.packs import publish_pack
from shared.access.keys import digest_of, principal_of
from shared.errors import Conflict, NotFound
from shared.policy.findings import PackRefused
from shared.policy.loading import default_pack_text
from tests.storage.routing_world import OPERATOR, RoutingWorld, routing_world
from tests.unit.routing.examples import ORGANISATION

NOBODY = ORGANISATION.replace("department: property}]", "department: engineering}]")


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[RoutingWorld]:
    async with routing_world(database_url, tmp_path) as world:
        yield world


async def versions(world: RoutingWorld) -> dict[str, int]:
    return {row.key: row.version for row in await world.rows("select key, version from records where topic <> 'x'")}


async def test_loading_again_changes_nothing_and_a_change_touches_one_record(world: RoutingWorld) -> None:
    before = await versions(world)
    loaded = await world.load()
    assert (loaded.nodes["unchanged"], loaded.people["unchanged"]) == (8, 5)
    assert await versions(world) == before
    loaded = await world.load(ORGANISATION.replace("name: 望湖", "name: 望湖国际"))
    assert loaded.nodes == {"created": 0, "changed": 1, "deactivated": 0, "unchanged": 7}
    assert {key for key, version in (await versions(world)).items() if before.get(key) != version} == {"node:P02"}


async def test_what_is_missing_is_deactivated_and_comes_back(world: RoutingWorld) -> None:
    lines = [line for line in ORGANISATION.splitlines() if "P09" not in line and "wang.li" not in line]
    loaded = await world.load("\n".join(lines))
    assert (loaded.nodes["deactivated"], loaded.people["deactivated"]) == (1, 1)
    reference = await world.core.book.current(max_age_s=0)
    assert reference.directory.nodes["P09"].active is False
    assert reference.directory.nodes["P09"].path == ("G", "R2", "P09")
    assert reference.directory.holders("handler", "P01", "cs") == ()
    loaded = await world.load()
    assert (loaded.nodes["changed"], loaded.people["changed"]) == (1, 1)


async def test_addresses_are_sealed_and_whoever_goes_keeps_none(world: RoutingWorld) -> None:
    (record,) = await world.rows("select body, version from records where topic = 'personal' and key = 'person:li.na'")
    assert b"example.com" not in record.body
    nodes_only = ORGANISATION[: ORGANISATION.index("people:")]
    await world.load(nodes_only)
    (record,) = await world.rows("select body, version from records where topic = 'personal' and key = 'person:li.na'")
    assert (record.body, record.version) == (b'{"addresses":[]}', 2)


async def test_cases_wait_for_somebody_and_are_assigned_when_one_comes(world: RoutingWorld) -> None:
    await world.load(NOBODY)
    cases = [UUID(int=n) for n in range(1, 6)]
    for case in cases:
        file = await world.register(case, building=None)
        assert (file.state, file.department, file.person, file.hops) == (State.ASSIGNED, "property", None, 1)
    await world.step()
    assert {file.person for file in (await world.files(cases)).values()} == {None}
    assert (await world.service.figures())["cases"]["unassigned"] == 5  # type: ignore[misc]
    await world.load()
    figures = await world.service.figures()  # type: ignore[misc]
    assert figures["waiting"] == 5
    await world.step()
    files = await world.files(cases)
    assert [files[case].person for case in cases] == ["chen.wei", "li.na", "chen.wei", "li.na", "chen.wei"]
    assert {file.hops for file in files.values()} == {1}
    assert [data["person"] for name, data in await world.emitted(cases[0]) if name == "case.assigned"] == [
        None,
        "chen.wei",
    ]
    figures = await world.service.figures()  # type: ignore[misc]
    assert figures == {
        "cases": {"total": 5, "by_state": {"assigned": 5}, "by_grade": {"4": 5}, "unassigned": 0},
        "waiting": 0,
    }


async def test_whoever_a_complaint_is_about_never_gets_it(world: RoutingWorld) -> None:
    text = default_pack_text().replace("version: 1\n", "version: 2\n")
    text = text.replace("\nfacts:\n", "\nfacts:\n  accused: {text: true, ask: intake, rule: R-001-18/r05}\n")
    await world.publish(text)
    pin = {"code": "developer-property", "version": 2, "digest": "0"}
    people = {
        (await world.register(UUID(int=n), building=None, pack=pin, facts={"accused": "li.na"})).person
        for n in range(1, 4)
    }
    assert people == {"chen.wei"}


async def test_a_pack_version_never_changes(world: RoutingWorld) -> None:
    async with world.core.database.begin() as unit:
        record, new = await publish_pack(unit, default_pack_text(), OPERATOR)
    assert (record.version, new) == (1, False)
    with pytest.raises(Conflict) as refused:
        await world.publish(default_pack_text().replace("value: 3wd", "value: 4wd"))
    assert refused.value.code == "pack_version_exists"
    with pytest.raises(PackRefused):
        await world.publish("pack: nonsense")


async def test_a_key_is_known_by_its_digest_until_it_is_revoked(world: RoutingWorld) -> None:
    async with world.core.database.begin() as unit:
        key, token = await add_key(
            unit, OPERATOR, kind="staff", person="li.na", roles=["handler"], node="P01", token=None
        )
    found = await world.core.book.find(digest_of(token))
    assert found is not None
    assert principal_of(found).scopes == ("P01",)
    held = await world.rows("select body from records where key = :key", key=f"key:{key.id}")
    assert token.encode() not in held[0].body
    for _ in range(2):
        async with world.core.database.begin() as unit:
            await revoke_key(unit, OPERATOR, await find_key(unit, key.id))
            assert [each.id for each in await list_keys(unit)] == [key.id]
    found = (await world.core.book.current(max_age_s=0)).keys[digest_of(token)]
    assert found.revoked_at == world.clock.now()
    async with world.core.database.begin() as unit:
        with pytest.raises(NotFound):
            await find_key(unit, "none")
