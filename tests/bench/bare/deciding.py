"""The default pack's decisions of a new complaint as plain Python ifs: no reasons, no unknown facts, no rule."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_LARGE = 100_000_00
_GRAVEST = {"brand_damaging_media", "environment_or_morals_accusation", "accident_with_injury_or_loss"}


def decide(words: Mapping[Any, Iterable[str]], text: str, facts: Mapping[str, Any]) -> tuple[Any, ...]:
    """(validity, category, grade, route)."""
    counts = {code: sum(word in text for word in some) for code, some in words.items()}
    best = max(counts.values())
    category = next(code for code, count in counts.items() if count == best) if best else "other_service"
    grade = _grade(facts["people"], facts["amount_claimed"], facts["events"], facts["demand"])
    return "effective", category, grade, "property" if category in ("property", "other_service") else "dept"


def _grade(people: int, amount: int, events: Sequence[str], demand: Sequence[str]) -> int:
    if (people >= 10 and amount > _LARGE) or not _GRAVEST.isdisjoint(events):
        return 1
    if (people <= 10 and amount > _LARGE) or (people >= 10 and amount <= _LARGE):
        return 2
    if "false_sales_information" in events:
        return 2
    if "major_loss_dispute" in events and not {"return_home", "compensation", "huge_compensation"}.isdisjoint(demand):
        return 2
    if "contract_mismatch_after_move_in" in events and not {"return_home", "huge_compensation"}.isdisjoint(demand):
        return 2
    if people >= 3 or "possible_lawsuit" in events or "possible_media" in events:
        return 3
    return 4
