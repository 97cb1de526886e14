"""Reads an organisation from YAML or JSON; whatever is wrong is said with its place and what to do."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

from pydantic import ValidationError

from services.routing.directory.document import NodeDocument, OrganisationDocument
from shared.errors import FieldError
from shared.policy.findings import PackRefused, nearest
from shared.policy.reading import Source, read_source
from shared.texts.catalogue import Language, render
from shared.web.validation import invalid_body

Path = tuple[str | int, ...]

_MOST = 50
_ABOVE = {"region": {"group", "region"}, "project": {"group", "region"}, "building": {"project"}}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong. line and column count from 1; None where the text was JSON. words: in a language."""

    pointer: str
    code: str
    words: Callable[[Language], str]
    line: int | None = None
    column: int | None = None


class OrganisationRefused(ValueError):
    """The document cannot be loaded, with everything found, at most 50 things."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)[:_MOST]
        super().__init__("; ".join(f"{p.pointer}: {p.words('en')}" for p in self.problems))


@dataclass(frozen=True, slots=True)
class Known:
    """Names that packs give; nothing is checked against an empty set, for packs may be published later."""

    roles: frozenset[str] = field(default=frozenset())
    departments: frozenset[str] = field(default=frozenset())


def read_organisation(text: str, known: Known, *, is_json: bool = False) -> OrganisationDocument:
    """The organisation in `text`. Raises OrganisationRefused."""
    source: Source | None = None
    if is_json:
        data = json.loads(text)
    else:
        source = _source(text)
        data = source.data
    try:
        document = OrganisationDocument.model_validate(data)
    except ValidationError as error:
        raise OrganisationRefused(_of_shape(error, source)) from None
    problems = [_placed(path, code, params, source) for path, code, params in _wrong(document, known)]
    if problems:
        raise OrganisationRefused(problems)
    return document


def paths_of(document: OrganisationDocument) -> dict[str, tuple[str, ...]]:
    """The path of every node from the group down; nodes in a circle or under nothing are left out."""
    children: dict[str, list[NodeDocument]] = {}
    for node in document.nodes:
        children.setdefault(node.parent, []).append(node)
    paths: dict[str, tuple[str, ...]] = {document.group.code: (document.group.code,)}
    waiting = [document.group.code]
    while waiting:
        parent = waiting.pop()
        for node in children.get(parent, ()):
            if node.code not in paths:
                paths[node.code] = (*paths[parent], node.code)
                waiting.append(node.code)
    return paths


def _wrong(document: OrganisationDocument, known: Known) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    kinds = {document.group.code: "group"}
    for index, node in enumerate(document.nodes):
        if node.code in kinds:
            yield ("nodes", index, "code"), "node_twice", {"given": node.code}
        kinds[node.code] = node.kind
    paths = paths_of(document)
    zones = available_timezones()
    for index, node in enumerate(document.nodes):
        above = kinds.get(node.parent)
        if above is None:
            yield ("nodes", index, "parent"), *_unknown("node", node.parent, kinds)
        elif above not in _ABOVE[node.kind]:
            yield ("nodes", index, "parent"), "wrong_parent", {"kind": node.kind, "above": sorted(_ABOVE[node.kind])}
        elif node.code not in paths:
            yield ("nodes", index, "parent"), "circle", {"given": node.code}
        if node.zone is not None and node.zone not in zones:
            yield ("nodes", index, "zone"), "zone", {}
        if node.handover is not None and node.kind != "building":
            yield ("nodes", index, "handover"), "no_handover", {}
    if document.group.zone is not None and document.group.zone not in zones:
        yield ("group", "zone"), "zone", {}
    yield from _wrong_people(document, kinds, known)


def _wrong_people(
    document: OrganisationDocument, kinds: Mapping[str, str], known: Known
) -> Iterator[tuple[Path, str, Mapping[str, Any]]]:
    ids: set[str] = set()
    for index, person in enumerate(document.people):
        if person.id in ids:
            yield ("people", index, "id"), "person_twice", {"given": person.id}
        ids.add(person.id)
        for place, post in enumerate(person.posts):
            where: Path = ("people", index, "posts", place)
            if post.node not in kinds:
                yield (*where, "node"), *_unknown("node", post.node, kinds)
            if known.roles and post.role not in known.roles:
                yield (*where, "role"), *_unknown("role", post.role, known.roles)
            if known.departments and post.department is not None and post.department not in known.departments:
                yield (*where, "department"), *_unknown("department", post.department, known.departments)


def _unknown(what: str, given: str, known: Iterable[str]) -> tuple[str, Mapping[str, Any]]:
    names = sorted(known)
    if meant := nearest(given, names):
        return f"{what}_misspelt", {"given": given, "meant": meant}
    return f"{what}_unknown", {"given": given, "known": names[:20]}


def _source(text: str) -> Source:
    try:
        return read_source(text, "")
    except PackRefused as refused:
        raise OrganisationRefused(Problem("", f.code, f.message, f.line, f.column) for f in refused.findings) from None


def _placed(path: Path, code: str, params: Mapping[str, Any], source: Source | None) -> Problem:
    line, column = source.place(path) if source else (None, None)
    return Problem(_pointer(path), code, lambda language: render(f"directory.{code}", language, **params), line, column)


def _of_shape(error: ValidationError, source: Source | None) -> Iterator[Problem]:
    for found, each in zip(invalid_body(error.errors()).errors, error.errors(), strict=False):
        line, column = source.place(tuple(each["loc"])) if source else (None, None)
        yield Problem(found.pointer, found.code, _field_words(found), line, column)


def _field_words(error: FieldError) -> Callable[[Language], str]:
    def words(language: Language) -> str:
        return " ".join(
            render(f"field.{error.code}.{part}", language, **error.params) for part in ("message", "remedy")
        )

    return words


def _pointer(path: Path) -> str:
    return "".join(f"/{part}" for part in path)
