"""A loaded pack: one regime, checked and compiled, ready to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from shared.policy.document.whole import PackDocument
from shared.policy.durations import Count, Duration
from shared.policy.events import event_words, events_of
from shared.policy.expressions.condition import Answers, Compiled, Environment, Formula
from shared.policy.fact_values import FactSchema, FieldError
from shared.policy.findings import Path
from shared.policy.keywords import Keywords
from shared.policy.names import Named
from shared.policy.tables import Table, tables_of
from shared.policy.words import Reason, Wording, reason_of

_QUESTIONS_KEPT = 4096
OpenRows = tuple[tuple[Compiled, Answers], ...]
"""Unknown conditions, each with what its smallest statements say."""


@dataclass(frozen=True, eq=False)
class Pack:
    """One version of one regime. `digest` is the SHA-256 of its text in hexadecimal: equal digests, equal packs."""

    document: PackDocument
    text: str
    digest: str
    names: Mapping[str, Named]
    environment: Environment
    conditions: Mapping[Path, Compiled]

    @property
    def code(self) -> str:
        """The pack's name, such as `developer-property`."""
        return self.document.pack

    @property
    def version(self) -> int:
        """The version; versions never change once published."""
        return self.document.version

    @property
    def effective(self) -> date:
        """The local day from which this version holds."""
        return self.document.effective

    @property
    def admits_itself(self) -> bool:
        """Whether a case is admitted the moment it is received, without a person at the desk."""
        return self.document.admits == "itself"

    @cached_property
    def count(self) -> Count:
        """How days are counted."""
        return self.document.count.count()

    @property
    def segments(self) -> tuple[str, ...]:
        """The values of the fact `segment`; empty where the regime does not tell customers apart."""
        segment = self.document.facts.get("segment")
        return tuple(segment.members) if segment else ()

    @property
    def channels(self) -> Mapping[str, str]:
        """The ways in, each with its medium."""
        return {name: way.medium for name, way in self.document.channels.ways.items()}

    @property
    def contact_types(self) -> tuple[str, ...]:
        """The types of contact."""
        return tuple(self.document.types)

    def values_of(self, decision: str) -> tuple[int | str, ...]:
        """The values of a decision (`category`, `grade`, `validity`) in the pack's order; grades gravest first."""
        entry = self.document.decisions.get(decision)
        return entry.values() if entry else ()

    def case_number(self, project: str, received: datetime, n: int) -> str:
        """The number of the `n`-th case of `project`; `received` is local time and gives year and month."""
        number = self.document.number
        parts = {
            "project": project,
            "year": f"{received.year}",
            "month": f"{received.month:02}",
            "n": f"{n:0{number.width}}",
        }
        return number.pattern.format_map(parts)

    def duration(self, timing: str | None) -> Duration | None:
        """The duration a timing says, through its parameter if it names one; None for `none`."""
        if timing is None or timing == "none":
            return None
        if timing.startswith("$"):
            value = self.document.params[timing[1:]].value
            return None if value in (None, "none") else Duration.parse(str(value))
        return Duration.parse(timing)

    def label(self, name: str, language: str) -> str:
        """What people call one of the pack's names."""
        return self.names[name].label(language) if name in self.names else name.replace("_", " ")

    def role_label(self, role: str, language: str) -> str:
        """What people call a role."""
        entry = self.document.roles.get(role)
        return entry.label(language, role) if entry else role

    def event_label(self, event: str, language: str) -> str:
        """What people call an event."""
        return self._labels_of_events["en" if language == "en" else "zh"].get(event) or event_words(
            self.document, event, language
        )

    def grade_label(self, grade: int | str, language: str) -> str:
        """`1 级` or `grade 1`; a grade with a word of its own is called by it."""
        if isinstance(grade, int):
            return f"{grade} 级" if language == "zh" else f"grade {grade}"
        return self.names["grade"].value_label(grade, language)

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The decision tables, ready to be asked."""
        return tables_of(self.document, self.conditions)

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """Where each name stands in the pack's order."""
        return {name: place for place, name in enumerate(self.names)}

    @cached_property
    def wording_zh(self) -> Wording:
        """Puts this pack's conditions into Chinese."""
        return Wording(self.names, self._labels_of_events["zh"], "zh")

    @cached_property
    def wording_en(self) -> Wording:
        """Puts this pack's conditions into English."""
        return Wording(self.names, self._labels_of_events["en"], "en")

    @cached_property
    def _labels_of_events(self) -> Mapping[str, Mapping[str, str]]:
        events = sorted(events_of(self.document))
        return {
            language: {event: event_words(self.document, event, language) for event in events}
            for language in ("zh", "en")
        }

    def open_question(self, decision: str, value: int | str, rows: OpenRows) -> tuple[frozenset[str], Reason]:
        """Why `decision` may still be `value` by rows that are unknown: the names they hang on, and the words.

        Kept per pattern of answers: a day's cases show few, and the words cost more than the decision.
        """
        found = self._questions.get(rows)
        if found is None:
            rests = [condition.formula.remainder(answers) for condition, answers in rows]
            whole = rests[0] if len(rests) == 1 else Formula("or", tuple(rests))
            names = frozenset(name for atom in whole.atoms() for name in atom.names)
            zh, en = self.wording_zh.condition(whole), self.wording_en.condition(whole)
            label = self.grade_label if decision == "grade" else self.names[decision].value_label
            grade_zh, grade_en = label(value, "zh"), label(value, "en")
            found = names, reason_of("may_be", zh=zh, en=en, grade_zh=grade_zh, grade_en=grade_en)
            if len(self._questions) < _QUESTIONS_KEPT:
                self._questions[rows] = found
        return found

    @cached_property
    def _questions(self) -> dict[OpenRows, tuple[frozenset[str], Reason]]:
        return {}

    @cached_property
    def fact_schema(self) -> FactSchema:
        """What values the facts may have."""
        return FactSchema(self.document.facts)

    def validate_facts(self, raw: object, source: str = "intake") -> tuple[dict[str, object], list[FieldError]]:
        """The facts in `raw` (a JSON object) that may be given at `source`, and what is wrong with the others.

        Sources: `intake`, `handling` (also what a role decides) and `directory`. Money is in fen. A null is no fact.
        """
        return self.fact_schema.validate(raw, source)

    @cached_property
    def keywords(self) -> Mapping[str, Keywords]:
        """For each decision that keywords suggest, its words."""
        return {
            name: Keywords({choice.give: choice.keywords for choice in decision.choices})
            for name, decision in self.document.decisions.items()
            if decision.suggest == "keywords"
        }
