"""FO: registers, slips and books: what is filled in, by whom, and what is signed."""

from typing import Literal

from pydantic import StrictBool

from shared.policy.document.entry import ByName, Labelled, RoleName
from shared.policy.document.values import Datum


class Form(Labelled):
    """A form and its fields."""

    filled_by: RoleName | None = None
    fields: ByName[Datum]
    log: Literal["progress"] | None = None
    signed_by: RoleName | None = None
    returned: StrictBool = False
