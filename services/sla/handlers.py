"""Kafka in: the events that start, stop and move clocks, and those that end a duty."""

from collections.abc import Sequence

from services.sla.service.applying import Applying
from services.sla.service.duties import Duties
from shared.database.unit_of_work import UnitOfWork
from shared.delivery.subscription import Subscription
from shared.events import attributions, cases, complaints, steps, surveys, terms
from shared.events.duties import DutyData
from shared.events.envelope import Event
from shared.events.topics import COMPLAINTS, DUTIES, NOTICES, PROGRESS, REFERENCE

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
    attributions.CaseAttributedV1,
    terms.CaseAgreedV1,
    terms.CaseLimitSetV1,
    terms.CaseExtendedV1,
    terms.CaseSuspendedV1,
    terms.CaseResumedV1,
    surveys.SurveyClosedV1,
)


def subscription(applying: Applying, duties: Duties) -> Subscription:
    """Sla's subscription."""

    async def on_events(unit: UnitOfWork, events: Sequence[Event]) -> None:
        of_cases = [event for event in events if not isinstance(event.data, DutyData)]
        if of_cases:
            await applying.apply(unit, of_cases)
        if len(of_cases) < len(events):
            await duties.surveyed(unit, events)

    return Subscription(
        service="sla",
        topics=(COMPLAINTS, REFERENCE, NOTICES, DUTIES, PROGRESS),
        types=frozenset(used.event_type for used in USED),
        apply=on_events,
    )
