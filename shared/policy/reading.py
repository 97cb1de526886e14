"""Reads a pack's text as YAML 1.2: plain data, and the place of every key and value in the text."""

import math
import re
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shared.policy.findings import Finding, PackRefused, Path, dotted

LARGEST = 1_000_000
"""Characters a pack may have: hundreds of times the largest regime, and still read within seconds."""
DEEPEST = 40

_INTEGER = re.compile(r"^[-+]?[0-9]{1,18}$")
_DECIMAL = re.compile(r"^[-+]?[0-9]{1,15}\.[0-9]{1,15}$")
_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(slots=True)
class Source:
    """A pack's data with the place of everything in it. Lines and columns count from 1."""

    file: str
    text: str
    data: Any = None
    places: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    styles: dict[Path, str | None] = field(default_factory=dict)

    def place(self, path: Path) -> tuple[int, int]:
        """Line and column of the value at `path`, or of the nearest part of the text around it."""
        return self.places.get(self.written(path), (1, 1))

    def within(self, path: Path, line: int, column: int) -> tuple[int, int]:
        """Where line and column (both from 1) of the text inside the scalar at `path` stand in the file."""
        first, start = self.place(path)
        style = self.styles.get(path)
        if style in {"|", ">"}:
            rows = self.text.splitlines()
            row = min(first + line, len(rows))
            body = rows[first] if first < len(rows) else ""
            return row, len(body) - len(body.lstrip()) + column
        if line > 1:
            return first + line - 1, column
        return first, start + column - (0 if style in {"'", '"'} else 1)

    def finding(self, path: Path, code: str, *, at: tuple[int, int] | None = None, **params: object) -> Finding:
        """A finding at `path`; `at` overrides the place, e.g. inside a condition."""
        line, column = at or self.keys.get(path) or self.place(path)
        return Finding(self.file, line, column, dotted(path), code, params, self._rule(path))

    def at(self, path: Path, offset: int, text: str) -> tuple[int, int]:
        """Where the character `offset` (from 0) of the scalar `text` at `path` stands in the file."""
        before = text[:offset]
        line = before.count("\n")
        return self.within(path, line + 1, offset - (before.rfind("\n") + 1) + 1)

    def written(self, path: Path) -> Path:
        """The part of `path` that the text has; the typed model knows keys that short forms leave out."""
        while path and path not in self.places:
            path = path[:-1]
        return path

    def _rule(self, path: Path) -> str | None:
        for length in range(len(path), 0, -1):
            node = find(self.data, path[:length])
            if isinstance(node, dict) and node.get("rule"):
                rule = node["rule"]
                return ", ".join(map(str, rule)) if isinstance(rule, list) else str(rule)
        return None


def find(data: Any, path: Path) -> Any:
    """The value at `path`, or None where the data does not go so far."""
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def read_source(text: str, file: str) -> Source:
    """Read `text`. Raises PackRefused when it is no YAML, or has a key twice, an alias or a tag."""
    source = Source(file, text)
    if len(text) > LARGEST:
        raise PackRefused([source.finding((), "too_large", limit=LARGEST)])
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise PackRefused([source.finding((), "not_yaml", at=at, problem=problem.problem or problem.context)]) from None
    except (YAMLError, RecursionError, ValueError) as problem:
        raise PackRefused([source.finding((), "not_yaml", problem=type(problem).__name__)]) from None
    reader = _Reader(source)
    if not isinstance(node, MappingNode):
        raise PackRefused([source.finding((), "not_a_mapping")])
    source.data = reader.read(node, ())
    if reader.findings:
        raise PackRefused(reader.findings)
    return source


def written_source(source: Source) -> str:
    """The data of a source as YAML text of its own."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False
    yaml.representer.ignore_aliases = lambda *_: True
    yaml.width = 4096
    stream = StringIO()
    yaml.dump(source.data, stream)
    return stream.getvalue()


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self.seen: set[int] = set()

    def read(self, node: Node, path: Path) -> Any:
        at = (node.start_mark.line + 1, node.start_mark.column + 1)
        self.source.places[path] = at
        if id(node) in self.seen or len(path) > DEEPEST:
            code = "alias" if id(node) in self.seen else "too_deep"
            self.findings.append(self.source.finding(path, code, at=at))
            return None
        self.seen.add(id(node))
        if not str(node.tag).startswith("tag:yaml.org,2002:"):
            self.findings.append(self.source.finding(path, "tag", at=at, tag=node.tag))
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        return self.scalar(node, path, at)

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            at = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, ScalarNode):
                self.findings.append(self.source.finding(path, "key_not_text", at=at))
                continue
            key = str(key_node.value)
            here = (*path, key)
            if key in result:
                self.findings.append(self.source.finding(here, "key_twice", at=at, key=key))
                continue
            self.source.keys[here] = at
            result[key] = self.read(value_node, here)
        return result

    def scalar(self, node: Node, path: Path, at: tuple[int, int]) -> Any:
        style: str | None = getattr(node, "style", None)
        self.source.styles[path] = style
        value = str(node.value)
        if style:
            return value
        if value in _WORDS:
            return _WORDS[value]
        if _INTEGER.match(value):
            return int(value)
        if _DECIMAL.match(value) and math.isfinite(float(value)):
            return float(value)
        if _DATE.match(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.findings.append(self.source.finding(path, "no_date", at=at, value=value))
                return None
        return value
