"""The move `assess`: a person decides validity and category, and says what was unknown."""

import json
from collections.abc import Mapping
from typing import Any

from services.routing.domain import CaseFile
from services.routing.policy.assessing import Correction, corrected, graded, may_raise
from services.routing.policy.assigning import may_route
from services.routing.policy.hearing import happened
from services.routing.service import bodies
from services.routing.service.assigning import assign_by_route
from services.routing.service.checking import checked_choice, checked_facts
from services.routing.service.desk import Desk
from services.routing.service.grading import assessed, regrade
from services.routing.service.neighbours import count, follows, scopes
from shared.errors import invalid
from shared.events.cases import CaseFactSetV1, Words
from shared.texts.catalogue import render


async def assess(desk: Desk, body: bodies.Assess) -> None:
    """Facts first, then the decisions, then what follows: who counts together, grade, route.

    A corrected category moves the case among its neighbours, and may so raise them (R-001-18/r16).
    """
    if not (body.validity or body.category or body.facts or body.grade or body.decisions):
        raise invalid("", "nothing_assessed")
    pack, before = desk.regime.pack, desk.file
    _check_raise(desk, body)
    set_facts(desk, checked_facts(pack, body.facts))
    correction = Correction(
        checked_choice(pack, "validity", body.validity),
        checked_choice(pack, "category", body.category),
        _by(desk),
        body.grade,
        {name: str(checked_choice(pack, name, value, "/decisions/")) for name, value in body.decisions.items()},
    )
    if body.reason:
        desk.write(body.reason)
    desk.file = happened(corrected(desk.file, pack, correction), "assessed")
    desk.file = graded(desk.file, desk.regime, desk.now, await _count(desk, before))
    was, now_ = before.assessment, desk.file.assessment
    if was.grade.value != now_.grade.value:
        desk.file = happened(desk.file, "graded")
    desk.say(assessed(desk.file, "decided", was.grade.value if was.grade.value != now_.grade.value else None))
    params: dict[str, Any] = {
        "validity": now_.validity.value,
        "category": now_.category.code,
        "grade": now_.grade.value,
    }
    if was.category.code != now_.category.code:
        # Kept for learning: what was suggested, by which words, and what was right.
        params |= {"category_before": was.category.code, "matched": list(was.category.matched)}
    desk.note("decided", params)
    desk.file = desk.docket.put(desk.file)
    await _follow(desk)


def _check_raise(desk: Desk, body: bodies.Assess) -> None:
    if body.grade is None:
        return
    if not may_raise(desk.regime.pack, desk.file.assessment.grade.value, body.grade):
        raise invalid("/grade", "no_graver_grade")
    if body.reason is None:
        raise invalid("/reason", "missing")


async def decide_again(desk: Desk, before: CaseFile) -> None:
    """Grade, neighbours and route again, after facts of the case were set on the way."""
    counts = await _count(desk, before)
    desk.file = regrade(desk.docket, desk.docket.put(desk.file), "decided", desk.cause, desk.actor, counts)
    await _follow(desk)


async def _follow(desk: Desk) -> None:
    if may_route(desk.file):
        desk.file = assign_by_route(desk.docket, desk.file, await desk.take_turns(), desk.cause, desk.actor)


def set_facts(desk: Desk, facts: dict[str, object]) -> None:
    plain = json.loads(json.dumps(facts, default=str))
    changed = {name: value for name, value in plain.items() if desk.file.facts.get(name) != value}
    if changed:
        facts = {**desk.file.facts, **changed}
        desk.file = happened(desk.file, *(f"{name}.set" for name in changed), facts=facts)
        desk.say(CaseFactSetV1(facts=changed))
        desk.note("facts_set", {"facts": sorted(changed)})


async def _count(desk: Desk, before: CaseFile) -> Mapping[str, int] | None:
    """The new counts of the case, None where it stays as it was; whom they raise is seen to after the move."""
    if follows(desk.docket, desk.file) or scopes(desk.docket, desk.file) != scopes(desk.docket, before):
        desk.counted = await count(desk.docket, desk.file)
    return desk.counted.own


def _by(desk: Desk) -> Words:
    decision = desk.regime.pack.document.decisions.get("validity")
    role = decision.by if decision and decision.by else ""
    zh, en = (desk.regime.pack.role_label(role, language) for language in ("zh", "en"))
    return Words(zh=render("timeline.by_role", "zh", role=zh), en=render("timeline.by_role", "en", role=en))
