"""GU: what may not happen at a move, or must be there. Routing keeps them."""

from shared.policy.document.entry import ActionName, Condition, Entry, Many, NeedName, RoleName, Words

ACTIONS = frozenset({"promise", "refuse", "redirect", "change_owner", "every_move", "registration"})
"""Acts that are no moves of a case, yet may be forbidden or tied to something."""


class Guard(Entry):
    """Forbids actions, or requires something at them; `unless` and `unless_by` lift it."""

    forbid: Many[ActionName] = ()
    require: Many[NeedName] = ()
    at: ActionName | None = None
    by: RoleName | None = None
    when: Condition | None = None
    unless: Condition | None = None
    unless_by: RoleName | None = None
    text: Words | None = None
