"""RP: duties with a document: how often, over what, by whom, to whom, and what follows from it."""

from typing import Literal

from shared.policy.document.entry import Condition, Entry, FormName, Labelled, Many, RoleName, StepName


class Following(Entry):
    """What a published report opens."""

    open: StepName


class Report(Labelled):
    """A report: how often, due when (`day 10` or `none`), over which cases, by whom and to whom."""

    every: Literal["week", "month", "quarter", "half_year", "year"]
    due: str
    covers: Literal["previous_month", "previous_quarter", "previous_year"] | None = None
    of: Literal["cases"] | StepName = "cases"
    where: Condition | None = None
    content: Many[str] = ()
    form: FormName | None = None
    by: RoleName
    to: Many[RoleName] = ()
    reviewed_by: RoleName | None = None
    then: Following | None = None
