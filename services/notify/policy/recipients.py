"""Who is told: from the roles a pack names to the people who hold them."""

from collections.abc import Iterable

from services.notify.domain import CUSTOMER, NoticeCase, Recipient
from shared.policy.holding import HEAD, PARTIES, REGION, Posts, holders_of, is_head, meant_by, people_of
from shared.policy.pack import Pack


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


def supervisors_of(role: str, case: NoticeCase, pack: Pack, posts: Posts) -> tuple[Recipient, ...]:
    """Who is told where nobody holds `role`: the head of customer service for a party or a unit, the regional leader
    for that head. Nobody stands in for other roles: whose superior they have, no pack says."""
    role = meant_by(role, pack)
    entry = pack.document.roles.get(role)
    if is_head(role, pack):
        chain: tuple[str, ...] = (REGION,)
    elif role in PARTIES or (entry is not None and entry.unit):
        chain = (HEAD, REGION)
    else:
        chain = ()
    for superior in chain:
        if people := people_of(posts.holders(superior, case.project)):
            return tuple(Recipient(superior, person) for person in people)
    return ()
