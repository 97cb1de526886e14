"""SU: surveys of satisfaction: how often, who is asked, about what, and the result that is aimed at."""

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from shared.policy.document.entry import Condition, Entry, FormName, Labelled, Many, RoleName
from shared.policy.document.limits import Timing


class Must(Entry):
    """Who is asked in any case."""

    where: Condition


class Sample(Entry):
    """Who is asked: all, or a share drawn by lot (`20%` or `$param`) and those who must be among them."""

    random: str | None = Field(default=None, max_length=40)
    must_include: Must | None = None
    all: Literal[True] | None = None


class Raised(Entry):
    """When a topic is commonly raised: by so many of the households that answered, which were dissatisfied with it. A
    share (`10%` or `$param`), or a number from 2 on; what a single household raises is never common."""

    at_least: Annotated[StrictInt, Field(ge=2, le=1_000_000)] | Annotated[StrictStr, Field(max_length=40)]


class Below(Entry):
    """What a result below the target leads to, and a topic that is commonly raised."""

    tell: Many[RoleName] = ()
    improve: Timing | None = None


class Survey(Labelled):
    """A survey. target: the share of satisfied answers (`85%` or `$param`)."""

    every: Literal["month", "quarter", "half_year", "year", "after_case"]
    topics: Many[str] = ()
    modes: Many[str] = ()
    of: Literal["customers", "cases"] = "customers"
    by: RoleName
    to: Many[RoleName] = ()
    form: FormName | None = None
    sample: Sample | None = None
    target: str | None = Field(default=None, max_length=40)
    raised: Raised | None = None
    below: Below | None = None
