"""What must be there before a step is done, a case closed or a move made."""

from typing import Any

from pydantic import model_validator

from shared.policy.document.entry import Entry, NeedName, RoleName


class Need(Entry):
    """What must be there: something by name, or a role's signature."""

    name: NeedName | None = None
    signature: RoleName | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_short_form(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data

    @property
    def key(self) -> str:
        """The need as one text: its name, or `signature:` and the role that signs."""
        return str(self.name) if self.name else f"signature:{self.signature}"
