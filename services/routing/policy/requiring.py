"""What reactions of the pack have asked for in the present round of a case, and what of it is not there yet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from services.routing.domain import CaseFile
from services.routing.policy.regime import Regime
from shared.policy.moving import still_missing


@dataclass(frozen=True, slots=True)
class Required:
    """at: the move at which `needs`, all of them missing, must be there."""

    at: str
    needs: tuple[str, ...]
    rule: tuple[str, ...]


def required_of(
    file: CaseFile, regime: Regime, now: datetime, records: Mapping[str, Any] | None = None
) -> tuple[Required, ...]:
    """What is asked for and missing. records: what was filled in, where that is more than the case says."""
    found = []
    for key in file.course.required:
        _, place, number = key.split(".")
        reaction = regime.pack.document.reactions[int(place)]
        effect = reaction.do[int(number)]
        context = regime.context_of(file, now)
        context = context if records is None else replace(context, records=records)
        if needs := still_missing(effect.require, regime.pack, regime.facts_of(file), context):
            found.append(Required(effect.at or "close", needs, tuple(reaction.rule)))
    return tuple(found)
