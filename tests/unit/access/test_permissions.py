"""Role x action x subtree, as a table."""

from typing import ClassVar

import pytest

from shared.access.keys import WHOLE_GROUP, bootstrap_principal
from shared.access.permissions import PERMITTED, Action, demand, may, move_action
from shared.access.principal import STAFF_ROLES, SYSTEM_ROLE, Principal, service_principal
from shared.errors import OutOfScope


class Group:
    """G > R1 > P01 > P01-3; G > R2 > P09."""

    PARENTS: ClassVar = {"R1": "G", "R2": "G", "P01": "R1", "P01-3": "P01", "P09": "R2", WHOLE_GROUP: "G"}

    def is_within(self, node: str, scope: str) -> bool:
        here: str | None = node
        while here is not None and here != scope:
            here = self.PARENTS.get(here)
        return here == scope and node in {*self.PARENTS, "G"}


GROUP = Group()
ALL = "front_desk handler specialist customer_service_head regional_leader auditor operator system"

# action: who may, on a node of their own.
MATRIX = {
    Action.REGISTER_COMPLAINT: "front_desk customer_service_head system",
    Action.IMPORT_HISTORY: "operator",
    Action.AMEND_COMPLAINT: "front_desk customer_service_head system",
    Action.ADD_RESPONSE: "front_desk customer_service_head system",
    Action.TRACK_COMPLAINT: ALL,
    Action.READ_PERSONAL: "front_desk handler specialist customer_service_head regional_leader auditor",
    Action.ERASE_COMPLAINT: "customer_service_head operator",
    Action.READ_CASE: "front_desk handler specialist customer_service_head regional_leader auditor operator",
    Action.HANDLE_CASE: "handler customer_service_head",
    Action.DIRECT_CASE: "customer_service_head",
    Action.WORK_STEP: "front_desk handler specialist customer_service_head regional_leader",
    Action.ACKNOWLEDGE_NOTICE: "front_desk handler specialist customer_service_head regional_leader auditor operator",
    Action.READ_FIGURES: "front_desk handler specialist customer_service_head regional_leader auditor operator",
    Action.READ_REFERENCE: "front_desk handler specialist customer_service_head regional_leader auditor operator",
    Action.READ_AUDIT: "auditor operator",
    Action.READ_OPERATIONS: "auditor operator",
    Action.OPERATE: "operator",
    Action.MANAGE_KEYS: "operator",
    Action.LOAD_DIRECTORY: "operator",
    Action.PUBLISH_CALENDAR: "operator",
    Action.PUBLISH_POLICY: "operator",
}


def of(role: str, *scopes: str, actor: str = "li.na") -> Principal:
    return Principal(actor, frozenset({role}), scopes or ("P01",))


def test_the_table_names_every_action_and_every_role() -> None:
    assert set(MATRIX) == set(Action)
    assert set(PERMITTED) == {*STAFF_ROLES, SYSTEM_ROLE} == set(ALL.split())


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", ALL.split())
def test_each_role_may_do_what_the_table_says_and_nothing_else(role: str, action: Action) -> None:
    assert may(of(role), action, "P01", GROUP) is (role in MATRIX[action].split())


@pytest.mark.parametrize(
    ("scope", "node", "reached"),
    [
        ("P01", "P01", True),
        ("P01", "P01-3", True),
        ("R1", "P01-3", True),
        ("G", "P09", True),
        ("P01", "R1", False),
        ("P01", "P09", False),
        ("R2", "P01", False),
        ("P01", "NEW", False),
        ("G", WHOLE_GROUP, True),
        ("R1", WHOLE_GROUP, False),
        (WHOLE_GROUP, "P01", True),
        (WHOLE_GROUP, WHOLE_GROUP, True),
        (WHOLE_GROUP, "NEW", True),
    ],
)
def test_a_scope_reaches_its_subtree(scope: str, node: str, reached: bool) -> None:
    assert may(of("operator", scope), Action.READ_CASE, node, GROUP) is reached


def test_any_of_several_scopes_is_enough() -> None:
    assert may(of("handler", "P09", "P01"), Action.HANDLE_CASE, "P01-3", GROUP)


def test_who_is_complained_about_is_recused_from_everything() -> None:
    for role in ALL.split():
        for action in Action:
            assert not may(of(role), action, "P01", GROUP, accused=["wang.li", "li.na"])


def test_others_are_not_recused() -> None:
    assert may(of("handler"), Action.HANDLE_CASE, "P01", GROUP, accused=["wang.li"])


def test_a_system_touches_only_what_it_fed() -> None:
    app = of("system", actor="app")
    assert may(app, Action.TRACK_COMPLAINT, "P01", GROUP, source="app")
    assert not may(app, Action.TRACK_COMPLAINT, "P01", GROUP, source="call_centre")


def test_staff_are_not_limited_by_the_source() -> None:
    assert may(of("front_desk"), Action.ADD_RESPONSE, "P01", GROUP, source="call_centre")


@pytest.mark.parametrize("move", ["accept", "return", "progress", "reply", "resolve"])
def test_the_handlers_moves(move: str) -> None:
    assert move_action(move) is Action.HANDLE_CASE


@pytest.mark.parametrize("move", ["assess", "set-limit", "attribute"])
def test_what_the_pack_gives_to_a_role_may_be_asked_by_whoever_has_work_in_cases(move: str) -> None:
    assert move_action(move) is Action.WORK_STEP


@pytest.mark.parametrize("move", ["assign", "close", "reopen", "follow-up", "send_to_court"])
def test_every_other_move_is_the_heads(move: str) -> None:
    assert move_action(move) is Action.DIRECT_CASE


def test_a_role_only_a_pack_knows_may_do_nothing() -> None:
    assert not any(may(of("legal_adviser", "G"), action, "P01", GROUP) for action in Action)


def test_nobody_and_services_may_do_nothing_by_asking() -> None:
    for principal in (Principal("x"), service_principal("sla")):
        assert not any(may(principal, action, "G", GROUP) for action in Action)


def test_the_bootstrap_token_operates_the_group_before_there_is_a_tree() -> None:
    class Nothing:
        def is_within(self, node: str, scope: str) -> bool:
            return False

    assert may(bootstrap_principal(), Action.LOAD_DIRECTORY, WHOLE_GROUP, Nothing())
    assert not may(bootstrap_principal(), Action.READ_PERSONAL, WHOLE_GROUP, Nothing())


def test_demand_refuses_without_saying_why() -> None:
    refusals = []
    for principal, accused in ((of("auditor"), ()), (of("handler", "P09"), ()), (of("handler"), ("li.na",))):
        with pytest.raises(OutOfScope) as refused:
            demand(principal, Action.HANDLE_CASE, "P01", GROUP, accused=accused)
        refusals.append((refused.value.status, refused.value.code, refused.value.params))
    assert refusals == [(403, "out_of_scope", {})] * 3
    demand(of("handler"), Action.HANDLE_CASE, "P01", GROUP)
