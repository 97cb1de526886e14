"""Publishes an organisation: one record a node and a person, only those that changed; what is gone is deactivated."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from services.routing.directory.document import OrganisationDocument, PersonDocument
from services.routing.directory.reading import paths_of
from services.routing.storage.reference import PublishedRecords
from shared.access.principal import Principal
from shared.database.unit_of_work import UnitOfWork
from shared.events.records import NodeV1, PersonAddressV1, PersonV1, Post, RecordData
from shared.secrets import KeyRing

Record = TypeVar("Record", NodeV1, PersonV1)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, to nodes and to people each: created, changed, deactivated, unchanged."""

    nodes: Mapping[str, int]
    people: Mapping[str, int]


async def load_directory(
    unit: UnitOfWork, document: OrganisationDocument, principal: Principal, ring: KeyRing
) -> Loaded:
    """Publish the whole organisation; cases that waited for somebody are assigned afterwards, by themselves."""
    await unit.delivery.lock_scopes(["directory"])
    stored = PublishedRecords(unit.connection)
    known_nodes = _read(NodeV1, await stored.of_kind("reference", "node"))
    known_people = _read(PersonV1, await stored.of_kind("reference", "person"))
    changed_nodes, nodes = _changes(known_nodes, {f"node:{node.code}": node for node in nodes_of(document)})
    changed_people, people = _changes(known_people, {f"person:{p.id}": _person(p) for p in document.people})
    await unit.delivery.put_records("reference", {**changed_nodes, **changed_people})
    await unit.delivery.put_records("personal", await _addresses(stored, document, ring))
    loaded = Loaded(nodes, people)
    detail = {"nodes": dict(nodes), "people": dict(people)}
    await unit.delivery.audit(principal, "directory.load", [document.group.code], detail)
    return loaded


def nodes_of(document: OrganisationDocument) -> list[NodeV1]:
    """Every node with its path from the group down."""
    paths, group = paths_of(document), document.group
    root = NodeV1(
        code=group.code,
        kind="group",
        path=(group.code,),
        name=group.name.name(),
        pack=group.pack,
        calendar=group.calendar,
        zone=group.zone,
    )
    return [
        root,
        *(
            NodeV1(
                code=node.code,
                kind=node.kind,
                path=paths[node.code],
                name=node.name.name(),
                pack=node.pack,
                calendar=node.calendar,
                zone=node.zone,
                handover=node.handover,
            )
            for node in document.nodes
        ),
    ]


def _person(person: PersonDocument) -> PersonV1:
    posts = tuple(Post(role=post.role, node=post.node, department=post.department) for post in person.posts)
    return PersonV1(id=person.id, name=person.name, language=person.language, posts=posts)


def _read(model: type[Record], bodies: Mapping[str, bytes]) -> dict[str, Record]:
    return {key: model.model_validate_json(body) for key, body in bodies.items()}


def _changes(known: Mapping[str, Record], wanted: Mapping[str, Record]) -> tuple[dict[str, RecordData], dict[str, int]]:
    """The records to publish, and how many of each kind of change there are."""
    counted = dict.fromkeys(("created", "changed", "deactivated", "unchanged"), 0)
    changes: dict[str, RecordData] = {}
    for key, record in wanted.items():
        kind = "created" if key not in known else "unchanged" if known[key] == record else "changed"
        counted[kind] += 1
        if kind != "unchanged":
            changes[key] = record
    for key, record in known.items():
        if key not in wanted and record.active:
            counted["deactivated"] += 1
            changes[key] = record.model_copy(update={"active": False})
    return changes, counted


async def _addresses(
    stored: PublishedRecords, document: OrganisationDocument, ring: KeyRing
) -> dict[str, PersonAddressV1]:
    """The address records that differ from what is stored; whoever is gone keeps none."""
    wanted = {f"person:{person.id}": tuple(person.addresses) for person in document.people}
    known = {
        key: tuple(ring.unseal(base64.b64decode(sealed)).decode() for sealed in _sealed(body))
        for key, body in (await stored.of_kind("personal", "person")).items()
    }
    changed = {key: wanted.get(key, ()) for key in {*wanted, *known} if wanted.get(key, ()) != known.get(key, ())}
    return {
        key: PersonAddressV1(addresses=tuple(base64.b64encode(ring.seal(a.encode())).decode() for a in addresses))
        for key, addresses in sorted(changed.items())
    }


def _sealed(body: bytes) -> tuple[str, ...]:
    return PersonAddressV1.model_validate_json(body).addresses
