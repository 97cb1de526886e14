"""What packs call the events on the wire."""

import pytest

from services.sla.handlers import USED
from services.sla.life.happenings import happening_of
from shared.events import cases, complaints
from shared.events.envelope import EventData
from shared.events.registry import EVENT_TYPES
from shared.policy.events import events_of
from shared.policy.loading import default_pack_text, load_pack
from tests.unit.sla.examples import cn
from tests.unit.sla.lives import assessed, registration

FOLLOW_UPS = ("follow_up",)


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (registration(cn("2026-03-09 10:00")), {"registered"}),
        (cases.CaseAdmittedV1(), {"admitted"}),
        (assessed("3", None), {"assessed", "graded", "validity.set", "category.set", "grade.set"}),
        (assessed("3", "3"), {"assessed", "validity.set", "category.set", "grade.set"}),
        (cases.CaseAssignedV1(department="property"), {"assigned"}),
        (cases.CaseAcceptedV1(person="li.na"), {"taken_up"}),
        (cases.CaseReturnedV1(texts_version=1), {"returned"}),
        (cases.CaseFactSetV1(facts={"risk": ["group"]}), {"risk.set"}),
        (cases.CaseFactSetV1(facts={"delay_cause": "ours"}), {"delay_cause.set", "delay_attributed"}),
        (cases.CaseProgressedV1(texts_version=1), {"progressed"}),
        (cases.CaseProgressedV1(texts_version=1, move="inform_delay"), {"inform_delay.done"}),
        (cases.CaseRepliedV1(channel="phone", texts_version=1), {"replied", "informed"}),
        (cases.CaseResolvedV1(texts_version=1), {"resolved"}),
        (cases.CaseFollowedUpV1(reached=False, texts_version=1), set()),
        (
            cases.CaseFollowedUpV1(reached=True, satisfied=True, texts_version=1),
            {"follow_up.done", "customer_response.set"},
        ),
        (
            cases.CaseFollowedUpV1(reached=True, satisfied=False, texts_version=1),
            {"follow_up.done", "customer_response.set", "dissatisfied"},
        ),
        (cases.CaseClosedV1(ground="accepted"), {"closed"}),
        (cases.CaseReopenedV1(round=2, texts_version=1), {"reopened"}),
        (cases.CaseLinkedV1(link="claim", kind="claim"), {"linked"}),
        (complaints.ComplaintWithdrawnV1(), {"withdrawn"}),
        (complaints.ComplaintErasedV1(), set()),
        (complaints.ComplaintAmendedV1(facts={"people": 3}, personal_version=2), {"amended", "people.set"}),
        (complaints.CustomerRespondedV1(kind="accepted", personal_version=2), {"customer_response.set"}),
        (
            complaints.CustomerRespondedV1(kind="dissatisfied", personal_version=2),
            {"customer_response.set", "dissatisfied"},
        ),
        (complaints.CustomerRespondedV1(kind="survey", stars=4, personal_version=2), set()),
        (complaints.CustomerRespondedV1(kind="something_new", personal_version=2), set()),
    ],
)
def test_an_event_by_the_names_of_the_pack(data: EventData, names: set[str]):
    happening = happening_of(data, FOLLOW_UPS)
    assert set(happening.names) == names
    assert names <= events_of(load_pack(default_pack_text()).document)


def test_every_event_of_others_is_used_or_left_out_on_purpose():
    others = {
        name for name in EVENT_TYPES if not name.startswith(("clock.", "escalation.", "follow_up.", "notice.", "duty."))
    }
    told = {"case.told.v1", "case.kept.v1"}  # no clock waits for these
    told |= {"survey.opened.v1", "survey.answered.v1"}  # a duty waits for the end of its survey
    told |= {"quota.missed.v1"}
    assert {used.event_type for used in USED} == others - told


def test_what_the_customer_says_may_move_limits():
    learned = happening_of(complaints.CustomerRespondedV1(kind="accepted", personal_version=2), FOLLOW_UPS).learned
    assert {"customer_response", "agreement", "rounds"} <= learned
