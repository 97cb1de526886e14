"""The organisation tree and who holds which role in it: a value, rebuilt when a record changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from shared.access.keys import WHOLE_GROUP
from shared.events.records import NodeV1, PersonV1

DEFAULT_ZONE = "Asia/Shanghai"


class UnknownNode(LookupError):
    """No such node; `args[0]` is the code."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person holding a role at `node`, for `department` if the role belongs to one."""

    person: str
    role: str
    node: str
    department: str | None


@dataclass(frozen=True)
class Directory:
    """Nodes by code, people by id. A node's path runs from the group down to itself."""

    nodes: Mapping[str, NodeV1] = field(default_factory=dict)
    people: Mapping[str, PersonV1] = field(default_factory=dict)

    @classmethod
    def of(cls, nodes: Iterable[NodeV1], people: Iterable[PersonV1]) -> "Directory":
        return cls({node.code: node for node in nodes}, {person.id: person for person in people})

    def node(self, code: str) -> NodeV1:
        """Raises UnknownNode."""
        try:
            return self.nodes[code]
        except KeyError:
            raise UnknownNode(code) from None

    def path(self, code: str) -> tuple[str, ...]:
        """Group, region, project, building … down to `code`; empty for an unknown node."""
        node = self.nodes.get(code)
        return node.path if node else ()

    def is_within(self, node: str, scope: str) -> bool:
        """Whether `node` lies in the subtree of `scope` (a node lies in its own); the whole group lies in its root."""
        if node == WHOLE_GROUP:
            return len(self.path(scope)) == 1
        return node == scope or scope in self.path(node)

    def projects_within(self, scopes: Iterable[str]) -> frozenset[str]:
        """Codes of all projects in these subtrees."""
        wanted = set(scopes)
        return frozenset(
            node.code for node in self.nodes.values() if node.kind == "project" and not wanted.isdisjoint(node.path)
        )

    def nearest(self, code: str, attribute: str) -> str | None:
        """The value of `attribute` (pack, calendar, zone) at `code` or its nearest ancestor that has one."""
        for ancestor in reversed(self.path(code)):
            if (value := getattr(self.nodes[ancestor], attribute, None)) is not None:
                return str(value)
        return None

    def zone(self, code: str) -> str:
        return self.nearest(code, "zone") or DEFAULT_ZONE

    def holders(self, role: str, node: str, department: str | None = None) -> tuple[Holder, ...]:
        """Who holds `role` for `node`: at the node itself or, if nobody does, at the nearest ancestor where somebody
        does. With `department`, people of that department come first; people without one stand in for it."""
        held = self._held
        for ancestor in reversed(self.path(node)):
            found = held.get((role, ancestor), ())
            if department is not None:
                exact = tuple(h for h in found if h.department == department)
                found = exact or tuple(h for h in found if h.department is None)
            if found:
                return found
        return ()

    def roles_of(self, person: str) -> Iterator[tuple[str, str]]:
        """(role, node) of a person."""
        found = self.people.get(person)
        for post in found.posts if found and found.active else ():
            yield post.role, post.node

    @property
    def _held(self) -> Mapping[tuple[str, str], tuple[Holder, ...]]:
        cached: Mapping[tuple[str, str], tuple[Holder, ...]] | None = self.__dict__.get("_held_cache")
        if cached is None:
            found: dict[tuple[str, str], list[Holder]] = defaultdict(list)
            for person in sorted(self.people.values(), key=lambda p: p.id):
                if person.active:
                    for post in person.posts:
                        found[post.role, post.node].append(Holder(person.id, post.role, post.node, post.department))
            cached = {place: tuple(holders) for place, holders in found.items()}
            self.__dict__["_held_cache"] = cached
        return cached
