"""What events make notify intend, and what is decided against at once."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.notify.domain import CaseState, Kind, Reason, Recipient, Revocation
from services.notify.policy.intents import (
    UnknownCase,
    correction_of,
    follow,
    forewarned,
    intents_of,
    is_promise,
    suppression_of,
)
from shared.events.cases import CaseAcceptedV1, CaseAssignedV1, CaseClosedV1, CaseRepliedV1, CaseReturnedV1, CaseToldV1
from shared.events.clocks import ClockBreachedV1, ClockMetV1
from shared.events.complaints import ComplaintErasedV1, ComplaintWithdrawnV1
from tests.unit.notify.examples import (
    CLOCK,
    DUE,
    NOW,
    case,
    directory,
    event,
    notice,
    pack,
    raised,
    registered,
    started,
    warned,
)

OWNER, CS, CUSTOMER = Recipient("owner", "li.na"), Recipient("cs", "wang.li"), Recipient("customer")
ASSIGNED = CaseAssignedV1(department="property", person="li.na")
TOLD = CaseToldV1(to=("cs_head", "customer"), event="assessed", ack=True, within="2h")
UNSTAFFED = CaseAssignedV1(department="property")


@pytest.mark.parametrize(
    ("data", "intended"),
    [
        (registered(), [(Kind.ACKNOWLEDGEMENT, CUSTOMER, "acknowledgement")]),
        (ASSIGNED, [(Kind.ASSIGNMENT, OWNER, "assignment")]),
        (
            UNSTAFFED,
            [
                (Kind.ASSIGNMENT, Recipient("owner"), "assignment"),
                (Kind.ASSIGNMENT, Recipient("customer_service_head", "wu.fang"), "vacancy"),
            ],
        ),
        (
            TOLD,
            [
                (Kind.NOTICE, Recipient("cs_head", "wu.fang"), "told_confirm_within"),
                (Kind.NOTICE, CUSTOMER, "told_customer"),
            ],
        ),
        (CaseToldV1(to=("owner",), event="risk.set"), [(Kind.NOTICE, OWNER, "told")]),
        (warned(), [(Kind.WARNING, OWNER, "warning")]),
        (raised(1, ("owner", "cs")), [(Kind.BREACH, OWNER, "slip"), (Kind.BREACH, CS, "slip")]),
        (raised(2, ("cs_head",)), [(Kind.ESCALATION, Recipient("cs_head", "wu.fang"), "escalation")]),
        (raised(3, ("regional_leader",)), [(Kind.ESCALATION, Recipient("regional_leader", "sun.yue"), "escalation")]),
        (raised(1, ("customer",)), [(Kind.BREACH, CUSTOMER, "delay")]),
        (CaseRepliedV1(channel="phone", texts_version=3), [(Kind.REPLY, CUSTOMER, "reply")]),
        # Shown on boards; people are told by the escalation.
        (ClockBreachedV1(clock=CLOCK, name="reply", due_at=DUE), []),
        (ClockMetV1(clock=CLOCK, name="reply", met_at=NOW), []),
        (CaseClosedV1(ground="accepted"), []),
        (started(), []),
    ],
)
def test_each_event_calls_for_its_notices(data, intended):
    happened = event(data)
    after = follow(case(), happened)
    found = intents_of(happened, after, pack(), directory())
    assert [(intent.kind, intent.recipient, intent.code) for intent in found] == intended


def test_only_the_acknowledgement_waits():
    (acknowledgement,) = intents_of(event(registered()), case(), pack(), directory())
    assert acknowledgement.wait == timedelta(seconds=5)
    assert {intent.wait for intent in intents_of(event(raised()), case(), pack(), directory())} == {timedelta()}


def test_an_alarm_names_its_clock_and_nothing_personal():
    (first, _) = intents_of(event(raised(2)), case(), pack(), directory())
    assert first.clock == CLOCK
    assert first.params == {"clock": "reply", "due_at": "2026-11-27T01:00:00.000000Z", "level": 2}


@pytest.mark.parametrize(
    ("clock", "roles"),
    [("reply", ("owner",)), ("agreed", ("owner",)), ("no_such_clock", ("owner",))],
)
def test_who_is_warned_stands_in_the_pack_and_else_is_the_person_in_charge(clock, roles):
    assert forewarned(pack(), clock) == roles


def test_a_ladder_may_warn_others():
    ladder = pack().document.ladders["late"]
    changed = ladder.model_copy(update={"before": ladder.before.model_copy(update={"tell": ("owner", "cs_head")})})
    document = pack().document.model_copy(update={"ladders": {"late": changed}})
    other = type(pack())(document, "", "", pack().names, pack().environment, pack().conditions)
    found = intents_of(event(warned()), case(), other, directory())
    assert [intent.recipient for intent in found] == [OWNER, Recipient("cs_head", "wu.fang")]


@pytest.mark.parametrize(
    ("clock", "promised"),
    [
        (started("reply"), True),
        (started("close"), False),  # the pack promises a reply: that is what an acknowledgement names
        (started("tracking", customer=False), False),
        (started("reply", round=2), False),
        (started("reply", occurrence=1), False),
    ],
)
def test_the_acknowledgement_names_the_promised_reply(clock, promised):
    assert is_promise(clock, pack()) is promised


OPEN, WITHDRAWN, ERASED = CaseState.OPEN, CaseState.WITHDRAWN, CaseState.ERASED


@pytest.mark.parametrize(
    ("state", "data", "after"),
    [
        (OPEN, ComplaintWithdrawnV1(), WITHDRAWN),
        (OPEN, ComplaintErasedV1(), ERASED),
        (WITHDRAWN, ComplaintWithdrawnV1(), WITHDRAWN),
        (WITHDRAWN, ComplaintErasedV1(), ERASED),
        (ERASED, ComplaintWithdrawnV1(), ERASED),
        (ERASED, ComplaintErasedV1(), ERASED),
        *((state, data, state) for state in CaseState for data in (ASSIGNED, registered(), warned(), raised())),
    ],
)
def test_erased_beats_withdrawn_beats_the_rest(state, data, after):
    assert follow(case(state=state), event(data)).state is after


@pytest.mark.parametrize(
    ("data", "department", "person"),
    [
        (CaseAssignedV1(department="engineering", person="he.qiang"), "engineering", "he.qiang"),
        (CaseAssignedV1(department="engineering"), "engineering", None),
        (CaseAcceptedV1(person="chen.wei"), "property", "chen.wei"),
        (CaseReturnedV1(texts_version=1), "property", None),
        (CaseClosedV1(ground="accepted"), "property", "li.na"),
    ],
)
def test_the_person_in_charge_is_followed(data, department, person):
    after = follow(case(), event(data))
    assert (after.department, after.person) == (department, person)


def test_a_registration_opens_the_case_once():
    opened = follow(None, event(registered(first_receiver="wang.li", language="en", mode="history")))
    assert (opened.number, opened.language, opened.mode, opened.first_receiver) == (
        "P01-2026-0001",
        "en",
        "history",
        "wang.li",
    )
    changed = case(person="he.qiang")
    assert follow(changed, event(registered())) == changed


def test_an_event_before_the_registration_is_refused():
    with pytest.raises(UnknownCase):
        follow(None, event(ASSIGNED))


@pytest.mark.parametrize(
    ("known", "recipient", "reason"),
    [
        ({}, OWNER, None),
        ({}, CUSTOMER, None),
        ({"contactable": False}, CUSTOMER, Reason.NO_CONTACT),
        ({"contactable": False}, OWNER, None),
        ({}, Recipient("owner"), Reason.NOBODY_IN_ROLE),
        ({"mode": "history"}, OWNER, Reason.HISTORY),
        ({"mode": "history"}, CUSTOMER, Reason.HISTORY),
        ({"mode": "history"}, Recipient("owner"), Reason.HISTORY),
        ({"state": WITHDRAWN}, OWNER, Reason.WITHDRAWN),
        ({"state": WITHDRAWN, "mode": "history"}, OWNER, Reason.WITHDRAWN),
        ({"state": ERASED}, CUSTOMER, Reason.ERASED),
    ],
)
def test_what_is_decided_against_at_once(known, recipient, reason):
    assert suppression_of(case(**known), recipient) is reason


def test_a_correction_goes_the_way_the_alarm_went():
    told = notice(recipient=CS, language="en", params={"clock": "reply", "due_at": "2026-11-27T01:00:00Z", "level": 2})
    found = correction_of(told, Revocation(UUID(int=9)), None, NOW)
    assert (found.kind, found.recipient, found.channel, found.language) == (Kind.CORRECTION, CS, told.channel, "en")
    assert found.params == {"clock": "reply", "due_at": "2026-11-27T01:00:00Z"}
    assert found.cause == UUID(int=9)
    assert found.id not in (told.id, correction_of(notice(), Revocation(UUID(int=9)), None, NOW).id)


def test_a_correction_says_which_limit_counts_now():
    found = correction_of(notice(), Revocation(UUID(int=9), DUE), None, NOW)
    assert (found.code, found.params["runs_until"]) == ("correction_moved", "2026-11-27T01:00:00.000000Z")
