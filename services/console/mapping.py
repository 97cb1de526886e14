"""From a line of a file to the body of a complaint: columns to fields, times to instants, an identity for each."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

DEFAULTS = {"source_id": "id", "occurred_at": "time", "title": "subject", "narrative": "body"}

_FIELDS = frozenset({
    "source_id", "title", "narrative", "occurred_at", "received_at", "category", "contact_type", "channel", "segment",
    "unit", "building", "first_receiver",
})  # fmt: skip
_GROUPS = ("reporter.", "facts.")
_TIMES = ("occurred_at", "received_at")


class BadMapping(ValueError):
    """A `--map` that is not `field=column`, or a field there is none of."""


class NoTime(ValueError):
    """A value that is no time."""


def parse_mapping(given: list[str]) -> dict[str, str]:
    """`--map field=column …` over the defaults. Raises BadMapping."""
    mapping = dict(DEFAULTS)
    for item in given:
        field, separator, column = item.partition("=")
        if not separator or not column or (field not in _FIELDS and not field.startswith(_GROUPS)):
            raise BadMapping(item)
        mapping[field] = column
    return mapping


class LineMapper:
    """Maps the lines of one file.

    zone: in which times without one are read. history: received_at is the file's time.
    """

    def __init__(self, project: str, mapping: Mapping[str, str], zone: ZoneInfo, *, history: bool) -> None:
        self._project = project
        self._mapping = mapping
        self._zone = zone
        self._history = history
        self._seen: Counter[str] = Counter()

    def body(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The complaint a line stands for. Raises NoTime."""
        body: dict[str, Any] = {"project": self._project}
        for field, column in self._mapping.items():
            if (value := values.get(column)) is not None:
                group, dot, name = field.partition(".")
                if dot:
                    body.setdefault(group, {})[name] = value
                else:
                    body[field] = self._instant(value) if field in _TIMES else value
        # The same columns serve files with numbers and with words as ids.
        for field in ("source_id", "title", "narrative", "unit"):
            if field in body and not isinstance(body[field], str):
                body[field] = str(body[field])
        if self._history:
            body["received_at"] = body.get("received_at") or body.get("occurred_at")
            body["mode"] = "history"
        if not body.get("source_id"):
            body["source_id"] = self._made_up_id(body)
        return body

    def _made_up_id(self, body: Mapping[str, Any]) -> str:
        """Lines without an id: the hash of what was mapped and how often it has occurred, so that a second run of the
        file finds every line again."""
        mapped = json.dumps(body, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(mapped.encode()).hexdigest()[:24]
        self._seen[digest] += 1
        return f"line-{digest}-{self._seen[digest]}"

    def _instant(self, value: Any) -> str:
        try:
            instant = datetime.fromisoformat(str(value).strip())
        except ValueError:
            raise NoTime(str(value)[:40]) from None
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=self._zone)
        return instant.isoformat()
