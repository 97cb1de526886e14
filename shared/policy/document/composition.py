"""PK, composition: how the modules of one pack that fill the same slot are brought together."""

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from shared.policy.document.entry import Condition, Entry, Many


class Settlement(Entry):
    """One collision decided: `slot` with `order` (the rows of these modules, in this order) or `take` (one module's);
    or `narrow` (an entry of one module, `MODULE.section.name`) to the cases in which `when` holds."""

    slot: str | None = None
    order: Many[str] = ()
    take: str | None = None
    narrow: str | None = None
    when: Condition | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Settlement":
        ways = (bool(self.slot and self.order), bool(self.slot and self.take), bool(self.narrow and self.when))
        if sum(ways) != 1:
            raise PydanticCustomError("one_settlement", "", {})
        return self


class Composition(Entry):
    """What settles the collisions of the modules."""

    settle: tuple[Settlement, ...] = ()
