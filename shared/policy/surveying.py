"""Surveys of satisfaction: who is drawn, who must be asked, and what the answers come to. Pure."""

import hashlib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from shared.policy.document.surveys import Raised, Sample
from shared.policy.durations import Duration
from shared.policy.expressions.condition import Compiled
from shared.policy.expressions.functions import at
from shared.policy.measuring import counts, measures_of, window_start
from shared.policy.pack import Pack
from shared.policy.situation import Context, Situation
from shared.policy.tables import source_of
from shared.policy.words import Reason

WHOLE = "overall"
"""The topic of a survey whose pack names none."""
WORDS = ("satisfied", "dissatisfied")
_PERCENT = re.compile(r"(100|[1-9]?[0-9])(\.[0-9]{1,2})?%")


@dataclass(frozen=True, slots=True)
class SurveySpec:
    """One survey of a pack, its parameters filled in.

    every: `month`, `quarter`, `half_year`, `year` or `after_case`. share: of the frame, drawn by lot; 1 for all, 0 for
    nobody. must: whose households are asked in any case. target: the share of satisfied ratings that is aimed at.
    common: the share of the households that answered, or their number, from which on what they are dissatisfied with is
    commonly raised.
    """

    name: str
    every: str
    topics: tuple[str, ...]
    modes: tuple[str, ...]
    by: str
    to: tuple[str, ...]
    share: Fraction
    must: Compiled | None
    target: Fraction | None
    common: Fraction | int | None
    tell: tuple[str, ...]
    improve: Duration | None
    rule: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        """What people call it."""
        return self.zh if language == "zh" else self.en


@lru_cache(maxsize=256)
def survey_of(pack: Pack, name: str) -> SurveySpec | None:
    """The survey of that name, if the pack has it."""
    survey = pack.document.surveys.get(name)
    if survey is None:
        return None
    below = survey.below
    return SurveySpec(
        name=name,
        every=survey.every,
        topics=tuple(survey.topics) or (WHOLE,),
        modes=tuple(survey.modes),
        by=survey.by,
        to=tuple(survey.to),
        share=_drawn_share(pack, survey.sample),
        must=pack.conditions.get(("surveys", name, "sample", "must_include", "where")),
        target=share_of(pack, survey.target),
        common=_common(pack, survey.raised),
        tell=tuple(below.tell) if below else (),
        improve=pack.duration(below.improve) if below else None,
        rule=source_of(survey.rule),
        zh=survey.label("zh", name),
        en=survey.label("en", name),
    )


def topic_label(pack: Pack, topic: str, language: str) -> str:
    """What people call a topic: that of the category of this name."""
    category = pack.names.get("category")
    return category.value_label(topic, language) if category else topic.replace("_", " ")


def share_of(pack: Pack, written: str | None) -> Fraction | None:
    """The share that `85%`, or a parameter with such a value, says; None for nothing, or what is no share."""
    if written is not None and written.startswith("$"):
        param = pack.document.params.get(written[1:])
        written = str(param.value) if param else None
    return parse_share(written) if written is not None else None


def parse_share(text: str) -> Fraction | None:
    """`85%` as 17/20; None where `text` is no percentage up to 100."""
    share = Fraction(text[:-1]) / 100 if _PERCENT.fullmatch(text) else None
    return share if share is not None and share <= 1 else None


def percent(share: Fraction) -> str:
    """`85%`, `87.5%`."""
    return f"{float(share * 100):.4g}%"


def _common(pack: Pack, raised: Raised | None) -> Fraction | int | None:
    if raised is None:
        return None
    return raised.at_least if isinstance(raised.at_least, int) else share_of(pack, raised.at_least)


def _drawn_share(pack: Pack, sample: Sample | None) -> Fraction:
    if sample is None or sample.all:
        return Fraction(1)
    return share_of(pack, sample.random) or Fraction(0)


# -- who is asked ------------------------------------------------------------------------------------------------------


def draw(frame: Iterable[str], share: Fraction, seed: str) -> tuple[str, ...]:
    """The households drawn from `frame`: those whose SHA-256 of seed and name come first. So whoever knows the seed
    can repeat the draw, and nobody could foresee it (R-003/r23). At least one, where a share is drawn at all."""
    households = set(frame)
    if not households or not share:
        return ()
    number = min(len(households), max(1, math.ceil(share * len(households))))
    lots = {each: hashlib.sha256(f"{seed}\x1f{each}".encode()).digest() for each in households}
    return tuple(sorted(households, key=lots.__getitem__)[:number])


class PastComplaint(NamedTuple):
    """One complaint of a household as conditions see it."""

    facts: Mapping[str, object]
    context: Context


