"""SE: money or goods with the chain of acts to them. Parsed and checked for references; not executed here."""

from typing import Literal

from shared.policy.document.entry import Condition, Entry, FormName, Labelled, Many, RoleName


class ChainLink(Entry):
    """One act of the chain."""

    do: str
    by: RoleName
    form: FormName | None = None


class Settlement(Labelled):
    """What is paid or deducted, when, and by which chain."""

    kind: Literal["money", "goods"]
    of: str
    when: Condition | None = None
    chain: Many[ChainLink]
