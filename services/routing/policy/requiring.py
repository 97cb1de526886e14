"""What reactions of the pack have asked for in the present round of a case, and what of it is not there yet."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.routing.domain import CaseFile, Demand
from services.routing.policy.regime import Regime
from shared.policy.moving import still_missing
from shared.values import replace


def required_of(
    file: CaseFile, regime: Regime, now: datetime, records: Mapping[str, Any] | None = None
) -> tuple[Demand, ...]:
    """What is asked for and missing. records: what was filled in, where that is more than the case says."""
    facts, context = regime.facts_of(file), regime.context_of(file, now)
    if records is not None:
        context = replace(context, records=records)
    missing = [(demand, still_missing(demand.needs, regime.pack, facts, context)) for demand in file.course.required]
    return tuple(replace(demand, needs=needs) for demand, needs in missing if needs)
