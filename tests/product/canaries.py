"""Words that occur nowhere else, planted where people write, and the search for them in all that the product keeps."""

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class Canaries:
    """name -> planted words. Contact data must be sealed everywhere; the others may stand in personal records only."""

    CONTACT = ("name", "phone", "email")

    def __init__(self, mark: str) -> None:
        """mark: letters and digits that make this set's words unique."""
        digits = str(int(mark, 16))[-8:].zfill(8)
        self._mark = mark
        self.words = {
            "name": f"欧阳{mark}",
            "phone": f"139{digits}",
            "email": f"{mark}@mail.example",
            "identity": f"11010119{digits}42X",
            "flat": f"3-2-{mark}",
        }

    def __getitem__(self, name: str) -> str:
        return self.words[name]

    def text(self, place: str) -> str:
        """A sentence to plant at `place`: what people do write in free text."""
        words = f"planted-{place}-{self._mark}"
        self.words[place] = words
        return (
            f"{words}: {self['name']} from {self['flat']}, identity {self['identity']}, "
            f"call {self['phone']} or write to {self['email']}"
        )

    def found_in(self, content: bytes, names: Iterable[str] | None = None) -> set[str]:
        """Which of these (all by default) stand in `content`, plain or in one of the usual spellings."""
        return {
            name
            for name in (self.words if names is None else names)
            if any(spelling in content for spelling in _spellings(self.words[name]))
        }


def _spellings(word: str) -> Sequence[bytes]:
    """As it is, escaped in JSON, in hexadecimal, and in base64 at each of its three alignments."""
    plain = word.encode()
    encoded = [base64.b64encode(b"\0" * shift + plain) for shift in range(3)]
    # Neither the characters that hold bits of the padding in front nor those of what follows behind.
    inner = [part[4 if shift else 0 : -4] for shift, part in enumerate(encoded)]
    return [plain, json.dumps(word)[1:-1].encode(), plain.hex().encode(), *(part for part in inner if len(part) >= 8)]


def flat(row: Mapping[str, Any]) -> bytes:
    """A row of a table as bytes to search, binary columns as they are."""
    return b"\0".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
