"""The measures of a pack in plain words: what is counted, over which cases, for whom, and what it leads to."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.policy.document.measures import Measure

if TYPE_CHECKING:
    from shared.policy.describing import Teller

_PER = frozenset({"role", "department", "employee", "customer"})
"""Whom a measure may count apart without a fact that names them."""


def measures(tell: "Teller") -> Iterator[str]:
    for name, measure in tell.pack.document.measures.items():
        parts = [_what(tell, measure), tell.say("in_window", window=tell.window(measure.window))]
        parts += _together(tell, measure)
        owed = [f"{tell.role(role)} {share}" for role, share in measure.at_least.items()]
        parts += [tell.say("at_least", list=tell.join(owed))] if owed else []
        parts += tell.only_if(("measures", name, "where"), "holds_if" if measure.share == "cases" else "only_if")
        yield tell.item(measure.label(tell.language, name), tell.join(parts, semicolon=True), measure)
        yield from _leads_to(tell, name, measure)


def _what(tell: "Teller", measure: Measure) -> str:
    over = tell.say("cases") if measure.over == "cases" else tell.say("cases_with", event=tell.event(measure.over))
    if measure.share == "cases":
        return tell.say("share_that_holds", over=over)
    if measure.share is not None:
        of_work = measure.is_quota
        what = tell.event(measure.over) if of_work else over
        return tell.say("share_of" if of_work else "share_with", share=tell.event(measure.share), over=what)
    if measure.sum is not None:
        return tell.say("sum_of", sum=tell.words.label(measure.sum), over=over)
    return tell.say("number_of" if measure.count == "cases" else "reporters_of", over=over)


def _together(tell: "Teller", measure: Measure) -> Iterator[str]:
    if measure.is_quota:
        return
    yield tell.say("same", same=tell.join(map(tell.place, (*measure.same, measure.within))))
    if measure.per is not None:
        who = tell.say(f"per_{measure.per}") if measure.per in _PER else tell.words.label(measure.per)
        yield tell.say("for_each", who=who)


def _leads_to(tell: "Teller", name: str, measure: Measure) -> Iterator[str]:
    for index, step in enumerate(measure.steps):
        condition = tell.condition(tell.pack.conditions["measures", name, "steps", index, "when"])
        opened = tell.pack.document.steps.get(step.open or "")
        leads = [tell.say("does_open", what=opened.label(tell.language, str(step.open)))] if opened else []
        leads += [tell.say("fine", amount=step.fine)] if step.fine is not None else []
        yield f"    {tell.say('once', condition=condition, list=tell.join(leads))}"
