"""Names as people know them."""

from pydantic import BaseModel


class Label(BaseModel):
    """What people call it."""

    zh: str
    en: str
