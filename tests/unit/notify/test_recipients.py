"""Who is told: tables of roles and the people they lead to."""

from dataclasses import replace

import pytest

from services.notify.domain import Recipient
from services.notify.policy.recipients import recipients_of
from shared.policy.document.roles import Role
from shared.policy.pack import Pack
from tests.unit.notify.examples import PEOPLE, case, directory, pack, person

HEAD = Recipient("customer_service_head", "wu.fang")


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        (["customer"], [("customer", None)]),
        (["owner"], [("owner", "li.na")]),
        (["handler"], [("handler", "li.na")]),
        (["cs"], [("cs", "wang.li")]),  # a unit of the pack: its handlers
        (["cs_head"], [("cs_head", "wu.fang")]),  # held under its own name
        (["customer_service_head"], [("customer_service_head", "wu.fang")]),
        (["spokesperson"], [("spokesperson", "wu.fang")]),  # another name for cs_head
        (["supervision"], [("supervision", "sun.yue")]),
        (["engineering"], [("engineering", "he.qiang")]),
        (["dept"], [("dept", "li.na")]),  # picked by category: the case's department
        (["first_receiver"], [("first_receiver", "wang.li")]),
        (["assigner"], [("assigner", "wu.fang")]),
        (["owner", "cs"], [("owner", "li.na"), ("cs", "wang.li")]),
        (["cs_head", "spokesperson", "regional_leader"], [("cs_head", "wu.fang"), ("regional_leader", "sun.yue")]),
        (["finance"], [("finance", None)]),  # nobody, and nobody is known to stand above
        (["no_such_role"], [("no_such_role", None)]),
    ],
)
def test_roles_lead_to_people_each_told_once(roles, told):
    known = case(first_receiver="wang.li")
    assert recipients_of(roles, known, pack(), directory()) == tuple(Recipient(*who) for who in told)


@pytest.mark.parametrize(
    ("role", "known", "people", "told"),
    [
        ("owner", {"person": None}, PEOPLE, [Recipient("owner"), HEAD]),
        ("owner", {"person": "gone"}, PEOPLE, [Recipient("owner"), HEAD]),
        ("owner", {"person": "new.comer"}, PEOPLE, [Recipient("owner", "new.comer")]),  # not heard of yet: trusted
        ("engineering", {}, PEOPLE[:1] + PEOPLE[3:], [Recipient("engineering"), HEAD]),
        # Customer service without people of its own: its head stands in, and is not said to be missing.
        ("cs", {}, PEOPLE[:2] + PEOPLE[3:], [Recipient("cs", "wu.fang")]),
        ("cs_head", {}, PEOPLE[:3] + PEOPLE[4:], [Recipient("cs_head"), Recipient("regional_leader", "sun.yue")]),
        ("owner", {"person": None}, PEOPLE[4:5], [Recipient("owner"), Recipient("regional_leader", "sun.yue")]),
        ("owner", {"person": None}, PEOPLE[:1], [Recipient("owner")]),
        # Another region's people are nobody here.
        ("owner", {"person": None, "project": "P09"}, PEOPLE, [Recipient("owner")]),
    ],
)
def test_where_nobody_holds_the_role_its_supervisor_is_told(role, known, people, told):
    assert recipients_of([role], case(**known), pack(), directory(*people)) == tuple(told)


def test_a_handler_of_no_department_stands_in_for_a_trade_but_not_for_customer_service():
    people = (person("jack", ("handler", "P01")), PEOPLE[3])
    assert recipients_of(["engineering"], case(), pack(), directory(*people)) == (Recipient("engineering", "jack"),)
    assert recipients_of(["cs"], case(), pack(), directory(*people)) == (Recipient("cs", "wu.fang"),)


def test_two_people_in_one_role_are_both_told():
    people = (person("a", ("company_leader", "G")), person("b", ("company_leader", "G")))
    told = recipients_of(["company_leader"], case(), pack(), directory(*people))
    assert told == (Recipient("company_leader", "a"), Recipient("company_leader", "b"))


def test_roles_named_in_a_circle_lead_to_nobody():
    document = pack().document.model_copy(update={"roles": {"a": Role(is_="b"), "b": Role(is_="a")}})
    circular: Pack = replace(pack(), document=document)
    assert recipients_of(["a"], case(), circular, directory()) == (Recipient("a"),)
