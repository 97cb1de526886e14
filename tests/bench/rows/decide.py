"""Deciding a complaint by the default pack: validity, category, grade and route, in one process, nothing stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.clock import monotonic
from shared.policy.deciding import decide_category, decide_grade, decide_route, decide_validity
from shared.policy.loading import default_pack_text, load_pack
from shared.policy.pack import Pack
from shared.policy.situation import Context
from tests.bench.bare import deciding
from tests.bench.complaints import stories
from tests.bench.figures import Goal, Measurement, Percentiles, Row
from tests.bench.stage import Stage

COMPLAINTS = 20_000
CHUNK = 500
_REGISTERED = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a complaint when it is decided."""

    text: str
    facts: Mapping[str, Any]
    context: Context


def complaints(count: int) -> list[Told]:
    """So many complaints, each with facts of its own: no answer can be kept from another one."""
    told = []
    for number in range(count):
        title, story, facts = stories()[number % len(stories())]
        known = {"people": number % 15 + 1, "amount_claimed": number * 1_000, "events": [], "demand": [], **facts}
        at = _REGISTERED + timedelta(seconds=number)
        context = Context(
            now=at + timedelta(minutes=1), registered_at=at, contact_type="complaint", channel="phone", open=True
        )
        told.append(Told(f"{title} {story}", known, context))
    return told


def decide(pack: Pack, told: Told) -> tuple[Any, ...]:
    """(validity, category, grade, route) as routing decides them of a complaint that has just come in."""
    validity = decide_validity(pack, told.facts, told.context).value
    category = decide_category(pack, None, told.text).value
    assert validity is not None
    assert category is not None
    context = replace(told.context, decided={"validity": validity, "category": category})
    grade = decide_grade(pack, told.facts, {}, context).value
    assert grade is not None
    context = replace(context, decided={**context.decided, "grade": grade})
    return validity, category, grade, decide_route(pack, told.facts, {}, context).to


async def measure(stage: Stage) -> Measurement:
    stage.tell("reading the pack")
    pack = load_pack(default_pack_text())
    words = {choice.give: choice.keywords for choice in pack.document.decisions["category"].choices}
    told = complaints(COMPLAINTS)
    stage.tell("deciding")
    decided, chunks = _timed(told, lambda each: decide(pack, each))
    stage.tell("deciding bare")
    bare, _ = _timed(told, lambda each: deciding.decide(words, each.text, each.facts))
    differing = sum(a != b for a, b in zip(decided.answers, bare.answers, strict=True))
    also = f"The bare program answers alike for {COMPLAINTS - differing:,} of {COMPLAINTS:,}."
    return Measurement(decided.per_second, bare.per_second, COMPLAINTS, 1, Percentiles.of(chunks), also)


@dataclass(frozen=True, slots=True)
class _Run:
    answers: Sequence[tuple[Any, ...]]
    per_second: float


def _timed(told: Sequence[Told], decide_one: Callable[[Told], tuple[Any, ...]]) -> tuple[_Run, list[float]]:
    """The answers with their speed, and of each chunk what one decision took, in ms."""
    answers: list[tuple[Any, ...]] = []
    chunks = []
    began = monotonic()
    for start in range(0, len(told), CHUNK):
        from_ = monotonic()
        answers.extend(decide_one(each) for each in told[start : start + CHUNK])
        chunks.append((monotonic() - from_) * 1000 / CHUNK)
    return _Run(answers, len(told) / (monotonic() - began)), chunks


ROW = Row(
    name="decide",
    unit="complaints/s",
    goal=Goal(5_000),
    aim=10_000,
    baseline_of="a few plain Python ifs over the same facts, and the same keywords looked for in the text",
    limited_by="processor time of one Python process: gathering what a table asks for, and the reason for each answer.",
    measure=measure,
)
