"""Loads a pack: reads, checks and compiles it, or says everything that is wrong with it."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files

from shared.policy.checks.archive import check_archive
from shared.policy.checks.clocks import check_clocks
from shared.policy.checks.closing import check_closing
from shared.policy.checks.conditions import compile_conditions
from shared.policy.checks.dead import check_dead
from shared.policy.checks.decisions import check_decisions
from shared.policy.checks.facts import check_facts
from shared.policy.checks.loops import check_loops
from shared.policy.checks.measures import check_measures
from shared.policy.checks.naming import check_events, check_names
from shared.policy.checks.opening import check_opening
from shared.policy.checks.provenance import check_provenance
from shared.policy.checks.references import check_references
from shared.policy.checks.rows import check_rows
from shared.policy.checks.shape import read_shape
from shared.policy.checks.statements import Statements
from shared.policy.checks.surveys import check_surveys
from shared.policy.composing import composed, modules_of
from shared.policy.extending import extended
from shared.policy.findings import Finding, PackRefused
from shared.policy.names import environment_of, name_table
from shared.policy.pack import Pack
from shared.policy.reading import Source, read_source, written_source

DEFAULT = "developer-property"

Group = Callable[[str], str | None]
"""Finds the text of a group's pack by its code, for the packs that extend it."""


def check_pack(text: str, name: str = "pack.yaml", group: Group | None = None) -> list[Finding]:
    """Everything that is wrong with the pack in `text`; `name` stands in the messages. Empty for a sound pack."""
    return [finding for finding in review_pack(text, name, group) if not finding.is_note]


def review_pack(text: str, name: str = "pack.yaml", group: Group | None = None) -> list[Finding]:
    """What `check_pack` finds, and notes on what was too large to be tried.

    A pack of modules must be sound as a whole, and each of its modules alone.
    """
    try:
        found = list(_examined(text, name, None, group)[1])
        for module in () if _has_errors(found) else modules_of(read_source(text, name)):
            found += _examined(text, f"{name}#{module}", module, group)[1]
    except PackRefused as refused:
        return refused.findings
    return found


def load_pack(text: str, name: str = "pack.yaml", module: str | None = None, *, group: Group | None = None) -> Pack:
    """The pack in `text`, or one module of it with what belongs to that, ready to be asked. Raises PackRefused with
    every finding, in the order of the text. `group` finds what the pack extends, else what comes with the product."""
    pack, findings = _examined(text, name, module, group)
    if _has_errors(findings):
        raise PackRefused(list(findings))
    return pack


def _examined(text: str, name: str, module: str | None, group: Group | None) -> tuple[Pack, Sequence[Finding]]:
    # A text says the same each time, unless it extends what a group has put in its place meanwhile.
    return _examine(text, name, module, group) if group else _examine_alone(text, name, module)


@lru_cache(maxsize=32)
def _examine_alone(text: str, name: str, module: str | None) -> tuple[Pack, Sequence[Finding]]:
    return _examine(text, name, module, None)


def _examine(text: str, name: str, module: str | None, group: Group | None) -> tuple[Pack, list[Finding]]:
    """The pack with whatever is found about it. Raises PackRefused where there is not even a typed document."""
    source = _whole(text, name, module, group or _packaged, frozenset())
    document, findings = read_shape(source)
    if document is None:
        raise PackRefused(_sorted(findings))
    names = name_table(document)
    environment = environment_of(names)
    conditions, findings = compile_conditions(source, document, names, environment)
    findings += check_names(source, document)
    findings += check_events(source, document)
    findings += check_references(source, document, names)
    findings += check_facts(source, document, conditions)
    findings += check_clocks(source, document, conditions, names)
    findings += check_measures(source, document, conditions, names)
    findings += check_decisions(source, document)
    findings += check_surveys(source, document, conditions)
    findings += check_archive(source, conditions)
    findings += check_opening(source, document)
    findings += check_loops(source, document, conditions)
    findings += check_provenance(source, document)
    statements = Statements(document, names, conditions)
    findings += check_rows(source, document, statements, whole=module is None)
    findings += check_closing(source, document, statements)
    if (
        module is None
    ):  # a module alone has fewer types of contact: what tells them apart says the same of all its cases
        findings += check_dead(source, document, conditions, statements)
    digest = sha256(text.encode()).hexdigest()
    return Pack(document, text, digest, names, environment, conditions), _sorted(findings)


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(not finding.is_note for finding in findings)


def standalone_text(text: str, name: str = "pack.yaml", group: Group | None = None) -> str:
    """The pack's text, with all that it inherits written out; the same text if it extends nothing. What is published
    stands on its own: a later version of the group's pack does not change it."""
    if "extends" not in read_source(text, name).data:
        return text
    return written_source(_whole(text, name, None, group or _packaged, frozenset()))


def _whole(text: str, name: str, module: str | None, group: Group, seen: frozenset[str]) -> Source:
    """The pack in one piece, its modules united and all it inherits added."""
    source = composed(read_source(text, name), module)
    above = source.data.get("extends")
    if above is None:
        return source
    if above in seen:
        raise PackRefused([source.finding(("extends",), "extends_itself", name=above)])
    inherited = group(str(above))
    if inherited is None:
        raise PackRefused([source.finding(("extends",), "no_group_pack", name=above)])
    return extended(source, _whole(inherited, f"{above}.yaml", None, group, seen | {str(above)}))


def _packaged(code: str) -> str | None:
    return packaged_pack_text(code) if code in packaged_packs() else None


def _sorted(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (finding.line, finding.column, finding.code))


def packaged_packs() -> tuple[str, ...]:
    """The codes of the packs that come with the product."""
    folder = files("shared.policy").joinpath("packs")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


def packaged_pack_text(code: str) -> str:
    """The text of one of them."""
    return files("shared.policy").joinpath("packs", f"{code}.yaml").read_text(encoding="utf-8")


def default_pack_text() -> str:
    """The text of the pack that a new installation begins with."""
    return packaged_pack_text(DEFAULT)
