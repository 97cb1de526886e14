"""PA: figures that a regime demands but does not give, or that its owner may want to change."""

from typing import Annotated, Literal

from pydantic import Field, StrictFloat, StrictInt

from shared.policy.document.entry import Labelled, Many


class Param(Labelled):
    """A figure by name: a duration, a number, or `none` said on purpose. `demand` names the demand it answers."""

    value: Annotated[str, Field(max_length=40)] | StrictInt | StrictFloat | None = None
    calendar: Literal["office", "always"] | None = None
    demand: Many[str] = ()
