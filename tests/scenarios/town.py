"""The town in which stories happen: a group, a region, a project of two buildings, somebody in every role of a pack."""

from collections.abc import Sequence
from datetime import date

from services.routing.directory.document import (
    GroupDocument,
    NameDocument,
    NodeDocument,
    OrganisationDocument,
    PersonDocument,
    PostDocument,
)
from shared.policy.holding import is_head
from shared.policy.pack import Pack

HEAD, DESK, LEADER, OPERATOR = "head", "desk", "leader", "operator"
PRODUCT = {HEAD: "customer_service_head", DESK: "front_desk", LEADER: "regional_leader", OPERATOR: "operator"}


def organisation_of(pack: Pack, vacant: Sequence[str] = ()) -> OrganisationDocument:
    """A group with one region, one project of two buildings, and somebody in every role of the pack."""
    posts = {name: PostDocument(role=role, node="R1" if name in (HEAD, LEADER) else "G" if name == OPERATOR else "P01")
             for name, role in PRODUCT.items() if role not in pack.document.roles or name != DESK}  # fmt: skip
    by_category = [str(value) for value in pack.values_of("category")]
    for name, role in pack.document.roles.items():
        if role.unit:
            for unit in (name, *(by_category if role.pick else ())):
                posts[f"unit.{unit}"] = PostDocument(role="handler", node="P01", department=unit)
        elif role.is_ is None and not is_head(name, pack):
            posts[name] = PostDocument(role=name, node="P01")
    return OrganisationDocument(
        group=GroupDocument(code="G", name=NameDocument(zh="集团", en="Group"), pack=pack.code, calendar="cn-office"),
        nodes=[
            NodeDocument(code="R1", name=NameDocument(zh="华东", en="East"), kind="region", parent="G"),
            NodeDocument(code="P01", name=NameDocument(zh="听澜", en="Tinglan"), kind="project", parent="R1"),
            NodeDocument(
                code="P01-1", name=NameDocument(zh="1栋", en="Building 1"), kind="building", parent="P01",
                handover=date(2024, 6, 30),
            ),
            NodeDocument(
                code="P01-3", name=NameDocument(zh="3栋", en="Building 3"), kind="building", parent="P01",
                handover=date(2026, 1, 20),
            ),
        ],
        people=[
            PersonDocument(id=name, name=name, posts=[post]) for name, post in posts.items() if name not in vacant
        ],
    )  # fmt: skip
