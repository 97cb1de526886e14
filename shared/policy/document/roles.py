"""RO: the abstract roles of a regime, which the directory fills with units and positions."""

from typing import Literal

from pydantic import Field, StrictBool

from shared.policy.document.entry import Labelled, RoleName

PARTIES = frozenset({"customer", "owner", "handler", "first_receiver", "assigner"})
"""Parties every case has, without the pack declaring them."""


class Role(Labelled):
    """A role: a unit, the head of one, or another name for a role."""

    unit: StrictBool = False
    heads: RoleName | None = None
    is_: RoleName | None = Field(default=None, alias="is")
    pick: Literal["by_category", "by_load", "by_rotation"] | None = None
    from_: Literal["roster"] | None = Field(default=None, alias="from")
    substitute: RoleName | None = None
    sees: Literal["node", "subtree"] | None = None
    owner: StrictBool = False
    keeps_case: Literal["until_replied", "until_closed"] | None = None
    all_of: StrictBool = False
