"""Who is told: from the roles a pack names to the people who hold them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from services.notify.domain import CUSTOMER, NoticeCase, Recipient
from shared.events.records import PersonV1
from shared.policy.pack import Pack

PERSON_IN_CHARGE = "owner"
HANDLER = "handler"
HEAD = "customer_service_head"
REGION = "regional_leader"

_PARTIES = {PERSON_IN_CHARGE, HANDLER, "first_receiver", "assigner"}
_LONGEST_CHAIN = 5


class Post(Protocol):
    """Somebody holding a role, for a department where the role belongs to one."""

    @property
    def person(self) -> str: ...
    @property
    def department(self) -> str | None: ...


class Posts(Protocol):
    """The organisation, as far as recipients need it."""

    @property
    def people(self) -> Mapping[str, PersonV1]: ...
    def holders(self, role: str, node: str, department: str | None = None) -> Sequence[Post]:
        """Who holds `role` at `node` or the nearest ancestor where anybody does."""


def recipients_of(roles: Iterable[str], case: NoticeCase, pack: Pack, posts: Posts) -> tuple[Recipient, ...]:
    """Everybody to be told by these roles, each person once, under the first role that names them.

    A role that nobody holds stands without a person, and its supervisor is told instead.
    """
    found: dict[str, Recipient] = {}
    for role in roles:
        people = holders_of(role, case, pack, posts)
        told = [Recipient(role, person) for person in people]
        if not people:
            told = [Recipient(role)]
            if role != CUSTOMER:
                told += supervisors_of(role, case, pack, posts)
        for recipient in told:
            found.setdefault(recipient.key, recipient)
    return tuple(found.values())


def holders_of(role: str, case: NoticeCase, pack: Pack, posts: Posts) -> tuple[str, ...]:
    """The people who hold `role` for this case, empty if nobody does.

    A party is known by the case. A role somebody holds under its own name is theirs. A unit of the pack is its
    handlers; the unit that owns complaints has its head to stand in, who also is the head that the pack calls so.
    """
    role = _meant_by(role, pack)
    if role in (PERSON_IN_CHARGE, HANDLER):
        return _present(case.person, posts)
    if role == "first_receiver":
        return _present(case.first_receiver, posts)
    if found := _people(posts.holders(role, case.project)):
        return found
    if _is_head(role, pack):
        return _people(posts.holders(HEAD, case.project))
    entry = pack.document.roles.get(role)
    if entry is None or not entry.unit:
        return ()
    unit = (case.department if entry.pick else role) or role
    handlers = posts.holders(HANDLER, case.project, unit)
    if entry.owner:
        # A handler of no department stands in for a trade, not for customer service: its head is nearer.
        own = _people(post for post in handlers if post.department == unit)
        return own or _people(posts.holders(HEAD, case.project))
    return _people(handlers)


def supervisors_of(role: str, case: NoticeCase, pack: Pack, posts: Posts) -> tuple[Recipient, ...]:
    """Who is told where nobody holds `role`: the head of customer service for a party or a unit, the regional leader
    for that head. Nobody stands in for other roles: whose superior they have, no pack says."""
    role = _meant_by(role, pack)
    entry = pack.document.roles.get(role)
    if _is_head(role, pack):
        chain: tuple[str, ...] = (REGION,)
    elif role in _PARTIES or (entry is not None and entry.unit):
        chain = (HEAD, REGION)
    else:
        chain = ()
    for superior in chain:
        if people := _people(posts.holders(superior, case.project)):
            return tuple(Recipient(superior, person) for person in people)
    return ()


def _meant_by(role: str, pack: Pack) -> str:
    for _ in range(_LONGEST_CHAIN):
        entry = pack.document.roles.get(role)
        if entry is None or entry.is_ is None:
            break
        role = entry.is_
    return role


def _is_head(role: str, pack: Pack) -> bool:
    """Whether `role` is the head of customer service: the product's own, or of the unit that owns complaints."""
    if role in (HEAD, "assigner"):
        return True
    entry = pack.document.roles.get(role)
    unit = pack.document.roles.get(entry.heads) if entry and entry.heads else None
    return unit is not None and unit.owner


def _present(person: str | None, posts: Posts) -> tuple[str, ...]:
    if person is None:
        return ()
    known = posts.people.get(person)
    return (person,) if known is None or known.active else ()


def _people(posts: Iterable[Post]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(post.person for post in posts))
