"""ME: counts, shares and sums in a window, what they lead to, and quotas that are shared out by them."""

from typing import Literal

from pydantic import Field

from shared.policy.document.entry import (
    Condition,
    Entry,
    EventName,
    FactName,
    Labelled,
    Many,
    RoleName,
    StepName,
)
from shared.policy.document.limits import Timing

CALENDAR_WINDOWS = frozenset({"calendar_week", "calendar_month", "calendar_quarter", "calendar_year"})
"""Windows with fixed edges; any other window is a duration that rolls back from now."""


class Consequence(Entry):
    """What a count leads to, in the cases where `when` holds: a step, or an amount to be borne (in yuan)."""

    when: Condition
    open: StepName | None = None
    fine: int | None = None


class Alarm(Entry):
    """Who hears of a quota that is not met, at the end of the window."""

    at: Literal["window_end"]
    tell: Many[RoleName]


class Measure(Labelled):
    """A `count` of cases (or of different reporters), a `share` of one event among another, or a `sum` of a fact.

    `same`: what must be equal; `per`: a count for each; `within`: the place that all must lie in. `at_least`: the share
    each role owes (`30%`), which `assign` shares out.
    """

    count: Literal["cases", "distinct_reporters"] | None = None
    share: EventName | None = None
    sum: FactName | None = None
    over: Literal["cases"] | EventName = "cases"
    same: Many[FactName] = ()
    per: Literal["role", "employee", "department", "customer"] | None = None
    within: Literal["project", "subtree"] = "project"
    window: Literal["calendar_week", "calendar_month", "calendar_quarter", "calendar_year"] | Timing
    where: Condition | None = None
    demand: Many[str] = ()
    at_least: dict[str, str] = Field(default_factory=dict)
    assign: Literal["random_by_remaining_quota"] | None = None
    steps: tuple[Consequence, ...] = ()
    alarm: Alarm | None = None

    @property
    def of_neighbours(self) -> bool:
        """Whether it counts cases that lie together in a rolling window: what a new case may change for older ones."""
        return self.count is not None and self.over == "cases" and self.window not in CALENDAR_WINDOWS
