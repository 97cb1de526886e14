"""Who answers for what of a case: shares of one kind make up a whole at most."""

from collections.abc import Mapping

from services.routing.domain import Attribution, CaseFile
from services.routing.policy.hearing import happened
from shared.policy.attributing import AttributionSpec
from shared.values import replace

WHOLE = 100
_SELF_NAMED = frozenset({"third_party", "customer"})
_HAPPENS = {"delaying": ("delay_attributed",)}
"""What a pack calls it when an attribution of this kind is recorded."""


def share_of(spec: AttributionSpec, facts: Mapping[str, object]) -> int | None:
    """The share that the pack says, or the fact it names; None where somebody has to say it."""
    if spec.share is not None:
        return spec.share
    told = facts.get(spec.share_from or "")
    return max(0, min(WHOLE, told)) if isinstance(told, int) else None


def left_of(file: CaseFile, made: Attribution) -> int:
    """How much of the whole is left for it, in percent; what it replaces counts as left."""
    others = [each for each in file.attributions if each.kind == made.kind and not _is_same(each, made)]
    return WHOLE - sum(each.share for each in others)


def attributed(file: CaseFile, made: Attribution) -> CaseFile:
    """The case with it, in place of the same one of before."""
    others = tuple(each for each in file.attributions if not _is_same(each, made))
    return happened(replace(file, attributions=(*others, made)), *_HAPPENS.get(made.kind, ()))


def names_nobody(party: str) -> bool:
    """Whether the party is outside the organisation, so that nobody of it can be named."""
    return party in _SELF_NAMED


def _is_same(one: Attribution, other: Attribution) -> bool:
    return (one.name, one.person, one.department) == (other.name, other.person, other.department)
