"""May this principal do this here? Role x action x organisation subtree, and recusal. Pure."""

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from shared.access.keys import WHOLE_GROUP
from shared.access.principal import Principal
from shared.errors import OutOfScope


class Action(StrEnum):
    """What can be asked for. A closed set; moves come as two kinds because packs add moves of their own."""

    REGISTER_COMPLAINT = "register_complaint"
    IMPORT_HISTORY = "import_history"  # past complaints, with receipt times of the past and no notices
    AMEND_COMPLAINT = "amend_complaint"
    ADD_RESPONSE = "add_response"  # what the customer says later
    TRACK_COMPLAINT = "track_complaint"  # the tracking view: state, promised time, updates
    READ_PERSONAL = "read_personal"  # narrative, unit, name, contact
    ERASE_COMPLAINT = "erase_complaint"

    READ_CASE = "read_case"  # case file, clocks, notices of a case
    HANDLE_CASE = "handle_case"  # a move in HANDLER_MOVES
    DIRECT_CASE = "direct_case"  # every other move the pack permits, and the work of everybody
    WORK_STEP = "work_step"  # act on the steps and forms that the pack gives to the roles one holds
    ACKNOWLEDGE_NOTICE = "acknowledge_notice"
    READ_FIGURES = "read_figures"

    READ_REFERENCE = "read_reference"  # directory, calendars, packs
    READ_AUDIT = "read_audit"
    READ_OPERATIONS = "read_operations"  # status, lists of held events and dead letters
    OPERATE = "operate"  # edit, replay, drop held events and dead letters
    MANAGE_KEYS = "manage_keys"
    LOAD_DIRECTORY = "load_directory"
    PUBLISH_CALENDAR = "publish_calendar"
    PUBLISH_POLICY = "publish_policy"


HANDLER_MOVES = frozenset({"accept", "return", "progress", "reply", "resolve", "agree", "extend", "suspend", "resume"})

_STAFF_READING = frozenset(
    {
        Action.TRACK_COMPLAINT,
        Action.READ_CASE,
        Action.READ_FIGURES,
        Action.READ_REFERENCE,
        Action.ACKNOWLEDGE_NOTICE,
    }
)
_TALKING_TO_CUSTOMERS = frozenset(
    {Action.REGISTER_COMPLAINT, Action.AMEND_COMPLAINT, Action.ADD_RESPONSE, Action.READ_PERSONAL}
)

# A role outside this table, such as one a pack names, may do nothing by itself.
PERMITTED: dict[str, frozenset[Action]] = {
    "front_desk": _STAFF_READING | _TALKING_TO_CUSTOMERS | {Action.WORK_STEP},
    "handler": _STAFF_READING | {Action.READ_PERSONAL, Action.HANDLE_CASE, Action.WORK_STEP},
    # Whoever holds a role that only a pack knows, and has work to do in it: a leader who approves, an audit office.
    "specialist": _STAFF_READING | {Action.READ_PERSONAL, Action.WORK_STEP},
    "customer_service_head": _STAFF_READING
    | _TALKING_TO_CUSTOMERS
    | {Action.HANDLE_CASE, Action.DIRECT_CASE, Action.WORK_STEP, Action.ERASE_COMPLAINT},
    "regional_leader": _STAFF_READING | {Action.READ_PERSONAL, Action.WORK_STEP},
    "auditor": _STAFF_READING | {Action.READ_PERSONAL, Action.READ_AUDIT, Action.READ_OPERATIONS},
    # Operators keep the system running and need nobody's story for it: they erase, but do not read, what is personal.
    "operator": _STAFF_READING
    | {
        Action.IMPORT_HISTORY,
        Action.ERASE_COMPLAINT,
        Action.READ_AUDIT,
        Action.READ_OPERATIONS,
        Action.OPERATE,
        Action.MANAGE_KEYS,
        Action.LOAD_DIRECTORY,
        Action.PUBLISH_CALENDAR,
        Action.PUBLISH_POLICY,
    },
    "system": frozenset(
        {Action.REGISTER_COMPLAINT, Action.AMEND_COMPLAINT, Action.ADD_RESPONSE, Action.TRACK_COMPLAINT}
    ),
}


class Tree(Protocol):
    """The organisation: group > region > project > building > unit."""

    def is_within(self, node: str, scope: str) -> bool:
        """Whether `node` is `scope` or below it; `WHOLE_GROUP` lies in the root alone, an unknown node nowhere."""


def move_action(move: str) -> Action:
    """The action that permits `move` of a case."""
    if move in ("set-limit", "assess", "attribute"):  # whoever holds the role that the pack names for it
        return Action.WORK_STEP
    return Action.HANDLE_CASE if move in HANDLER_MOVES else Action.DIRECT_CASE


def may(
    principal: Principal,
    action: Action,
    node: str,
    tree: Tree,
    *,
    accused: Collection[str] = (),
    source: str | None = None,
) -> bool:
    """Whether `principal` may do `action` on what belongs to `node` (`WHOLE_GROUP` for what belongs to no node).

    accused: person ids complained about in the case; they are recused from all of it. source: the system that fed the
    complaint, where only its own system may touch it; staff are not limited by it.
    """
    if principal.actor in accused:
        return False
    if not any(action in PERMITTED.get(role, ()) for role in principal.roles):
        return False
    if source is not None and principal.has_role("system") and principal.actor != source:
        return False
    return reaches(principal, node, tree)


def reaches(principal: Principal, node: str, tree: Tree) -> bool:
    """Whether `node` lies in one of the principal's subtrees."""
    return any(scope in (WHOLE_GROUP, node) or tree.is_within(node, scope) for scope in principal.scopes)


def demand(
    principal: Principal,
    action: Action,
    node: str,
    tree: Tree,
    *,
    accused: Collection[str] = (),
    source: str | None = None,
) -> None:
    """Raises OutOfScope unless `may`."""
    if not may(principal, action, node, tree, accused=accused, source=source):
        raise OutOfScope
