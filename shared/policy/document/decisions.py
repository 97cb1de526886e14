"""DE: decision tables and a person's choices: validity, category, grade, route and whatever else a pack decides."""

from typing import Literal

from pydantic import Field, StrictBool, StrictInt

from shared.policy.document.entry import Condition, Labelled, Many, RoleName, Words

Value = StrictInt | str


class Row(Labelled):
    """A row: what it gives (or to whom the case goes), and when. A row without `when` holds always."""

    give: Value | None = None
    to: RoleName | None = None
    as_: str | None = Field(default=None, alias="as")
    when: Condition | None = None
    also: Literal["members"] | None = None
    keeps_case: Literal["until_replied", "until_closed"] | None = None


class Choice(Labelled):
    """One value a person may choose; `keywords` are the words in a text that suggest it."""

    give: Value
    subs: Many[str] = ()
    keywords: Many[str] = ()
    help: Words | None = None
    governed: StrictBool = True


class Decision(Labelled):
    """A table of `rows` (the first, the gravest, all that hold, or the only one), or `choices` that a role makes."""

    hit: Literal["first", "gravest", "all", "unique"] | None = None
    order: tuple[Value, ...] = ()
    rows: tuple[Row, ...] = ()
    choices: tuple[Choice, ...] = ()
    by: RoleName | None = None
    suggest: Literal["keywords"] | None = None
    presume: Value | None = None
    when: Condition | None = None
    again_on: Many[Literal["facts", "measures", "ages"]] = ()
    propose_by: RoleName | None = None
    raise_by: RoleName | None = None

    def values(self) -> tuple[int | str, ...]:
        """Every value this decision can have, in its own order."""
        given = [row.give if row.give is not None else row.to for row in self.rows]
        given += [choice.give for choice in self.choices]
        return self.order or tuple(dict.fromkeys(value for value in given if value is not None))
