"""ME: counts over cases in a window. Shares, sums, quotas and alarms are not in the language yet."""

from typing import Literal

from shared.policy.document.entry import Condition, FactName, Labelled, Many
from shared.policy.document.limits import Timing


class Measure(Labelled):
    """A count over cases that agree in `same`, lie `within` one place and began in the rolling `window`."""

    count: Literal["cases", "distinct_reporters"]
    over: Literal["cases"]
    same: Many[FactName] = ()
    within: Literal["project", "subtree"] = "project"
    window: Timing
    where: Condition | None = None
