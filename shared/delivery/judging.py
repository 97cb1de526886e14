"""What an event waits for besides its order: a record or a version not yet known (delivery rules 2 and 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shared.database.unit_of_work import UnitOfWork
from shared.delivery.arrivals import Arrival
from shared.delivery.subscription import Subscription
from shared.events.codec import Undecodable
from shared.events.envelope import EventData, Need


@dataclass(frozen=True, slots=True)
class Judged:
    """data: of arrivals whose type is used, by identity. failed: those whose data cannot be decoded. unmet: needs."""

    subscription: Subscription
    data: Mapping[int, EventData]
    failed: frozenset[int]
    unmet: frozenset[Need]

    def blocked(self, arrival: Arrival) -> str | None:
        """What this arrival waits for besides its order, or None."""
        type_ = arrival.envelope.type
        if type_ not in self.subscription.types:
            # A name we use in a version we do not know waits for us to be upgraded.
            return f"version:{type_}" if arrival.envelope.name in self.subscription.names else None
        if self.unmet and (data := self.data.get(id(arrival))):
            for need in needs_of(self.subscription, data, arrival.envelope.case):
                if need in self.unmet:
                    return need.key
        return None


class Judge:
    """Decodes what a service uses and asks once for all the records the events speak of."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription

    async def judge(self, unit: UnitOfWork, arrivals: Mapping[UUID, Sequence[Arrival]]) -> Judged:
        data: dict[int, EventData] = {}
        failed: set[int] = set()
        needs: set[Need] = set()
        for case, found in arrivals.items():
            for arrival in found:
                if arrival.envelope.type not in self._subscription.types:
                    continue
                try:
                    data[id(arrival)] = decoded = arrival.decode()
                except Undecodable:
                    failed.add(id(arrival))
                else:
                    needs.update(needs_of(self._subscription, decoded, case))
        return Judged(self._subscription, data, frozenset(failed), frozenset(await unit.delivery.unmet(needs)))


def needs_of(subscription: Subscription, data: EventData, case: UUID) -> list[Need]:
    """The needs of an event that concern topics this service reads."""
    return [need for need in data.needs(case) if need.topic in subscription.record_topics]
