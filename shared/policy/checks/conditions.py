"""Compiles every condition of a pack, or says where and why one cannot be compiled."""

import re
from collections.abc import Iterator, Mapping

from shared.policy.checks.literals import Reader
from shared.policy.document.entry import Condition, Expression
from shared.policy.document.whole import PackDocument
from shared.policy.entries import all_of
from shared.policy.events import events_of
from shared.policy.expressions.condition import Compiled, Environment
from shared.policy.findings import Finding, Path
from shared.policy.names import CEL_TYPES, Named
from shared.policy.reading import Source

_MESSAGE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_OVERLOAD = re.compile(r"found no matching overload for '([^']+)' applied to '(.+?)'(?: \[|$)")
_SYNTAX = "Syntax error: "


def compile_conditions(
    source: Source, document: PackDocument, names: Mapping[str, Named], environment: Environment
) -> tuple[dict[Path, Compiled], list[Finding]]:
    """Every condition by its path, and the findings about those that cannot stand."""
    reader = Reader(names, events_of(document))
    compiled: dict[Path, Compiled] = {}
    findings: list[Finding] = []
    for path, text in all_of(Condition, document):
        here = source.written(path)
        found = list(_of_tree(source, here, text, environment, reader))
        if not found:
            try:
                compiled[path] = environment.compile(text)
            except RuntimeError as refused:
                found = list(_of_compiler(source, here, str(refused)))
            else:
                found = list(_of_type(source, here, path, text, compiled[path], names))
        findings += found
    return compiled, findings


def _of_tree(source: Source, path: Path, text: str, environment: Environment, reader: Reader) -> Iterator[Finding]:
    try:
        tree = environment.parse(text)
    except RuntimeError as refused:
        yield from _of_compiler(source, path, str(refused))
        return
    for node, code, params in reader.problems(tree):
        yield source.finding(path, code, at=source.at(path, node.offset, text), **params)


def _of_compiler(source: Source, path: Path, message: str) -> Iterator[Finding]:
    found = _MESSAGE.findall(message)
    if not found:
        yield source.finding(path, "not_cel", problem=message.splitlines()[0][:200])
    for line, column, problem in found:
        at = source.within(path, int(line), int(column))
        if overload := _OVERLOAD.search(problem):
            yield source.finding(path, "no_overload", at=at, function=overload[1], types=overload[2])
        elif problem.startswith(_SYNTAX):
            yield source.finding(path, "syntax", at=at, problem=problem.removeprefix(_SYNTAX)[:200])
        else:
            yield source.finding(path, "not_cel", at=at, problem=problem[:200])


def _of_type(
    source: Source, path: Path, typed: Path, text: Condition, compiled: Compiled, names: Mapping[str, Named]
) -> Iterator[Finding]:
    if not isinstance(text, Expression):
        if compiled.returns != "BOOL":
            yield source.finding(path, "gives_not_bool", at=source.at(path, 0, text), given=compiled.returns)
        return
    fact = names[str(typed[1])]
    if compiled.returns != CEL_TYPES[fact.type].name():
        at = source.at(path, 0, text)
        yield source.finding(path, "gives_other_type", at=at, given=compiled.returns, wanted=fact.type.value)
