"""What notify reads of the others, and which of it makes somebody be told."""

from services.notify.service.intending import Intending
from shared.delivery.subscription import Subscription
from shared.events.cases import CaseAcceptedV1, CaseAssignedV1, CaseRepliedV1, CaseReturnedV1, CaseToldV1
from shared.events.clocks import ClockBreachRevokedV1, ClockStartedV1, ClockWarnedV1, EscalationRaisedV1
from shared.events.complaints import ComplaintErasedV1, ComplaintRegisteredV1, ComplaintWithdrawnV1
from shared.events.topics import COMPLAINTS, DUTIES, PERSONAL, PROGRESS, REFERENCE

USED = (
    ComplaintRegisteredV1,
    ComplaintWithdrawnV1,
    ComplaintErasedV1,
    CaseAssignedV1,
    CaseAcceptedV1,
    CaseReturnedV1,
    CaseRepliedV1,
    CaseToldV1,
    ClockStartedV1,
    ClockWarnedV1,
    ClockBreachRevokedV1,
    EscalationRaisedV1,
)


def subscription(intending: Intending) -> Subscription:
    """Notify's subscription."""
    return Subscription(
        service="notify",
        topics=(COMPLAINTS, PERSONAL, REFERENCE, DUTIES, PROGRESS),
        types=frozenset(used.event_type for used in USED),
        apply=intending.apply,
    )
