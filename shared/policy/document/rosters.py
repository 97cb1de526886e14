"""RS: who is there when, how many there must be, and what happens when nobody is."""

from typing import Literal

from pydantic import Field, StrictBool, StrictInt

from shared.policy.document.entry import Condition, Entry, Labelled, Many, RoleName

Time = Literal["office_hours", "off_hours", "noon", "night", "weekends", "holidays", "always"]


class OnOrder(Entry):
    """A time that is covered only where somebody orders it."""

    night: Literal["by_order"] | None = None
    weekends: Literal["by_order"] | None = None
    holidays: Literal["by_order"] | None = None

    def times(self) -> tuple[str, ...]:
        """The times that are written."""
        return tuple(name for name in ("night", "weekends", "holidays") if getattr(self, name))


class Gap(Entry):
    """Who hears of a time that nobody covers."""

    tell: Many[RoleName]


class Away(Entry):
    """What leaving the post takes: what must be said, where calls go meanwhile, what is carried along."""

    needs: Many[str] = ()
    forward_to: Many[str] = ()
    carry: str | None = None


class Blame(Entry):
    """Whom an absence is attributed to, in the cases where `when` holds."""

    kind: Literal["handling", "causing", "delaying"]
    when: Condition | None = None


class Absence(Entry):
    """What an absence leaves behind."""

    record: StrictBool = True
    attribute: Blame | None = None


class Roster(Labelled):
    """A roster: the times it covers, for which role, at least how many."""

    cover: Many[Time | OnOrder]
    of: RoleName | None = None
    role: RoleName
    min: StrictInt = Field(default=1, ge=1)
    gap: Gap | None = None
    away: Away | None = None
    absence: Absence | None = None
