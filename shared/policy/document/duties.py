"""DU: work by the calendar, without a case: how often, by whom, and what follows when it is done or missed."""

from typing import Literal

from pydantic import Field

from shared.policy.document.entry import Condition, Entry, FormName, Labelled, Many, RoleName, StepName


class Aftermath(Entry):
    """What follows: somebody is told, or a step is opened."""

    tell: Many[RoleName] = ()
    open: StepName | None = None


class Duty(Labelled):
    """A duty. due: `day 10`, `16:00`, `last working day` or `none`."""

    every: Literal["day", "working_day", "week", "month", "quarter", "half_year", "year"]
    due: str = Field(default="none", max_length=40)
    of: str | None = None
    by: RoleName
    to: Many[RoleName] = ()
    when: Condition | None = None
    form: FormName | None = None
    then: Aftermath | None = None
    missed: Aftermath | None = None
