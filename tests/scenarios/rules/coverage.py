"""What keeps each rule: the entries of a pack that cite it, the tests that are named by it, the scripts people see."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.policy.reading import Source, read_source
from tests.scenarios.rules.table import Rule

NAMED = re.compile(r"R_(\d{3}(?:_\d{2})?)((?:_r\d{2})+)")
"""A rule, or several of one regime, in the name of a test or of one of its cases: `R_001_15_r08_r09_…`."""


@dataclass(frozen=True, slots=True)
class Citation:
    """An entry that names a rule. shown: the moment at which a script is shown; empty for what software does."""

    place: str
    entry: str
    shown: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """One rule of one pack with all that keeps it; `gap` says what is missing, empty where nothing is."""

    rule: Rule
    pack: str
    same_as: tuple[str, ...]
    software: tuple[Citation, ...]
    scripts: tuple[Citation, ...]
    tests: tuple[str, ...]
    gap: str


def citations(source: Source) -> dict[str, list[Citation]]:
    """Who cites which rule in a pack."""
    found: dict[str, list[Citation]] = defaultdict(list)
    for path, entry in _entries(source.data, ()):
        rules = entry["rule"] if isinstance(entry["rule"], list) else [entry["rule"]]
        line, _ = source.places[(*path, "rule")]
        shown = str(entry.get("at", "")) if "scripts" in path else ""
        for rule in rules:
            found[rule].append(Citation(f"{source.file}:{line}", ".".join(map(str, path)), shown))
    return found


def named_tests(files: Iterable[Path], root: Path) -> dict[str, list[str]]:
    """The tests, and the named cases of tests, that carry a rule in their name."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted(files):
        for name, line in _names(ast.parse(file.read_text(encoding="utf-8"))):
            for match in NAMED.finditer(name):
                for number in re.findall(r"r\d{2}", match[2]):
                    found[f"R-{match[1].replace('_', '-')}/{number}"].append(f"{file.relative_to(root)}:{line} {name}")
    return found


def coverage(rules: Iterable[Rule], packs: Mapping[str, str], tests: Mapping[str, list[str]]) -> tuple[Coverage, ...]:
    """Each rule under the pack that implements its regime. packs: text by file name."""
    rules = tuple(rules)
    found: list[Coverage] = []
    for file, text in packs.items():
        source = read_source(text, file)
        cited = citations(source)
        sisters = source.data.get("same_as", {})
        mine = [rule for rule in rules if rule.id.partition("/")[0] in source.data["implements"]]
        for rule in mine:
            targets = tuple(sisters.get(rule.id, ()))
            ids = targets if targets and rule.id not in cited else (rule.id,)
            all_cited = [citation for target in ids for citation in cited.get(target, ())]
            software = tuple(citation for citation in all_cited if not citation.shown)
            scripts = tuple(citation for citation in all_cited if citation.shown)
            named = tuple(dict.fromkeys(test for target in ids for test in tests.get(target, ())))
            missing = _gap(rule, software, scripts, named)
            found.append(Coverage(rule, source.data["pack"], targets, software, scripts, named, missing))
        known = {rule.id for rule in mine}
        for unknown in sorted(set(cited) - known):
            rule = Rule(unknown, "software", "")
            found.append(Coverage(rule, source.data["pack"], (), tuple(cited[unknown]), (), (), "not in the table"))
    covered = {entry.rule.id for entry in found}
    found += [Coverage(rule, "", (), (), (), (), "no pack implements it") for rule in rules if rule.id not in covered]
    return tuple(found)


def _gap(rule: Rule, software: tuple[Citation, ...], scripts: tuple[Citation, ...], tests: tuple[str, ...]) -> str:
    if rule.kind == "not_applicable":
        return "" if rule.reason else "no reason is given"
    missing = []
    if rule.kind in {"software", "half"}:
        missing += ["no entry cites it"] if not software else []
        missing += ["no test is named by it"] if not tests else []
    if rule.kind in {"people", "half"} and not scripts:
        missing.append("no script shows it")
    return ", ".join(missing)


def _entries(data: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    if isinstance(data, dict):
        if "rule" in data:
            yield path, data
        for key, value in data.items():
            yield from _entries(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _entries(value, (*path, index))


def _names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names of test functions, and texts that name a case of a parametrised test."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield node.name, node.lineno
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "param":
            for keyword in node.keywords:
                if keyword.arg == "id" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value), node.lineno
