"""Events of routing about who answers for what."""

from typing import ClassVar

from shared.events.cases import Words
from shared.events.envelope import EventData


class CaseAttributedV1(EventData):
    """Somebody answers for something of the case. attribution: its name in the pack. kind: handling, causing, delaying.

    party: person, department, third_party, customer, or a role of the pack; person, department: who of them, where that
    is known. share: of the whole, in percent; all of one kind make up 100 at most. The same attribution to the same
    person and department again replaces the earlier one. penalty: what the pack says follows from it, in its words.
    """

    event_type: ClassVar[str] = "case.attributed.v1"

    attribution: str
    kind: str
    party: str
    person: str | None = None
    department: str | None = None
    share: int
    penalty: Words | None = None
    rule: tuple[str, ...] = ()
