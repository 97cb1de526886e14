"""The events a pack may speak of: those of a case's life, and those of the parts the pack declares."""

from collections.abc import Iterable

from shared.policy.document.whole import PackDocument
from shared.policy.names import declared

LIFE = (
    "registered", "amended", "forwarded_in", "confirmed", "admitted", "refused", "assessed", "graded", "assigned",
    "taken_up", "handed_over", "returned", "progressed", "informed", "agreed", "replied", "resolved", "closed",
    "reopened", "dissatisfied", "withdrawn", "suspended", "resumed", "delay_attributed", "linked",
)  # fmt: skip

_OF_STEP = ("opened", "received", "arrived", "done", "approved", "rejected", "agreed", "failed")
_OF_LIMIT = ("warned", "breached", "met", "extended", "reached")


def events_of(pack: PackDocument) -> frozenset[str]:
    """Every event that can happen under this pack."""
    found = set(LIFE)
    parts: list[tuple[Iterable[str], tuple[str, ...]]] = [
        (pack.steps, _OF_STEP),
        ([name for name, step in pack.steps.items() if step.within], _OF_LIMIT),
        (pack.clocks, _OF_LIMIT),
        (pack.measures, ("crossed",)),
        (pack.forms, ("signed", "returned")),
        (pack.settlements, ("opened", "approved", "paid", "done")),
        (pack.reports, ("published",)),
        (pack.moves.named, ("done",)),
        ([known.name for known in declared(pack)], ("set",)),
        ([effect.link for reaction in pack.reactions for effect in reaction.do if effect.link], ("back",)),
    ]
    for names, endings in parts:
        found.update(f"{name}.{ending}" for name in names for ending in endings)
    return frozenset(found)