def must_be_asked(
    spec: SurveySpec, pack: Pack, complaints: Sequence[PastComplaint], last_response: str | None, since: datetime,
    now: datetime, zone: tzinfo,
) -> Reason | None:  # fmt: skip
    """Why the household of these complaints must be asked, or None (R-003/r23).

    The condition is asked of each of its complaints received since `since` (the last survey), and of its answer to that
    survey, which counts as a customer's response (`last_response`: `dissatisfied`). A measure counts the household's
    complaints within its own window. What the condition asks beyond is unknown; it must surely hold.
    """
    if spec.must is None:
        return None
    measured = {
        measure.name: _counted(pack, measure.name, measure.count, complaints, now, zone)
        for measure in measures_of(pack)
        if measure.name in spec.must.names
    }
    asked = [PastComplaint({}, Context(now=now, zone=zone, open=None, customer_response=last_response))]
    asked += [each for each in complaints if (each.context.registered_at or now) >= since]
    for facts, context in asked:
        situation = Situation(pack, facts, measured, context)
        with at(situation.moment):
            known = situation.known(spec.must.names)
            if not spec.must.value(known):
                continue
            reasons = spec.must.formula.because(spec.must.answers(known))
        said = (pack.wording_zh, pack.wording_en)
        return Reason(*(wording.because(reasons, known.values, frozenset()) for wording in said))
    return None


def _counted(
    pack: Pack, measure: str, count: str, complaints: Sequence[PastComplaint], now: datetime, zone: tzinfo
) -> int:
    start = window_start(pack, measure, now, zone)
    found = sum(
        context.registered_at is not None and context.registered_at >= start and counts(pack, measure, facts, context)
        for facts, context in complaints
    )
    return found if count == "cases" else min(found, 1)  # a household is one reporter


def looked_back(spec: SurveySpec, pack: Pack, since: datetime, now: datetime, zone: tzinfo) -> datetime:
    """How far back complaints matter to the survey: to the last one, or as far as a measure it asks about counts."""
    names = spec.must.names if spec.must else frozenset()
    starts = [window_start(pack, measure.name, now, zone) for measure in measures_of(pack) if measure.name in names]
    return min([since, *starts])


# -- what the answers come to ------------------------------------------------------------------------------------------


def satisfied(rating: int | str) -> bool | None:
    """Whether a rating (`satisfied`, `dissatisfied`, or 1, the worst, to 5) is content; None for the middle."""
    if rating in WORDS:
        return rating == "satisfied"
    return None if int(rating) == 3 else int(rating) > 3


class Cell(NamedTuple):
    """Ratings counted together. rating: as text. The empty topic counts households, each once."""

    mode: str
    topic: str
    rating: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Ratings of one topic, of one mode, or of all; answered: households that gave any."""

    name: str
    answered: int
    ratings: int
    satisfied: int
    dissatisfied: int

    @property
    def share(self) -> Fraction | None:
        """Satisfied ratings among all; None where there are none."""
        return Fraction(self.satisfied, self.ratings) if self.ratings else None


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """What a survey found. below: topics whose share lies under the target (R-003/r24); raised: those that are commonly
    raised (R-003/r21); both in the order of the survey."""

    whole: Outcome
    topics: tuple[Outcome, ...]
    modes: tuple[Outcome, ...]
    below: tuple[str, ...]
    raised: tuple[str, ...]


def cells_of(mode: str | None, ratings: Mapping[str, int | str]) -> tuple[Cell, ...]:
    """The cells that one household's answer adds one to."""
    way = mode or ""
    return (Cell(way, "", ""), *(Cell(way, topic, str(rating)) for topic, rating in ratings.items()))


def result_of(
    cells: Mapping[Cell, int], topics: Sequence[str], target: Fraction | None, common: Fraction | int | None = None
) -> SurveyResult:
    """The result of these counts, by topic and by mode. target, common: as of a SurveySpec."""
    whole = _outcome(WHOLE, cells)
    by_topic = tuple(_outcome(topic, {c: n for c, n in cells.items() if c.topic == topic}) for topic in topics)
    modes = sorted({cell.mode for cell in cells if cell.mode})
    return SurveyResult(
        whole=whole,
        topics=by_topic,
        modes=tuple(_outcome(mode, {c: n for c, n in cells.items() if c.mode == mode}) for mode in modes),
        below=tuple(
            each.name for each in by_topic if target is not None and each.share is not None and each.share < target
        ),
        raised=tuple(each.name for each in by_topic if _is_common(each.dissatisfied, whole.answered, common)),
    )


def _is_common(raising: int, answered: int, common: Fraction | int | None) -> bool:
    """Whether so many of the households that answered are enough; a single one never is."""
    if common is None or raising < 2:
        return False
    return raising >= common if isinstance(common, int) else Fraction(raising, answered) >= common


def _outcome(name: str, cells: Mapping[Cell, int]) -> Outcome:
    rated = {cell: count for cell, count in cells.items() if cell.topic}
    households = sum(count for cell, count in cells.items() if not cell.topic)
    return Outcome(
        name=name,
        answered=households if len(rated) < len(cells) else sum(rated.values()),
        ratings=sum(rated.values()),
        satisfied=sum(count for cell, count in rated.items() if satisfied(cell.rating)),
        dissatisfied=sum(count for cell, count in rated.items() if satisfied(cell.rating) is False),
    )
