"""What a pack has done without a case: its duties, reports and surveys by the calendar, and what a survey leads to."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from shared.policy.pack import Pack
from shared.policy.surveying import survey_of
from shared.policy.tables import source_of


@dataclass(frozen=True, slots=True)
class Obligation:
    """One duty. kind: duty, report, survey or improvement. every: `day`, `working_day`, `week`, `month`, `quarter`,
    `half_year` or `year`. due: as written (`18:00`, `day 10`, `last working day`, `none`). to: who hears that it is
    done. missed: who hears that it was not. rule: its source."""

    name: str
    kind: str
    every: str
    due: str
    by: str
    to: tuple[str, ...]
    missed: tuple[str, ...]
    rule: str
    zh: str
    en: str

    def label(self, language: str) -> str:
        """What people call it."""
        return self.zh if language == "zh" else self.en


@lru_cache(maxsize=64)
def obligations_of(pack: Pack) -> Mapping[str, Obligation]:
    """Every obligation of the pack by name, in its order. A survey after each case is none of the calendar's."""
    found: dict[str, Obligation] = {}
    for name, duty in pack.document.duties.items():
        told = (*duty.to, *(duty.then.tell if duty.then else ()))
        missed = tuple(duty.missed.tell) if duty.missed else ()
        labels = duty.label("zh", name), duty.label("en", name)
        found[name] = Obligation(
            name, "duty", duty.every, duty.due, duty.by, told, missed, source_of(duty.rule), *labels
        )
    for name, report in pack.document.reports.items():
        told = (*report.to, *((report.reviewed_by,) if report.reviewed_by else ()))
        labels = report.label("zh", name), report.label("en", name)
        found[name] = Obligation(
            name, "report", report.every, report.due, report.by, told, (), source_of(report.rule), *labels
        )
    for name, survey in pack.document.surveys.items():
        if survey.every != "after_case":
            labels = survey.label("zh", name), survey.label("en", name)
            found[name] = Obligation(
                name, "survey", survey.every, "none", survey.by, tuple(survey.to), (), source_of(survey.rule), *labels
            )
    return found


def improvement_of(pack: Pack, survey: str) -> Obligation | None:
    """What is owed where a result of the survey lies below its target or is commonly raised (R-003/r21): by whoever it
    is for, told to whom the pack names. None where the pack asks for no improvement."""
    spec = survey_of(pack, survey)
    if spec is None or spec.improve is None:
        return None
    labels = spec.label("zh"), spec.label("en")
    return Obligation(
        survey, "improvement", spec.every, str(spec.improve), spec.by, spec.tell, spec.tell, spec.rule, *labels
    )
