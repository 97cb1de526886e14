"""The terms of a case (agreed, set, extended, resting) as one JSON document; an empty one where there are none."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.sla.life.case import Case, Extension, Rest


def terms_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """What `Case` is to be given."""
    return {
        "agreed": {name: datetime.fromisoformat(at) for name, at in document.get("agreed", {}).items()},
        "set": document.get("set", {}),
        "extensions": tuple(Extension(name, by, _instant(until)) for name, by, until in document.get("extended", ())),
        "rests": tuple(
            Rest(cause, datetime.fromisoformat(from_), _instant(to), clock)
            for cause, from_, to, clock in document.get("rests", ())
        ),
    }


def terms_as_json(case: Case) -> dict[str, Any]:
    """The other way round."""
    document = {
        "agreed": {name: at.isoformat() for name, at in case.agreed.items()},
        "set": dict(case.set),
        "extended": [(each.clock, each.by, _text(each.until)) for each in case.extensions],
        "rests": [(each.cause, each.from_.isoformat(), _text(each.to), each.clock) for each in case.rests],
    }
    return {name: value for name, value in document.items() if value}


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
