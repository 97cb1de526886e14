"""Kafka in: the events that start, stop and move clocks."""

from services.sla.service.applying import Applying
from shared.delivery.subscription import Subscription
from shared.events import cases, complaints, steps, terms
from shared.events.topics import COMPLAINTS, NOTICES, PROGRESS, REFERENCE

USED = (
    complaints.ComplaintRegisteredV1,
    complaints.ComplaintAmendedV1,
    complaints.ComplaintWithdrawnV1,
    complaints.ComplaintErasedV1,
    complaints.CustomerRespondedV1,
    cases.CaseAdmittedV1,
    cases.CaseAssessedV1,
    cases.CaseAssignedV1,
    cases.CaseAcceptedV1,
    cases.CaseReturnedV1,
    cases.CaseFactSetV1,
    cases.CaseRulesChangedV1,
    cases.CaseProgressedV1,
    cases.CaseRepliedV1,
    cases.CaseResolvedV1,
    cases.CaseFollowedUpV1,
    cases.CaseClosedV1,
    cases.CaseOrderedV1,
    cases.CaseReopenedV1,
    cases.CaseLinkedV1,
    cases.CaseLinkReturnedV1,
    steps.CaseStepOpenedV1,
    steps.CaseTaskReceivedV1,
    steps.CaseStepDoneV1,
    steps.CaseFormMarkedV1,
    terms.CaseAgreedV1,
    terms.CaseLimitSetV1,
    terms.CaseExtendedV1,
    terms.CaseSuspendedV1,
    terms.CaseResumedV1,
)


def subscription(applying: Applying) -> Subscription:
    """Sla's subscription."""
    return Subscription(
        service="sla",
        topics=(COMPLAINTS, REFERENCE, NOTICES, PROGRESS),
        types=frozenset(used.event_type for used in USED),
        apply=applying.apply,
    )
