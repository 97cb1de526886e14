"""Who holds a role of the pack for one case: people of the organisation, found by protocol only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.policy.pack import Pack

PERSON_IN_CHARGE = "owner"
HANDLER = "handler"
HEAD = "customer_service_head"
REGION = "regional_leader"

PARTIES = frozenset({PERSON_IN_CHARGE, HANDLER, "first_receiver", "assigner"})
_LONGEST_CHAIN = 5


class Post(Protocol):
    """Somebody holding a role, for a department where the role belongs to one."""

    @property
    def person(self) -> str: ...
    @property
    def department(self) -> str | None: ...


class Person(Protocol):
    """Somebody the organisation knows."""

    @property
    def active(self) -> bool: ...


class Posts(Protocol):
    """The organisation, as far as roles need it."""

    @property
    def people(self) -> Mapping[str, Person]: ...
    def holders(self, role: str, node: str, department: str | None = None) -> Sequence[Post]:
        """Who holds `role` at `node` or the nearest ancestor where anybody does."""


class PartiesOfCase(Protocol):
    """What a case says of its parties."""

    @property
    def project(self) -> str: ...
    @property
    def department(self) -> str | None: ...
    @property
    def category(self) -> str | None: ...
    @property
    def person(self) -> str | None: ...
    @property
    def first_receiver(self) -> str | None: ...
    @property
    def kept_by(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Parties:
    """The parties of what is no case: only the place is known."""

    project: str
    department: str | None = None
    category: str | None = None
    person: str | None = None
    first_receiver: str | None = None
    kept_by: str | None = None


def holders_of(role: str, case: PartiesOfCase, pack: Pack, posts: Posts, asked: str | None = None) -> tuple[str, ...]:
    """The people who hold `role` for this case, empty if nobody does. asked: the unit that was asked, where several may
    be.

    A party is known by the case; its owner is whoever keeps it, else whoever is in charge of it. A role somebody holds
    under its own name is theirs. A unit of the pack is its handlers; the unit that owns complaints has its head to
    stand in, who also is the head that the pack calls so. A unit that stands for several is whoever has the case while
    it lies with that unit; while it lies with another, the handlers of the case's category (R-003/r13).
    """
    role = meant_by(role, pack)
    if role == PERSON_IN_CHARGE and case.kept_by is not None:
        return _present(case.kept_by, posts)
    if role in (PERSON_IN_CHARGE, HANDLER):
        return _present(case.person, posts)
    if role == "first_receiver":
        return _present(case.first_receiver, posts)
    if found := people_of(posts.holders(role, case.project)):
        return found
    if is_head(role, pack):
        return people_of(posts.holders(HEAD, case.project))
    entry = pack.document.roles.get(role)
    if entry is None or not entry.unit:
        return ()
    unit = (asked or case.department or role) if entry.pick else role
    if entry.pick and asked is None and unit != role and case.category:
        picked = posts.holders(HANDLER, case.project, case.category)
        if of_category := people_of(post for post in picked if post.department == case.category):
            return of_category
    handlers = posts.holders(HANDLER, case.project, unit)
    if entry.pick and unit == role:
        # Of a unit that stands for several, whoever has the case was picked by its category.
        return tuple(dict.fromkeys((*_present(case.person, posts), *people_of(handlers))))
    if entry.owner:
        # A handler of no department stands in for a trade, not for customer service: its head is nearer.
        own = people_of(post for post in handlers if post.department == unit)
        return own or people_of(posts.holders(HEAD, case.project))
    return people_of(handlers)


def meant_by(role: str, pack: Pack) -> str:
    """The role that `role` is another name for, or itself."""
    for _ in range(_LONGEST_CHAIN):
        entry = pack.document.roles.get(role)
        if entry is None or entry.is_ is None:
            break
        role = entry.is_
    return role


def is_head(role: str, pack: Pack) -> bool:
    """Whether `role` is the head of customer service: the product's own, or of the unit that owns complaints."""
    if role in (HEAD, "assigner"):
        return True
    entry = pack.document.roles.get(role)
    unit = pack.document.roles.get(entry.heads) if entry and entry.heads else None
    return unit is not None and unit.owner


def people_of(posts: Iterable[Post]) -> tuple[str, ...]:
    """The people at these posts, each once."""
    return tuple(dict.fromkeys(post.person for post in posts))


def _present(person: str | None, posts: Posts) -> tuple[str, ...]:
    if person is None:
        return ()
    known = posts.people.get(person)
    return (person,) if known is None or known.active else ()
