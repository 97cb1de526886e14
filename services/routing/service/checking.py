"""Checks what a move names against the pack and the directory."""

from typing import Any

from services.routing.policy.assigning import is_department, route_of
from services.routing.service.assigning import HANDLER
from services.routing.service.desk import Desk
from shared.errors import FieldError, Invalid, invalid
from shared.policy import fact_values
from shared.policy.pack import Pack

_FACT_CODES = {
    "must_be_bool": "not_boolean",
    "must_be_int": "not_whole",
    "must_be_fen": "not_whole",
    "must_be_text": "not_text",
    "must_be_list": "not_list",
    "must_be_instant": "not_an_instant",
    "must_be_date": "not_a_date",
    "unknown_fact": "unknown",
    "fact_not_given_here": "fact_not_decided",
}


def checked_facts(pack: Pack, given: dict[str, Any]) -> dict[str, Any]:
    """The facts as conditions take them. Raises Invalid."""
    facts, wrong = pack.validate_facts(given, "handling")
    if wrong:
        raise Invalid(*map(field_error, wrong))
    return facts


def checked_choice(pack: Pack, decision: str, value: str | None, at: str = "/") -> str | None:
    """A value of the pack's decision. Raises Invalid."""
    if value is None:
        return None
    found = pack.document.decisions.get(decision)
    known = [str(choice.give) for choice in found.choices] if found else []
    if value not in known:
        raise invalid(f"{at}{decision}", "not_one_of", expected=known or ["none"])
    return value


def checked_person(desk: Desk, person: str | None) -> str | None:
    """Somebody of the organisation who may get this case. Raises Invalid."""
    if person is None:
        return None
    found = desk.docket.directory.people.get(person)
    path = desk.docket.directory.path(desk.file.project)
    if found is None or not found.active or not any(post.node in path for post in found.posts):
        raise invalid("/person", "person_unknown")
    if person in desk.file.accused:
        raise invalid("/person", "person_accused")
    return person


def checked_department(desk: Desk, department: str | None, person: str | None) -> str:
    """The department named, else that of the person, else that of the case, else where the routes lead. Raises
    Invalid."""
    pack = desk.regime.pack
    if department is not None:
        if not is_department(department, pack):
            known = [name for name in pack.document.roles if is_department(name, pack)]
            raise invalid("/department", "not_one_of", expected=known)
        return department
    found = _department_of(desk, person) or desk.file.department or route_of(desk.file, desk.regime, desk.now).to
    if found is None:
        raise invalid("/department", "no_route")
    return found


def _department_of(desk: Desk, person: str | None) -> str | None:
    path = desk.docket.directory.path(desk.file.project)
    posts = desk.docket.directory.people[person].posts if person else ()
    held = [p.department for p in posts if p.role == HANDLER and p.node in path and p.department]
    return desk.file.department if desk.file.department in held else next(iter(held), None)


def field_error(error: fact_values.FieldError, at: str = "/facts") -> FieldError:
    """What the pack found wrong, in the words of the interface; what the caller wrote is left out."""
    pointer, params = f"{at}{error.pointer}", error.params
    match error.code:
        case "not_allowed":
            return FieldError(pointer, "not_one_of", {"expected": params["values"]})
        case "too_small":
            return FieldError(pointer, "too_small", {"min": params["limit"]})
        case "too_great":
            return FieldError(pointer, "too_large", {"max": params["limit"]})
        case "text_too_long":
            return FieldError(pointer, "too_long", {"max": params["limit"]})
    return FieldError(pointer, _FACT_CODES.get(error.code, "impossible"))
