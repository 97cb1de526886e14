"""Reading calendars from YAML 1.2: every problem with its line, column and remedy."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from functools import lru_cache
from itertools import accumulate
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from shared.calendars.document import CalendarDocument
from shared.calendars.overrides import CalendarOverride, resolve
from shared.calendars.problems import CalendarError, CalendarProblem

MAX_BYTES = 65_536  # nine years of China take 20,000
_MAX_DEPTH = 16

_Path = tuple[str, ...]
_Places = dict[_Path, tuple[int, int]]


def load_calendar(text: str, find_base: Callable[[str], CalendarDocument | None] = lambda _: None) -> CalendarDocument:
    """The complete calendar that `text` (YAML) describes; an override is laid upon its base.

    `find_base` gives the flat calendar with a code, or None; it is asked for what `extends` names. Raises
    CalendarError with all problems found.
    """
    written, places = _read(text)
    if isinstance(written, CalendarDocument):
        return written
    with _placing(places):
        if written.extends == written.code:
            raise CalendarError([CalendarProblem("override_of_itself", ("extends",))])
        base = find_base(written.extends)
        if base is None:
            raise CalendarError([CalendarProblem("base_unknown", ("extends",), params={"base": written.extends})])
        return resolve(written, base)


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[CalendarDocument | CalendarOverride, _Places]:
    # All services read the same few texts, and reading one takes a fifth of a second.
    places: _Places = {}
    with _placing(places):
        return read_calendar(text, places), places


@contextmanager
def _placing(places: _Places) -> Iterator[None]:
    """Problems that come up inside are raised with the line and column of what they are about."""
    try:
        yield
    except ValidationError as error:
        raise CalendarError([_placed(_problem(each), places) for each in error.errors()]) from None
    except CalendarError as error:
        raise CalendarError([_placed(each, places) for each in error.problems]) from None


def read_calendar(text: str, places: _Places) -> CalendarDocument | CalendarOverride:
    """The document or override as written, not yet laid upon a base; fills `places` with line and column per path.

    Raises CalendarError where YAML or values cannot be read, pydantic's ValidationError where values do not fit.
    """
    if len(text.encode()) > MAX_BYTES:
        raise CalendarError([CalendarProblem("too_large", params={"max": MAX_BYTES})])
    if _depth(text) > _MAX_DEPTH:  # the parser would take seconds to give up
        raise _unreadable("nested too deeply")
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _unreadable(str(error.problem or error.context), line, column) from None
    except YAMLError as error:
        raise _unreadable(str(error).splitlines()[0]) from None
    except RecursionError:
        raise _unreadable("nested too deeply") from None
    if not isinstance(root, MappingNode):
        raise CalendarError([CalendarProblem("not_a_mapping")])
    problems: list[CalendarProblem] = []
    content = _plain(root, (), places, problems, set())
    if problems:
        raise CalendarError(problems)
    return (CalendarOverride if "extends" in content else CalendarDocument).model_validate(content)


def _depth(text: str) -> int:
    """How deeply brackets are nested, those in texts included."""
    return max(accumulate((each in "[{") - (each in "]}") for each in text), default=0)


def _unreadable(reason: str, line: int = 1, column: int = 1) -> CalendarError:
    return CalendarError([CalendarProblem("yaml_unreadable", (), line, column, {"reason": reason})])


def _plain(node: Node, path: _Path, places: _Places, problems: list[CalendarProblem], seen: set[int]) -> Any:
    """Nodes as dicts, lists and texts: the model says what a text means, not YAML's guess at its type."""
    here = node.start_mark.line + 1, node.start_mark.column + 1
    places.setdefault(path, here)
    if id(node) in seen:
        problems.append(CalendarProblem("alias", path, *here))
        return None
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        return None if node.tag == "tag:yaml.org,2002:null" else node.value
    if not isinstance(node, MappingNode):
        return [_plain(each, (*path, str(index)), places, problems, seen) for index, each in enumerate(node.value)]
    content: dict[str, Any] = {}
    for key, value in node.value:
        at = key.start_mark.line + 1, key.start_mark.column + 1
        if not isinstance(key, ScalarNode):
            problems.append(CalendarProblem("not_a_mapping", path, *at))
            continue
        inner = (*path, key.value)
        if key.value in content:
            problems.append(CalendarProblem("field_twice", inner, *at, {"field": key.value}))
            continue
        places[inner] = at
        content[key.value] = _plain(value, inner, places, problems, seen)
    return content


# Problems that the document itself raises under our codes.
_OURS = {
    "date_far",
    "holiday_and_working_day",
    "hours_overlap",
    "hours_wrong",
    "known_until_missing",
    "not_a_date",
    "week_empty",
    "zone_unknown",
}
_CODES: Mapping[str, str] = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "tuple_type": "not_a_list",
    "too_short": "not_a_list",
    "too_long": "not_a_list",
    "dict_type": "not_a_mapping",
    "model_type": "not_a_mapping",
    "model_attributes_type": "not_a_mapping",
    "int_type": "not_a_number",
    "int_parsing": "not_a_number",
    "int_from_float": "not_a_number",
    "greater_than_equal": "not_a_number",
    "less_than_equal": "not_a_number",
    "string_type": "not_text",
    "string_too_short": "not_text",
    "string_too_long": "not_text",
    "string_pattern_mismatch": "not_a_code",
}


def _problem(error: ErrorDetails) -> CalendarProblem:
    """Our code and parameters for one finding of pydantic."""
    kind, context = error["type"], dict(error.get("ctx", {}))
    # A bad key of a mapping is reported as (…, key, "[key]").
    path = tuple(str(part) for part in error["loc"] if part != "[key]")
    path += tuple(str(part) for part in context.pop("at", ()))
    value = str(error["input"])[:40]
    if kind in _OURS:
        return CalendarProblem(kind, path, params=context)
    if kind in _CODES or kind.startswith("date"):
        code = _CODES.get(kind, "not_a_date")
        name = path[-1] if path else ""
        known = _fields_beside(path[:-1])
        close = get_close_matches(name, known, 1)
        params = {"field": name, "known": close[0] if close else ", ".join(known), "value": value}
        return CalendarProblem(code, path, params={**params, "max": context.get("max_length", 200)})
    ours = {
        "hours_wrong",
        "hours_overlap",
        "zone_unknown",
        "week_empty",
        "holiday_and_working_day",
        "known_until_missing",
    }
    if kind in ours:
        return CalendarProblem(kind, path, params=context)
    return CalendarProblem("value_wrong", path, params={"value": value})


def _fields_beside(path: _Path) -> list[str]:
    """The fields of the model at `path`; dates and list positions lead to what they hold."""
    model: type[BaseModel] = CalendarDocument
    for name in path:
        if field := model.model_fields.get(name):
            model = next(_models_in(field.annotation), model)
    return list(model.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def _placed(problem: CalendarProblem, places: _Places) -> CalendarProblem:
    """The problem with the line and column of its path, or of the nearest thing around it that was written."""
    path = problem.path
    while path and path not in places:
        path = path[:-1]
    if (problem.line, problem.column) != (1, 1) or path not in places:
        return problem
    line, column = places[path]
    return CalendarProblem(problem.code, problem.path, line, column, problem.params)
