"""FO: registers, slips and books: what is filled in, by whom, and what is signed."""

from typing import Literal

from pydantic import StrictBool

from shared.policy.document.entry import ByName, Labelled, Many, RoleName
from shared.policy.document.values import Datum


class Form(Labelled):
    """A form and its fields. complete: every field is filled; read_back: the customer hears it and confirms; blind: who
    fills it does not see whose case it is; returned: a copy comes back."""

    filled_by: RoleName | None = None
    fields: ByName[Datum]
    log: Literal["progress"] | None = None
    complete: StrictBool = False
    read_back: StrictBool = False
    blind: StrictBool = False
    number: str | None = None
    copies: Many[RoleName] = ()
    signed_by: RoleName | None = None
    returned: StrictBool = False
