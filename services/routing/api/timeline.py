"""Lines of a timeline in words: codes and parameters are stored, texts are made when somebody reads."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from services.routing.domain import NONE, Entry
from services.routing.service.reading import CaseView
from shared.policy.attributing import attributions_of
from shared.policy.pack import Pack
from shared.policy.work_specs import works_of
from shared.texts.catalogue import Language, exists, render


def render_entry(entry: Entry, view: CaseView, language: Language) -> str:
    """The line in a language, with the pack's own words and people's names."""
    says = {name: _LABELS[name](value, view, language) for name, value in _shown(entry).items()}
    return render(f"timeline.{_code(entry)}", language, **says)


def _shown(entry: Entry) -> Mapping[str, Any]:
    # A department without a person says so.
    params = {**entry.params, "person": entry.params.get("person")}
    return {name: value for name, value in params.items() if name in _LABELS}


def _code(entry: Entry) -> str:
    if entry.code == "followed_up":
        outcome = {True: "satisfied", False: "dissatisfied", None: "unreached"}[entry.params.get("satisfied")]
        return f"followed_up_{outcome}"
    if entry.code == "responded":
        kind = f"responded_{entry.params['kind']}"
        return kind if exists(f"timeline.{kind}") else "responded_information"
    if entry.code == "step_acted":
        return f"step_{_PAST.get(entry.params['act'], entry.params['act'])}"
    return entry.code


_PAST = {
    "receive": "received",
    "arrive": "arrived",
    "approve": "approved",
    "reject": "rejected",
    "agree": "agreed",
    "fail": "failed",
}


def _value(name: str) -> Callable[[Any, CaseView, Language], str]:
    def label(value: Any, view: CaseView, language: Language) -> str:
        if value in {None, NONE}:
            return render("timeline.none", language)
        named = view.regime.pack.names.get(name)
        return named.value_label(value, language) if named else str(value)

    return label


def _grade(value: Any, view: CaseView, language: Language) -> str:
    pack = view.regime.pack
    if value == NONE or "grade" not in pack.document.decisions:
        return render("timeline.none", language)
    known = {str(grade): grade for grade in pack.document.decisions["grade"].values()}
    return pack.grade_label(known.get(value, value), language)


def _person(value: Any, view: CaseView, language: Language) -> str:
    if value is None:
        return render("timeline.nobody", language)
    known = view.reference.directory.people.get(value)
    return known.name if known else str(value)


def _ground(value: Any, view: CaseView, language: Language) -> str:
    for ground in view.regime.pack.document.moves.close:
        if ground.ground == value:
            return ground.label(language, value)
    return render("timeline.withdrawn_ground", language) if value == "withdrawn" else str(value)


def _clock(value: Any, view: CaseView, language: Language) -> str:
    document = view.regime.pack.document
    named = document.clocks.get(value) or document.steps.get(value) or document.ladders.get(value)
    return named.label(language, value) if named else str(value)


def _move(value: Any, view: CaseView, language: Language) -> str:
    named = view.regime.pack.document.moves.named.get(value)
    return named.label(language, value) if named else str(value)


def _instant(value: Any, view: CaseView, _: Language) -> str:
    return datetime.fromisoformat(value).astimezone(view.regime.zone).strftime("%Y-%m-%d %H:%M")


def _facts(value: Any, view: CaseView, language: Language) -> str:
    pack: Pack = view.regime.pack
    return ("、" if language == "zh" else ", ").join(pack.label(name, language) for name in value)


def _role(value: Any, view: CaseView, language: Language) -> str:
    return view.regime.pack.role_label(value, language)


def _roles(value: Any, view: CaseView, language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(_role(role, view, language) for role in value)


def _event(value: Any, view: CaseView, language: Language) -> str:
    return view.regime.pack.event_label(value, language)


def _attribution(value: Any, view: CaseView, language: Language) -> str:
    spec = attributions_of(view.regime.pack).get(value)
    return spec.label(language) if spec else str(value)


def _answers(value: Any, view: CaseView, language: Language) -> str:
    person, department, party = value
    if person is not None:
        return _person(person, view, language)
    return render(f"role.{party}", language) if exists(f"role.{party}") else _role(department or party, view, language)


def _needs(value: Any, view: CaseView, language: Language) -> str:
    pack = view.regime.pack
    said = [_event(need, view, language) if "." in need else pack.label(need, language) for need in value]
    return ("、" if language == "zh" else ", ").join(said)


def _step(value: Any, view: CaseView, language: Language) -> str:
    name, _, number = str(value).partition(".")
    spec = works_of(view.regime.pack).get(name)
    return (spec.label(language) if spec else name) + (f" {number}" if number else "")


def _steps(value: Any, view: CaseView, language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(_step(run, view, language) for run in value)


def _form(value: Any, view: CaseView, language: Language) -> str:
    named = view.regime.pack.document.forms.get(value)
    return named.label(language, value) if named else str(value)


def _link(value: Any, view: CaseView, language: Language) -> str:
    named = view.regime.pack.document.links.get(value)
    return named.label(language, value) if named else str(value).replace("_", " ")


_LABELS: Mapping[str, Callable[[Any, CaseView, Language], str]] = {
    "validity": _value("validity"),
    "category": _value("category"),
    "channel": _value("channel"),
    "grade": _grade,
    "from": _grade,
    "to": _grade,
    "department": _role,
    "person": _person,
    "facts": _facts,
    "roles": _roles,
    "event": _event,
    "needs": _needs,
    "attribution": _attribution,
    "answers": _answers,
    "share": lambda value, _, __: str(value),
    "link": _link,
    "step": _step,
    "steps": _steps,
    "form": _form,
    "role": _role,
    "ground": _ground,
    "clock": _clock,
    "move": _move,
    "due_at": _instant,
    "level": lambda value, _, __: str(value),
    "round": lambda value, _, __: str(value),
    "old_rules": lambda value, _, __: str(value),
    "new_rules": lambda value, _, __: str(value),
}
