"""What notify reads of the others: a pack's own notices may speak of any event, so it uses them all."""

from services.notify.service.intending import Intending
from shared.delivery.subscription import Subscription
from shared.events.registry import OWNER_OF_TYPE
from shared.events.topics import COMPLAINTS, DUTIES, PERSONAL, PROGRESS, REFERENCE

USED = frozenset(name for name, owner in OWNER_OF_TYPE.items() if owner in ("intake", "routing", "sla"))


def subscription(intending: Intending) -> Subscription:
    """Notify's subscription."""
    return Subscription(
        service="notify",
        topics=(COMPLAINTS, PERSONAL, REFERENCE, DUTIES, PROGRESS),
        types=USED,
        apply=intending.apply,
    )
