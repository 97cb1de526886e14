"""SE: money or goods with the chain of acts to them."""

from typing import Literal

from shared.policy.document.entry import Condition, Entry, FactName, FormName, Labelled, Many, RoleName
from shared.policy.document.needs import Need


class ChainLink(Entry):
    """One act of the chain. needs: fields of its form, or what else must be there before it is done; whoever signs the
    form signs before."""

    do: str
    by: RoleName
    when: Condition | None = None
    form: FormName | None = None
    needs: Many[Need] = ()


class Settlement(Labelled):
    """What is paid or deducted, when, and by which chain. proof: what must be there before it is paid."""

    kind: Literal["money", "goods"]
    of: str
    when: Condition | None = None
    chain: Many[ChainLink]
    amount: FactName | None = None
    tolerance: str | None = None
    proof: Many[Need] = ()
