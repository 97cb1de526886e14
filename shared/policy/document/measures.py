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
    """What a count leads to when it is crossed, in the cases where `when` holds: a step, or an amount to be borne (in
    yuan), which is only shown."""

    when: Condition
    open: StepName | None = None
    fine: int | None = None


class Alarm(Entry):
    """Who hears of a quota that is not met, at the end of the window."""

    at: Literal["window_end"]
    tell: Many[RoleName]


class Measure(Labelled):
    """A `count` of cases (or of different reporters), a `share` of the cases that hold `where` (or to which an event
    happened), or a `sum` of a fact; among all cases, or among those to which the event `over` happened.

    `same`: what must be equal; `per`: a count for each employee complained about, each department that has the case,
    each customer, or each value of a fact; `within`: the place that all must lie in. `at_least`: the share each role
    owes (`30%`), which `assign` shares out: such a measure is a quota of work.
    """

    count: Literal["cases", "distinct_reporters"] | None = None
    share: Literal["cases"] | EventName | None = None
    sum: FactName | None = None
    over: Literal["cases"] | EventName = "cases"
    same: Many[FactName] = ()
    per: Literal["role", "employee", "department", "customer"] | FactName | None = None
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
        rolls = self.window not in CALENDAR_WINDOWS
        return self.count is not None and self.over == "cases" and self.per is None and rolls

    @property
    def is_quota(self) -> bool:
        """Whether it hands work out by shares; no case has a value of it."""
        return bool(self.at_least) or self.assign is not None
